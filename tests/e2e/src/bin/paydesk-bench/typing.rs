//! From a key to the picture that shows it, while a card number is typed: how long a payer waits, and how long of that the page works.
//!
//! The wait is counted from the key event's own time stamp to the moment after the animation frame that follows it. The work is two
//! spans of it: from the first that hears of the key to the end of all that does, and from the frame's beginning to its end. What lies
//! between them is the wait for the screen's next turn.

use std::time::Duration;

use paydesk_e2e::browser::{Browser, Options};
use paydesk_e2e::driver::{Element, keys};
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::stack::Stack;
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};

use crate::{note, stats};

const ROUNDS: usize = 12;
const WATCH: &str = "window.__typed = [];
  const afterwards = (tell) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = tell;
    channel.port2.postMessage(0);
  };
  addEventListener('keydown', (event) => {
    const begun = performance.now();
    let heard;
    // Told after the key's own task, unless the frame is sooner.
    const whenHeard = () => { heard ??= performance.now(); };
    afterwards(whenHeard);
    requestAnimationFrame(() => {
      const turn = performance.now();
      whenHeard();
      afterwards(() => {
        const shown = performance.now();
        window.__typed.push([shown - event.timeStamp, heard - begun + shown - turn]);
      });
    });
  }, true);";

/// One key, and its picture before the next one: nobody types faster than the screen.
async fn stroke(browser: &Browser, key: &str) -> Result<(), Failure> {
    let told = "return window.__typed.length";
    let before = browser.driver.run(told, json!([])).await?;
    browser.driver.press(&[], key).await?;
    let shown = async || Ok((browser.driver.run(told, json!([])).await? != before).then_some(()));
    clock::until("the picture of a key", Duration::from_secs(10), shown).await
}

/// Types a number a few times over into a field that is there, and gives back what was watched.
async fn typed(browser: &Browser, field: &Element) -> Result<Value, Failure> {
    browser.driver.run(WATCH, json!([])).await?;
    for _ in 0..ROUNDS {
        browser.driver.click(field).await?;
        for digit in "4242424242424242".chars() {
            stroke(browser, &digit.to_string()).await?;
        }
        browser.driver.press(&[keys::CONTROL], "a").await?;
        stroke(browser, &keys::BACKSPACE.to_string()).await?;
    }
    let typed = browser.driver.run("return window.__typed", json!([])).await?;
    let typed = typed.as_array().context("times")?;
    let part = |at: usize| typed.iter().filter_map(|key| key.get(at)?.as_f64()).collect();
    Ok(json!({"waited": stats::of_many(part(0)), "worked": stats::of_many(part(1))}))
}

/// Plain and at a quarter of the processor's speed, in the checkout and in a page that holds nothing but a field.
pub async fn measure(stack: &Stack) -> Result<Value, Failure> {
    let account = stack.organization.client().await?;
    let mut document = json!({});
    for (slowdown, speed) in [(1.0, "plain"), (4.0, "cpu_4x_slower")] {
        note(&format!("keystroke to paint, {speed}"));
        let checkout = stack.organization.checkout(&account, "en").await?;
        let mut browser = Browser::start(Options::default()).await?;
        browser.recorder.slow_down(slowdown);
        browser.driver.go(&stack.host.page(&Embed::of(&checkout.secret))).await?;
        let widget = Widget::new(&browser.driver, 0);
        let field = widget.find(Role::Textbox, "Card number").await?;
        document[speed]["checkout"] = typed(&browser, &field).await?;
        browser.driver.go("data:text/html,<input>").await?;
        let field = browser.driver.all("input").await?.into_iter().next().context("the field")?;
        document[speed]["bare_field"] = typed(&browser, &field).await?;
        browser.close().await?;
    }
    Ok(document)
}
