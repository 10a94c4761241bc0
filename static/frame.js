// What the boot scripts of both frame pages share: the shaking of hands with the embedding page, its theme and colours, the height of
// this one, the words of other languages, the loading of the program, and what is said when that cannot run. No dependency.

/** The page that embeds this one. */
export const parentOrigin = new URLSearchParams(location.search).get("parent");
/** Where the program draws. */
export const app = document.getElementById("app");
/** What stands in the program's place until that has something to show. */
export const first = document.getElementById("first");
const root = document.documentElement;
let port;
let queue = [];
let held = [];
let page;

/** An element: `name.class`, its attributes, and what is in it. */
export const el = (name, attributes = {}, ...children) => {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  made.append(...children);
  return made;
};

// The words of another language than English are a file that the page names. It is asked for as soon as the language is
// known, beside the program; without it the page speaks English.
const asked = {};
export const words = async (tag) => {
  const link = [...document.querySelectorAll("link[hreflang]")].find(({ hreflang }) => RegExp(`^${hreflang}(?![a-z])`, "i").test(tag));
  return link && (asked[link.href] ??= fetch(link.href, { signal: AbortSignal.timeout(8000) })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
    .catch(() => (asked[link.href] = console.warn(`paydesk: no words: ${link.hreflang}`))));
};

/** How everything is asked, here and by the program: without cookies, cache, referrer or redirects, and not for ever. */
export const send = (url, options, millis) => fetch(url, {
  ...options, credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(millis),
});

const tell = (message) => (port ? port.postMessage(message) : queue.push(message));

/** Tells the program something, as if the page had. */
export const pass = (data) => port?.dispatchEvent(new MessageEvent("message", { data }));

let connected;
const connection = new Promise((resolve) => (connected = resolve));
const take = (event) => {
  const data = event.data;
  if (port || event.source !== parent || event.origin !== parentOrigin || data?.paydesk !== 1 || data.type !== "connect") return;
  port = event.ports[0];
  if (!port) return;
  connected();
  removeEventListener("message", take);
  port.addEventListener("message", hear);
  port.start();
  queue.forEach(tell);
  queue = [];
};

// The page focuses this frame and asks for the focus inside it. On a busy machine the two cross on their way, and the
// frame's own arrival takes the focus off the field again: asked once more while nothing has it.
let refocusing = 0;
const refocus = () => {
  if (refocusing) return;
  refocusing = 3;
  const look = () => {
    if (document.activeElement !== document.body) refocusing = 0;
    if (!refocusing) return;
    pass({ type: "focus" });
    refocusing -= 1;
    setTimeout(look, 150);
  };
  setTimeout(look, 150);
};

// Theme, colours, and the language of the words below. Values come from the embedding page: only colours,
// lengths and font names pass, nothing that could load something.
const wear = ({ data }) => {
  if (data?.type === "focus") {
    page.focus?.();
    refocus();
  }
  const opens = data?.type === "open";
  if (!opens && data?.type !== "update") return;
  const goesAhead = opens && held && !broken;
  if (goesAhead) page.ahead?.(data);
  if (/^(auto|light|dark|high-contrast)$/.test(data.theme)) root.dataset.theme = data.theme;
  // What is drawn tells its own.
  if (!page.speaks?.() && typeof data.locale === "string" && data.locale) root.lang = /^fr\b/i.test(data.locale) ? "fr" : "en";
  words(data.locale || navigator.language);
  for (const [name, value] of Object.entries(data.variables ?? {})) {
    if (/^--paydesk-[a-z-]{1,40}$/.test(name) && /^[\w\s#%.,()'"+*/-]{0,200}$/.test(value) && !/url|image|src|var|env/i.test(value)) {
      root.style.setProperty(name, value);
    }
  }
  if (goesAhead) load();
};

// What comes before the program listens is told to it again.
const hear = (event) => {
  held?.push(event.data);
  wear(event);
};

// Not as it was sent, which would be asked about, but anew, in the same theme.
const again = () => {
  name = JSON.stringify({ theme: root.dataset.theme });
  location.replace(location.pathname + location.search);
};

let broken = false;
const fail = (code) => {
  if (broken) return;
  broken = true;
  const french = /^fr\b/i.test(root.lang) || (!port && /^fr\b/i.test(navigator.language));
  const [title, more, reload] = page.failed[french ? "fr" : "en"];
  const button = el("button.again", { type: "button" }, reload);
  button.addEventListener("click", again);
  const main = el("main", { lang: french ? "fr" : "en" }, el("section.result.bad", { role: "alert" }, el("h1", {}, title), el("p", {}, more), button));
  first.remove();
  app.hidden = false;
  app.replaceChildren(main);
  tell({ type: "error", code, message: title });
};

// The program is dead after a trap, whatever the page still shows.
// Where it happened is logged, and nothing that was in the program's hands: a trap has no text of its own.
const trapped = (error) => {
  if (!globalThis.WebAssembly || !(error instanceof WebAssembly.RuntimeError)) return;
  const place = /wasm-function\[\d+\]:0x[\da-f]+/.exec(error.stack);
  if (place) console.error(`paydesk: internal error at ${place}`);
  fail("internal");
};

// Both files are named by the page. They are asked for after the words, and after the session where the page
// did not bring it: those are little and shown first.
let run;
const load = () => {
  if (run) return;
  const [script, wasm] = document.getElementById("program").content.children;
  // In the page, it has the module checked against its hash.
  document.head.append(script);
  run = start(import(script.href), fetch(wasm.href, { integrity: wasm.integrity, credentials: "same-origin" }));
};

const start = async (glue, binary) => {
  // Told below, where it is waited for.
  binary.catch(() => {});
  let program;
  try {
    program = await glue;
    await connection;
    globalThis.paydesk = { port, parentOrigin, words, ask: page.ask ?? send };
    await program.default({ module_or_path: binary });
    const missed = held;
    held = null;
    missed.forEach(pass);
  } catch (error) {
    console.error(`paydesk: ${error?.name}`);
    fail(error instanceof WebAssembly.CompileError ? "wasm_blocked" : program ? "wasm_failed" : "script_failed");
  }
};

// While this frame grows, what is under the pointer changes: a click that was meant for something else must not
// pay. Until the height has been kept for a moment, the style keeps the pointer away from Pay. Keys still work.
let settled;
const moving = () => {
  root.dataset.moving = "";
  clearTimeout(settled);
  settled = setTimeout(() => delete root.dataset.moving, 500);
};

let height = 0;
const grow = () => {
  const now = Math.ceil(document.body.getBoundingClientRect().height);
  if (now === height) return;
  moving();
  tell({ type: "resize", height: (height = now) });
};

/**
 * Begins. A page says in `failed`, by language, what is said when its program cannot run; and may say how it is asked (`ask`), what
 * is asked for as soon as the session is known (`ahead`), where the focus goes before the program is there (`focus`), whether what
 * it shows tells its own language (`speaks`), and what came with it (`brought`).
 */
export const begin = (own) => {
  page = own;
  if (location.hash) root.dataset.theme = /^#(dark|high-contrast)$/.test(location.hash) ? location.hash.slice(1) : "light";
  addEventListener("error", (event) => trapped(event.error));
  addEventListener("unhandledrejection", (event) => trapped(event.reason));
  // A page out of the back-forward cache shows a state that may be over: the session is read again.
  addEventListener("pageshow", (event) => event.persisted && again());
  addEventListener("resize", moving);
  // From our own page that people come back to from their bank: a hint that something happened there.
  addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && data === "paydesk:challenge-done") pass({ type: "look" });
  });
  new ResizeObserver(grow).observe(document.body);
  // Browsers keep what fields hold, to restore them with their page: on disk, in the clear. They leave out fields
  // that refuse autocompletion, so those of the card offer it only while they are empty.
  addEventListener("input", ({ target }) => {
    const kind = target.dataset?.autofill ?? target.autocomplete;
    if (!/^cc-(number|exp|csc)$/.test(kind)) return;
    target.dataset.autofill = kind;
    target.autocomplete = target.value ? "off" : kind;
  }, true);
  if (parent === self || !parentOrigin) return fail("not_embedded");
  addEventListener("message", take);
  parent.postMessage({ paydesk: 1, type: "hello" }, parentOrigin);
  // After the greeting, so that the page hears of it.
  if (typeof WebAssembly !== "object") return fail("wasm_missing");
  // The page has said already what it will say over the channel, to whom the server lets show this frame (frame-ancestors). An
  // older script of the page does not, or in another way.
  let told;
  try {
    told = JSON.parse(name);
  } catch {}
  name = "";
  if (told) wear({ data: { ...told, type: "open", brought: page.brought } });
};
