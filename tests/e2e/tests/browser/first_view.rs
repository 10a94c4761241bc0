//! What stands in the frame before the program runs: it looks like what the program draws, and what a payer does in it is theirs
//! afterwards.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::seed::Checkout;
use paydesk_e2e::world::World;
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};

use super::access::accessible;

const PAY: &str = "Pay $184.50";
const PROGRAM: &str = "*.wasm*";
const SOON: Duration = Duration::from_secs(20);

/// All that can be seen of the checkout: what it is, what it says, to whom, and where it stands.
const SEEN: &str = "const root = document.getElementById('first') ?? document.getElementById('app');
    const words = (one) => one.localName === 'select' ? one.selectedOptions[0].text : one.childElementCount ? '' : one.textContent;
    return [document.documentElement.lang, ...[...root.querySelectorAll('*')].filter((one) => one.localName !== 'option').map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        return width > 1 && height > 1 && [one.localName, one.className, one.id, one.getAttribute('aria-label'), one.autocomplete,
            one.placeholder, one.value, one.checked, words(one), x, y, width, height].join(' ');
    }).filter(Boolean)];";

/// The first view of this session; the program and the rules of addresses stay away.
async fn first_view<'w>(world: &'w World, embed: &Embed) -> Result<Widget<'w>, Failure> {
    world.browser.recorder.hold(&[PROGRAM, "*/address/*"]).await;
    let widget = world.open(embed).await?;
    clock::until("the first view", SOON, async || {
        widget.enter().await?;
        Ok((!widget.driver().all("html:not([data-moving]) #first form").await?.is_empty()).then_some(()))
    })
    .await?;
    Ok(widget)
}

/// Lets the program come, and waits until it has taken over.
async fn let_it_run(world: &World, widget: &Widget<'_>) -> Result<(), Failure> {
    world.browser.recorder.hold(&["*/address/*"]).await;
    clock::until("the program to take over", SOON, async || {
        widget.enter().await?;
        Ok(widget.driver().all("#first").await?.is_empty().then_some(()))
    })
    .await
}

async fn seen(widget: &Widget<'_>) -> Result<Vec<Value>, Failure> {
    widget.enter().await?;
    let seen = widget.driver().run(SEEN, json!([])).await?;
    Ok(seen.as_array().context("what is seen")?.clone())
}

/// Demands that the first view of this session, in this language, is what the program then draws.
pub(crate) async fn looks_alike(
    world: &World,
    checkout: &Checkout,
    locale: &'static str,
) -> Result<(), Failure> {
    let embed = Embed { locale: Some(locale), ..Embed::of(&checkout.secret) };
    let widget = first_view(world, &embed).await?;
    accessible(world, &widget, "first view").await?;
    let before = seen(&widget).await?;
    let_it_run(world, &widget).await?;
    let after = seen(&widget).await?;
    let only = |these: &[Value], those: &[Value]| -> Vec<String> {
        these.iter().filter(|one| !those.contains(one)).map(Value::to_string).collect()
    };
    world.browser.recorder.hold(&[]).await;
    let (gone, new) = (only(&before, &after), only(&after, &before));
    if gone.is_empty() && new.is_empty() && before.len() > 15 {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{locale}: the first view alone has\n{}\nthe program alone\n{}",
        gone.join("\n"),
        new.join("\n")
    )))
}

/// Whether there are saved methods, in which language, in whose words, and with which offers: nothing changes when the program takes
/// over, and the first view is as accessible. Positive control: another class, word or order in static/first.js fails here, and
/// `learn` without the organization's words in static/boot.js (tried with each).
#[tokio::test(flavor = "multi_thread")]
async fn the_first_view_is_what_the_program_draws() -> Result<(), Failure> {
    World::run("first_view_alike", Options::default(), async |world| {
        for locale in ["en", "fr-CA"] {
            looks_alike(world, &world.saved_checkout().await?, locale).await?;
            looks_alike(world, &world.new_checkout().await?, locale).await?;
            let debiting = world.debiting()?;
            let client = debiting.client().await?;
            looks_alike(world, &debiting.checkout(&client, "en").await?, locale).await?;
        }
        let wording = json!({
            "en": {"pay": "Donate {0}", "another_card": "A card that is not here"},
            "fr": {"how_to_pay": "Comment verser", "number": "Le numéro"},
        });
        world.stack.organization.word(&world.stack.config(), &wording)?;
        for locale in ["en", "fr"] {
            looks_alike(world, &world.saved_checkout().await?, locale).await?;
            looks_alike(world, &world.new_checkout().await?, locale).await?;
        }
        Ok(())
    })
    .await
}

/// A number in the middle of which is typed, a name that is finished, a box that is ticked, and where the focus is. Positive control:
/// without `handOver` the fields are empty, and without its care for the caret the last digit stands at the end (tried).
#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_before_the_program_is_kept() -> Result<(), Failure> {
    World::run("first_view_typed", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = first_view(world, &Embed::of(&checkout.secret)).await?;
        let driver = widget.driver();
        let at = async |id: &str| Ok::<_, Failure>(driver.all(id).await?.into_iter().next().context(id)?);
        driver.click(&at("#save").await?).await?;
        driver.type_into(&at("#name").await?, " II").await?;
        driver.type_into(&at("#number").await?, "424242").await?;
        driver.run("document.getElementById('number').setSelectionRange(5, 5)", json!([])).await?;
        let_it_run(world, &widget).await?;
        driver.press_at_focus(&[], "1").await?;
        assert_eq!(widget.value(Role::Textbox, "Card number").await?, "4242 412");
        let caret = driver
            .run("return [document.activeElement.id, document.activeElement.selectionStart]", json!([]))
            .await?;
        assert_eq!(caret, json!(["number", 7]));
        assert_eq!(widget.value(Role::Textbox, "Name on card").await?, "Camille Tremblay II");
        let save = widget.find(Role::Checkbox, "Save this card").await?;
        assert_eq!(driver.property(&save, "checked").await?, json!(true));
        Ok(())
    })
    .await
}

/// Another of the saved cards is chosen and Pay pressed before there is a program: it pays as soon as it runs, with that card, once.
/// Positive control: without the last line of `handOver` nothing is paid (tried).
#[tokio::test(flavor = "multi_thread")]
async fn pay_that_was_pressed_before_the_program_pays_once() -> Result<(), Failure> {
    World::run("first_view_pressed", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = first_view(world, &Embed::of(&checkout.secret)).await?;
        let driver = widget.driver();
        let press = async |role: Role, name: &str| {
            let element = widget.seek(role, name).await?.context(name)?;
            driver.click(&element).await
        };
        press(Role::Radio, "Mastercard ending 4444").await?;
        let still = async || Ok(driver.all("html[data-moving]").await?.is_empty().then_some(()));
        clock::until("a page that stands still", SOON, still).await?;
        press(Role::Button, PAY).await?;
        press(Role::Button, PAY).await?;
        world.charged_nothing().await?;
        world.browser.recorder.hold(&[]).await;
        let told = widget.until_text("Payment complete").await?;
        assert!(told.contains("Mastercard ending 4444"), "{told}");
        world.charged_once(&checkout).await
    })
    .await
}

/// While a finger or a button is down in the first view it stays, and what is pressed there counts. Positive control: without
/// `isHeld` the program takes over under the pointer (tried).
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_from_under_a_pointer() -> Result<(), Failure> {
    World::run("first_view_held", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = first_view(world, &Embed::of(&checkout.secret)).await?;
        let driver = widget.driver();
        let tell = async |kind: &str| {
            let tell = "document.getElementById('number').dispatchEvent(new PointerEvent(arguments[0], { bubbles: true }))";
            driver.run(tell, json!([kind])).await
        };
        tell("pointerdown").await?;
        world.browser.recorder.hold(&["*/address/*"]).await;
        let drawn = async || Ok((!driver.all("#app form").await?.is_empty()).then_some(()));
        clock::until("the program to draw", SOON, drawn).await?;
        assert!(!driver.all("#first").await?.is_empty(), "the first view went from under the pointer");
        tell("pointerup").await?;
        let_it_run(world, &widget).await
    })
    .await
}
