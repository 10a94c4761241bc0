// Measures every file of the built widget: `counted|wallet|both|demand|other <tab> raw <tab> brotli 11 <tab> name` per line. What is
// counted is loaded by opening the checkout, the wallet, or either.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const [dist] = process.argv.slice(2);
// As it is delivered, where the build has packed it.
const brotli = (path, bytes) =>
  existsSync(`${path}.br`)
    ? statSync(`${path}.br`).size
    : brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }).length;

// The words of other languages than English and pictures are loaded when they show, address data one country at a time;
// types are for editors.
const kind = (name) => {
  if (/^pictures\/|^assets\/(wallet-)?words-/.test(name)) return "demand";
  if (/^wallet\.html$|^assets\/paydesk-wallet/.test(name)) return "wallet";
  if (name === "embed.js") return "both";
  return /^address\/|^assets\/embed-|\.d\.ts$|^script-inventory\.json$/.test(name) ? "other" : "counted";
};

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const name = relative(dist, path).split(sep).join("/");
  if (!entry.isFile() || name.startsWith(".") || name.endsWith(".br")) continue;
  const bytes = readFileSync(path);
  const plain = name.replace(/-[0-9a-f]{10}(?=\.)/, "");
  console.log([kind(name), bytes.length, brotli(path, bytes), plain].join("\t"));
}
