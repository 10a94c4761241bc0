//! The ways to pay, from what is shown to what the server keeps: in parts, by the month, and with a card that expires first.

use paydesk_e2e::browser::Options;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::seed::Organization;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use super::access::{accessible, press, tab_to};

pub(crate) const IN_PARTS: &str = "8 payments, until March 1, 2030";
const AT_ONCE: &str = "Pay in full";

/// A list of the organization's.
async fn list(organization: &Organization, path: &str) -> Result<Vec<Value>, Failure> {
    let answer = organization.read(path).await?;
    answer.get("data").and_then(Value::as_array).cloned().context(path)
}

/// A day as it is written in English.
fn english(day: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts: Vec<usize> = day.split('-').map(|part| part.parse().unwrap()).collect();
    format!("{} {}, {}", MONTHS[parts[1] - 1], parts[2], parts[0])
}

/// The text with plain spaces, as money in French has others.
pub(super) async fn plain(widget: &Widget<'_>) -> Result<String, Failure> {
    Ok(widget.text().await?.replace(['\u{a0}', '\u{202f}'], " "))
}

/// Every browser of these tests is west of UTC (see `Browser::start`). Positive control: formatting a day without its time zone
/// shows August 31 in place of September 1.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_card_pays_in_parts_and_is_saved_for_them() -> Result<(), Failure> {
    World::run("plans_new_card", Options::default(), async |world| {
        let organization = &world.stack.organization;
        let account = organization.client().await?;
        let checkout = organization.checkout_in_parts(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Radio, AT_ONCE).await?;
        widget.find(Role::Button, "Pay $184.50").await?;
        widget.fill_card(&VISA).await?;
        accessible(world, &widget, "ways to pay").await?;
        // By keyboard: the arrows choose, and the focus stays.
        tab_to(&widget, &[], AT_ONCE).await?;
        press(&widget, &paydesk_e2e::driver::keys::DOWN.to_string()).await?;
        widget.find(Role::Button, "Pay $94.50 now").await?;
        widget.enter().await?;
        let driver = widget.driver();
        let called = driver.name(&driver.focused().await?).await?;
        assert_eq!(
            called.replace('\u{a0}', " "),
            format!("{IN_PARTS} $94.50 today, then 6 × $12.85 + $12.90")
        );
        let text = plain(&widget).await?;
        for line in [
            "Today\n$94.50",
            "September 1, 2029\n$12.85",
            "November 1, 2029\n$12.85",
            "4 more payments",
            "Total\n$184.50",
        ] {
            assert!(text.contains(line), "{line:?}: {text}");
        }
        assert!(!text.contains("December 1, 2029") && text.contains("charged to a saved method"), "{text}");
        let more = driver.all(".plan summary").await?;
        driver.click(more.first().context("the rest")?).await?;
        let text = widget.until_text("March 1, 2030\n$12.90").await?;
        assert!(text.contains("December 1, 2029"), "{text}");
        // Saving is no choice: the box is ticked, says why, and stays so.
        widget.click(Role::Checkbox, "Save this card").await?;
        let save = widget.find(Role::Checkbox, "Save this card").await?;
        assert_eq!(driver.property(&save, "checked").await?, json!(true));
        assert!(widget.text().await?.contains("Needed for the payments to come."));
        accessible(world, &widget, "in parts").await?;
        widget.click(Role::Button, "Pay $94.50 now").await?;
        widget.until_text("Payment complete").await?;
        let text = plain(&widget).await?;
        assert!(text.contains("$94.50 paid to") && text.contains("September 1, 2029 · $12.85"), "{text}");
        accessible(world, &widget, "paid in part").await?;
        let charges = world.stack.sandbox.charges().await?;
        assert_eq!(charges.iter().map(|charge| &charge["amount"]).collect::<Vec<_>>(), [&json!(9_450)]);
        let plans = list(organization, &format!("/v1/plans?account={account}")).await?;
        assert_eq!(
            (plans.len(), &plans[0]["status"], &plans[0]["kind"]),
            (1, &json!("active"), &json!("installments"))
        );
        assert!(plans[0]["payment_method"].is_string(), "{plans:?}");
        let planned = list(organization, &format!("/v1/planned_payments?account={account}")).await?;
        let amounts: Vec<i64> = planned.iter().filter_map(|payment| payment["amount"].as_i64()).collect();
        assert_eq!((amounts.len(), amounts.iter().sum::<i64>()), (7, 9_000), "{planned:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_is_charged_later_verifies_the_card_and_charges_nothing() -> Result<(), Failure> {
    World::run("plans_membership", Options::default(), async |world| {
        let organization = &world.stack.organization;
        let account = organization.client().await?;
        let checkout = organization.checkout_of_membership(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        let agree = "Agree, nothing charged today";
        widget.find(Role::Button, agree).await?;
        let text = plain(&widget).await?;
        for words in [
            "Your payments",
            "$30.00 every month",
            "Until you end it",
            "Later payments are charged to a saved method",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        widget.fill_card(&VISA).await?;
        accessible(world, &widget, "a membership").await?;
        widget.click(Role::Button, agree).await?;
        widget.until_text("Your payments are set up").await?;
        widget.until_event("agreed").await?;
        assert!(widget.events().await?.iter().all(|(event, _)| event != "paid"));
        world.charged_nothing().await?;
        let planned =
            list(organization, &format!("/v1/planned_payments?account={account}&status=planned")).await?;
        let first =
            planned.iter().find(|payment| payment["amount"] == json!(3_000)).context("a payment to come")?;
        let day = english(first["due_on"].as_str().context("its day")?);
        let shown = plain(&widget).await?;
        assert!(
            shown.contains("Nothing was charged today") && shown.contains(&format!("{day} · $30.00")),
            "{day}: {shown}"
        );
        assert!(text.contains(&format!("First charge: {day} · $30.00")), "{day}: {text}");
        accessible(world, &widget, "agreed").await?;
        // Opened again, it is told as what it was.
        let widget = world.visit(&checkout).await?;
        widget.until_text("Your payments are set up").await?;
        let again = plain(&widget).await?;
        assert!(again.contains(&format!("{day} · $30.00")), "{day}: {again}");
        world.charged_nothing().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_expires_before_the_last_payment_is_warned_about() -> Result<(), Failure> {
    World::run("plans_expiring", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout_in_parts(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, "Mastercard ending 4444, expires November 2029").await?;
        let warning = "This card expires before your payment of December 1, 2029:";
        assert!(!widget.text().await?.contains(warning), "nothing is missed by paying in full");
        widget.click(Role::Radio, IN_PARTS).await?;
        widget.until_text(warning).await?;
        widget
            .find(Role::Radio, "Mastercard ending 4444, expires November 2029. Expires before the payment of December 1, 2029")
            .await?;
        accessible(world, &widget, "a card that expires").await?;
        // Another card lives long enough; one that is typed in is looked at as well.
        widget.click(Role::Radio, "Visa ending 4242").await?;
        assert!(!plain(&widget).await?.contains(warning));
        widget.click(Role::Radio, "Another card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        widget.fill_card(&Card { month: "12", year: "2028", ..VISA }).await?;
        widget.until_text("This card expires before your payment of September 1, 2029:").await?;
        // A warning is no refusal.
        widget.click(Role::Radio, "Mastercard ending 4444").await?;
        widget.until_text(warning).await?;
        widget.click(Role::Button, "Pay $94.50 now").await?;
        widget.until_text("Payment complete").await?;
        let charges = world.stack.sandbox.charges().await?;
        assert_eq!(charges.len(), 1, "{charges:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_french_client_pays_in_parts_on_a_narrow_screen() -> Result<(), Failure> {
    let options = Options { width: 360, dark: true, ..Options::default() };
    World::run("plans_french", options, async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout_in_parts(&account, "fr").await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, "8 paiements, jusqu’au 1 mars 2030").await?;
        let text = plain(&widget).await?;
        for words in [
            "Comment voulez-vous payer ?",
            "94,50 $ aujourd’hui, puis 6 × 12,85 $ + 12,90 $",
            "1 septembre 2029\n12,85 $",
            "4 autres paiements",
            "Payer 94,50 $ maintenant",
            "débités d’un mode de paiement enregistré : choisissez-en un",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        accessible(world, &widget, "in parts, in French").await?;
        // Nothing stands out of the frame at 360 pixels.
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(widget.driver().run(wide, json!([])).await?, json!(0));
        widget.click(Role::Button, "Payer 94,50").await?;
        widget.until_text("Paiement effectué").await?;
        assert!(plain(&widget).await?.contains("Prochain paiement\n1 septembre 2029 · 12,85 $"));
        Ok(())
    })
    .await
}
