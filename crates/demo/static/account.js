// The account page: asks its own server for a wallet session of whoever is signed in, and embeds the wallet.

import { ask, byId, page, state } from "./page.js";

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

page(texts, async () => {
  const { secret } = await ask("/api/wallet", { persona: state.persona, language: state.language });
  const element = document.createElement("paydesk-wallet");
  element.setAttribute("session", secret);
  element.setAttribute("locale", state.language);
  element.setAttribute("theme", state.theme);
  byId("wallet").replaceChildren(element);
}).start();
