// The playground: asks its own server for a session in the state that was chosen, dresses the element as the controls say, and shows the
// lines that do the same on another page.

const byId = (id) => document.getElementById(id);
const CHOICES = ["scene", "locale", "theme", "width"];
const EVENTS = ["ready", "change", "paid", "submitted", "returned", "agreed", "declined", "error", "closed"];
const fields = [...document.querySelectorAll("[data-property]")];
const settings = new URLSearchParams(location.search);
let element;
// Whatever was asked for last is shown: an answer that comes late is another one's.
let asked = 0;

const properties = () => fields.filter((field) => field.value.trim()).map((field) => [field.dataset.property, field.value.trim()]);

function note(event) {
  const line = document.createElement("li");
  line.textContent = `${event.type} ${JSON.stringify(event.detail)}`;
  byId("events").prepend(line);
}

function snippet() {
  const source = document.querySelector('script[src$="/embed.js"]').src;
  const style = properties().map(([name, value]) => `  ${name}: ${value};\n`).join("");
  const theme = byId("theme").value === "auto" ? "" : ` theme="${byId("theme").value}"`;
  return [
    style && `<style>\npaydesk-checkout {\n${style}}\n</style>`,
    `<script src="${source}" async></${"script"}>`,
    `<paydesk-checkout session="cs_…" locale="${byId("locale").value}"${theme}></paydesk-checkout>`,
  ].filter(Boolean).join("\n");
}

// What does not need another session: look, language, width, and the lines to copy.
function dress() {
  document.documentElement.dataset.theme = byId("theme").value;
  byId("stage").style.width = byId("width").value;
  byId("snippet").textContent = snippet();
  byId("copied").textContent = "";
  const query = new URLSearchParams(CHOICES.map((name) => [name, byId(name).value]));
  for (const [name, value] of properties()) query.set(name, value);
  history.replaceState(null, "", `?${query}`);
  if (!element) return;
  for (const field of fields) element.style.setProperty(field.dataset.property, field.value.trim());
  element.update?.({ locale: byId("locale").value, theme: byId("theme").value });
}

async function show() {
  const turn = ++asked;
  byId("trouble").hidden = true;
  dress();
  const body = JSON.stringify({ scene: byId("scene").value, locale: byId("locale").value });
  let session;
  try {
    const response = await fetch("/api/scene", { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!response.ok) throw new Error(`${response.status}`);
    ({ session } = await response.json());
  } catch {
    if (turn === asked) byId("trouble").hidden = false;
    return;
  }
  if (turn !== asked) return;
  const made = document.createElement("paydesk-checkout");
  made.setAttribute("session", session);
  made.setAttribute("locale", byId("locale").value);
  made.setAttribute("theme", byId("theme").value);
  for (const [name, value] of properties()) made.style.setProperty(name, value);
  for (const name of EVENTS) made.addEventListener(name, note);
  element = made;
  byId("events").replaceChildren();
  byId("stage").replaceChildren(made);
}

for (const name of CHOICES) {
  const wanted = settings.get(name);
  if ([...byId(name).options].some((option) => option.value === wanted)) byId(name).value = wanted;
  byId(name).addEventListener("change", name === "scene" ? show : dress);
}
for (const field of fields) {
  field.value = settings.get(field.dataset.property) ?? "";
  field.addEventListener("input", dress);
}
byId("controls").addEventListener("submit", (event) => event.preventDefault());
byId("again").addEventListener("click", show);
byId("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(snippet());
    byId("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(byId("snippet"));
    byId("copied").textContent = "Selected: press Ctrl+C.";
  }
});
show();
