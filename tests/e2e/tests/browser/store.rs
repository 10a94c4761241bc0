//! The demo store, as a visitor meets it: its own server, its own page, the embedded checkout, and the result that
//! the store's server has verified.

use std::process::Command;
use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::clock::Stopwatch;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::program::{Program, listening};
use paydesk_e2e::sandbox::SECRET_KEY;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Failure, axe, clock, place};
use serde_json::{Value, json};

use crate::access::accessible;

const PATIENCE: Duration = Duration::from_secs(15);

pub fn start(world: &mut World) -> Result<Program, Failure> {
    let stack = &world.stack;
    let mut command = Command::new(place::program("paydesk-demo-store")?);
    command.args(["serve", "--listen", "127.0.0.1:0", "--billing", stack.pay_url()]);
    command.args(["--sandbox", &stack.sandbox.url, "--sandbox-secret-key", SECRET_KEY, "--billing-program"]);
    command.arg(place::program("paydesk-billing")?).arg("--billing-config").arg(stack.config());
    command.arg("--mails").arg(stack.folder().join("mail"));
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
        widget.click(Role::Radio, "Visa ending 4242, Everyday, expires March 2030").await?;
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
        // The page has its server's word as well, and asks for nothing more when the server goes.
        until_page_says(&widget, "Our server has verified").await?;
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

/// Credit is no payment, so that the store's server reads the invoice.
#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_credit_pays_a_part() -> Result<(), Failure> {
    World::run("store_credit", Options::default(), async |world| {
        let store = start(world)?;
        world.browser.driver.go(&format!("{}/?as=sam", store.ready)).await?;
        let widget = world.widget(0);
        widget.click(Role::Checkbox, "Pay only a part now").await?;
        widget.fill(&[(Role::Textbox, "Amount to pay now", "60")]).await?;
        widget.click(Role::Checkbox, "Use account credit").await?;
        widget.click(Role::Button, "Pay $60.00 with account credit").await?;
        widget.until_text("Payment complete").await?;
        let verified = "Our server has verified $60.00 with the billing API, paid with account credit.";
        until_page_says(&widget, verified).await?;
        until_page_says(&widget, "$129.00 is left to pay.").await?;
        assert_eq!(axe::violations(widget.driver()).await?, Vec::<String>::new());
        world.charged_nothing().await
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

/// What stops the checkout's script, or keeps it for ever: the page says so itself, within three seconds, and goes on
/// when the script comes.
///
/// Positive control: without the note inside the element the page stays blank.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_checkouts_script_the_page_says_so() -> Result<(), Failure> {
    World::run("store_no_script", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let store = start(world)?;
        let page = format!("{}/?as=camille", store.ready);
        let visible = async |widget: &Widget<'_>| {
            widget.driver().leave_frames().await?;
            let look = "const note = document.querySelector('paydesk-checkout > [role=alert]');
                return note !== null && note.checkVisibility({ visibilityProperty: true })";
            Ok::<_, Failure>(widget.driver().run(look, json!([])).await? == json!(true))
        };
        // Held first: what the browser has once had, it does not ask for again.
        for held in [true, false] {
            let recorder = &world.browser.recorder;
            match held {
                true => recorder.hold(&["*/embed.js"]).await,
                false => recorder.block(&["*/embed.js"]).await,
            }
            world.browser.driver.go(&page).await?;
            let watch = Stopwatch::start();
            let widget = world.widget(0);
            until_page_says(&widget, "The payment form could not be loaded; nothing was charged.").await?;
            assert!(visible(&widget).await?);
            assert!(watch.elapsed() < Duration::from_secs(3), "{:?}, held: {held}", watch.elapsed());
            for dark in [false, true] {
                world.browser.prefer(dark).await?;
                assert_eq!(axe::violations(widget.driver()).await?, Vec::<String>::new(), "dark: {dark}");
            }
            world.browser.prefer(false).await?;
            recorder.block(&[]).await;
            recorder.hold(&[]).await;
            if !held {
                let reload = widget.driver().all("paydesk-checkout button").await?;
                widget.driver().click(reload.first().unwrap()).await?;
            }
            // Reloaded, or come late: the form takes the note's place.
            widget.find(Role::Button, "Pay $").await?;
            assert!(!visible(&widget).await?);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_is_for_everybody_in_the_dark_and_on_320_pixels() -> Result<(), Failure> {
    let narrow = Options { width: 320, height: 640, dark: true };
    World::run("store_narrow_dark", narrow, async |world| {
        let store = start(world)?;
        for query in ["as=camille", "as=jordan&lang=fr"] {
            world.browser.driver.go(&format!("{}/?{query}", store.ready)).await?;
            let widget = world.widget(0);
            widget.find(Role::Button, "Pa").await?;
            let driver = widget.driver();
            driver.leave_frames().await?;
            // What stands out at the side, by its markup; and whether the page can be scrolled there.
            let measure = "const { scrollWidth, clientWidth } = document.documentElement;
                const out = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth);
                return [scrollWidth - clientWidth, ...out.map((element) => element.outerHTML.slice(0, 80))]";
            assert_eq!(driver.run(measure, json!([])).await?, json!([0]), "{query} scrolls sideways");
            accessible(world, &widget, &format!("the store, {query}")).await?;
        }
        Ok(())
    })
    .await
}

/// Without `--mails` for the store, the outbox stays empty.
#[tokio::test(flavor = "multi_thread")]
async fn the_account_page_shows_the_wallet_and_the_outbox_its_code() -> Result<(), Failure> {
    World::run("store_account", Options::default(), async |world| {
        let store = start(world)?;
        let driver = &world.browser.driver;
        driver.go(&format!("{}/account?as=camille", store.ready)).await?;
        let widget = world.widget(0);
        widget.until_text("A code is on its way to c•••@example.org").await?;
        accessible(world, &widget, "the account page").await?;
        let (account, outbox) = driver.open_tab().await?;
        driver.use_tab(&outbox).await?;
        driver.go(&format!("{}/outbox", store.ready)).await?;
        let page = until_page_says(&widget, "is the code that opens your wallet").await?;
        assert_eq!(axe::violations(driver).await?, Vec::<String>::new());
        let code = page
            .lines()
            .find_map(|line| line.split_once(" is the code that").map(|(code, _)| code.to_owned()));
        driver.use_tab(&account).await?;
        widget.fill(&[(Role::Textbox, "Code", &code.unwrap())]).await?;
        widget.click(Role::Button, "Continue").await?;
        let text = widget.until_text("3 of 10").await?;
        assert!(text.contains("Everyday") && text.contains("Expired August 2024"), "{text}");
        accessible(world, &widget, "the account page with the wallet").await
    })
    .await
}
