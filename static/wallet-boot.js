// Starts the wallet's page, which has nothing to show before its program is there but the shape of it: the rest is frame.js's.
import { app, begin, el, first, send } from "./frame.js";

// The program draws out of sight until it has something, and takes the place of the shape then.
const drawing = new MutationObserver(() => {
  if (!app.firstChild) return;
  drawing.disconnect();
  first.remove();
  app.hidden = false;
});
drawing.observe(app, { childList: true });

const KEPT_MS = 60_000;

// What the program asks for, save a document that the bearer alone may read: that becomes a file of the name that the server gave it.
const ask = async (url, options, millis) => {
  const answer = await send(url, options, millis);
  if (!answer.ok || !url.endsWith("/document")) return answer;
  const [, name = ""] = /filename="([\w.-]+)"/.exec(answer.headers.get("content-disposition")) ?? [];
  const href = URL.createObjectURL(await answer.blob());
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
  return Response.json({});
};

begin({
  ask,
  failed: {
    en: ["Your saved cards and bank accounts could not be shown", "Reload, or try another browser. What you saved is as it was.", "Reload"],
    fr: ["Vos cartes et comptes enregistrés n’ont pas pu être affichés", "Rechargez, ou essayez un autre navigateur. Ce qui est enregistré est resté tel quel.", "Recharger"],
  },
});
