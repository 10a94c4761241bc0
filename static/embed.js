// Defines <paydesk-checkout session="cs_…"> and <paydesk-wallet session="ws_…">: a frame of the pay origin, as tall as what it shows,
// that speaks with this page over one private channel (protocol 1). No dependency; a second load changes nothing.
(() => {
  if (!self.customElements || customElements.get("paydesk-checkout")) return;

  // A classic script knows where it came from while it runs; a module, by its URL.
  const here = document.currentScript?.src || document.querySelector('script[src*="/embed.js"]')?.src || location.href;
  const FRAME_ANSWER_MS = 2000;
  const ATTRIBUTES = ["session", "locale", "theme", "base"];
  const VARIABLES = ["accent", "accent-text", "background", "surface", "text", "muted", "line", "edge", "danger", "success", "radius", "font", "font-size"];
  const english = (title, what, end) => ({ title, slow: `The ${what} is not loading. Check your connection, then `, again: "try again", missing: `The ${what} is not set up: no session was given.`, refused: `This page is not registered to show the ${what}. Its owner can register it with the organization${end}.` });
  const french = (title, what, end) => ({ title, slow: `Le ${what} ne se charge pas. Vérifiez votre connexion, puis `, again: "réessayez", missing: `Le ${what} n’est pas configuré : aucune session.`, refused: `Cette page n’est pas inscrite pour afficher le ${what}. Son propriétaire peut l’inscrire auprès de l’organisation${end}.` });
  const WORDS = {
    "paydesk-checkout": {
      en: english("Secure payment", "payment form", " that is to be paid; nothing was charged"),
      fr: french("Paiement sécurisé", "formulaire de paiement", " à payer ; rien n’a été débité"),
    },
    "paydesk-wallet": { en: english("Wallet", "wallet", ""), fr: french("Portefeuille", "portefeuille", "") },
  };
  const receipt = ({ payment, receipt, receipt_number, amount, currency }) => ({ payment: `${payment}`, receipt: `${receipt}`, receipt_number: `${receipt_number}`, amount: Number(amount), currency: `${currency}` });
  const EVENTS = {
    ready: () => ({}),
    change: ({ complete, method }) => ({ complete: complete === true, method: /^(saved|card|bank)$/.test(method) ? method : null }),
    paid: receipt,
    submitted: receipt,
    returned: receipt,
    agreed: () => ({}),
    changed: () => ({}),
    declined: ({ code, retryable }) => ({ code: `${code}`, retryable: retryable === true }),
    error: ({ code, message }) => ({ code: `${code}`, message: message ? `${message}` : `${code}` }),
    closed: () => ({}),
  };

  class Paydesk extends HTMLElement {
    static observedAttributes = ATTRIBUTES;
    #shadow = this.attachShadow({ mode: "open" });
    #frame;
    #port;
    #note;
    #timer;
    #opened;
    #window;
    #listen = (event) => this.#hear(event);
    // A policy of this page that lets no form go to the frame: it is opened without one, and asks for the session itself. Some other
    // form of the page must not take away a frame that has come.
    #unformed = ({ effectiveDirective, disposition }) => {
      if (effectiveDirective === "form-action" && disposition === "enforce" && !this.#opened) this.#frame.src ||= this.#url;
    };
    #restyle = () => this.update();
    // What the payer prefers is asked here: a frame is told its element's colour scheme in place of it.
    #dark = matchMedia("(prefers-color-scheme: dark)");

    constructor() {
      super();
      // What was set before this script came, as a plain property that hides the real one.
      for (const name of ATTRIBUTES.filter((name) => Object.hasOwn(this, name))) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }

    connectedCallback() {
      // Attributes may follow the element within the same task; a move disconnects and connects again, and empties the frame.
      queueMicrotask(() => {
        if (!this.isConnected) return;
        if (!this.#frame) this.#mount();
        else if (this.#frame.contentWindow !== this.#window) this.#open();
      });
    }

    disconnectedCallback() {
      queueMicrotask(() => {
        if (!this.isConnected) this.#unmount();
      });
    }

    attributeChangedCallback(name, before, after) {
      if (before === after || !this.isConnected) return;
      if (name === "session" || name === "base") {
        this.#unmount();
        this.connectedCallback();
      } else {
        this.update();
      }
    }

    /** Puts the keyboard focus into the form. */
    focus() {
      this.#frame?.focus();
      this.#post({ type: "focus" });
    }

    /** Pays, as if the button had been pressed. */
    submit() {
      this.#post({ type: "submit" });
    }

    /** Changes session, language or theme. */
    update(changes = {}) {
      for (const name of ["session", "locale", "theme"]) {
        if (changes[name] !== undefined && changes[name] !== this.getAttribute(name)) this[name] = changes[name];
      }
      if (this.#frame) this.#frame.title = this.#words.title;
      if (this.#opened) this.#post({ type: "update", ...this.#look() });
    }

    /** Takes the form away. Inserting the element again, or another session, brings a new one. */
    destroy() {
      if (!this.#frame) return;
      this.#post({ type: "close" });
      this.#unmount();
      this.#emit({ type: "closed" });
    }

    get #words() {
      return WORDS[this.localName][/^fr\b/i.test(this.getAttribute("locale") || document.documentElement.lang || navigator.language) ? "fr" : "en"];
    }

    get #isWallet() {
      return this.localName === "paydesk-wallet";
    }

    get #origin() {
      return new URL(this.getAttribute("base") || here, location.href).origin;
    }

    get #url() {
      return `${this.#origin}/frame/${this.localName.slice(8)}?parent=${encodeURIComponent(location.origin)}`;
    }

    #look() {
      const theme = this.getAttribute("theme");
      const style = getComputedStyle(this);
      const variables = {};
      for (const name of VARIABLES) {
        const value = style.getPropertyValue(`--paydesk-${name}`).trim();
        if (value) variables[`--paydesk-${name}`] = value;
      }
      return { locale: this.getAttribute("locale") || "", theme: /^(light|dark|high-contrast)$/.test(theme) ? theme : this.#dark.matches ? "dark" : "light", variables };
    }

    #mount() {
      this.style.display ||= "block";
      if (!this.getAttribute("session")) {
        this.#say(this.#words.missing);
        console.error(`<${this.localName}>: the attribute "session" is missing. Create a session on your server and pass its secret.`);
        this.#emit({ type: "error", code: "session_missing", message: this.#words.missing });
        return;
      }
      this.#say();
      const frame = document.createElement("iframe");
      frame.title = this.#words.title;
      // Keys are for a bank that asks who pays, in a frame of its own.
      frame.allow = "payment; publickey-credentials-get";
      // It cannot take this page elsewhere: what it needs is in this list. A bank's own window is a window like any other. In a wallet
      // clients save what they have agreed to.
      frame.sandbox = `allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox${this.#isWallet ? " allow-downloads" : ""}`;
      // All that comes again over the channel; by its name, which is in no address, the frame knows it at once. The number tells
      // apart those that show the same session.
      frame.name = JSON.stringify({ session: this.getAttribute("session"), ...this.#look(), number: Math.random() });
      // As in the frame's own root, so that its canvas stays transparent; `normal` would follow the page's choice.
      Object.assign(frame.style, { display: "block", width: "100%", height: "440px", border: "0", colorScheme: "light", background: "transparent" });
      this.#frame = frame;
      addEventListener("message", this.#listen);
      document.addEventListener("securitypolicyviolation", this.#unformed);
      this.#dark.addEventListener("change", this.#restyle);
      this.#timer = setTimeout(() => this.#slow(), FRAME_ANSWER_MS);
      this.#shadow.append(frame);
      this.#open();
    }

    // By a form, which names the session in no address: so the page of the frame comes with the session's answer in it. A wallet's
    // brings none, as none is given before the client has confirmed who they are.
    #open() {
      this.#window = this.#frame.contentWindow;
      if (this.#isWallet) {
        this.#frame.src ||= this.#url;
        return;
      }
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: this.#url, target: this.#frame.name });
      for (const [name, value] of Object.entries({ session: this.getAttribute("session"), locale: this.#look().locale })) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      this.#shadow.append(form);
      try {
        form.submit();
      } catch {
        // Firefox's way to say that a policy refused it, beside the event.
      }
      form.remove();
    }

    #unmount() {
      clearTimeout(this.#timer);
      removeEventListener("message", this.#listen);
      document.removeEventListener("securitypolicyviolation", this.#unformed);
      this.#dark.removeEventListener("change", this.#restyle);
      this.#port?.close();
      this.#frame?.remove();
      this.#say();
      this.#frame = this.#port = this.#opened = undefined;
    }

    // The frame says hello whenever its page has loaded: at first, after a reload, after the element was moved.
    #hear(event) {
      const frame = this.#frame;
      if (!frame || event.source !== frame.contentWindow || event.origin !== this.#origin) return;
      const type = event.data?.paydesk === 1 && event.data.type;
      if (type !== "hello" && type !== "refused") return;
      clearTimeout(this.#timer);
      if (type === "refused") return this.#trouble("not_embedded", this.#words.refused);
      this.#say();
      this.#port?.close();
      const channel = new MessageChannel();
      this.#port = channel.port1;
      this.#port.onmessage = ({ data }) => this.#emit(data);
      frame.contentWindow.postMessage({ paydesk: 1, type: "connect" }, this.#origin, [channel.port2]);
      this.#opened = true;
      this.#post({ type: "open", session: this.getAttribute("session"), ...this.#look() });
    }

    #post(message) {
      this.#port?.postMessage(message);
    }

    #emit(data) {
      const type = data?.type;
      if (type === "resize" && Number.isFinite(data.height) && data.height > 0 && data.height < 20000) {
        this.#frame.style.height = `${Math.ceil(data.height)}px`;
      } else if (Object.hasOwn(EVENTS, type)) {
        this.dispatchEvent(new CustomEvent(type, { detail: EVENTS[type](data), bubbles: true, composed: true }));
      }
    }

    #slow() {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = this.#words.again;
      button.onclick = () => {
        this.#unmount();
        this.#mount();
      };
      this.#trouble("frame_unreachable", this.#words.slow, button);
    }

    #trouble(code, ...parts) {
      this.#say(...parts);
      // Out of sight, not out of the page: should it still come, it takes the note's place.
      if (this.#frame) this.#frame.style.height = "0";
      this.#emit({ type: "error", code, message: parts.map((part) => part.textContent ?? part).join("") });
    }

    #say(...parts) {
      this.#note?.remove();
      this.#note = undefined;
      if (this.#frame?.style.height === "0px") this.#frame.style.height = "440px";
      if (!parts.length) return;
      this.#note = document.createElement("p");
      this.#note.setAttribute("role", "alert");
      Object.assign(this.#note.style, { margin: "0", padding: "16px", font: "16px/1.5 system-ui, sans-serif", border: "1px solid", borderRadius: "8px" });
      this.#note.append(...parts);
      this.#shadow.append(this.#note);
    }
  }

  // Each attribute is a property as well, as frameworks set them.
  for (const name of ATTRIBUTES) {
    Object.defineProperty(Paydesk.prototype, name, {
      enumerable: true,
      get() { return this.getAttribute(name); },
      set(value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); },
    });
  }
  for (const tag in WORDS) customElements.define(tag, class extends Paydesk {});
})();
