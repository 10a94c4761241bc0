// What the demo's pages share: the settings in their address, their words, and how they ask their own server.

export const byId = (id) => document.getElementById(id);

const settings = new URLSearchParams(location.search);

/** Who is signed in, in which language and look: what the fields at the page's end say. */
export const state = { language: settings.get("lang") === "fr" ? "fr" : "en", theme: settings.get("theme") ?? "auto", persona: settings.get("as") };

export async function ask(path, body) {
  const response = await fetch(path, body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {});
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** A page that says these texts, by language, and embeds something; `embed` is told what `show` is. */
export function page(texts, embed) {
  const t = () => texts[state.language];

  const speak = () => {
    document.documentElement.lang = state.language;
    document.documentElement.dataset.theme = state.theme;
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = t()[node.dataset.t];
    for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t()[node.dataset.tLabel]);
  };

  const failed = () => {
    byId("trouble").textContent = t().trouble;
    byId("trouble").hidden = false;
  };

  /** Embeds anew, and says so where that fails. */
  const show = (how) => {
    speak();
    byId("trouble").hidden = true;
    return embed(how).catch(failed);
  };

  const settle = async () => {
    const { personas } = await ask("/api/personas");
    byId("persona").replaceChildren(...personas.map((persona) => new Option(persona.label[state.language], persona.id)));
    state.persona = personas.some((persona) => persona.id === state.persona) ? state.persona : personas[0].id;
    for (const name of ["persona", "language", "theme"]) {
      byId(name).value = state[name];
      byId(name).addEventListener("change", (event) => {
        state[name] = event.target.value;
        history.replaceState(null, "", `?as=${state.persona}&lang=${state.language}&theme=${state.theme}`);
        for (const [index, persona] of personas.entries()) byId("persona").options[index].text = persona.label[state.language];
        show();
      });
    }
  };

  /** Embeds at first; from then on with every change of the settings. */
  const start = () => {
    speak();
    settle().then(() => show(), failed);
  };

  return { t, show, start };
}
