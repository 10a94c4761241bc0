//! The demo store, as a visitor meets it: its own server, its own page, the embedded checkout, and the result that
//! the store's server has verified.

use std::process::Command;
use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::program::{Program, listening};
use paydesk_e2e::sandbox::SECRET_KEY;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Failure, axe, clock, place};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(15);

fn start(world: &mut World) -> Result<Program, Failure> {
    let stack = &world.stack;
    let mut command = Command::new(place::program("paydesk-demo-store")?);
    command.args(["serve", "--listen", "127.0.0.1:0", "--billing", stack.pay_url()]);
    command.args(["--sandbox", &stack.sandbox.url, "--sandbox-secret-key", SECRET_KEY, "--billing-program"]);
    command.arg(place::program("paydesk-billing")?).arg("--billing-config").arg(stack.config());
    command.arg("--data").arg(stack.folder().join("store"));
    let store = Program::start("paydesk-demo-store", &mut command, listening("paydesk-demo-store"))?;
    world.more_origins.push(store.ready.clone());
    Ok(store)
}

/// Waits until this can be read on the page itself.
async fn until_page_says(widget: &Widget<'_>, wanted: &str) -> Result<String, Failure> {
    let mut last = String::new();
    let said = clock::until(wanted, PATIENCE, async || {
        widget.driver().leave_frames().await?;
        let body = widget.driver().all("body").await?;
        last = widget.driver().text(body.first().unwrap()).await?;
        Ok(last.contains(wanted).then(|| last.clone()))
    })
    .await;
    said.map_err(|failure| Failure::new(format!("{failure}; the page says:\n{last}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_pays_with_a_saved_card() -> Result<(), Failure> {
    World::run("store_saved", Options::default(), async |world| {
        let store = start(world)?;
        world.browser.driver.go(&format!("{}/?as=camille", store.ready)).await?;
        let widget = world.widget(0);
        widget.find(Role::Radio, "American Express ending 0005, expired").await?;
        widget.click(Role::Radio, "Visa ending 4242, expires March 2030").await?;
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("Payment complete").await?;
        until_page_says(&widget, "Thank you. Your places are confirmed.").await?;
        let page = until_page_says(&widget, "Our server has verified").await?;
        assert!(page.contains("receipt"), "{page}");
        assert_eq!(axe::violations(widget.driver()).await?, Vec::<String>::new());
        assert_eq!(world.stack.sandbox.charges().await?.len(), 1);
        // A reload shows the same purchase, paid.
        world.browser.driver.reload().await?;
        widget.until_text("Payment complete").await?;
        assert_eq!(world.stack.sandbox.charges().await?.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_visitor_pays_with_a_new_card() -> Result<(), Failure> {
    World::run("store_new", Options::default(), async |world| {
        let store = start(world)?;
        world.browser.driver.go(&format!("{}/?as=jordan", store.ready)).await?;
        let widget = world.widget(0);
        widget.fill_card(&VISA).await?;
        widget.driver().leave_frames().await?;
        assert_eq!(axe::violations(widget.driver()).await?, Vec::<String>::new());
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("Payment complete").await?;
        until_page_says(&widget, "Our server has verified").await?;
        assert_eq!(world.stack.sandbox.charges().await?.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_dark_the_frame_has_no_corners_of_its_own() -> Result<(), Failure> {
    World::run("store_dark", Options { dark: true, ..Options::default() }, async |world| {
        let store = start(world)?;
        world.browser.driver.go(&format!("{}/?as=camille", store.ready)).await?;
        let widget = world.widget(0);
        widget.find(Role::Button, "Pay $").await?;
        let driver = widget.driver();
        let corner = async || {
            driver.leave_frames().await?;
            let corner = "const box = document.querySelector('paydesk-checkout').getBoundingClientRect();
                return [box.left, box.top]";
            let corner = driver.run(corner, json!([])).await?;
            let at = |index: usize| corner.get(index).and_then(Value::as_f64).unwrap_or_default();
            Ok((at(0), at(1)))
        };
        // The rounded corner of what the frame shows leaves some pixels free: the page must shine through.
        let (left, top) = corner().await?;
        let (inside, outside) =
            (world.browser.square(left, top).await?, world.browser.square(left - 4.0, top).await?);
        assert_eq!(inside, outside);

        // The control: an opaque frame is seen.
        let opaque = "document.querySelector('paydesk-checkout').shadowRoot.querySelector('iframe')
            .style.background = 'white'";
        driver.run(opaque, json!([])).await?;
        let (left, top) = corner().await?;
        assert_ne!(world.browser.square(left, top).await?, outside);
        Ok(())
    })
    .await
}
