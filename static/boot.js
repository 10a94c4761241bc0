// Starts the checkout's page: shows the first view of the session's answer, which came with the page or is asked for beside the program,
// and hands over to it; the rest is frame.js's. The session's secret passes and is not kept, what a payer types goes to the program
// alone.
import { draw, focusIn, handOver } from "./first.js";
import { app, begin, first, parentOrigin, send, words } from "./frame.js";
import { learn } from "./words.js";

// What the page did not bring is asked for beside the program, not after it, as `Billing::checkout` asks, and its first view is drawn. Who
// asks for the same then gets this answer, once; one that failed is asked for again.
let ahead = [];
const askAhead = ({ session, locale, brought }) => {
  if (!/^cs_[!-~]{0,197}$/.test(session)) return;
  const url = `/v1/checkout?locale=${/^[\w-]+$/.exec(locale ?? "") ?? ""}`;
  const Authorization = `Bearer ${session}`;
  if (ahead[0] === url + Authorization) return;
  const read = async () => {
    let [text, status] = [brought, 200];
    if (!text) {
      const answer = await send(url, { headers: { Authorization, "Paydesk-Parent-Origin": parentOrigin } }, 15000);
      // Whole, before its time is over.
      [text, status] = [await answer.text(), answer.status];
    }
    // What cannot be drawn here, the program draws, or says what is wrong with it.
    if (status === 200) show(text, locale, mine).catch(() => {});
    return new Response(text, { status });
  };
  const mine = (ahead = [url + Authorization]);
  mine[1] = read();
  mine[1].catch(() => mine === ahead && (ahead = []));
};
let isShown;
const show = async (text, locale, mine) => {
  const view = JSON.parse(text);
  const tag = locale || view.session.locale;
  learn(await words(tag), view.words);
  if (mine === ahead && first.isConnected) isShown = draw(first, view, tag);
};
const ask = (url, options, millis) => {
  const [asked, answer] = ahead;
  if (asked !== url + options.headers.Authorization) return send(url, options, millis);
  ahead = [];
  return answer;
};

// The program draws out of sight until it has what the first view shows, and takes over then: not while a payer composes a
// text or presses something there, which would be lost with it.
let isHeld = false;
const takeOver = () => {
  if (!app.firstChild || isHeld || !first.isConnected || (isShown && app.querySelector(".skeleton"))) return;
  drawing.disconnect();
  handOver(first, app).catch((error) => console.error(`paydesk: ${error?.name}`));
};
const drawing = new MutationObserver(takeOver);
drawing.observe(app, { childList: true, subtree: true });
for (const kind of ["compositionstart", "pointerdown", "compositionend", "pointerup", "pointercancel", "blur"]) {
  addEventListener(kind, () => {
    isHeld = /start|down/.test(kind);
    // After whatever else hears of it.
    if (!isHeld) setTimeout(takeOver);
  });
}

begin({
  ask,
  ahead: askAhead,
  focus: () => focusIn(first),
  speaks: () => isShown,
  brought: document.getElementById("session").content.textContent,
  failed: {
    en: ["The payment form could not start", "Reload it, or try another browser. If you had just paid, reloading shows the result; you will not be charged twice.", "Reload"],
    fr: ["Le formulaire de paiement n’a pas pu démarrer", "Rechargez la page, ou essayez un autre navigateur. Si vous veniez de payer, recharger montre le résultat ; vous ne serez pas débité deux fois.", "Recharger"],
  },
});
