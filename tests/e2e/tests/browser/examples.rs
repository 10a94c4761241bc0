//! The pages of `examples/`: each embeds the checkout in its own way, and is told what came of it.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::page::Role;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Failure, axe, clock};
use serde_json::json;

async fn pays_in(name: &'static str) -> Result<(), Failure> {
    World::run(&format!("example_{name}"), Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        world.stack.host.shop.offer(&checkout.secret);
        world.browser.driver.go(&format!("{}/examples/{name}/", world.stack.host.origin)).await?;
        let widget = world.widget(0);
        widget.fill_card(&VISA).await?;
        widget.driver().leave_frames().await?;
        assert_eq!(axe::violations(widget.driver()).await?, Vec::<String>::new());
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("Payment complete").await?;
        clock::until("the page to say so", Duration::from_secs(10), async || {
            widget.driver().leave_frames().await?;
            let said = "return document.querySelector('main > [role=status]').textContent";
            let said = widget.driver().run(said, json!([])).await?;
            Ok(said.as_str().is_some_and(|said| said.starts_with("Thank you. Receipt 0")).then_some(()))
        })
        .await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_framework() -> Result<(), Failure> {
    pays_in("html").await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_react() -> Result<(), Failure> {
    pays_in("react").await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_vue() -> Result<(), Failure> {
    pays_in("vue").await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_yew() -> Result<(), Failure> {
    pays_in("yew").await
}

/// A slow network: the page has set its properties long before the element's script comes.
///
/// Positive control: without the constructor in `static/embed.js` the plain properties hide the real ones, and no session is found (tried).
#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_before_the_script_comes_counts() -> Result<(), Failure> {
    World::run("example_early", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        world.stack.host.shop.offer(&checkout.secret);
        world.browser.recorder.hold(&["*/embed.js"]).await;
        world.browser.driver.go(&format!("{}/examples/html/", world.stack.host.origin)).await?;
        let widget = world.widget(0);
        clock::until("the element", Duration::from_secs(10), async || {
            let set = "return document.querySelector('paydesk-checkout')?.session !== undefined";
            Ok((widget.driver().run(set, json!([])).await? == json!(true)).then_some(()))
        })
        .await?;
        world.browser.recorder.hold(&[]).await;
        widget.find(Role::Button, "Pay $").await.map(drop)
    })
    .await
}
