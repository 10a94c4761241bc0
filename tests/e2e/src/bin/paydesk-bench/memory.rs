//! What the checkout holds, open and after many: the JavaScript heap of page and frame after a collection, what is left
//! in the page's document, and the program's linear memory.

use std::time::Duration;

use paydesk_e2e::browser::{Browser, Options};
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::stack::Stack;
use paydesk_e2e::{Context, Failure, clock};
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

/// How many of them in all, when it is looked first, and how many in one call, which the driver waits for half a minute at most.
const CYCLES: usize = 1_000;
const FIRST_LOOK: usize = 100;
const CALL: usize = 10;
/// How long the browser keeps the time limit of a request that has been answered: the longest that a reading may take, and a moment.
const LIMITS_OVER: Duration = Duration::from_secs(16);

/// What the page's own observer (`watch.js`) wrote down is not the element's.
const FORGET: &str =
    "for (const list of [window.ports, window.heard, window.happened]) if (list) list.length = 0";

/// Puts an element into the page, waits until it can be used, destroys it and takes it away.
const MOUNT: &str = "const [session, count, done] = arguments;
  (async () => {
    for (let cycle = 0; cycle < count; cycle += 1) {
      const element = document.createElement('paydesk-checkout');
      element.setAttribute('session', session);
      const ready = new Promise((resolve) => element.addEventListener('ready', resolve, { once: true }));
      document.querySelector('section').append(element);
      await ready;
      element.destroy();
      element.remove();
    }
    done(true);
  })();";

/// Ends the checkout in a frame that stays, and opens the session again in the same program, as its page can ask it to.
const REOPEN: &str = "const [session, count, done] = arguments;
  const say = (data) => paydesk.port.dispatchEvent(new MessageEvent('message', { data }));
  const until = (there) => new Promise((resolve) => {
    const look = () => (Boolean(document.querySelector('input')) === there ? resolve() : setTimeout(look, 1));
    look();
  });
  (async () => {
    for (let cycle = 0; cycle < count; cycle += 1) {
      say({ type: 'close' });
      await until(false);
      say({ type: 'open', session, locale: '' });
      await until(true);
    }
    // Nor is the browser's list of what was loaded, which ends at 250.
    performance.clearResourceTimings();
    done(true);
  })();";

/// With the card form open, one run: it varies by less than a percent. Then a thousand times.
pub async fn measure(stack: &Stack) -> Result<Value, Failure> {
    note("memory");
    let account = stack.organization.client().await?;
    let checkout = stack.organization.checkout(&account, "en").await?;
    let mut browser = Browser::start(Options::default()).await?;
    browser.recorder.run_first(WATCH).await;
    browser.driver.go(&stack.host.page(&Embed::of(&checkout.secret))).await?;
    let widget = Widget::new(&browser.driver, 0);
    widget.find(Role::Textbox, "Postal code").await?;
    let wasm = linear_memory(&browser).await?;
    let heap = heap(&browser).await?;
    let reopened = cycles(&browser, REOPEN, &checkout.secret).await?;
    browser.driver.leave_frames().await?;
    let gone = "document.querySelector('paydesk-checkout').remove()";
    browser.driver.run(gone, json!([])).await?;
    let mounted = cycles(&browser, MOUNT, &checkout.secret).await?;
    browser.close().await?;
    Ok(json!({
        "js_heap_page_and_frame": heap, "wasm_linear_memory": wasm, "sum": heap + wasm,
        "opened_again_in_one_frame": reopened, "elements_mounted_and_destroyed": mounted,
    }))
}

/// Runs `script` as often as that, and looks after the first hundred and after all.
async fn cycles(browser: &Browser, script: &str, secret: &str) -> Result<Value, Failure> {
    let mut looks = json!({});
    for call in 1..=CYCLES / CALL {
        browser.driver.run_and_wait(script, json!([secret, CALL])).await?;
        let so_far = call * CALL;
        if so_far == FIRST_LOOK || so_far == CYCLES {
            note(&format!("memory after {so_far} cycles"));
            looks[format!("after_{so_far}")] = look(browser).await?;
        }
    }
    Ok(looks)
}

async fn look(browser: &Browser) -> Result<Value, Failure> {
    tokio::time::sleep(LIMITS_OVER).await;
    let in_frame = browser.driver.run("return Boolean(window.__memory)", json!([])).await? == json!(true);
    if in_frame {
        return Ok(
            json!({"js_heap": heap(browser).await?, "wasm_linear_memory": linear_memory(browser).await?}),
        );
    }
    // The frames' targets are gone a moment after their elements.
    let alone = async || Ok((browser.recorder.frames().len() == 1).then_some(()));
    clock::until("the last frame to go", Duration::from_secs(10), alone).await?;
    let heap = heap(browser).await?;
    let (page, _) = browser.recorder.frames().into_iter().next().context("the page")?;
    let left = browser.recorder.wire().ask(&page, "Memory.getDOMCounters", json!({})).await?;
    Ok(json!({"js_heap": heap, "left_in_the_page": left}))
}

async fn linear_memory(browser: &Browser) -> Result<u64, Failure> {
    let bytes = browser.driver.run("return window.__memory.buffer.byteLength", json!([])).await?;
    bytes.as_u64().context("linear memory")
}

/// The heaps of all targets, after a collection of each.
async fn heap(browser: &Browser) -> Result<u64, Failure> {
    let mut sum = 0;
    for (session, _) in browser.recorder.frames() {
        let cdp = browser.recorder.wire();
        // What is kept of each request for whoever watches is not the page's.
        cdp.ask(&session, "Network.disable", json!({})).await?;
        cdp.ask(&session, "Runtime.evaluate", json!({"expression": FORGET})).await?;
        cdp.ask(&session, "HeapProfiler.collectGarbage", json!({})).await?;
        let usage = cdp.ask(&session, "Runtime.getHeapUsage", json!({})).await?;
        let used = usage.pointer("/usedSize").and_then(Value::as_f64).context("a heap")?;
        sum += format!("{used:.0}").parse::<u64>().unwrap_or_default();
    }
    Ok(sum)
}
