// Makes the delivered files (`dist/`) of what Trunk wrote, for a content security policy that allows nothing but what it names:
//   index.html     the checkout's page, and wallet.html, the wallet's: each with its own style and boot script in it, which the
//                  server allows by their hashes; integrity of all that it names
//   assets/…       what a page names under /assets/, minified, named by the hash of its final content
//                  words-TAG.txt of another language is named by the page with its tag
//   everything else under its own name (embed.js, address data, types), scripts and styles minified
//   a .br beside every file that a browser loads, compressed once, as well as it goes
//
// node finish.mjs FROM WALLET TO [small]; what Trunk wrote of either page. PAYDESK_NODE_MODULES names the folder that holds esbuild
// and binaryen.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

import { shortNames } from "./short-names.mjs";
import { small } from "./unused.mjs";

const [checkout, wallet, to] = process.argv.slice(2, 5).map((path) => resolve(path));
const kind = process.argv[5];
const modules = process.env.PAYDESK_NODE_MODULES;
if (!to || !modules) throw new Error("usage: PAYDESK_NODE_MODULES=… node finish.mjs FROM WALLET TO [small]");
const { buildSync, transformSync } = createRequire(join(modules, "x.cjs"))("esbuild");

const ASSETS = "/assets/";
const LOADERS = { ".js": "js", ".mjs": "js", ".css": "css" };

/** What Trunk wrote into a folder: the page, and its files by their names. */
function written(from) {
  const files = new Map();
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    files.set(relative(from, path).split(sep).join("/"), readFileSync(path));
  }
  const page = files.get("index.html");
  if (!page) throw new Error(`${from} holds no index.html`);
  files.delete("index.html");
  return { from, html: page.toString(), files, isAsset: new Set() };
}

const textOf = ({ files }, name) => (LOADERS[extname(name)] ? files.get(name).toString() : "");

/** 1. Scripts leave the page. */
function withoutScripts(page) {
  let inlineCount = 0;
  page.html = page.html.replace(/<script\b([^>]*)>([\s\S]*?)<\/script>/g, (tag, attributes, text) => {
    if (/\bsrc=/.test(attributes) || text.trim() === "" || /type="(?!module)/.test(attributes)) return tag;
    inlineCount += 1;
    const name = inlineCount === 1 ? "start.js" : `start${inlineCount}.js`;
    page.files.set(name, Buffer.from(text));
    return `<script${attributes} src="${ASSETS}${name}"></script>`;
  });
  // Comments and indentation are for those who write the page.
  page.html = page.html.replace(/<!--[\s\S]*?-->/g, "").replace(/^\s+/gm, "").trimEnd() + "\n";
}

/** The names of the words, for the boot script, and their stamp. Those of other languages the boot script finds by their tags. */
function takeWords(page) {
  const { files } = page;
  const table = files.get("words-named.txt").toString().trimEnd().split("\n").map((line) => /^(\w+): (.*)$/.exec(line).slice(1));
  files.delete("words-named.txt");
  const [, stamp] = table.pop();
  for (const name of [...files.keys()].sort()) {
    const tag = /^(?:wallet-)?words-([a-z-]+)\.txt$/.exec(name)?.[1];
    if (tag) page.html = page.html.replace("</head>", `<link rel="alternate" hreflang="${tag}" href="${ASSETS}${name}">\n</head>`);
  }
  return { table, stamp };
}

/** 2. Which files are assets: those that the page or another asset names. */
function findAssets(page) {
  const visit = (text) => {
    for (const name of page.files.keys()) {
      if (!page.isAsset.has(name) && text.includes(ASSETS + name)) {
        page.isAsset.add(name);
        visit(textOf(page, name));
      }
    }
  };
  visit(page.html);
}

/** 3. Small. The program and its glue first, by each other. */
async function shrinkPrograms({ from, files, isAsset }) {
  for (const name of isAsset) {
    if (!name.endsWith("_bg.wasm")) continue;
    const glueName = name.replace("_bg.wasm", ".js");
    const program = kind === "small" ? await small(files.get(name), modules) : files.get(name);
    const { wasm, glue } = shortNames(program, files.get(glueName).toString());
    // Two builds at once in one folder have mixed their bytes before.
    if (!WebAssembly.validate(wasm)) throw new Error(`${name} is no program: remove ${from} and build again`);
    files.set(name, wasm);
    // Nobody starts it synchronously.
    files.set(glueName, Buffer.from(glue.replace("export { initSync, ", "export { ")));
  }
}

/** The boot script with what it imports, and the words that it reads itself: numbers for their names, English beside them. */
function bundleBoot({ files }, scripts, { table, stamp }) {
  const read = [];
  const numbered = (text) =>
    text.replace(/\bword\.(\w+)\b(?!\()/g, (_, name) => {
      if (!table.some(([known]) => known === name)) throw new Error(`static/: there is no word ${name}`);
      if (!read.includes(name)) read.push(name);
      return `word[${read.indexOf(name)}]`;
    });
  const folder = mkdtempSync(join(tmpdir(), "paydesk-boot-"));
  for (const name of scripts) writeFileSync(join(folder, name), numbered(files.get(name).toString()));
  const lines = read.map((name) => table.findIndex(([known]) => known === name));
  const { outputFiles } = buildSync({
    entryPoints: [join(folder, scripts[0])],
    bundle: true,
    format: "iife",
    define: {
      ENGLISH: JSON.stringify(lines.map((line) => table[line][1])),
      LINES: JSON.stringify(lines),
      COUNT: `${table.length}`,
      STAMP: JSON.stringify(stamp),
    },
    write: false,
    charset: "utf8",
  });
  rmSync(folder, { recursive: true });
  for (const name of scripts) files.delete(name);
  // A function around all of it, so that no name of it is the page's.
  files.set("boot.js", Buffer.from(outputFiles[0].text));
}

function minify({ files }) {
  for (const [name, bytes] of [...files]) {
    const loader = LOADERS[extname(name)];
    if (!loader || name.endsWith(".d.ts")) continue;
    const isModule = /^export /m.test(bytes);
    const { code } = transformSync(bytes.toString(), {
      loader,
      ...(isModule && { format: "esm", treeShaking: true }),
      minify: true,
      charset: "utf8",
      target: loader === "css" ? ["chrome111", "safari16.4", "firefox113"] : "es2022",
      legalComments: "none",
    });
    files.set(name, Buffer.from(code.trimEnd() + "\n"));
  }
}

/** The page's own style and script are in it: one question in place of three, before anything can be seen. */
function inline(page) {
  const taken = (url) => {
    const name = url.slice(ASSETS.length);
    const text = textOf(page, name).trim();
    if (!text || /<\/(style|script)|<!--/i.test(text)) throw new Error(`${url} cannot be written into the page`);
    page.files.delete(name);
    page.isAsset.delete(name);
    return text;
  };
  let style = "";
  page.html = page.html.replace(/<link rel="stylesheet" href="([^"]*)"[^>]*>\n?/g, (_, url) => ((style += taken(url)), ""));
  page.html = page.html.replace("</head>", () => `<style>${style}</style>\n</head>`);
  let boot;
  page.html = page.html.replace(/<script defer src="([^"]*)"[^>]*><\/script>/, (_, url) => ((boot = taken(url)), ""));
  // Where a script that is deferred runs: after all that it finds in the page.
  page.html = page.html.replace("</body>", () => `<script>${boot}</script></body>`);
}

/** 4. Named by final content, the named ones before those that name them. */
function rename(page) {
  const { files, isAsset } = page;
  const finalName = new Map();
  const rewrite = (text) => {
    for (const name of isAsset) {
      if (text.includes(ASSETS + name)) text = text.replaceAll(ASSETS + name, ASSETS + named(name));
    }
    return text;
  };
  const named = (name) => {
    const known = finalName.get(name);
    if (known) return known;
    if (known === null) throw new Error(`${name} names itself by way of others`);
    finalName.set(name, null);
    if (LOADERS[extname(name)]) files.set(name, Buffer.from(rewrite(textOf(page, name))));
    const hash = createHash("sha256").update(files.get(name)).digest("hex").slice(0, 10);
    // Trunk's own hash is of the content before step 3.
    const plain = name.replace(/-[0-9a-f]{8,16}(?=[._])/, "").replaceAll("/", "-");
    const end = extname(plain);
    const renamed = `${plain.slice(0, plain.length - end.length)}-${hash}${end}`;
    finalName.set(name, renamed);
    return renamed;
  };
  page.html = rewrite(page.html);
  return finalName;
}

/** 5. Integrity of the final bytes. */
function vouch(page, finalName) {
  const byUrl = new Map([...finalName].map(([name, renamed]) => [ASSETS + renamed, page.files.get(name)]));
  page.html = page.html.replace(/<(link|script)\b[^>]*>/g, (tag) => {
    const url = /\b(?:href|src)="([^"]*)"/.exec(tag)?.[1];
    const bytes = byUrl.get(url);
    const bare = tag.replace(/\s+integrity="[^"]*"/, "").replace(/\s+data-trunk(="[^"]*")?/, "");
    const checks = tag.startsWith("<script") || /rel="?(stylesheet|modulepreload|preload)/.test(tag);
    if (!bytes || !checks) return bare;
    const sha = createHash("sha384").update(bytes).digest("base64");
    return bare.replace(/(\/?)>$/, ` integrity="sha384-${sha}"$1>`);
  });
}

/** A page of what Trunk wrote into a folder, its boot script made of `scripts`, the first of which begins; and its files. */
async function finished(from, scripts) {
  const page = written(from);
  withoutScripts(page);
  const words = takeWords(page);
  findAssets(page);
  await shrinkPrograms(page);
  bundleBoot(page, scripts, words);
  minify(page);
  inline(page);
  const finalName = rename(page);
  vouch(page, finalName);
  return { html: page.html, files: page.files, finalName };
}

// 6. Everything under its name, in one step.
const partial = `${to}.partial-${process.pid}`;
const PACKED = new Set([".html", ".js", ".css", ".wasm", ".json", ".svg", ".txt"]);
// A program's distances and blocks are not those of a text: what suits it best is found by trying.
const packed = (bytes, isProgram) => {
  const sizes = isProgram ? [0, 16, 17] : [0];
  const direct = isProgram ? [0, 12] : [0];
  const tries = sizes.flatMap((block) =>
    direct.map((distances) => {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      if (block) params[constants.BROTLI_PARAM_LGBLOCK] = block;
      if (distances) params[constants.BROTLI_PARAM_NDIRECT] = distances;
      return brotliCompressSync(bytes, { params });
    }),
  );
  return tries.reduce((best, one) => (one.length < best.length ? one : best));
};
const write = (name, bytes) => {
  const path = join(partial, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  if (!PACKED.has(extname(name))) return;
  writeFileSync(`${path}.br`, packed(bytes, name.endsWith(".wasm")));
};
const PAGES = [
  ["index.html", checkout, ["boot.js", "frame.js", "first.js", "words.js"]],
  ["wallet.html", wallet, ["wallet-boot.js", "frame.js"]],
];
for (const [page, from, scripts] of PAGES) {
  const { html, files, finalName } = await finished(from, scripts);
  write(page, html);
  for (const [name, bytes] of files) {
    const renamed = finalName.get(name);
    if (renamed) write(join("assets", renamed), bytes);
    else write(name, bytes);
    // Once more under a name that never changes its content, for pages that name its hash.
    if (name === "embed.js") write(`assets/embed-${createHash("sha256").update(bytes).digest("hex").slice(0, 10)}.js`, bytes);
  }
}
rmSync(to, { recursive: true, force: true });
renameSync(partial, to);
