// Draws the first view as soon as the session is known, while the program is still on its way, as the program will draw it; and
// hands over to the program what a payer has done in it meanwhile. A session that asks for more than a saved method that is
// ready, or a card, is left to the program. Words are named as in crates/words.
import { el } from "./frame.js";
import { word } from "./words.js";

const NEW_CARD = "new";
const NEW_BANK = "bank";
const RAILS = { USD: "ach", CAD: "pad" };

/** Puts the focus where a payer begins, as the program would. */
export const focusIn = (first) => first.querySelector(".card:not([hidden]) input, #pay")?.focus();

const fill = (text, ...texts) => text.replace(/\{(\d)\}/g, (_, place) => texts[place]);

/** Texts with a mark between them; those that are empty are left out. */
const joined = (mark, ...texts) => texts.filter(Boolean).join(mark);

/** Does something after the next picture: `Intl` takes a slowed processor 50 ms the first time, and what it names can wait. */
const later = (work) => requestAnimationFrame(() => setTimeout(work));

/** The region that amounts and dates are written for: that of the tag, or the organization's country. */
const regional = (language, tag, country) => `${language.split("-")[0]}-${(/.[-_]([a-z]{2})$/i.exec(tag)?.[1] ?? country).toUpperCase()}`;

/** Whether a saved bank account can pay this: as `can_debit` of the program. */
const canDebit = ({ invoice, bank }, { kind, blocked_by, has_mandate }) => !blocked_by && RAILS[invoice.currency] === kind && (has_mandate || bank);

/** Where dollars are the country's own, and how they are written there. */
const DOLLARS = { "en-USUSD": ["$", ",", ".", ""], "en-CACAD": ["$", ",", ".", ""], "fr-CACAD": ["", "\u00a0", ",", "\u00a0$"] };

/** How amounts are written, without `Intl` where the dollars are the payer's own: most are. */
const moneyIn = (locale, currency) => {
  const own = DOLLARS[locale + currency];
  if (!own) {
    const format = new Intl.NumberFormat(locale, { style: "currency", currency });
    return (minor) => format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  }
  const [before, group, point, after] = own;
  return (minor) => {
    const [, whole, cents] = /(.*)(..)/.exec(`${Math.abs(minor)}`.padStart(3, "0"));
    return `${minor < 0 ? "-" : ""}${before}${whole.replace(/\B(?=(...)+$)/g, group)}${point}${cents}${after}`;
  };
};

/** What is chosen at first: a saved method that is ready, or another card. `undefined` where there is more to say or to ask. */
const choice = (view) => {
  const { session, invoice, methods, accounts = [] } = view;
  const saysMore = invoice.pending || view.plans || view.acting?.kind === "admin" || !accounts.every((account) => canDebit(view, account));
  const asksMore = view.credit_available != null || view.partial_minimum != null;
  if (session.status !== "open" || invoice.payable_now <= 0 || saysMore || asksMore) return;
  const best = [...methods.filter(({ expired }) => !expired), ...accounts][0];
  if (!best) return NEW_CARD;
  const code = best.brand && invoice.payable_now > (view.security_code_above ?? Infinity);
  if (!code && !best.address_needed && (best.brand || best.has_mandate)) return best.id;
};

const mark = (name) => el("span.brand", { "data-mark": name, "aria-hidden": "true" });

/** A field as the program draws it: its label, the control with a picture at its end, and the line below. */
const field = (id, label, control, picture, note = "") => {
  Object.entries({ id, "aria-describedby": `${id}-note`, "aria-required": "true" }).forEach((attribute) => control.setAttribute(...attribute));
  const box = el("span.box", {}, control);
  if (picture) box.append(mark(picture));
  return el("div.field", {}, el("label", { for: id }, label, el("span.optional")), box, el("p.note", { id: `${id}-note` }, note));
};

const text = (attributes) => el("input.control", { type: "text", autocapitalize: "off", spellcheck: "false", ...attributes });

const digits = (autocomplete, placeholder) => text({ autocomplete, placeholder, inputmode: "numeric" });

/** A line of the invoice. */
const line = (name, what, amount) => el(name, {}, el("dt", {}, ...[what].flat()), el("dd", {}, amount));

const summary = ({ organization, invoice }, money) => {
  const due = money(invoice.payable_now);
  const lines = invoice.items.map(({ description, participant, amount }) => line("div", [description, el("span", {}, participant ?? "")], money(amount)));
  if (invoice.payable_now !== invoice.total) lines.push(line("div.sum", word.total, money(invoice.total)));
  if (invoice.paid) lines.push(line("div", word.already_paid, money(-invoice.paid)));
  return el("header", {},
    el("h1", {}, fill(word.pay_to, organization.name)),
    el("p.amount", {}, due),
    el("details", {}, el("summary", {}, fill(word.invoice, invoice.number)), el("dl.lines", {}, ...lines, line("div.sum", word.due_now, due))));
};

const row = (value, chosen, name, picture, stale, ...text) => {
  const radio = el("input", { type: "radio", name: "method", value, ...(name && { "aria-label": name }) });
  radio.defaultChecked = value === chosen;
  return el("div.row", {}, el(`label.method${stale}`, {}, radio, mark(picture), el("span.what", name && { "aria-hidden": "true" }, ...text)));
};

const saved = (id, chosen, name, picture, stale, what, last4, more) =>
  row(id, chosen, name, picture, stale, what, el("span.digits", {}, ` •••• ${last4}`), el("span.when", {}, more));

const BRANDS = { visa: "Visa", mastercard: "Mastercard", amex: "American Express", discover: "Discover", diners: "Diners Club", jcb: "JCB", unionpay: "UnionPay" };

const rows = (view, chosen, tag) => [
  ...view.methods.map(({ id, brand, last4, exp_month, exp_year, expired, nickname }) => {
    const [long, short] = expired ? [word.ending_expired, word.expired] : [word.ending, word.expires];
    const name = BRANDS[brand] ?? "Card";
    const month = `${`${exp_month}`.padStart(2, "0")}/${`${exp_year % 100}`.padStart(2, "0")}`;
    const named = (month) => fill(long, name, joined(", ", last4, nickname), month);
    const made = saved(id, chosen, named(month), brand, expired ? ".stale" : "", name, last4, joined(" · ", nickname, fill(short, month)));
    later(() => {
      const format = new Intl.DateTimeFormat(tag, { month: "long", year: "numeric" });
      made.querySelector("input").setAttribute("aria-label", named(format.format(new Date(exp_year, exp_month - 1, 15))));
    });
    return made;
  }),
  ...(view.accounts ?? []).map(({ id, bank, last4, nickname }) => {
    const what = bank || word.echeck;
    return saved(id, chosen, fill(word.card_ending, what, joined(", ", last4, nickname)), "bank", "", what, last4, nickname ?? "");
  }),
  row(NEW_CARD, chosen, "", "plus", "", word.another_card),
  ...(view.bank ? [row(NEW_BANK, chosen, "", "bank", "", word.another_bank)] : []),
];

const tick = (id, label, attributes) => el("label", {}, el("input", { type: "checkbox", id, ...attributes }), el("span", {}, label));

/** The parts of the form for a card. Its address follows with the program, which knows every country's. */
const card = ({ organization, payer, session, consent, account_address }, locale) => {
  const country = el("option", { value: organization.country });
  later(() => country.append(new Intl.DisplayNames(locale, { type: "region" }).of(organization.country)));
  const parts = [
    el("div.grid", {},
      field("number", word.number, digits("cc-number", "1234 1234 1234 1234"), "unknown"),
      field("expiry", word.expiry, digits("cc-exp", word.expiry_hint)),
      field("cvc", word.cvc, digits("cc-csc", ""), "code", word.cvc_hint_back)),
    el("div.grid", {}, field("name", word.name, text({ autocomplete: "cc-name", value: payer.name }))),
    el("div.grid", { role: "group", "aria-label": word.billing_address },
      ...(account_address ? [el("div.wide", {}, tick("same_address", word.same_address))] : []),
      field("country", word.country, el("select.control", { autocomplete: "billing country", disabled: "" }, country)),
      el("p.wide.note", {}, word.address_loading)),
  ];
  if (session.may_save) {
    parts.push(el("div.save", {}, tick("save", word.save, { "aria-describedby": "consent" }), el("p", { id: "consent", lang: consent.locale }, consent.text)));
  }
  return parts;
};

/**
 * Draws into `place` what the program will show of this session, in the language that `tag` names. Whether it did: some sessions ask for
 * more than is drawn here.
 */
export const draw = (place, view, tag) => {
  const chosen = choice(view);
  if (!chosen) return;
  const { invoice, organization } = view;
  const locale = regional(word.language, tag, organization.country);
  const money = moneyIn(locale, invoice.currency);
  const alone = !(view.methods.length || view.accounts?.length || view.bank);
  const noneLeft = view.methods.length && view.methods.every(({ expired }) => expired);
  const form = el("div.card");
  const fine = el("p.fine", {}, word.direct_note);
  const choose = (value) => {
    fine.hidden = form.hidden = value !== NEW_CARD;
    // Not made before somebody wants it: a saved method is usable sooner.
    if (!form.hidden && !form.firstChild) form.append(...card(view, locale));
  };
  choose(chosen);
  const pay = el("button.pay", { id: "pay", type: "submit" }, fill(word.pay, money(invoice.payable_now)));
  const drawn = el("form", { novalidate: "" },
    summary(view, money),
    el("fieldset", {},
      el("legend", {}, alone ? word.new_card : word.how_to_pay),
      el("p.hint", {}, noneLeft ? word.all_expired : ""),
      ...(alone ? [] : [el("div.group", {}, ...rows(view, chosen, locale))]),
      form),
    pay, fine);
  drawn.addEventListener("change", ({ target }) => target.type === "radio" && choose(target.value));
  // Pressed before there is anything to pay with: the program is told as soon as it is there.
  drawn.addEventListener("submit", (event) => {
    event.preventDefault();
    pay.setAttribute("aria-disabled", "true");
  });
  Object.assign(document.documentElement, { lang: locale, dir: word.direction });
  place.replaceChildren(el("main", {}, drawn));
  return true;
};

/** What a payer has changed: a choice, a text, a box. */
const changes = (first) => [...first.querySelectorAll("input")].filter((input) => (input.type === "radio"
  ? input.checked && !input.defaultChecked
  : input.checked !== input.defaultChecked || input.value !== input.defaultValue));

/**
 * Shows what the program has drawn in `app` in place of the first view: with what was chosen and typed there, the focus and the
 * caret. The program learns of it as of a payer's own doing.
 */
export const handOver = async (first, app) => {
  const twin = ({ type, id, value }) => app.querySelector(type === "radio" ? `input[value="${value}"]` : id ? `#${id}` : "summary");
  const changed = changes(first);
  const isOpen = first.querySelector("[open]");
  const isPressed = first.querySelector("[aria-disabled]");
  const focused = document.activeElement;
  const { selectionStart, selectionEnd } = focused;
  const focus = (own) => {
    own?.focus();
    if (selectionStart != null) own?.setSelectionRange(selectionStart, selectionEnd);
  };
  app.hidden = false;
  try {
    for (const control of changed) {
      // The fields of a card come when it is chosen, which is first.
      for (let turn = 0; turn < 20 && !twin(control); turn += 1) await 0;
      const own = twin(control);
      if (!own) continue;
      own.checked = control.checked;
      if (control.type === "text") own.value = control.value;
      // The program sets the caret of the field that has the focus.
      if (control === focused) focus(own);
      own.dispatchEvent(new Event("input", { bubbles: true }));
      // Nothing that is secret stays in what leaves the page.
      if (control.type === "text") control.value = "";
    }
    if (first.contains(document.activeElement)) focus(twin(focused));
    if (isOpen) app.querySelector("details").open = true;
  } finally {
    // Whatever of it the program could not take: there is one form.
    first.remove();
  }
  if (isPressed) app.querySelector("#pay")?.click();
};
