//! eChecks from the first keystroke to the bank: new ones of both countries, saved ones, and the mandate of each.

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::seed::{CONTACT, Organization};
use paydesk_e2e::world::World;
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use super::access::{accessible, press, tab_to};
use super::first_view::looks_alike;

/// Settles after some days, whatever the bank.
const GOOD: &str = "000123456789";
const ON_ITS_WAY: &str = "Your payment is on its way";
const AGREE: &str = "I have read this agreement";

/// What was agreed to, as the organization reads it.
async fn mandates(organization: &Organization) -> Result<Vec<Value>, Failure> {
    let list = organization.read("/v1/mandates").await?;
    list.get("data").and_then(Value::as_array).cloned().context("a list of mandates")
}

/// No request but the processor's own has the number.
fn number_went_to_the_processor_alone(world: &World) {
    let requests = world.browser.recorder.requests();
    let with = |text: &str| text.contains(GOOD) || text.contains("6789%20");
    let doors: Vec<_> = requests.iter().filter(|request| with(&request.body)).collect();
    assert_eq!(doors.len(), 1, "one request carries it");
    for request in &requests {
        let door = request.origin() == world.stack.sandbox.url && request.path() == "/v1/payment_methods";
        let seen = with(&request.url) || with(&request.headers) || (with(&request.body) && !door);
        assert!(!seen && !with(&request.answer), "{} {}", request.method, request.url);
    }
}

async fn figures(widget: &Widget<'_>, wanted: [&str; 3]) -> Result<(), Failure> {
    let text = widget.text().await?;
    let text = text.replace('\u{a0}', " ");
    for (name, figure) in ["Current balance", "Pending", "Payable now"].into_iter().zip(wanted) {
        let after = text.split(name).nth(1).unwrap_or_default();
        assert!(after.trim_start().starts_with(figure), "{name} {figure}: {text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canadian_account_pays_is_saved_and_pays_again() -> Result<(), Failure> {
    World::run("bank_canada", Options::default(), async |world| {
        let organization = world.debiting()?;
        let account = organization.client().await?;
        let checkout = organization.checkout(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_canadian_account(GOOD).await?;
        widget.click(Role::Checkbox, "Save this account").await?;
        // The text for saving: of debits to come, with the organization's name and where it is reached.
        widget.until_text("until I end this permission").await?;
        // Its last words: until then the frame may still be growing around them.
        let text = widget.until_text("which may be on the same day").await?;
        assert!(text.contains("personal PAD") && text.contains(CONTACT), "{text}");
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Required.").await?;
        world.debited(0).await?;
        widget.click(Role::Checkbox, AGREE).await?;
        accessible(world, &widget, "a Canadian account").await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text(ON_ITS_WAY).await?;
        accessible(world, &widget, "on its way").await?;
        figures(&widget, ["$184.50", "$184.50", "$0.00"]).await?;
        widget.enter().await?;
        let driver = widget.driver();
        assert_eq!(driver.name(&driver.focused().await?).await?, ON_ITS_WAY);
        let told = widget.until_event("submitted").await?;
        assert_eq!(told.get("amount"), Some(&json!(18_450)), "{told}");
        assert!(widget.events().await?.iter().all(|(event, _)| event != "paid"));
        world.debited(1).await?;
        number_went_to_the_processor_alone(world);
        let given = mandates(&organization).await?;
        let given = given.first().context("a mandate")?;
        let shown = given.get("text").and_then(Value::as_str).context("its text")?;
        assert_eq!(
            (&given["scope"], &given["holder"], &given["kind"]),
            (&json!("standing"), &json!("personal"), &json!("pad"))
        );
        let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        assert!(lines(&text).contains(&lines(shown)), "what was shown is what is kept: {shown}\n{text}");
        assert!(given["hash"].is_string() && given["user_agent"].is_string() && given["address"].is_string());

        // Opened again: still on its way, by the server's own figures.
        let widget = world.visit(&checkout).await?;
        widget.until_text(ON_ITS_WAY).await?;
        figures(&widget, ["$184.50", "$184.50", "$0.00"]).await?;

        // Another invoice: the account is there, and its mandate stands.
        let again = organization.checkout(&account, "en").await?;
        looks_alike(world, &again, "en").await?;
        let widget = world.visit(&again).await?;
        let saved = widget.find(Role::Radio, "").await?;
        let called = widget.driver().name(&saved).await?;
        assert!(called.ends_with("ending 6789"), "{called}");
        assert!(!widget.text().await?.contains(AGREE));
        accessible(world, &widget, "a saved account").await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text(ON_ITS_WAY).await?;
        world.debited(2).await?;
        assert_eq!(mandates(&organization).await?.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_us_account_pays_once_by_keyboard_alone() -> Result<(), Failure> {
    World::run("bank_us", Options::default(), async |world| {
        let organization = world.debiting()?;
        let account = organization.client().await?;
        let checkout = organization.checkout_in("USD", &account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Textbox, "Card number").await?;
        tab_to(&widget, &[], "Another card").await?;
        press(&widget, &keys::DOWN.to_string()).await?;
        widget.find(Role::Textbox, "Routing number").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        // Left with a wrong digit: told at the field and aloud.
        tab_to(&widget, &[], "Routing number").await?;
        press(&widget, "110000001").await?;
        widget.until_text("a digit is wrong").await?;
        accessible(world, &widget, "a wrong routing number").await?;
        press(&widget, &format!("{}0", keys::BACKSPACE)).await?;
        for (name, text) in [("Account number", GOOD), ("Account number again", GOOD), ("Account type", "S")]
        {
            tab_to(&widget, &[], name).await?;
            press(&widget, text).await?;
        }
        for (name, text) in [
            ("Address", "120 Rue du Parc"),
            ("City", "Montréal"),
            ("Province", "Quebec"),
            ("Postal code", "h2x1y4"),
        ] {
            tab_to(&widget, &[], name).await?;
            press(&widget, text).await?;
        }
        tab_to(&widget, &[], "Whose account it is").await?;
        press(&widget, "A b").await?;
        let text = widget.until_text("debit the business account").await?;
        assert!(text.contains("(ACH)") && text.contains("184.50"), "one debit, of this amount: {text}");
        tab_to(&widget, &[], AGREE).await?;
        press(&widget, &keys::SPACE.to_string()).await?;
        tab_to(&widget, &[], "Pay ").await?;
        press(&widget, &keys::ENTER.to_string()).await?;
        widget.until_text(ON_ITS_WAY).await?;
        world.debited(1).await?;
        let form = world
            .browser
            .recorder
            .requests()
            .into_iter()
            .find(|request| request.path() == "/v1/payment_methods");
        let form = form.context("the processor's request")?.body;
        assert!(
            form.contains("[account_type]=savings") && form.contains("[account_holder_type]=company"),
            "{form}"
        );
        let given = mandates(&organization).await?;
        assert_eq!(
            given.first().map(|given| (&given["scope"], &given["holder"])),
            Some((&json!("one_time"), &json!("business")))
        );
        // Not saved: not offered again.
        let again = organization.checkout_in("USD", &account, "en").await?;
        let widget = world.visit(&again).await?;
        widget.find(Role::Radio, "Bank account").await?;
        assert!(!widget.text().await?.contains("6789"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_french_client_reads_the_agreement_in_french_on_a_narrow_screen() -> Result<(), Failure> {
    let options = Options { width: 360, dark: true, ..Options::default() };
    World::run("bank_french", options, async |world| {
        let organization = world.debiting()?;
        let account = organization.client().await?;
        let checkout = organization.checkout(&account, "fr").await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, "Compte bancaire").await?;
        let text = widget.until_text("J’ai lu cet accord").await?;
        assert!(text.contains("Numéro de transit") && text.contains("DPA"), "{text}");
        accessible(world, &widget, "in French").await?;
        // Nothing stands out of the frame at 360 pixels.
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(widget.driver().run(wide, json!([])).await?, json!(0));
        // The picture is there, and has words for who cannot see it.
        let picture = "const image = document.querySelector('img'); return image.complete && image.naturalWidth > 0 && image.alt";
        let alt = widget.driver().run(picture, json!([])).await?;
        assert!(alt.as_str().is_some_and(|alt| alt.starts_with("Un chèque.")), "{alt}");
        Ok(())
    })
    .await
}
