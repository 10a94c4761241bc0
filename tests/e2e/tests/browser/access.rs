//! For everybody: by keyboard alone, and without violations of WCAG 2.2 A and AA (by axe-core) in every state,
//! in light and in dark, on the embedding page and inside the frame.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::world::{AMEX, VISA, World};
use paydesk_e2e::{Context, Failure, axe, clock};
use serde_json::json;

const PAY: &str = "Pay $184.50";
/// More than there are things to reach.
const TABS_MAX: usize = 40;

/// Presses Tab until the thing with this name has the focus.
pub(crate) async fn tab_to(widget: &Widget<'_>, held: &[char], name: &str) -> Result<(), Failure> {
    let driver = widget.driver();
    let mut met = Vec::new();
    for _ in 0..TABS_MAX {
        driver.press_at_focus(held, &keys::TAB.to_string()).await?;
        widget.enter().await?;
        let focused = driver.focused().await?;
        let called = driver.name(&focused).await.unwrap_or_default();
        if called.starts_with(name) {
            return Ok(());
        }
        met.push(called);
    }
    Err(Failure::new(format!("Tab never reaches {name:?}, but {met:?}")))
}

/// Types where the focus is, from the page, as a keyboard does.
pub(crate) async fn press(widget: &Widget<'_>, text: &str) -> Result<(), Failure> {
    widget.driver().press_at_focus(&[], text).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_card_pays_by_keyboard_alone() -> Result<(), Failure> {
    World::run("a_saved_card_by_keyboard", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        // The chosen one of the group has the focus; the arrows go through the others.
        tab_to(&widget, &[], "Mastercard").await?;
        for (key, name) in [
            (keys::DOWN, "Visa ending 4242"),
            (keys::DOWN, "American Express ending 0005, expired"),
            (keys::DOWN, "Another card"),
            (keys::UP, "American Express ending 0005, expired"),
            (keys::UP, "Visa ending 4242"),
        ] {
            press(&widget, &key.to_string()).await?;
            widget.enter().await?;
            let focused = widget.driver().focused().await?;
            let called = widget.driver().name(&focused).await?;
            assert!(called.starts_with(name), "{called:?} has the focus, not {name:?}");
        }
        tab_to(&widget, &[], PAY).await?;
        press(&widget, &keys::ENTER.to_string()).await?;
        let text = widget.until_text("Payment complete").await?;
        assert!(text.contains("Visa ending 4242"), "{text}");
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_card_pays_by_keyboard_alone() -> Result<(), Failure> {
    World::run("a_new_card_by_keyboard", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Textbox, "Postal code").await?;
        for (name, text) in [
            ("Card number", VISA.number),
            ("Expiry date", "0330"),
            ("Security code", VISA.cvc),
            ("Address", "120 Rue du Parc"),
            ("City", "Montréal"),
            ("Province", "Quebec"),
            ("Postal code", "h2x1y4"),
        ] {
            tab_to(&widget, &[], name).await?;
            press(&widget, text).await?;
        }
        // And back: nothing traps the focus.
        tab_to(&widget, &[keys::SHIFT], "Card number").await?;
        tab_to(&widget, &[], PAY).await?;
        press(&widget, &keys::SPACE.to_string()).await?;
        let text = widget.until_text("Payment complete").await?;
        assert!(text.contains("Visa ending 4242"), "{text}");
        // Whoever listens is told, and the focus is where the result is.
        widget.enter().await?;
        let driver = widget.driver();
        assert_eq!(driver.name(&driver.focused().await?).await?, "Payment complete");
        world.charged_once(&checkout).await
    })
    .await
}

/// Demands that neither the page nor the frame violates a rule, in light and in dark.
pub(crate) async fn accessible(world: &World, widget: &Widget<'_>, state: &str) -> Result<(), Failure> {
    let mut found = Vec::new();
    for dark in [false, true] {
        world.browser.prefer(dark).await?;
        let colours = if dark { "dark" } else { "light" };
        widget.driver().leave_frames().await?;
        let outside = axe::violations(widget.driver()).await?;
        found.extend(
            outside.into_iter().map(|violation| format!("{state}, {colours}, the page: {violation}")),
        );
        // In a state where the element alone speaks there is no frame, or none worth looking at.
        if !widget.note().await?.is_empty() {
            continue;
        }
        widget.enter().await?;
        let inside = axe::violations(widget.driver()).await?;
        found.extend(
            inside.into_iter().map(|violation| format!("{state}, {colours}, the frame: {violation}")),
        );
    }
    world.browser.prefer(false).await?;
    if found.is_empty() { Ok(()) } else { Err(Failure::new(found.join("\n"))) }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_on_the_way_of_a_saved_card() -> Result<(), Failure> {
    World::run("axe_saved", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        accessible(world, &widget, "saved cards").await?;
        widget.click(Role::Radio, "Another card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        accessible(world, &widget, "another card").await?;
        widget.click(Role::Radio, "Visa ending 4242").await?;
        // Held, so that there is time to look.
        world.browser.recorder.hold(&["*/v1/checkout/confirm"]).await;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Confirming your payment").await?;
        accessible(world, &widget, "confirming").await?;
        world.browser.recorder.hold(&[]).await;
        widget.until_text("Payment complete").await?;
        accessible(world, &widget, "paid").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_on_the_way_of_a_new_card() -> Result<(), Failure> {
    World::run("axe_new", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Textbox, "Postal code").await?;
        accessible(world, &widget, "empty form").await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("required").await?;
        accessible(world, &widget, "form with errors").await?;
        widget.fill_card(&Card { number: "4000000000000002", ..VISA }).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Your card was declined").await?;
        accessible(world, &widget, "declined").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_where_nothing_can_be_paid() -> Result<(), Failure> {
    World::run("axe_trouble", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.tolerance.blocked_form = true;
        let checkout = world.new_checkout().await?;
        let recorder = &world.browser.recorder;
        recorder.block(&["*/v1/checkout*"]).await;
        let widget = world.visit_formless(&checkout).await?;
        widget.until_text("could not be loaded").await?;
        accessible(world, &widget, "unreachable").await?;
        recorder.block(&["*.wasm*"]).await;
        let widget = world.visit(&checkout).await?;
        widget.until_text("could not start").await?;
        world.tolerance.broken_scripts = true;
        let widget = world.widget(0);
        accessible(world, &widget, "program missing").await?;
        world.browser.recorder.block(&[]).await;
        world.browser.recorder.hold(&["*/frame/checkout*"]).await;
        let widget = world.visit(&checkout).await?;
        let told = async || Ok(widget.note().await?.contains("not loading").then_some(()));
        clock::until("a word of the element", Duration::from_secs(10), told).await?;
        accessible(world, &widget, "frame missing").await?;
        world.browser.recorder.hold(&[]).await;
        world.browser.recorder.block(&["*/v1/tokens*"]).await;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&VISA).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Your payment was not sent").await?;
        accessible(world, &widget, "not sent").await?;
        world.browser.recorder.block(&[]).await;
        let widget = world.open(&Embed::of(&format!("cs_{}", "a".repeat(45)))).await?;
        widget.until_text("cannot be opened").await?;
        accessible(world, &widget, "unknown session").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_while_it_is_waited() -> Result<(), Failure> {
    World::run("axe_waiting", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.tolerance.blocked_form = true;
        let checkout = world.new_checkout().await?;
        let recorder = &world.browser.recorder;
        recorder.hold(&["*/v1/checkout*"]).await;
        let widget = world.visit_formless(&checkout).await?;
        widget.until_text("This takes longer than usual").await?;
        accessible(world, &widget, "loading, slowly").await?;
        recorder.hold(&[]).await;

        widget.fill_card(&VISA).await?;
        recorder.hold(&["*/v1/tokens*"]).await;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Securing your details").await?;
        accessible(world, &widget, "tokenizing").await?;
        recorder.block(&["*/v1/checkout/*"]).await;
        recorder.hold(&[]).await;
        widget.until_text("Checking your payment").await?;
        accessible(world, &widget, "checking").await?;
        recorder.block(&[]).await;
        widget.until_text("Payment complete").await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_in_the_addresses_of_other_countries() -> Result<(), Failure> {
    World::run("axe_countries", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let recorder = &world.browser.recorder;
        // Before the frame is there: one that runs already may send its next requests by the way that it knows.
        recorder.hold(&["*/address/*"]).await;
        let widget = world.visit(&checkout).await?;
        let country = async |name: &str| {
            let list = widget.find(Role::Combobox, "Country").await?;
            widget.driver().type_into(&list, name).await
        };
        widget.until_text("Loading the address fields").await?;
        accessible(world, &widget, "address rules on their way").await?;
        recorder.block(&["*/address/*"]).await;
        recorder.hold(&[]).await;
        // What was held goes on its way; what follows is blocked.
        country("Japan").await?;
        widget.until_text("could not be loaded").await?;
        accessible(world, &widget, "address rules missing").await?;
        recorder.block(&[]).await;
        widget.click(Role::Button, "Try again").await?;
        widget.find(Role::Combobox, "Prefecture").await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("required").await?;
        accessible(world, &widget, "an address in Japan").await?;
        country("United Kingdom").await?;
        widget.find(Role::Textbox, "Town").await?;
        accessible(world, &widget, "an address in the United Kingdom").await
    })
    .await
}

/// The amount that the payer saw and the one that is due differ by what a script takes off on the way.
const PAYS_TOO_LITTLE: &str = "const real = window.fetch;
    window.fetch = (url, init) => {
        if (`${url}`.endsWith('/confirm')) init.body = init.body.replace('18450', '18449');
        return real(url, init);
    };";

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_where_what_is_due_is_another() -> Result<(), Failure> {
    World::run("axe_due", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        let other = world.stack.organization.session(&checkout.invoice, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        widget.driver().run(PAYS_TOO_LITTLE, json!([])).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("The amount has changed").await?;
        accessible(world, &widget, "amount changed").await?;
        world.charged_nothing().await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        let widget = world.visit(&other).await?;
        widget.until_text("Nothing to pay").await?;
        accessible(world, &widget, "nothing to pay").await?;

        let account = world.stack.organization.client().await?;
        let method = world.stack.sandbox.store_card(&AMEX, true).await?;
        world.stack.organization.save_card(&account, &method).await?;
        let expired = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&expired).await?;
        widget.until_text("Your saved cards have expired").await?;
        accessible(world, &widget, "all cards expired").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_without_a_session() -> Result<(), Failure> {
    World::run("axe_no_session", Options::default(), async |world| {
        // The developer is told in the console.
        world.tolerance.broken_scripts = true;
        let widget = world.open(&Embed::of("")).await?;
        let told = widget.until_event("error").await?;
        assert_eq!(told.get("code"), Some(&json!("session_missing")), "{told}");
        assert!(widget.note().await?.contains("is not set up"));
        accessible(world, &widget, "no session").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violations_in_french_on_320_pixels() -> Result<(), Failure> {
    let narrow = Options { width: 320, height: 640, ..Options::default() };
    World::run("axe_narrow", narrow, async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr"), ..Embed::of(&checkout.secret) }).await?;
        widget.click(Role::Radio, "Une autre carte").await?;
        widget.find(Role::Textbox, "Code postal").await?;
        widget.click(Role::Button, "Payer").await?;
        widget.until_text("obligatoire").await?;
        accessible(world, &widget, "form with errors, narrow, French").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checker_finds_a_planted_violation() -> Result<(), Failure> {
    World::run("axe_control", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Textbox, "Card number").await?;
        let plant = "const input = document.createElement('input'); input.type = 'text';
            const text = document.createElement('p'); text.textContent = 'hard to read';
            text.style.color = '#cccccc'; text.style.background = '#ffffff';
            document.querySelector('main').append(input, text);";
        widget.driver().run(plant, json!([])).await?;
        let found = axe::violations(widget.driver()).await?.join("\n");
        found.find("\"label\"").context(&found)?;
        found.find("color-contrast").context(&found).map(drop)
    })
    .await
}
