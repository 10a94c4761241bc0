// Gives what wasm and its glue call each other short names, and the glue nothing that the program does not ask for. wasm-bindgen's
// names carry sixteen hexadecimal digits each, which no compression makes small; they are spelled in both files.
const MODULE = /^\.\/paydesk(-wallet)?_bg\.js$/;

// One of the functions that the glue offers to the program, as wasm-bindgen writes them: by its name, to the brace under it.
const IMPORT = /^ {8}(\w+): function\([^]*?^ {8}\}.*,\n/gm;

/** The same program with short import and export names, and the glue that speaks them. */
export function shortNames(wasm, glue) {
  const names = new Map();
  const short = (name) => {
    if (!names.has(name)) names.set(name, spell(names.size));
    return names.get(name);
  };
  const parts = [wasm.subarray(0, 8)];
  for (const section of sections(wasm)) {
    const rewrite = { 2: imports, 7: exports }[section.id];
    const body = rewrite ? rewrite(section.body, short) : section.body;
    parts.push(Buffer.from([section.id]), leb(body.length), body);
  }
  // Longest first: one name may begin with another.
  const long = [...names.keys()].filter((name) => name !== "memory").sort((a, b) => b.length - a.length);
  let text = glue.replace(IMPORT, (one, name) => (names.has(name) ? one : ""));
  for (const name of long) text = text.replaceAll(new RegExp(`(?<![\\w$])${escape(name)}(?![\\w$])`, "g"), names.get(name));
  return { wasm: Buffer.concat(parts), glue: text };
}

const spell = (number) => `$${number.toString(36)}`;
const escape = (text) => text.replace(/[.$/]/g, "\\$&");

function* sections(wasm) {
  let at = 8;
  while (at < wasm.length) {
    const id = wasm[at];
    const size = readLeb(wasm, at + 1);
    yield { id, body: wasm.subarray(size.next, size.next + size.value) };
    at = size.next + size.value;
  }
}

function imports(body, short) {
  const count = readLeb(body, 0);
  const parts = [body.subarray(0, count.next)];
  let at = count.next;
  for (let index = 0; index < count.value; index += 1) {
    const module = readName(body, at);
    const field = readName(body, module.next);
    if (!MODULE.test(module.value)) throw new Error(`an import from ${module.value}`);
    // Only functions: a kind and a type's number.
    if (body[field.next] !== 0) throw new Error(`${field.value} is not a function`);
    const end = readLeb(body, field.next + 1).next;
    parts.push(name(short(module.value)), name(short(field.value)), body.subarray(field.next, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function exports(body, short) {
  const count = readLeb(body, 0);
  const parts = [body.subarray(0, count.next)];
  let at = count.next;
  for (let index = 0; index < count.value; index += 1) {
    const field = readName(body, at);
    const end = readLeb(body, field.next + 1).next;
    parts.push(name(field.value === "memory" ? "memory" : short(field.value)), body.subarray(field.next, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function readLeb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return { value, next: at + 1 };
  }
}

function readName(bytes, at) {
  const size = readLeb(bytes, at);
  const next = size.next + size.value;
  return { value: bytes.subarray(size.next, next).toString(), next };
}

function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value);
  return Buffer.from(bytes);
}

const name = (text) => Buffer.concat([leb(text.length), Buffer.from(text)]);
