// The inventory of what a payer's browser runs (PCI DSS 4.0.1, requirement 6.4.3): which programs, why each is needed, who loads
// it, and the hash by which the browser knows that it is the one that was meant. And the words that they show in other
// languages, which run nowhere: by the hashes of the files.
//
// node inventory.mjs DIST            writes DIST/script-inventory.json
// node inventory.mjs DIST --check    fails where that file, the page and the files do not agree
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const [dist, option] = process.argv.slice(2);
const FILE = join(dist, "script-inventory.json");
// What runs, by its name without the hash of its content. A file that is not here may not be delivered.
const WHY = {
  "embed.js": ["the organization's page", "Defines <paydesk-checkout> and <paydesk-wallet>: opens the frame and tells the page what happened in it."],
  "assets/embed.js": ["the organization's page", "The same under a name that never changes its content, for pages that name its hash."],
  "boot.js": ["the frame, in its page", "Takes the page's greeting, asks for the session, shows saved methods and a card's fields until the program is there, hands it what was typed in them, and says so in plain words when it cannot run."],
  "assets/paydesk.js": ["the frame", "The program's door to the browser."],
  "wallet-boot.js": ["the wallet's frame, in its page", "Takes the page's greeting, loads the program, and says so in plain words when it cannot run."],
  "assets/paydesk-wallet.js": ["the wallet's frame", "The program's door to the browser."],
  "assets/paydesk-wallet_bg.wasm": ["the wallet's frame", "The program: asks for the code that was mailed, shows what is saved, tells the billing API what is to be changed."],
  "assets/paydesk_bg.wasm": ["the frame", "The program: shows the form, sends card and bank numbers to the processor, tokens to the billing API."],
};
// The pages; the script that is written into each, which the server allows by this hash in the policy of its answer, and the address
// of both; and who loads what they name.
const PAGES = [
  ["index.html", "boot.js", "/frame/checkout", "the frame"],
  ["wallet.html", "wallet-boot.js", "/frame/wallet", "the wallet's frame"],
];
const BOOTS = PAGES.map(([, boot]) => boot);
// What the server sends by itself, each from a file of its own.
const SERVED = [
  ["frame/refused.js", "refused.js", ["the frame, where it may not be shown", "Tells the page that it is not registered."]],
  ["challenge-done.js", "challenge_done.js", ["the page that payers come back to from their bank", "Tells the frame that something happened there."]],
];
const WORDS = /^assets\/(wallet-)?words-([a-z-]+)\.txt$/;
const ENDS = /\.(js|mjs|wasm)$/;

const describe = (name, url, bytes, [loaded_by, why]) => {
  const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  return { name, url, integrity, bytes: bytes.length, loaded_by, why };
};

const problems = [];
const scripts = [];
const words = [];
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const name = relative(dist, path).split(sep).join("/");
  const plain = name.replace(/-[0-9a-f]{10}(?=\.)/, "");
  const [, wallets, tag] = WORDS.exec(plain) ?? [];
  if (tag) words.push(describe(plain, `/${name}`, readFileSync(path), [wallets ? "the wallet's frame" : "the frame", `The words of ${tag}.`]));
  if (!entry.isFile() || !ENDS.test(name)) continue;
  const known = WHY[plain];
  if (!known || BOOTS.includes(plain)) {
    problems.push(`${name} runs in a payer's browser: say why in tools/inventory.mjs, or do not deliver it`);
    continue;
  }
  scripts.push(describe(plain, `/${name}`, readFileSync(path), known));
}
const texts = new Map(PAGES.map(([name]) => [name, readFileSync(join(dist, name), "utf8")]));
for (const [name, boot, url] of PAGES) {
  for (const [tag, attributes, text] of texts.get(name).matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    if (tag.startsWith("<script>")) scripts.push(describe(boot, url, Buffer.from(text), WHY[boot]));
    else if (text.trim() || !/\bsrc=/.test(attributes)) problems.push(`${name}: a script without a file: ${tag.slice(0, 80)}`);
  }
}
for (const [name, file, why] of SERVED) {
  scripts.push(describe(name, `/${name}`, readFileSync(new URL(`../crates/billing/src/http/${file}`, import.meta.url)), why));
}
scripts.sort((a, b) => (a.url < b.url ? -1 : 1));
words.sort((a, b) => (a.url < b.url ? -1 : 1));
for (const plain of Object.keys(WHY)) {
  const count = scripts.filter((script) => script.name === plain).length;
  if (count !== 1) problems.push(`${plain} is in the inventory and ${count} times among the files`);
}

// A page runs what is listed and nothing else, each by its hash, and names all that is its own.
for (const [file, , , loads] of PAGES) {
  const page = texts.get(file);
  for (const [tag] of page.matchAll(/<(?:script|link)\b[^>]*>/g)) {
    const url = /\b(?:src|href)="([^"]*)"/.exec(tag)?.[1] ?? "";
    if (/hreflang=/.test(tag) && !words.some((file) => file.url === url)) problems.push(`${file}: ${url} is not among the words`);
    if (tag === "<script>" || (tag.startsWith("<link") && !/rel="(modulepreload|preload)"/.test(tag))) continue;
    const script = scripts.find((script) => script.url === url);
    if (!script) problems.push(`${file}: ${url} is not in the inventory`);
    else if (!tag.includes(`integrity="${script.integrity}"`)) problems.push(`${file}: the hash of ${url} is not that of the file`);
  }
  for (const { name, url, loaded_by } of [...scripts, ...words]) {
    if (loaded_by === loads && !page.includes(`"${url}"`)) problems.push(`${file} does not name ${name}`);
  }
}

const inventory = `${JSON.stringify({ scripts, words }, null, 2)}\n`;
if (option !== "--check") writeFileSync(FILE, inventory);
else if (readFileSync(FILE, "utf8") !== inventory) problems.push("script-inventory.json is not that of these files: build again");
for (const { url, integrity, loaded_by, why } of [...scripts, ...words]) console.log(`${url}\n    ${integrity}\n    ${loaded_by}: ${why}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;
