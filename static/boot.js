// Starts the frame page: shakes hands with the embedding page, loads the program, tells the page how tall this one
// is, wears its theme, and says so in plain words when the program cannot run. It asks for the session while the program is
// still on its way. No dependency; the session's secret passes and is not kept, nothing that a payer types does.
(() => {
  const parentOrigin = new URLSearchParams(location.search).get("parent");
  const app = document.getElementById("app");
  const root = document.documentElement;
  if (location.hash) root.dataset.theme = /^#(dark|high-contrast)$/.test(location.hash) ? location.hash.slice(1) : "light";
  let port;
  let queue = [];
  let held = [];

  // The words of another language than English are a file that the page names. It is asked for as soon as the language is
  // known, beside the program; without it the checkout speaks English.
  const asked = {};
  const words = async (tag) => {
    const link = [...document.querySelectorAll("link[hreflang]")].find(({ hreflang }) => RegExp(`^${hreflang}(?![a-z])`, "i").test(tag));
    return link && (asked[link.href] ??= fetch(link.href, { signal: AbortSignal.timeout(8000) })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
      .catch(() => (asked[link.href] = console.warn(`paydesk: no words: ${link.hreflang}`))));
  };

  // How everything is asked, here and by the program: without cookies, cache, referrer or redirects, and not for ever.
  const send = (url, options, millis) => fetch(url, {
    ...options, credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(millis),
  });

  // The session is asked for beside the program, not after it, as `Billing::checkout` asks. Who asks for the same then gets
  // this answer, once; one that failed is asked for again.
  let ahead;
  const askAhead = ({ session, locale }) => {
    if (!/^cs_[!-~]{0,197}$/.test(session)) return;
    const url = `/v1/checkout?locale=${/^[\w-]+$/.exec(locale ?? "") ?? ""}`;
    const Authorization = `Bearer ${session}`;
    const read = async () => {
      const answer = await send(url, { headers: { Authorization, "Paydesk-Parent-Origin": parentOrigin } }, 15000);
      // Whole, before its time is over.
      return new Response(await answer.text(), { status: answer.status });
    };
    const mine = (ahead = [url + Authorization, read()]);
    mine[1].catch(() => mine === ahead && (ahead = 0));
  };
  const ask = (url, options, millis) => {
    const [asked, answer] = ahead || [];
    if (asked !== url + options.headers.Authorization) return send(url, options, millis);
    ahead = 0;
    return answer;
  };

  const tell = (message) => (port ? port.postMessage(message) : queue.push(message));

  const take = (event) => {
    const data = event.data;
    if (port || event.source !== parent || event.origin !== parentOrigin || data?.paydesk !== 1 || data.type !== "connect") return;
    port = event.ports[0];
    if (!port) return;
    removeEventListener("message", take);
    port.addEventListener("message", wear);
    port.start();
    queue.forEach(tell);
    queue = [];
    if (!broken) start();
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
      port.dispatchEvent(new MessageEvent("message", { data: { type: "focus" } }));
      refocusing -= 1;
      setTimeout(look, 150);
    };
    setTimeout(look, 150);
  };

  // Theme, colours, and the language of the words below. Values come from the embedding page: only colours,
  // lengths and font names pass, nothing that could load something.
  const wear = ({ data }) => {
    // What comes before the program listens is told to it again.
    held?.push(data);
    if (data?.type === "focus") refocus();
    if (held && !broken && data?.type === "open") askAhead(data);
    if (data?.type !== "open" && data?.type !== "update") return;
    if (/^(auto|light|dark|high-contrast)$/.test(data.theme)) root.dataset.theme = data.theme;
    if (typeof data.locale === "string" && data.locale) root.lang = /^fr\b/i.test(data.locale) ? "fr" : "en";
    words(data.locale || navigator.language);
    for (const [name, value] of Object.entries(data.variables ?? {})) {
      if (/^--paydesk-[a-z-]{1,40}$/.test(name) && /^[\w\s#%.,()'"+*/-]{0,200}$/.test(value) && !/url|image|src|var|env/i.test(value)) {
        root.style.setProperty(name, value);
      }
    }
  };

  let broken = false;
  const fail = (code) => {
    if (broken) return;
    broken = true;
    const french = /^fr\b/i.test(root.lang) || (!port && /^fr\b/i.test(navigator.language));
    const [title, more, again] = french
      ? ["Le formulaire de paiement n’a pas pu démarrer", "Rechargez la page, ou essayez un autre navigateur. Si vous veniez de payer, recharger montre le résultat ; vous ne serez pas débité deux fois.", "Recharger"]
      : ["The payment form could not start", "Reload it, or try another browser. If you had just paid, reloading shows the result; you will not be charged twice.", "Reload"];
    const element = (name, text, attributes = {}) => {
      const made = document.createElement(name);
      made.textContent = text;
      for (const key in attributes) made.setAttribute(key, attributes[key]);
      return made;
    };
    const main = element("main", "", { lang: french ? "fr" : "en" });
    const section = element("section", "", { class: "result bad", role: "alert" });
    const button = element("button", again, { type: "button", class: "again" });
    button.addEventListener("click", () => location.reload());
    section.append(element("h1", title), element("p", more), button);
    main.append(section);
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
  addEventListener("error", (event) => trapped(event.error));
  addEventListener("unhandledrejection", (event) => trapped(event.reason));

  // Both files are named by the page and on their way already: they are read before the handshake, and run after it.
  let glue;
  let binary;
  const prepare = () => {
    const [script, wasm] = ["modulepreload", "preload"].map((rel) => document.querySelector(`link[rel=${rel}]`));
    binary = fetch(wasm.href, { integrity: wasm.integrity, credentials: "same-origin" });
    glue = import(script.href);
    // Told by `start`, which waits for them.
    for (const file of [binary, glue]) file.catch(() => {});
  };

  const start = async () => {
    globalThis.paydesk = { port, parentOrigin, words, ask };
    let program;
    try {
      program = await glue;
      await program.default({ module_or_path: binary });
      const missed = held;
      held = null;
      for (const data of missed) port.dispatchEvent(new MessageEvent("message", { data }));
    } catch (error) {
      console.error(`paydesk: ${error?.name}`);
      fail(error instanceof WebAssembly.CompileError ? "wasm_blocked" : program ? "wasm_failed" : "script_failed");
    }
  };

  // From our own page that payers come back to from their bank: a hint that something happened there.
  addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && data === "paydesk:challenge-done") port?.dispatchEvent(new MessageEvent("message", { data: { type: "look" } }));
  });

  // A page out of the back-forward cache shows a state that may be over: the session is read again.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // While this frame grows, what is under the pointer changes: a click that was meant for something else must not
  // pay. Until the height has been kept for a moment, the style keeps the pointer away from Pay. Keys still work.
  let settled;
  const moving = () => {
    root.dataset.moving = "";
    clearTimeout(settled);
    settled = setTimeout(() => delete root.dataset.moving, 500);
  };
  addEventListener("resize", moving);

  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(app.getBoundingClientRect().height);
    if (now === height) return;
    moving();
    tell({ type: "resize", height: (height = now) });
  }).observe(app);

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
  prepare();
})();
