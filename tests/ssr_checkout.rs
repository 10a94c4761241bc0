//! Every state of the checkout, drawn natively in both languages.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "ssr_checkout/keys.rs"]
mod keys;
#[path = "ssr_checkout/plans.rs"]
mod plans;
mod support;

use paydesk::state::{
    Action, Checkout, Choice, Field, FieldError, LoadFailure, SecretFact, Stage, Terms, Trouble,
};
use paydesk::view::CheckoutApp;
use paydesk_domain::address::Part;
use paydesk_domain::bank::{BankNumberError, BankPart};
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::verdict::Verdict;
use paydesk_domain::wire::billing::{DeclineView, PaymentStatus};
use support::{after, attempt, new_bank, new_card, props, rules, with_mandate};

async fn draw(state: Checkout, locale: &str) -> String {
    let props = props(state, locale);
    let local = tokio::task::LocalSet::new();
    let renderer = yew::LocalServerRenderer::<CheckoutApp>::with_props(props).hydratable(false);
    local.run_until(renderer.render()).await
}

fn begin(stage: Stage) -> [Action; 2] {
    [Action::Begin { attempt: "att_x".into(), stage }, Action::Advance(stage)]
}

fn challenged() -> Checkout {
    new_card([Action::Attempt(Box::new(attempt("attempt_challenged")))])
}

fn declined(category: DeclineCategory) -> Action {
    Action::CardRefused(DeclineView { code: "code".into(), category, retryable: category.is_retryable() })
}

/// Chooses a saved account of the golden document by the end of its id.
fn choose(end: &str) -> Action {
    Action::Choose(Choice::Saved(format!("pm_bbwfmsxymfnpnwwtyfzjxdntwtcc{end}")))
}

fn without_mandate() -> [Action; 3] {
    let terms = Terms { holder: HolderType::Personal, save: true, amount: 10_250 };
    [Action::Save(true), Action::AskMandate(Some(terms)), Action::Mandate(terms, None)]
}

fn ended(status: PaymentStatus) -> Checkout {
    let mut attempt = attempt("attempt_submitted");
    attempt.receipt.as_mut().unwrap().status = status;
    after("checkout_bank", [Action::Attempt(Box::new(attempt))])
}

fn submitted() -> Checkout {
    ended(PaymentStatus::Submitted)
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
        ("United States".to_owned(), new_card([Action::Country("US".into()), rules("US")])),
        ("eChecks".to_owned(), after("checkout_bank", [])),
        ("new eCheck".to_owned(), new_bank("checkout_bank", [])),
        ("new eCheck, errors".to_owned(), new_bank("checkout_bank", [Action::Complain])),
        ("new US eCheck".to_owned(), new_bank("checkout_bank_us", [])),
        ("new US eCheck, errors".to_owned(), new_bank("checkout_bank_us", [Action::Complain])),
        ("eCheck, waiting for its mandate".to_owned(), new_bank("checkout_bank", [Action::Save(true)])),
        ("eCheck, no mandate".to_owned(), new_bank("checkout_bank", without_mandate())),
        ("saved eCheck".to_owned(), after("checkout_bank", [choose("pb")])),
        ("saved eCheck, to be agreed to".to_owned(), with_mandate(&after("checkout_bank", [choose("pf")]))),
        ("eCheck declined".to_owned(), new_bank("checkout_bank", [declined(DeclineCategory::Generic)])),
        ("submitted".to_owned(), submitted()),
        ("returned".to_owned(), ended(PaymentStatus::Returned)),
        ("settled".to_owned(), ended(PaymentStatus::Settled)),
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
    states.extend(plans::states());
    states.push(("challenged".to_owned(), challenged()));
    for stage in [Stage::Tokenizing, Stage::Confirming, Stage::Checking, Stage::CallingOff] {
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
        Trouble::ScheduleChanged,
        Trouble::NeedsSaved,
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
    for reference in ["aria-describedby", "aria-labelledby", "for"] {
        for id in values(html, reference).into_iter().flat_map(str::split_whitespace) {
            assert!(ids.contains(&id), "{name}: {reference}={id} leads nowhere");
        }
    }
    for control in html.split("<input").skip(1).chain(html.split("<select").skip(1)) {
        let tag = control.split('>').next().unwrap();
        let named = values(tag, "name");
        let allowed = tag.contains("type=\"radio\"") && (named == ["method"] || named == ["plan"]);
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
    assert_eq!(names[2], "American Express ending 0005, expired January 2024, update it");
    assert_eq!(values(&french, "aria-label")[0], "Visa se terminant par 4242, expire en mars 2030");
    let expired = english.split("<input").nth(3).unwrap().split('>').next().unwrap();
    assert!(!expired.contains("disabled"), "{expired}");
    assert!(english.contains("Expired 01/24 · Update"));
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
    let states = draw(new_card([Action::Country("US".into()), rules("US")]), "en").await;
    assert!(states.contains("ZIP code") && states.contains("California") && !states.contains("Saskatchewan"));
}

#[tokio::test]
async fn errors_stand_beside_their_fields_and_are_announced() {
    let wrong = SecretFact { digits: 16, verdict: Verdict::Invalid(PanError::WrongCheckDigit) };
    let past = SecretFact { digits: 4, verdict: Verdict::Invalid(ExpiryError::Past) };
    let state = new_card([Action::Number(Brand::Visa, wrong), Action::Expiry(past), Action::Complain]);
    let html = draw(state, "en").await;
    assert!(
        html.contains("<p class=\"note error\" id=\"number-note\">Check the number: a digit is wrong.</p>")
    );
    assert!(html.contains("id=\"expiry-note\">This card has expired.<"));
    assert!(html.contains("id=\"line1-note\">Required.<"));
    assert!(html.contains("7 fields need attention. Check the number"), "{html}");
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
        // What its own payer called off, nobody refused.
        let abandoned = category == DeclineCategory::AuthenticationAbandoned;
        let title = if abandoned { "Your payment was not made" } else { "Your card was declined" };
        assert!(html.contains(title) && html.contains("You have not been charged."), "{category:?}");
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

/// What stands in the row of the method with this id.
fn row<'a>(html: &'a str, end: &str) -> &'a str {
    let id = format!("value=\"pm_bbwfmsxymfnpnwwtyfzjxdntwtcc{end}\"");
    html.split("<label").find(|row| row.contains(&id)).unwrap()
}

#[tokio::test]
async fn saved_accounts_say_what_they_are_and_why_they_are_off() {
    let html = draw(after("checkout_bank", []), "en").await;
    for (end, name, shown, off) in [
        ("pb", "TEST INSTITUTION ending 6789, Household", "Household", false),
        ("pc", "eCheck ending 1113. Its bank sent a payment back (905). It cannot be used.", "(905)", true),
        (
            "pd",
            "STRIPE TEST BANK ending 0001, Florida. It cannot pay this invoice.",
            "Florida · It cannot",
            true,
        ),
        ("pf", "TEST INSTITUTION ending 2227", "2227", false),
    ] {
        let row = row(&html, end);
        assert_eq!(values(row, "aria-label"), [name]);
        assert!(row.contains(shown), "{row}");
        assert_eq!(row.contains("disabled"), off, "{row}");
    }
    let french = draw(after("checkout_bank", []), "fr").await;
    assert_eq!(
        values(row(&french, "pc"), "aria-label"),
        ["Chèque électronique se terminant par 1113. Sa banque a retourné un paiement (905). Inutilisable."]
    );
}

#[tokio::test]
async fn each_country_has_its_form_and_its_picture() {
    for (document, shown, hidden, picture) in [
        ("checkout_bank", ["institution", "transit", "account"], ["routing", "again", "account_type"], "pad"),
        (
            "checkout_bank_us",
            ["routing", "account", "again"],
            ["institution", "transit", "institution"],
            "ach",
        ),
    ] {
        for (locale, words) in [("en", "A cheque. At its bottom"), ("fr", "Un chèque. Au bas")] {
            let html = draw(new_bank(document, []), locale).await;
            let ids = values(&html, "id");
            assert!(
                shown.iter().all(|id| ids.contains(id)) && !hidden.iter().any(|id| ids.contains(id)),
                "{ids:?}"
            );
            assert_eq!(values(&html, "src"), [format!("/pictures/cheque-{picture}-{locale}.svg")]);
            assert!(values(&html, "alt")[0].starts_with(words), "{html}");
        }
        // Nothing of it is asked for while a card pays.
        let card = draw(after(document, [Action::Choose(Choice::NewCard)]), "en").await;
        assert!(!card.contains("<img") && !card.contains("class=\"terms\""), "{card}");
    }
    let names = |html: &str| html.matches("Account holder’s name").count();
    assert_eq!(names(&draw(new_bank("checkout_bank", []), "en").await), 1, "the name is the holder's");
}

#[tokio::test]
async fn the_mandate_is_shown_in_full_and_agreed_to_by_an_act() {
    for state in [new_bank("checkout_bank", []), with_mandate(&after("checkout_bank", [choose("pf")]))] {
        let html = draw(state, "en").await;
        for paragraph in [
            "<p>Pre-authorized debit (PAD) agreement: personal PAD</p>",
            "debit the account.</p>",
            "<p>I HAVE READ THIS.</p>",
        ] {
            assert!(html.contains(paragraph), "{paragraph}: {html}");
        }
        let agree = html.split("<input").find(|input| input.contains("id=\"agree\"")).unwrap();
        let agree = agree.split('>').next().unwrap();
        assert!(
            agree.contains("type=\"checkbox\"")
                && agree.contains("aria-required")
                && !agree.contains("checked")
        );
    }
    let asked = draw(new_bank("checkout_bank", [Action::Complain]), "en").await;
    assert!(asked.contains("id=\"agree-note\">Required.<"), "{asked}");
    let failed = draw(new_bank("checkout_bank", without_mandate()), "en").await;
    assert!(failed.contains("The agreement could not be loaded.") && failed.contains("id=\"retry-mandate\""));
    // What is agreed to by saving an account is not the text for cards.
    let text = "I save this bank account and let the centre offer it.";
    assert!(draw(new_bank("checkout_bank", []), "en").await.contains(text));
}

#[tokio::test]
async fn errors_of_a_bank_account_stand_beside_their_fields() {
    let fact = |part, digits, verdict| Action::Bank(part, SecretFact { digits, verdict });
    let state = new_bank(
        "checkout_bank_us",
        [
            fact(BankPart::Routing, 9, Verdict::Invalid(BankNumberError::WrongCheckDigit)),
            fact(BankPart::Account, 3, Verdict::Incomplete),
            fact(BankPart::Again, 3, Verdict::Invalid(BankNumberError::Different)),
            Action::Complain,
        ],
    );
    let html = draw(state.clone(), "en").await;
    for (id, text) in [
        ("routing", "Check the number: a digit is wrong."),
        ("account", "Enter 4–17 digits."),
        ("again", "The two numbers differ."),
    ] {
        assert!(html.contains(&format!("id=\"{id}-note\">{text}<")), "{id}: {html}");
    }
    let live = html.split("</p>").next().unwrap();
    assert!(live.contains("Enter 4–17 digits."), "and are announced: {live}");
    assert!(draw(state, "fr").await.contains("Les deux numéros diffèrent."));
}

/// What is owed, what is on its way and what can be paid now are three figures, before a debit and after it.
#[tokio::test]
async fn what_is_on_its_way_is_neither_paid_nor_payable() {
    let before = draw(after("checkout_bank", []), "en").await;
    for figure in ["Current balance</dt><dd>$132.50", "Pending</dt><dd>$30.00", "Payable now</dt><dd>$102.50"]
    {
        assert!(before.contains(figure), "{figure}: {before}");
    }
    assert!(!draw(after("checkout_open", []), "en").await.contains("Pending"), "nothing is on its way here");
    let html = draw(submitted(), "en").await;
    assert!(
        html.contains("Your payment is on its way")
            && html.contains("We will tell you if it does not go through")
    );
    assert!(!html.contains("Payment complete") && !html.contains("paid to"), "{html}");
    for figure in ["Current balance</dt><dd>$132.50", "Pending</dt><dd>$132.50", "Payable now</dt><dd>$0.00"]
    {
        assert!(html.contains(figure), "{figure}: {html}");
    }
    assert!(html.contains("eCheck ending 6789"));
    assert!(draw(submitted(), "fr").await.contains("Votre paiement est en route"));
    assert!(draw(ended(PaymentStatus::Settled), "en").await.contains("Payment complete"));
    assert!(draw(ended(PaymentStatus::Returned), "en").await.contains("Your payment did not go through"));
}

/// The bank's page has no more than it needs, and the form waits behind it, where nobody reaches it.
///
/// Positive control: with `allow-top-navigation` in its sandbox, or the form not hidden, this fails.
#[tokio::test]
async fn the_banks_page_is_kept_in_its_place() {
    let html = draw(challenged(), "en").await;
    let frame = html.split("<iframe").nth(1).unwrap().split('>').next().unwrap();
    assert_eq!(values(frame, "sandbox"), ["allow-forms allow-popups allow-same-origin allow-scripts"]);
    assert_eq!(values(frame, "src"), ["http://127.0.0.1:4200/challenge/ch_1"]);
    assert_eq!(values(frame, "title"), ["Your bank’s page"]);
    let link = html.split("<a ").nth(1).unwrap().split('>').next().unwrap();
    assert!(link.contains("rel=\"noopener\"") && link.contains("target=\"_blank\""), "{link}");
    let form = html.split("<form").nth(1).unwrap().split('>').next().unwrap();
    assert_eq!(values(form, "hidden"), ["true"]);
    assert!(html.contains("id=\"number\""), "what was typed is held by its fields");
    let dialog = html.split("<section").nth(1).unwrap().split('>').next().unwrap();
    assert_eq!((values(dialog, "role"), values(dialog, "aria-modal")), (vec!["dialog"], vec!["true"]));
    assert!(draw(challenged(), "fr").await.contains("Confirmez votre identité"));
}

#[tokio::test]
async fn a_proof_that_failed_and_one_that_was_not_given_have_words_of_their_own() {
    for (category, english, french) in [
        (
            DeclineCategory::AuthenticationFailed,
            "Your bank did not confirm that it is you.",
            "n’a pas confirmé votre identité",
        ),
        (
            DeclineCategory::AuthenticationAbandoned,
            "Your payment was not made",
            "Votre paiement n’a pas été effectué",
        ),
    ] {
        let state = new_card([declined(category)]);
        assert!(draw(state.clone(), "en").await.contains(english), "{category:?}");
        assert!(draw(state, "fr").await.contains(french), "{category:?}");
    }
}
