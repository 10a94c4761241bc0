// The outbox page: shows what the billing program has mailed, the newest first, and looks again while it is open.

const el = (name, text) => Object.assign(document.createElement(name), { textContent: text ?? "" });
const place = document.getElementById("mails");
let shown = "";

async function look() {
  const answer = await fetch("/api/outbox");
  const text = await answer.text();
  if (!answer.ok || text === shown) return;
  shown = text;
  const { mails } = JSON.parse(text);
  const made = mails.map(({ to, subject, date, text }) => {
    const mail = el("article");
    mail.className = "mail";
    mail.append(el("h2", subject), el("p", `${to} · ${date}`), el("pre", text));
    return mail;
  });
  place.replaceChildren(...(made.length ? made : [el("p", "Nothing was mailed yet.")]));
}

const again = () => look().catch(() => {}).finally(() => setTimeout(again, 1500));
again();
