// Writes down all that a page can see of the elements it embeds: their events, every window message, and what
// comes out of every message channel made in this page. Loaded before anything else, as a curious page would.
window.happened = [];
window.heard = [];
window.ports = [];

for (const type of ["ready", "change", "paid", "submitted", "returned", "agreed", "changed", "declined", "error", "closed"]) {
  document.addEventListener(type, (event) => {
    const elements = [...document.querySelectorAll("paydesk-checkout, paydesk-wallet")];
    const element = elements.indexOf(event.target);
    if (element >= 0) window.happened.push({ element, type, detail: event.detail ?? null });
  }, true);
}

window.addEventListener("message", (event) => {
  window.heard.push({ by: "window", origin: event.origin, data: event.data, ports: event.ports.length });
}, true);

const Plain = window.MessageChannel;
window.MessageChannel = class MessageChannel extends Plain {
  constructor() {
    super();
    window.ports.push(this.port1);
    for (const port of [this.port1, this.port2]) {
      port.addEventListener("message", (event) => window.heard.push({ by: "port", data: event.data }));
    }
  }
};
