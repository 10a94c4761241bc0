//! A person pays: with a saved card, with a new one, with another one after a refusal.

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::page::Role;
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::seed::TOTAL;
use paydesk_e2e::world::{REFUSED_LATER, VISA, World};
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

const REFUSED: Card = Card { number: "4000000000009995", month: "05", year: "2031", cvc: "141" };

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_card_pays() -> Result<(), Failure> {
    World::run("a_saved_card_pays", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, "Mastercard ending 4444, expires November 2029").await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        let text = widget.until_text("Payment complete").await?;
        assert!(text.contains("$184.50") && text.contains("Mastercard ending 4444"), "{text}");

        let paid = widget.until_event("paid").await?;
        assert_eq!((paid.get("amount"), paid.get("currency")), (Some(&json!(TOTAL)), Some(&json!("CAD"))));
        let number = paid.get("receipt_number").and_then(Value::as_str).context("a receipt number")?;
        assert!(text.contains(number), "{number} is not in {text}");
        // The page's word is a hint; the organization's server asks for itself.
        let receipt = paid.get("receipt").and_then(Value::as_str).context("a receipt")?;
        let receipt = world.stack.organization.read(&format!("/v1/receipts/{receipt}")).await?;
        assert_eq!(receipt.get("amount"), Some(&json!(TOTAL)), "{receipt}");
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_card_pays_and_is_saved_when_asked() -> Result<(), Failure> {
    World::run("a_new_card_pays", Options::default(), async |world| {
        let account = world.stack.organization.client().await?;
        let checkout = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&VISA).await?;
        assert_eq!(widget.value(Role::Textbox, "Card number").await?, "4242 4242 4242 4242");
        let save = widget.find(Role::Checkbox, "Save this card").await?;
        if widget.driver().property(&save, "checked").await? != json!(true) {
            widget.driver().click(&save).await?;
        }
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        widget.until_event("paid").await?;
        world.charged_once(&checkout).await?;

        let again = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&again).await?;
        widget.find(Role::Radio, "Visa ending 4242, expires March 2030").await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_not_saved_is_not_offered_again() -> Result<(), Failure> {
    World::run("a_card_that_is_not_saved", Options::default(), async |world| {
        let account = world.stack.organization.client().await?;
        let checkout = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&VISA).await?;
        let save = widget.find(Role::Checkbox, "Save this card").await?;
        if widget.driver().property(&save, "checked").await? == json!(true) {
            widget.driver().click(&save).await?;
        }
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await?;

        let again = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&again).await?;
        widget.find(Role::Textbox, "Card number").await?;
        assert!(widget.seek(Role::Radio, "Visa").await?.is_none());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_refusal_another_card_pays() -> Result<(), Failure> {
    World::run("after_a_refusal", Options::default(), async |world| {
        // The processor answers a refused token with a 402, which a browser calls an error.
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&REFUSED).await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        let text = widget.until_text("Your card was declined").await?;
        assert!(text.contains("does not have enough available"), "{text}");
        let declined = widget.until_event("declined").await?;
        assert_eq!(declined.get("code"), Some(&json!("insufficient_funds")), "{declined}");
        world.charged_nothing().await?;

        // What was typed is still there, but for the security code, which nobody keeps.
        assert_eq!(widget.value(Role::Textbox, "Card number").await?, "4000 0000 0000 9995");
        assert_eq!(widget.value(Role::Textbox, "Security code").await?, "");
        widget.empty("Card number").await?;
        widget
            .fill(&[(Role::Textbox, "Card number", VISA.number), (Role::Textbox, "Security code", VISA.cvc)])
            .await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_card_that_is_refused_leaves_the_others() -> Result<(), Failure> {
    World::run("a_saved_card_that_is_refused", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let method = world.stack.sandbox.store_card(&REFUSED_LATER, false).await?;
        world.stack.organization.save_card(&account, &method).await?;
        let checkout = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, "Visa ending 0341").await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Your card was declined").await?;
        world.charged_nothing().await?;
        widget.click(Role::Radio, "Visa ending 4242").await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_with_a_wrong_digit_goes_nowhere() -> Result<(), Failure> {
    World::run("a_number_with_a_wrong_digit", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&Card { number: "4242424242424241", ..VISA }).await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("a digit is wrong").await?;
        // The focus goes to the first field that needs attention.
        widget.enter().await?;
        let driver = widget.driver();
        assert_eq!(driver.name(&driver.focused().await?).await?, "Card number");
        assert!(world.browser.recorder.requests().iter().all(|request| request.path() != "/v1/tokens"));
        // Corrected where the cursor is: the last digit.
        driver.press(&[], &format!("{}2", keys::BACKSPACE)).await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

/// A page that is still settling moves Pay under a pointer that was meant for something else.
///
/// Positive control: without the rule for `[data-moving]` in static/checkout.css the pointer reaches Pay.
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_grows_takes_no_click_on_pay() -> Result<(), Failure> {
    const REACHED: &str = "window.dispatchEvent(new Event('resize'));
        const box = document.getElementById('pay').getBoundingClientRect();
        const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return at !== null && at.id === 'pay';";
    World::run("a_frame_that_grows", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, "Pay $184.50").await?;
        let reached = widget.driver().run(REACHED, json!([])).await?;
        assert_eq!(reached, json!(false), "the pointer reaches Pay");
        // It is there again by itself.
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}
