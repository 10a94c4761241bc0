// What a test does to the page: answers its requests, and does with fields what a person or a browser does.

let calls = [];
let script = [];
let attempt = "";
const real = globalThis.fetch;

/** Answers requests by a list of {path, status, body, drop, after_ms, again}; `$attempt` is the last confirmed try's id. */
export function answer(list) {
  script = JSON.parse(list);
  calls = [];
  globalThis.paydesk = { ...globalThis.paydesk, ask: (url, options) => fetch(url, options) };
  globalThis.fetch = async (url, init = {}) => {
    const path = String(url);
    if (!/\/v1\/|^\/address\//.test(path)) return real(url, init);
    calls.push({ path, method: init.method, body: init.body ?? "", headers: init.headers });
    if (path.endsWith("/confirm")) attempt = JSON.parse(init.body).attempt_id;
    const place = script.findIndex((one) => path.split("?")[0].endsWith(one.path));
    if (place < 0) throw new TypeError("no answer");
    const one = script[place];
    if (!one.again) script.splice(place, 1);
    await new Promise((resolve) => setTimeout(resolve, one.after_ms ?? 0));
    if (one.drop) throw new TypeError("dropped");
    return new Response(JSON.stringify(one.body).replaceAll("$attempt", attempt), { status: one.status ?? 200 });
  };
}

/** Has the words of French, as static/boot.js has them for the program; `speechless` lets them fail to come. */
export function speaks(french) {
  globalThis.paydesk = { ...globalThis.paydesk, words: async (tag) => (/^fr\b/i.test(tag) ? french : undefined) };
}

export function speechless() {
  globalThis.paydesk.words = async () => undefined;
}

/** The requests so far, as JSON. */
export const requests = () => JSON.stringify(calls);

export const find = (selector) => document.querySelector(selector) ?? undefined;

/** Types or pastes over the selection, as a browser does before it tells of it. */
export function insert(id, text, kind = "insertText") {
  const field = document.getElementById(id);
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: kind, data: text }));
}

/** Key by key. */
export function type(id, text) {
  const field = document.getElementById(id);
  if (field.localName === "select") return fill(id, text);
  for (const key of text) insert(id, key);
}

export function remove(id, forward) {
  const field = document.getElementById(id);
  const [start, end] = [field.selectionStart, field.selectionEnd];
  if (start === end) field.setSelectionRange(forward ? start : Math.max(0, start - 1), forward ? end + 1 : end);
  field.setRangeText("", field.selectionStart, field.selectionEnd, "end");
  const inputType = forward ? "deleteContentForward" : "deleteContentBackward";
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType }));
}

/** Autofill: a plain event without a key or an input type, and only `change` where `quiet` says so. */
export function fill(id, text, quiet = false) {
  const field = document.getElementById(id);
  field.value = text;
  if (!quiet) field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A change that nobody tells of. */
export function slip(id, text) {
  document.getElementById(id).value = text;
}

/** An input method that shows `parts` one after the other and ends with the last. */
export function compose(id, parts) {
  const field = document.getElementById(id);
  field.focus();
  const start = field.selectionStart;
  let end = field.selectionEnd;
  field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
  for (const part of parts.split("|")) {
    field.setRangeText(part, start, end, "end");
    end = start + part.length;
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertCompositionText", isComposing: true, data: part }));
  }
  const during = field.value;
  field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
  return during;
}

export const caret = (id) => document.getElementById(id).selectionStart;

export function place(id, at) {
  const field = document.getElementById(id);
  field.focus();
  field.setSelectionRange(at, at);
}

export const shown = (id) => document.getElementById(id)?.value ?? "";

export function click(selector) {
  document.querySelector(selector).click();
}

export function leave(id) {
  document.getElementById(id).dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
}

export const text = () => document.querySelector("main")?.textContent ?? "";

export const focused = () => document.activeElement?.id ?? "";

export const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// Tests of a file run side by side, and there is one page: each waits for its turn. A test that failed never leaves,
// so after a while the next one clears the page of it.
let turn = Promise.resolve();
let leaveTurn = () => {};

export function enter() {
  const before = turn;
  let leave;
  turn = new Promise((resolve) => (leave = resolve));
  return Promise.race([before, new Promise((resolve) => setTimeout(resolve, 20_000))]).then(() => {
    document.querySelectorAll(".checkout-under-test").forEach((left) => left.remove());
    leaveTurn = leave;
  });
}

export const exit = () => leaveTurn();
