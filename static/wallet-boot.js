// Starts the wallet's page, which has nothing to show before its program is there but the shape of it: the rest is frame.js's.
import { app, begin, first } from "./frame.js";

// The program draws out of sight until it has something, and takes the place of the shape then.
const drawing = new MutationObserver(() => {
  if (!app.firstChild) return;
  drawing.disconnect();
  first.remove();
  app.hidden = false;
});
drawing.observe(app, { childList: true });

begin({
  failed: {
    en: ["Your saved cards and bank accounts could not be shown", "Reload, or try another browser. What you saved is as it was.", "Reload"],
    fr: ["Vos cartes et comptes enregistrés n’ont pas pu être affichés", "Rechargez, ou essayez un autre navigateur. Ce qui est enregistré est resté tel quel.", "Recharger"],
  },
});
