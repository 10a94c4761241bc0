// Takes out of the program what it brings along and never calls. Yew keeps listeners, raw markup, portals and suspense for programs
// that use them; which of its nodes a program makes is known to nobody before it runs. This one makes elements, texts and one
// component (src/view/markup.rs), listens by itself, and so never comes to the functions below: each becomes a trap, and what
// only they need goes with them. Should that ever be wrong, the page says that it has failed, and every end-to-end test does.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const UNUSED = [
  "dom_bundle::subtree_root::BSubtree>::ensure_handled",
  "dom_bundle::subtree_root::SubtreeData>::add_listener",
  "dom_bundle::subtree_root::SubtreeData>::add_listener::{closure#0}",
  "dom_bundle::btag::listeners::ListenerRegistration>::register",
  "dom_bundle::btag::listeners::Registry>::unregister",
  "virtual_dom::vraw::VRaw as yew::dom_bundle::traits::Reconcilable>::attach",
  "virtual_dom::vportal::VPortal as yew::dom_bundle::traits::Reconcilable>::attach",
  "virtual_dom::vsuspense::VSuspense as yew::dom_bundle::traits::Reconcilable>::attach",
];

/** The name as it is written in Rust: of how the compiler tells crates and generics apart, nothing is left. */
const spoken = (name) => name.replace(/\\([0-9a-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16))).replace(/\[[0-9a-f]{16}\]/g, "");

/** The program, a `.wasm` with its names, made small by binaryen, which lies in `modules`. */
export async function small(wasm, modules) {
  const { default: binaryen } = await import(pathToFileURL(join(modules, "binaryen/index.js")));
  const program = binaryen.readBinary(wasm);
  for (let index = 0; index < program.getNumFunctions(); index += 1) {
    const at = program.getFunctionByIndex(index);
    const { name, module } = binaryen.getFunctionInfo(at);
    if (!module && UNUSED.some((unused) => spoken(name).endsWith(unused))) binaryen.Function.setBody(at, program.unreachable());
  }
  const folder = mkdtempSync(join(tmpdir(), "paydesk-program-"));
  const [from, to] = ["from", "to"].map((name) => join(folder, name));
  writeFileSync(from, program.emitBinary());
  // Without names and without `--all-features`: no browser loads what that writes.
  const options = ["-Oz", "-Os", "--always-inline-max-function-size=3", "--strip-producers", "--strip-target-features"];
  execFileSync(join(modules, ".bin/wasm-opt"), [from, "-o", to, ...options], { stdio: "inherit" });
  const made = readFileSync(to);
  rmSync(folder, { recursive: true });
  return made;
}
