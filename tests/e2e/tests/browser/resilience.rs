//! Everything that makes people pay twice: impatience, reloads, tabs, lost answers, power cuts. One charge each.

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::recorder::Request;
use paydesk_e2e::seed::Checkout;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Failure, clock};
use serde_json::json;

const PAY: &str = "Pay $184.50";
/// Long enough to do something meanwhile, short enough to wait for.
const SLOW_MS: u32 = 1_500;

fn is_confirm(request: &Request) -> bool {
    request.path() == "/v1/checkout/confirm" && request.method == "POST"
}

fn confirms(world: &World) -> usize {
    world.browser.recorder.requests().iter().filter(|request| is_confirm(request)).count()
}

async fn slow_down(world: &World) -> Result<(), Failure> {
    world.stack.sandbox.misbehave(json!({"match": "every", "action": {"type": "delay", "ms": SLOW_MS}})).await
}

/// Waits until the charge is under way at the server: the browser may not have sent yet what it says it sends.
async fn under_way(world: &World, checkout: &Checkout) -> Result<(), Failure> {
    world.browser.recorder.until_request("the confirm", is_confirm).await?;
    let path = format!("/v1/checkout_sessions/{}", checkout.session);
    clock::until("the charge to be under way", std::time::Duration::from_secs(10), async || {
        let session = world.stack.organization.read(&path).await?;
        Ok((session.get("status") == Some(&json!("processing"))).then_some(()))
    })
    .await
}

async fn paid_once(world: &World, widget: &Widget<'_>, checkout: &Checkout) -> Result<(), Failure> {
    widget.until_text("Payment complete").await?;
    world.charged_once(checkout).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_pays_once() -> Result<(), Failure> {
    World::run("a_double_click", Options::default(), async |world| {
        slow_down(world).await?;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        let button = widget.find(Role::Button, PAY).await?;
        widget.driver().double_click(&button).await?;
        // Impatience once more, while it works.
        widget.driver().double_click(&button).await.unwrap_or_default();
        paid_once(world, &widget, &checkout).await?;
        assert_eq!(confirms(world), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_and_a_click_pay_once() -> Result<(), Failure> {
    World::run("enter_and_a_click", Options::default(), async |world| {
        slow_down(world).await?;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&VISA).await?;
        let postal = widget.find(Role::Textbox, "Postal code").await?;
        let button = widget.find(Role::Button, PAY).await?;
        widget.driver().click(&postal).await?;
        widget.driver().press(&[], &format!("{0}{0}", keys::ENTER)).await?;
        widget.driver().click(&button).await.unwrap_or_default();
        paid_once(world, &widget, &checkout).await?;
        assert_eq!(confirms(world), 1);
        let tokens =
            world.browser.recorder.requests().iter().filter(|request| request.path() == "/v1/tokens").count();
        assert_eq!(tokens, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_during_the_payment_shows_its_result() -> Result<(), Failure> {
    World::run("a_reload_during_the_payment", Options::default(), async |world| {
        // The page leaves while its question is open.
        world.tolerance.failed_requests = true;
        slow_down(world).await?;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        under_way(world, &checkout).await?;
        world.browser.driver.leave_frames().await?;
        world.browser.driver.reload().await?;
        let text = widget.until_any_text(&["Checking your payment", "Payment complete"]).await?;
        assert!(!text.contains(PAY), "{text}");
        paid_once(world, &widget, &checkout).await?;
        assert_eq!(confirms(world), 1);
        widget.until_event("paid").await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_shows_that_it_is_paid() -> Result<(), Failure> {
    World::run("the_back_button", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        paid_once(world, &widget, &checkout).await?;
        let driver = &world.browser.driver;
        driver.leave_frames().await?;
        let link = driver.all("a").await?;
        driver.click(link.first().unwrap()).await?;
        clock::until("the other page", std::time::Duration::from_secs(5), async || {
            Ok(driver.url().await?.ends_with("/other").then_some(()))
        })
        .await?;
        driver.back().await?;
        widget.until_text("Payment complete").await?;
        assert!(widget.seek(Role::Button, "Pay").await?.is_none());
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_during_the_payment_does_not_pay_again() -> Result<(), Failure> {
    World::run("the_back_button_during", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        slow_down(world).await?;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        under_way(world, &checkout).await?;
        let driver = &world.browser.driver;
        driver.leave_frames().await?;
        driver.go(&format!("{}/other", world.stack.host.origin)).await?;
        driver.back().await?;
        paid_once(world, &widget, &checkout).await?;
        assert_eq!(confirms(world), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_pay_once() -> Result<(), Failure> {
    World::run("two_tabs", Options::default(), async |world| {
        // The second one is told 409, which a browser calls an error.
        world.tolerance.failed_requests = true;
        slow_down(world).await?;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        let (first, second) = world.browser.driver.open_tab().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        world.browser.driver.use_tab(&first).await?;
        widget.click(Role::Button, PAY).await?;
        paid_once(world, &widget, &checkout).await?;
        world.browser.driver.use_tab(&second).await?;
        paid_once(world, &widget, &checkout).await?;
        assert_eq!(confirms(world), 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_of_one_invoice_pay_once() -> Result<(), Failure> {
    World::run("two_sessions", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        let other = world.stack.organization.session(&checkout.invoice, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        let (first, _) = world.browser.driver.open_tab().await?;
        let widget = world.visit(&other).await?;
        widget.click(Role::Button, PAY).await?;
        paid_once(world, &widget, &checkout).await?;
        world.browser.driver.use_tab(&first).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_any_text(&["Payment complete", "Nothing to pay", "The amount has changed"]).await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_charge_is_looked_up() -> Result<(), Failure> {
    World::run("an_answer_lost", Options::default(), async |world| {
        let lost = json!({"match": "every", "action": {"type": "drop_answer", "when": "after"}, "times": 1});
        world.stack.sandbox.misbehave(lost).await?;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        // The truth comes when the charge has been looked up; until then nothing false is said.
        let text = widget.until_any_text(&["Checking your payment", "Payment complete"]).await?;
        assert!(!text.contains("declined") && !text.contains("not sent"), "{text}");
        paid_once(world, &widget, &checkout).await?;
        // The answer was lost indeed, or this would have shown nothing.
        assert_eq!(world.stack.sandbox.faults_left().await?, [0]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_during_the_payment_is_settled_once() -> Result<(), Failure> {
    World::run("a_power_cut", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        slow_down(world).await?;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        // Its intent is then on disk.
        under_way(world, &checkout).await?;
        world.stack.restart_billing()?;
        let widget = world.widget(0);
        paid_once(world, &widget, &checkout).await
    })
    .await
}
