//! The payer's bank asks who they are, on a page of the processor's inside the checkout: passed, failed, called off, too late,
//! found again, by keyboard, in French, and in a window of its own.

use paydesk_e2e::browser::Options;
use paydesk_e2e::clock;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::seed::Checkout;
use paydesk_e2e::stack::Stack;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Context, Failure, place};
use serde_json::json;

use crate::access::{accessible, press};
use crate::embedding::{fits, sideways};

use std::time::Duration;

const PAY: &str = "Pay $184.50";
const SOON: Duration = Duration::from_secs(10);
/// Its bank always asks.
pub(crate) const ASKED: Card = Card { number: "4000002760003184", ..VISA };
/// Its bank asks, and refuses all the same.
const ASKED_AND_REFUSED: Card = Card { number: "4000008400001629", ..VISA };
/// Its bank may ask, and does not.
const NOT_ASKED: Card = Card { number: "4000000000003055", ..VISA };

/// Pays with a new card, until its bank asks.
async fn asked<'w>(world: &'w World, checkout: &Checkout, card: &Card) -> Result<Widget<'w>, Failure> {
    let widget = world.visit(checkout).await?;
    widget.fill_card(card).await?;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Confirm that it is you").await?;
    Ok(widget)
}

/// How many times the server was asked where a try stands.
fn times_asked(world: &World) -> usize {
    let requests = world.browser.recorder.requests();
    requests.iter().filter(|request| request.path() == "/v1/checkout/status").count()
}

/// Presses a button of the bank's page, in the frame inside the frame.
pub(crate) async fn answer(widget: &Widget<'_>, value: &str) -> Result<(), Failure> {
    let button = clock::until("the bank's page", SOON, async || {
        widget.enter().await?;
        let Some(frame) = widget.driver().all("[role=dialog] iframe").await?.pop() else {
            return Ok(None);
        };
        widget.driver().enter(&frame).await?;
        Ok(widget.driver().all(&format!("button[value={value}]")).await?.pop())
    });
    widget.driver().click(&button.await?).await
}

async fn picture(widget: &Widget<'_>, name: &str) -> Result<(), Failure> {
    let file = place::evidence().join(format!("challenge-{name}.png"));
    std::fs::create_dir_all(place::evidence()).context("a folder")?;
    std::fs::write(&file, widget.driver().screenshot().await?).context(file.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_passes_has_paid() -> Result<(), Failure> {
    World::run("challenge_passed", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        let within = "return [document.activeElement.id, document.querySelector('form').hidden]";
        widget.enter().await?;
        assert_eq!(widget.driver().run(within, json!([])).await?, json!(["challenge", true]));
        fits(&widget).await?;
        accessible(world, &widget, "asked by the bank").await?;
        picture(&widget, "wide").await?;
        world.charged_nothing().await?;
        answer(&widget, "complete").await?;
        widget.until_text("Payment complete").await?;
        let focused = widget.driver().run("return document.activeElement.id", json!([])).await?;
        assert_eq!(focused, "result");
        world.charged_once(&checkout).await
    })
    .await
}

/// Nothing is due now: the card is only verified, and its bank asks all the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_passes_with_nothing_due_has_agreed() -> Result<(), Failure> {
    World::run("challenge_agreed", Options::default(), async |world| {
        let organization = &world.stack.organization;
        let account = organization.client().await?;
        let checkout = organization.checkout_of_membership(&account, "en").await?;
        let agree = "Agree, nothing charged today";
        for word in ["fail", "complete"] {
            let widget = world.visit(&checkout).await?;
            widget.fill_card(&ASKED).await?;
            widget.click(Role::Button, agree).await?;
            widget.until_text("Confirm that it is you").await?;
            accessible(world, &widget, "asked by the bank, nothing due").await?;
            answer(&widget, word).await?;
            let ended =
                if word == "fail" { "You have not been charged." } else { "Your payments are set up" };
            widget.until_text(ended).await?;
        }
        world.charged_nothing().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_does_not_ask_shows_nothing() -> Result<(), Failure> {
    World::run("challenge_frictionless", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&NOT_ASKED).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        let pages = world.browser.recorder.requests();
        assert!(!pages.iter().any(|request| request.path().starts_with("/challenge")));
        world.charged_once(&checkout).await
    })
    .await
}

/// Refused, and then paid with another card in the same form.
async fn refused_then_paid(world: &World, widget: &Widget<'_>, checkout: &Checkout) -> Result<(), Failure> {
    world.charged_nothing().await?;
    assert_eq!(widget.value(Role::Textbox, "Address").await?, "120 Rue du Parc", "the form is kept");
    let focused = widget.driver().run("return document.activeElement.id", json!([])).await?;
    assert_eq!(focused, "pay", "back where it came from");
    widget.empty("Card number").await?;
    widget
        .fill(&[(Role::Textbox, "Card number", VISA.number), (Role::Textbox, "Security code", VISA.cvc)])
        .await?;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Payment complete").await?;
    world.charged_once(checkout).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_fails_is_told_so_and_pays_with_another_card() -> Result<(), Failure> {
    World::run("challenge_failed", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        answer(&widget, "fail").await?;
        widget.until_text("Your bank did not confirm that it is you").await?;
        accessible(world, &widget, "not confirmed").await?;
        let told = widget.until_event("declined").await?;
        assert_eq!(told["code"], "authentication_failed");
        refused_then_paid(world, &widget, &checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_may_refuse_after_all() -> Result<(), Failure> {
    World::run("challenge_refused", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED_AND_REFUSED).await?;
        answer(&widget, "complete").await?;
        widget.until_text("Your card was declined").await?;
        world.charged_nothing().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_it_off_is_not_charged() -> Result<(), Failure> {
    World::run("challenge_called_off", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        widget.click(Role::Button, "Cancel this payment").await?;
        widget.until_text("You did not confirm it with your bank").await?;
        let told = widget.until_event("declined").await?;
        assert_eq!(told["code"], "authentication_abandoned");
        refused_then_paid(world, &widget, &checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_too_late_is_not_charged() -> Result<(), Failure> {
    let stack = Stack::start_with("challenge_ms = 5000").await?;
    World::run_on("challenge_too_late", Options::default(), stack, async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        widget.until_text("You did not confirm it with your bank").await?;
        refused_then_paid(world, &widget, &checkout).await
    })
    .await
}

/// A reload and a second tab find the same page of the bank, and both hear how it ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_and_a_second_tab_go_on_where_the_first_was() -> Result<(), Failure> {
    World::run("challenge_reload", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        let driver = widget.driver();
        driver.leave_frames().await?;
        driver.reload().await?;
        widget.until_text("Confirm that it is you").await?;
        let (first, second) = driver.open_tab().await?;
        let widget = world.visit(&checkout).await?;
        widget.until_text("Confirm that it is you").await?;
        answer(&widget, "complete").await?;
        widget.until_text("Payment complete").await?;
        driver.use_tab(&first).await?;
        widget.until_text("Payment complete").await?;
        driver.use_tab(&second).await?;
        world.charged_once(&checkout).await
    })
    .await
}

/// Other sessions of the same invoice, as a page has that is opened anew: they are sent to the same page of the bank, and stay there.
///
/// Positive control: a status that tells of the session's own tries alone ends in an open form and a false "You have not been charged"
/// (found so).
#[tokio::test(flavor = "multi_thread")]
async fn other_sessions_of_the_invoice_go_on_with_it() -> Result<(), Failure> {
    World::run("challenge_sessions", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let (earlier, later) = (
            world.stack.organization.session(&checkout.invoice, "en").await?,
            world.stack.organization.session(&checkout.invoice, "en").await?,
        );
        let widget = world.visit(&earlier).await?;
        widget.fill_card(&VISA).await?;
        let (first, _) = widget.driver().open_tab().await?;
        asked(world, &checkout, &ASKED).await?;
        // Opened before the bank asked.
        widget.driver().use_tab(&first).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Confirm that it is you").await?;
        // What the server told of it a few times did not end it here.
        let before = times_asked(world);
        clock::until("answers", SOON, async || Ok((times_asked(world) > before + 3).then_some(()))).await?;
        widget.until_text("Confirm that it is you").await?;
        // Opened afterwards.
        widget.driver().open_tab().await?;
        let widget = world.visit(&later).await?;
        widget.until_text("Confirm that it is you").await?;
        answer(&widget, "complete").await?;
        widget.until_text("Payment complete").await?;
        widget.driver().use_tab(&first).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn by_keyboard_alone() -> Result<(), Failure> {
    World::run("challenge_keyboard", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        answerable(&widget).await?;
        // From the title into the bank's page: its first button passes.
        press(&widget, &keys::TAB.to_string()).await?;
        press(&widget, &keys::ENTER.to_string()).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

/// Waits until the bank's page is there, and leaves the focus where it is.
async fn answerable(widget: &Widget<'_>) -> Result<(), Failure> {
    clock::until("the bank's page", SOON, async || {
        widget.enter().await?;
        let Some(frame) = widget.driver().all("[role=dialog] iframe").await?.pop() else {
            return Ok(None);
        };
        widget.driver().enter(&frame).await?;
        Ok(widget.driver().all("button").await?.pop())
    })
    .await
    .map(drop)
}

/// Narrow, dark and in French: everything fits, and Cancel is in words.
#[tokio::test(flavor = "multi_thread")]
async fn in_french_on_360_pixels() -> Result<(), Failure> {
    let narrow = Options { width: 360, height: 760, dark: true };
    World::run("challenge_french", narrow, async |world| {
        let account = world.stack.organization.client().await?;
        let method = world.stack.sandbox.store_card(&ASKED, false).await?;
        world.stack.organization.save_card(&account, &method).await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr"), ..Embed::of(&checkout.secret) }).await?;
        widget.click(Role::Button, "Payer 184,50").await?;
        widget.until_text("Confirmez votre identité").await?;
        answerable(&widget).await?;
        assert_eq!(sideways(&widget).await?, [0, 0]);
        let frame = "const { width, height } = document.querySelector('iframe').getBoundingClientRect(); return [width >= 250, height >= 400]";
        assert_eq!(widget.driver().run(frame, json!([])).await?, json!([true, true]));
        fits(&widget).await?;
        accessible(world, &widget, "asked by the bank, in French").await?;
        world.browser.prefer(true).await?;
        picture(&widget, "french-narrow-dark").await?;
        widget.find(Role::Link, "L’ouvrir plutôt dans une nouvelle fenêtre").await?;
        widget.click(Role::Button, "Annuler ce paiement").await?;
        widget.until_text("Vous ne l’avez pas confirmé auprès de votre banque").await?;
        picture(&widget, "french-refused").await?;
        world.charged_nothing().await
    })
    .await
}

/// A bank that does not let itself be framed asks in a window, which knows nothing of the checkout; the checkout hears of the
/// result by asking.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_its_own_does_as_well() -> Result<(), Failure> {
    World::run("challenge_window", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = asked(world, &checkout, &ASKED).await?;
        let driver = widget.driver();
        let link = widget.find(Role::Link, "Open it in a new window instead").await?;
        let url = driver.property(&link, "href").await?;
        let page = driver.current_tab().await?;
        driver.click(&link).await?;
        let window = clock::until("the window", SOON, async || {
            Ok(driver.tabs().await?.into_iter().find(|tab| *tab != page))
        });
        let window = window.await?;
        driver.use_tab(&window).await?;
        let button = clock::until("the bank's page", SOON, async || {
            Ok(driver.all("button[value=complete]").await?.pop())
        });
        let button = button.await?;
        assert_eq!(json!(driver.url().await?), url);
        let opener = driver.run("return [window.opener === null, document.referrer]", json!([])).await?;
        assert_eq!(opener, json!([true, ""]));
        driver.click(&button).await?;
        driver.use_tab(&page).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

/// A bank's page that means harm: it tries to reach the pages around it and to take them elsewhere, and talks without end.
const HARM: &str = "
    if (location.pathname.startsWith('/challenge/')) {
        const harm = [
            () => { parent.document.body.textContent = 'harmed'; },
            () => { top.document.body.textContent = 'harmed'; },
            () => { parent.location = 'about:blank#harmed'; },
            () => { top.location = 'about:blank#harmed'; },
            () => { parent.paydesk.port.postMessage({ type: 'paid' }); },
        ];
        addEventListener('load', () => {
            for (const one of harm) try { one(); } catch {}
            setInterval(() => {
                for (const target of [parent, top]) {
                    for (const word of ['paydesk:challenge-done', { paydesk: 1, type: 'hello' }, { paydesk: 1, type: 'connect' }, { type: 'paid' }]) {
                        target.postMessage(word, '*');
                    }
                }
            }, 20);
        });
    }";

/// Positive control: with `allow-top-navigation` in the sandbox of the bank's frame and of ours, the page is gone; without the
/// check of the origin in static/boot.js, each word begins the waiting anew and the server is never asked again (tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_banks_page_that_means_harm_changes_nothing() -> Result<(), Failure> {
    World::run("challenge_harm", Options::default(), async |world| {
        world.tolerance.barred_navigation = true;
        let checkout = world.new_checkout().await?;
        world.browser.recorder.run_first(HARM).await;
        let widget = asked(world, &checkout, &ASKED).await?;
        let page = widget.driver().url().await?;
        answerable(&widget).await?;
        let watch = clock::Stopwatch::start();
        clock::until("the next question", SOON, async || Ok((times_asked(world) > 4).then_some(()))).await?;
        // The fifth is due after seven seconds: nobody hurried them.
        assert!(watch.elapsed() > Duration::from_secs(4), "asked {} times", times_asked(world));
        let text = widget.text().await?;
        assert!(text.contains("Confirm that it is you") && !text.contains("harmed"), "{text}");
        assert_eq!(widget.driver().url().await?, page);
        assert!(widget.events().await?.iter().all(|(kind, _)| kind == "ready" || kind == "change"));
        answer(&widget, "complete").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}
