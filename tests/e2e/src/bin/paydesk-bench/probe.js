// Notes the first animation frame in which a person could use each watched element: drawn, enabled, and on top at
// its centre. In wall-clock time, so that page and frame can be compared.
(() => {
  const seen = (window.__usable = {});
  const usable = (element) => {
    if (element.matches(":disabled, [readonly]")) return false;
    const box = element.getBoundingClientRect();
    if (box.width < 4 || box.height < 4) return false;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return false;
    const top = element.getRootNode().elementFromPoint(x, y);
    return Boolean(top) && (element.contains(top) || top.contains(element));
  };
  const watched = {
    frame: () => document.querySelector("paydesk-checkout")?.shadowRoot?.querySelector("iframe"),
    saved: () => document.querySelector("label:has(input[type=radio]:enabled)"),
    number: () => document.querySelector("input[autocomplete='cc-number']"),
  };
  const look = () => {
    for (const [name, find] of Object.entries(watched)) {
      const element = seen[name] ? null : find();
      if (element && usable(element)) seen[name] = performance.timeOrigin + performance.now();
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
