// The account page: asks its own server for a wallet session of whoever is signed in, and embeds the wallet.

const texts = {
  en: {
    skip: "Skip to the content", tagline: "Recreation Centre", site: "Site", cart: "Cart", account: "Account", outbox: "Outbox",
    step: "Your account", title: "Cards and bank accounts",
    lede: "They are yours, at every centre that shares this wallet. A code that is sent to your e-mail address opens it.",
    mailed: "In this demonstration no mail leaves the machine:", look: "look into the outbox", demo: "Demo settings",
    about: "This is a demonstration. No real money moves.", persona: "Signed in as", language: "Language", theme: "Appearance",
    auto: "Automatic", light: "Light", dark: "Dark",
    trouble: "Your cards and bank accounts cannot be shown right now. Reload this page in a moment.",
  },
  fr: {
    skip: "Aller au contenu", tagline: "Centre de loisirs", site: "Site", cart: "Panier", account: "Compte", outbox: "Courriels envoyés",
    step: "Votre compte", title: "Cartes et comptes bancaires",
    lede: "Ils sont à vous, dans chaque centre qui partage ce portefeuille. Un code envoyé à votre adresse de courriel l’ouvre.",
    mailed: "Dans cette démonstration, aucun courriel ne quitte la machine :", look: "voir les courriels envoyés", demo: "Réglages de la démonstration",
    about: "Ceci est une démonstration. Aucun argent ne circule.", persona: "Connecté en tant que", language: "Langue", theme: "Apparence",
    auto: "Automatique", light: "Claire", dark: "Sombre",
    trouble: "Vos cartes et comptes ne peuvent pas être affichés pour l’instant. Rechargez cette page dans un instant.",
  },
};

const byId = (id) => document.getElementById(id);
const settings = new URLSearchParams(location.search);
const state = { language: settings.get("lang") === "fr" ? "fr" : "en", theme: settings.get("theme") ?? "auto", persona: settings.get("as") };
const t = () => texts[state.language];

function speak() {
  document.documentElement.lang = state.language;
  document.documentElement.dataset.theme = state.theme;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t()[node.dataset.t];
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t()[node.dataset.tLabel]);
}

async function ask(path, body) {
  const response = await fetch(path, body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {});
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

async function embed() {
  speak();
  byId("trouble").hidden = true;
  const { secret } = await ask("/api/wallet", { persona: state.persona, language: state.language });
  const element = document.createElement("paydesk-wallet");
  element.setAttribute("session", secret);
  element.setAttribute("locale", state.language);
  element.setAttribute("theme", state.theme);
  byId("wallet").replaceChildren(element);
}

function failed() {
  byId("trouble").textContent = t().trouble;
  byId("trouble").hidden = false;
}

async function start() {
  speak();
  const { personas } = await ask("/api/personas");
  byId("persona").replaceChildren(...personas.map((persona) => new Option(persona.label[state.language], persona.id)));
  state.persona = personas.some((persona) => persona.id === state.persona) ? state.persona : personas[0].id;
  for (const name of ["persona", "language", "theme"]) {
    byId(name).value = state[name];
    byId(name).addEventListener("change", (event) => {
      state[name] = event.target.value;
      history.replaceState(null, "", `?as=${state.persona}&lang=${state.language}&theme=${state.theme}`);
      for (const [index, persona] of personas.entries()) byId("persona").options[index].text = persona.label[state.language];
      embed().catch(failed);
    });
  }
  await embed();
}

start().catch(failed);
