//! Every state of the checkout, drawn natively in both languages.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use paydesk::state::{Action, Checkout, Field, FieldError, LoadFailure, SecretFact, Stage, Trouble};
use paydesk::view::CheckoutApp;
use paydesk_domain::address::Part;
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::verdict::Verdict;
use paydesk_domain::wire::billing::DeclineView;
use support::{after, attempt, new_card, props};

async fn draw(state: Checkout, locale: &str) -> String {
    let props = props(state, locale);
    let local = tokio::task::LocalSet::new();
    let renderer = yew::LocalServerRenderer::<CheckoutApp>::with_props(props).hydratable(false);
    local.run_until(renderer.render()).await
}

fn begin(stage: Stage) -> [Action; 2] {
    [Action::Begin { attempt: "att_x".into(), stage }, Action::Advance(stage)]
}

fn declined(category: DeclineCategory) -> Action {
    Action::CardRefused(DeclineView { code: "code".into(), category, retryable: category.is_retryable() })
}

/// Every state that a person can see, by a name for messages.
fn states() -> Vec<(String, Checkout)> {
    let mut states = vec![
        ("loading".to_owned(), Checkout::default()),
        ("saved".to_owned(), after("checkout_open", [])),
        ("new client".to_owned(), after("checkout_new_client", [])),
        ("new card".to_owned(), new_card([])),
        ("errors".to_owned(), new_card([Action::Complain])),
        ("other country".to_owned(), new_card([Action::Country("FR".into())])),
        ("no rules".to_owned(), new_card([Action::Country("FR".into()), Action::RulesFailed("FR".into())])),
        ("United States".to_owned(), new_card([Action::Country("US".into())])),
        (
            "paid".to_owned(),
            after("checkout_open", [Action::Attempt(Box::new(attempt("attempt_succeeded")))]),
        ),
        ("paid before".to_owned(), after("checkout_complete", [])),
        ("checking".to_owned(), after("checkout_processing_fr", [])),
        (
            "declined saved".to_owned(),
            after("checkout_open", [Action::Attempt(Box::new(attempt("attempt_declined")))]),
        ),
    ];
    for stage in [Stage::Tokenizing, Stage::Confirming, Stage::Checking] {
        states.push((format!("{stage:?}"), new_card(begin(stage))));
    }
    let unknown = begin(Stage::Checking).into_iter().chain([Action::GiveUp]);
    states.push(("unknown".to_owned(), after("checkout_open", unknown)));
    for category in DeclineCategory::ALL {
        states.push((format!("{category:?}"), new_card([declined(category)])));
    }
    for why in [LoadFailure::Expired, LoadFailure::Invalid, LoadFailure::Unreachable] {
        states.push((format!("{why:?}"), Checkout::default().apply(Action::LoadFailed(why))));
    }
    for trouble in [
        Trouble::ProcessorUnreachable,
        Trouble::ProcessorMisconfigured,
        Trouble::AmountChanged,
        Trouble::MethodGone,
        Trouble::TokenGone,
        Trouble::AddressRefused,
        Trouble::Busy,
        Trouble::WentWrong,
    ] {
        states.push((format!("{trouble:?}"), new_card([Action::Fail(trouble)])));
    }
    states
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// What must hold of every drawing. Positive control: giving a `name` to the card number, an id twice, or an error a
/// place that `aria-describedby` does not name fails here.
fn check(name: &str, html: &str) {
    let mut ids = values(html, "id");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{name}: every id once");
    for reference in ["aria-describedby", "for"] {
        for id in values(html, reference) {
            assert!(ids.contains(&id), "{name}: {reference}={id} leads nowhere");
        }
    }
    for control in html.split("<input").skip(1).chain(html.split("<select").skip(1)) {
        let tag = control.split('>').next().unwrap();
        let named = values(tag, "name");
        let allowed = tag.contains("type=\"radio\"") && named == ["method"];
        assert!(named.is_empty() || allowed, "{name}: a field with a name would be sent: {tag}");
        assert!(!tag.contains(" value=\"4"), "{name}: a number in the markup");
    }
    for forbidden in [" style=", "<script", " onclick=", "javascript:", "None", "Some("] {
        assert!(!html.contains(forbidden), "{name}: {forbidden}");
    }
    let live = "<p class=\"vh\" role=\"status\" aria-live=\"polite\">";
    assert!(html.starts_with(&format!("<main>{live}")), "{name}: the live region comes first, always");
    assert_eq!(html.matches(live).count(), 1, "{name}: one live region");
}

#[tokio::test]
async fn every_state_is_sound_in_both_languages() {
    for (name, state) in states() {
        let english = draw(state.clone(), "en").await;
        let french = draw(state, "fr").await;
        check(&name, &english);
        check(&name, &french);
        assert_ne!(english, french, "{name}: the languages differ");
    }
}

#[tokio::test]
async fn a_saved_card_is_named_in_one_breath() {
    let english = draw(after("checkout_open", []), "en").await;
    let french = draw(after("checkout_open", []), "fr").await;
    let names = values(&english, "aria-label");
    assert_eq!(names[0], "Visa ending 4242, expires March 2030");
    assert_eq!(names[1], "Mastercard ending 4444, Joint card, expires November 2028");
    assert_eq!(names[2], "American Express ending 0005, expired January 2024, cannot be used");
    assert_eq!(values(&french, "aria-label")[0], "Visa se terminant par 4242, expire en mars 2030");
    let expired = english.split("<input").nth(3).unwrap().split('>').next().unwrap();
    assert!(expired.contains("disabled"), "{expired}");
    assert!(english.contains("Expired 01/24"));
    assert!(english.contains("Joint card"));
    assert!(english.contains("Pay $132.50") && french.contains("Payer 132,50\u{a0}$"));
}

/// Who steers by voice says what they see: brand, last four and nickname stand in the row as text and in its name
/// (WCAG 2.5.3); the dots are no words, and the date is spelled out.
///
/// Positive control: with the nickname in the brand's place, as it was once, or left out of the name, this fails.
#[tokio::test]
async fn what_a_row_shows_is_in_its_name() {
    for locale in ["en", "fr"] {
        let html = draw(after("checkout_open", []), locale).await;
        let rows: Vec<&str> = html.split("<label class=\"method").skip(1).collect();
        assert_eq!(rows.len(), 4);
        for (row, card) in rows.iter().zip(&support::view("checkout_open").methods) {
            let shown = row.split("class=\"what\"").nth(1).unwrap().split("</label>").next().unwrap();
            let name = values(row, "aria-label")[0];
            for text in [card.brand.name(), &card.last4, card.nickname.as_deref().unwrap_or_default()] {
                assert!(shown.contains(text) && name.contains(text), "{text}: {shown} is called {name}");
            }
        }
    }
}

#[tokio::test]
async fn autofill_and_keyboards_know_the_fields() {
    let html = draw(new_card([]), "en").await;
    for token in [
        "cc-number",
        "cc-exp",
        "cc-csc",
        "cc-name",
        "billing country",
        "billing address-line1",
        "billing address-level1",
        "billing postal-code",
    ] {
        assert!(values(&html, "autocomplete").contains(&token), "{token}");
    }
    assert_eq!(values(&html, "inputmode").iter().filter(|mode| **mode == "numeric").count(), 3);
    assert!(html.contains("Saskatchewan") && html.contains(">Canada<"));
    let french = draw(new_card([]), "fr").await;
    assert!(french.contains("Colombie-Britannique"), "provinces have French names");
    let states = draw(new_card([Action::Country("US".into())]), "en").await;
    assert!(states.contains("ZIP code") && states.contains("California") && !states.contains("Saskatchewan"));
}

#[tokio::test]
async fn errors_stand_beside_their_fields_and_are_announced() {
    let wrong = SecretFact { digits: 16, verdict: Verdict::Invalid(PanError::WrongCheckDigit) };
    let past = SecretFact { digits: 4, verdict: Verdict::Invalid(ExpiryError::Past) };
    let state = new_card([Action::Number(Brand::Visa, wrong), Action::Expiry(past), Action::Complain]);
    let html = draw(state, "en").await;
    assert!(
        html.contains(
            "<p class=\"note error\" id=\"number-note\">Check the card number: a digit is wrong.</p>"
        )
    );
    assert!(html.contains("id=\"expiry-note\">This card has expired.<"));
    assert!(html.contains("id=\"line1-note\">Required.<"));
    assert!(html.contains("7 fields need attention. Check the card number"), "{html}");
    let quiet = draw(new_card([]), "en").await;
    assert!(
        !quiet.contains("aria-invalid") && !quiet.contains("note error"),
        "nothing is wrong before anything is typed"
    );
}

#[tokio::test]
async fn what_happened_to_the_money_is_always_said() {
    for category in DeclineCategory::ALL {
        let html = draw(new_card([declined(category)]), "en").await;
        assert!(
            html.contains("Your card was declined") && html.contains("You have not been charged."),
            "{category:?}"
        );
    }
    let refused = Action::Refuse(Field::Address(Part::PostalCode), FieldError::AddressRefused);
    let html = draw(new_card([refused]), "fr").await;
    assert!(
        html.contains("Vous n’avez pas été débité.")
            && html.contains("id=\"postal_code-note\">Vérifiez cette partie")
    );
    let unknown = after("checkout_open", begin(Stage::Checking).into_iter().chain([Action::GiveUp]));
    let html = draw(unknown, "en").await;
    assert!(
        html.contains("it can only be charged once")
            && html.contains("id=\"check\"")
            && !html.contains("id=\"pay\"")
    );
    assert!(!html.contains("not been charged"), "doubt is never told as safety");
    let paid = draw(after("checkout_complete", []), "en").await;
    assert!(
        paid.contains("Payment complete")
            && paid.contains("R-2026-000017")
            && paid.contains("Visa ending 4242")
    );
}

#[tokio::test]
async fn a_try_under_way_cannot_be_pressed_again_and_keeps_its_focus() {
    let html = draw(new_card(begin(Stage::Confirming)), "en").await;
    let button = html.split("<button").nth(1).unwrap();
    assert!(button.contains("aria-disabled=\"true\"") && button.contains("Confirming your payment"));
    assert!(!button.split('>').next().unwrap().contains(" disabled"));
    assert!(html.contains("aria-busy=\"true\""));
}

#[tokio::test]
async fn saving_shows_the_consent_in_full_or_not_at_all() {
    let may = draw(new_card([]), "en").await;
    assert!(
        may.contains("I save this card and authorize the centre to charge it.")
            && may.contains("lang=\"en\"")
    );
    let may_not = draw(after("checkout_new_client", []), "en").await;
    assert!(!may_not.contains("id=\"save\""));
}
