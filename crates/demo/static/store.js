// The store page: asks its own server for a checkout session, embeds the checkout, and shows the result that its
// own server has verified. What the element says in the browser is a hint; only the server's word counts.

import { ask, byId, page, state } from "./page.js";

const texts = {
  en: {
    skip: "Skip to the checkout", tagline: "Recreation Centre", site: "Site", programs: "Programs", memberships: "Memberships", cart: "Cart", account: "Account",
    step: "Your registration", title: "Almost there", done: "See you soon", total: "Total", pay: "Payment", demo: "Demo settings",
    fine: "Cancel free of charge until five days before the first class.",
    about: "This is a demonstration. No real money moves.", persona: "Shopping as", language: "Language", theme: "Appearance",
    auto: "Automatic", light: "Light", dark: "Dark", again: "New purchase", cards: "Test cards", number: "Number", outcome: "What happens",
    ok: "Approved", ok_amex: "Approved, with a four-digit code", funds: "Refused: insufficient funds", refused: "Refused without a reason",
    late: "Accepted when entered, refused when charged", any: "Any future expiry and any code will do.",
    lede: (name, number) => `${name}, your places are held for 30 minutes. Invoice ${number}.`,
    thanks: "Thank you. Your places are confirmed.",
    verified: (amount, receipt) => `Our server has verified ${amount} with the billing API${receipt ? `: receipt ${receipt}` : ", paid with account credit"}.`,
    left: (amount) => `${amount} is left to pay.`,
    unverified: "The payment is not confirmed by our server yet. Reload this page in a moment; you will not be charged twice.",
    submitted: "Thank you. Your places are held while your bank sends the payment.",
    no_form: "The payment form could not be loaded; nothing was charged. Check your connection, or allow this page’s scripts, then",
    reload: "reload the page",
    trouble: "The store cannot prepare your checkout right now. Reload in a moment: opening this page charges nothing, and if you had just paid, it shows the result.",
  },
  fr: {
    skip: "Aller au paiement", tagline: "Centre de loisirs", site: "Site", programs: "Programmes", memberships: "Abonnements", cart: "Panier", account: "Compte",
    step: "Votre inscription", title: "Vous y êtes presque", done: "À bientôt", total: "Total", pay: "Paiement", demo: "Réglages de la démonstration",
    fine: "Annulation sans frais jusqu’à cinq jours avant le premier cours.",
    about: "Ceci est une démonstration. Aucun argent ne circule.", persona: "Acheter en tant que", language: "Langue", theme: "Apparence",
    auto: "Automatique", light: "Claire", dark: "Sombre", again: "Nouvel achat", cards: "Cartes d’essai", number: "Numéro", outcome: "Ce qui arrive",
    ok: "Acceptée", ok_amex: "Acceptée, avec un code à quatre chiffres", funds: "Refusée : fonds insuffisants", refused: "Refusée sans raison donnée",
    late: "Acceptée à la saisie, refusée au débit", any: "N’importe quelle date à venir et n’importe quel code conviennent.",
    lede: (name, number) => `${name}, vos places sont retenues pendant 30 minutes. Facture ${number}.`,
    thanks: "Merci. Vos places sont confirmées.",
    verified: (amount, receipt) => `Notre serveur a vérifié ${amount} auprès de l’API de facturation${receipt ? ` : reçu ${receipt}` : ", payés avec le crédit au compte"}.`,
    left: (amount) => `Il reste ${amount} à payer.`,
    unverified: "Notre serveur n’a pas encore confirmé le paiement. Rechargez cette page dans un instant ; vous ne serez pas débité deux fois.",
    submitted: "Merci. Vos places sont retenues pendant que votre banque envoie le paiement.",
    no_form: "Le formulaire de paiement n’a pas pu être chargé ; rien n’a été débité. Vérifiez votre connexion ou autorisez les scripts de cette page, puis",
    reload: "rechargez la page",
    trouble: "La boutique ne peut pas préparer votre paiement pour l’instant. Rechargez dans un instant : ouvrir cette page ne débite rien, et si vous veniez de payer, le résultat s’affichera.",
  },
};

const { t, show, start } = page(texts, embed);
const money = (minor, currency) => {
  const format = new Intl.NumberFormat(state.language === "fr" ? "fr-CA" : "en-CA", { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
};

function showCart(checkout) {
  byId("lede").textContent = t().lede(checkout.payer, checkout.invoice.number);
  byId("lines").replaceChildren(...checkout.invoice.items.map((item) => {
    const line = document.createElement("li");
    const what = document.createElement("span");
    what.textContent = item.description;
    if (item.participant) what.append(Object.assign(document.createElement("small"), { textContent: item.participant }));
    line.append(what, Object.assign(document.createElement("span"), { textContent: money(item.amount, checkout.invoice.currency) }));
    return line;
  }));
  byId("total").textContent = money(checkout.invoice.total, checkout.invoice.currency);
}

async function verify(session) {
  const result = byId("result");
  let answer = {};
  try { answer = await ask(`/api/result?session=${encodeURIComponent(session)}`); } catch { /* said below */ }
  const lines = answer.paid ? [t().thanks, t().verified(money(answer.amount, answer.currency), answer.receipt_number)] : [t().unverified];
  if (answer.left) lines.push(t().left(money(answer.left, answer.currency)));
  result.replaceChildren(...lines.map((text, index) => Object.assign(document.createElement(index || !answer.paid ? "p" : "strong"), { textContent: text })));
  result.dataset.paid = String(Boolean(answer.paid));
  if (answer.paid) byId("cart-title").textContent = t().done;
  result.hidden = false;
}

// What stands inside the element shows until the checkout's script has defined it, and stays where that never comes:
// blocked, unreachable, or a browser too old. The style sheet waits a moment before it shows (docs/EMBEDDING.md).
function fallback() {
  const note = Object.assign(document.createElement("p"), { className: "trouble late", textContent: `${t().no_form} ` });
  note.setAttribute("role", "alert");
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: t().reload });
  button.addEventListener("click", () => location.reload());
  note.append(button);
  return note;
}

async function embed(fresh = false) {
  byId("result").hidden = true;
  const checkout = await ask("/api/checkout", { persona: state.persona, fresh, language: state.language });
  showCart(checkout);
  const element = document.createElement("paydesk-checkout");
  element.setAttribute("session", checkout.secret);
  element.setAttribute("locale", state.language);
  element.setAttribute("theme", state.theme);
  element.append(fallback());
  element.addEventListener("paid", () => verify(checkout.session));
  // A debit takes days: the places are held, and nothing is confirmed yet.
  element.addEventListener("submitted", () => {
    byId("result").textContent = t().submitted;
    byId("result").dataset.paid = "false";
    byId("result").hidden = false;
  });
  byId("checkout").replaceChildren(element);
}

byId("again").addEventListener("click", () => show(true));
start();
