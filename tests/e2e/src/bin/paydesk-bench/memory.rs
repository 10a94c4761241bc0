//! What the open checkout holds: the JavaScript heap of page and frame after a collection, and linear memory.

use paydesk_e2e::browser::{Browser, Options};
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::stack::Stack;
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use crate::note;

/// Keeps the program's memory where it can be asked for its size.
const WATCH: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
    const plain = WebAssembly[name];
    WebAssembly[name] = async (...parts) => {
      const made = await plain.apply(WebAssembly, parts);
      window.__memory = (made.instance ?? made).exports.memory;
      return made;
    };
  }";

/// With the card form open, one run: it varies by less than a percent.
pub async fn measure(stack: &Stack) -> Result<Value, Failure> {
    note("memory");
    let account = stack.organization.client().await?;
    let checkout = stack.organization.checkout(&account, "en").await?;
    let mut browser = Browser::start(Options::default()).await?;
    browser.recorder.run_first(WATCH).await;
    browser.driver.go(&stack.host.page(&Embed::of(&checkout.secret))).await?;
    let widget = Widget::new(&browser.driver, 0);
    widget.find(Role::Textbox, "Postal code").await?;
    let wasm = browser.driver.run("return window.__memory.buffer.byteLength", json!([])).await?;
    let wasm = wasm.as_u64().context("linear memory")?;
    let mut heaps = Vec::new();
    for (session, _) in browser.recorder.frames() {
        let cdp = browser.recorder.wire();
        cdp.ask(&session, "HeapProfiler.collectGarbage", json!({})).await?;
        let usage = cdp.ask(&session, "Runtime.getHeapUsage", json!({})).await?;
        heaps.push(usage.pointer("/usedSize").and_then(Value::as_f64).context("a heap")?);
    }
    browser.close().await?;
    let rounded: Vec<u64> =
        heaps.iter().map(|heap| format!("{heap:.0}").parse().unwrap_or_default()).collect();
    let heap: u64 = rounded.iter().sum();
    Ok(json!({"js_heap_page_and_frame": heap, "wasm_linear_memory": wasm, "sum": heap + wasm}))
}
