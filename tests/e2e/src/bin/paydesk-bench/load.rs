//! From navigation to the first thing that a person can use: the saved list, and the card number.
//!
//! Usable means drawn, visible, enabled and topmost at its centre, in the frame and the frame itself in the page,
//! whichever is later; counted from the navigation's start. Each run is a new browser with an empty profile.

use std::time::Duration;

use paydesk_e2e::browser::{Browser, Options};
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::stack::Stack;
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};

use crate::{note, stats};

/// What watches in the page.
pub const PROBE: &str = include_str!("probe.js");
const RUNS: usize = 7;
const PATIENCE: Duration = Duration::from_secs(60);
const CARD: Card = Card { number: "4242424242424242", month: "03", year: "2030", cvc: "314" };

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Saved,
    Number,
}

impl Mark {
    const fn name(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Number => "number",
        }
    }
}

/// Both marks, plain and at a quarter of the processor's speed.
pub async fn measure(stack: &Stack) -> Result<Value, Failure> {
    let (saver, newcomer) = (stack.organization.client().await?, stack.organization.client().await?);
    let method = stack.sandbox.store_card(&CARD, false).await?;
    stack.organization.save_card(&saver, &method).await?;
    let mut document = json!({});
    for (slowdown, speed) in [(1.0, "plain"), (4.0, "cpu_4x_slower")] {
        for (mark, account) in [(Mark::Saved, &saver), (Mark::Number, &newcomer)] {
            note(&format!("time to {} usable, {speed}", mark.name()));
            let (mut times, mut bytes) = (Vec::new(), 0);
            // One more, not counted, that warms the server.
            for run in 0..=RUNS {
                let checkout = stack.organization.checkout(account, "en").await?;
                let address = stack.host.page(&Embed::of(&checkout.secret));
                let (time, transferred) = once(&address, mark, slowdown).await?;
                if run > 0 {
                    times.push(time);
                }
                bytes = transferred;
            }
            let mut result = stats::of_runs(times);
            result["transferred_bytes"] = json!(bytes);
            document[speed][mark.name()] = result;
        }
    }
    Ok(document)
}

async fn once(address: &str, mark: Mark, slowdown: f64) -> Result<(f64, u64), Failure> {
    let mut browser = Browser::start(Options::default()).await?;
    browser.recorder.slow_down(slowdown);
    browser.recorder.run_first(PROBE).await;
    if slowdown > 1.0 {
        browser.slow_down(slowdown).await?;
    }
    browser.driver.go(address).await?;
    let widget = Widget::new(&browser.driver, 0);
    let driver = &browser.driver;
    let inside = clock::until("the mark", PATIENCE, async || {
        widget.enter().await?;
        let seen = driver.run(&format!("return window.__usable.{}", mark.name()), json!([])).await?;
        Ok(seen.as_f64())
    })
    .await?;
    prove(&widget, mark).await?;
    driver.leave_frames().await?;
    let outside = driver.run("return [performance.timeOrigin, window.__usable.frame]", json!([])).await?;
    let number = |index: usize| outside.get(index).and_then(Value::as_f64);
    let (start, frame) = (number(0).context("the start")?, number(1).context("the frame's mark")?);
    let transferred = browser.recorder.transferred();
    browser.close().await?;
    Ok((inside.max(frame) - start, transferred))
}

/// Uses it: a mark for something that cannot be used would be a false one.
async fn prove(widget: &Widget<'_>, mark: Mark) -> Result<(), Failure> {
    match mark {
        Mark::Saved => widget.click(Role::Radio, "Visa ending 4242").await,
        Mark::Number => {
            widget.fill(&[(Role::Textbox, "Card number", "4242")]).await?;
            let value = widget.value(Role::Textbox, "Card number").await?;
            if value.trim() == "4242" {
                Ok(())
            } else {
                Err(Failure::new(format!("the field holds {value:?}")))
            }
        }
    }
}
