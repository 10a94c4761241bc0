//! What a saved method needs before it pays.

use paydesk_domain::address::Address;

use super::*;

fn address(line1: &str, country: &str) -> Address {
    Address { line1: line1.into(), country: country.into(), ..Address::default() }
}

/// A session whose processor can change an expiry, with these cards.
fn with_cards(change: impl FnOnce(&mut CheckoutView)) -> Checkout {
    let mut view = told(SessionStatus::Open, vec![method("pm_a", false), method("pm_old", true)], None);
    view.processor.update_expiry = true;
    change(&mut view);
    after([Action::Loaded(Rc::new(view))])
}

fn choose(state: &Checkout, id: &str) -> Checkout {
    state.apply(Action::Choose(Choice::Saved(id.into())))
}

fn expiry(digits: usize, verdict: Verdict<ExpiryError>) -> Action {
    Action::Renewal(SecretFact { digits, verdict })
}

fn rules() -> Action {
    Action::Rules(Rc::new(built_in("CA").unwrap()))
}

/// Positive control: an expired card that pays without its update, by leaving `expiry` out of `Needs`, fails here.
#[test]
fn an_expired_card_pays_once_its_new_expiry_and_code_are_there() {
    let state = choose(&with_cards(|_| {}), "pm_old");
    let needs = state.form.asks.needs();
    assert!(needs.expiry && needs.code && needs.address && !state.can_pay());
    let state = state.apply(rules()).apply(Action::Address(Part::Line1, "12 Main Street".into()));
    let state = [(Part::City, "Laval"), (Part::Region, "QC"), (Part::PostalCode, "H7A 1A1")]
        .into_iter()
        .fold(state, |state, (part, text)| state.apply(Action::Address(part, text.into())));
    assert_eq!(state.form.problems(), [Field::Renewal, Field::Code]);
    let state = state.apply(expiry(4, Verdict::Valid)).apply(Action::Code(3));
    assert!(state.can_pay());
    // Once it is up to date nothing more is asked for, whatever the charge then leads to.
    let state = state.apply(begin("att_1")).apply(Action::Updated(Box::new(method("pm_old", false))));
    let declined = AttemptView {
        decline: Some(refusal(DeclineCategory::IncorrectCvc)),
        ..attempt("att_1", AttemptStatus::Declined)
    };
    for ends in [Action::Fail(Trouble::Busy), Action::Attempt(Box::new(declined))] {
        let state = state.apply(ends);
        assert_eq!(state.form.asks, Asks::Nothing);
        assert!(state.can_pay() && state.form.problems().is_empty());
    }
}

/// What the processor refuses of a saved card's own fields stands beside them. Positive control: blaming the fields of another
/// card, as it once was, fails here.
#[test]
fn a_refused_code_of_a_saved_card_stands_beside_its_field() {
    let state = choose(&with_cards(|_| {}), "pm_old");
    for (category, field, error) in [
        (DeclineCategory::IncorrectCvc, Field::Code, FieldError::CvcRefused),
        (DeclineCategory::ExpiredCard, Field::Renewal, FieldError::ExpiryPast),
    ] {
        let state = state.apply(expiry(4, Verdict::Valid)).apply(Action::Code(3)).apply(begin("att_1"));
        let state = state.apply(Action::CardRefused(refusal(category)));
        assert_eq!(state.form.shown_error(field), Some(error));
    }
}

fn refusal(category: DeclineCategory) -> DeclineView {
    DeclineView { code: category.as_str().into(), category, retryable: true }
}

#[test]
fn where_an_expiry_cannot_be_changed_the_card_is_entered_again() {
    let state = choose(&with_cards(|view| view.processor.update_expiry = false), "pm_old");
    assert_eq!(state.form.asks, Asks::Replacement);
    assert!(state.form.fields().starts_with(&[Field::Number, Field::Expiry, Field::Cvc, Field::Name]));
    assert!(state.form.asks.is_update() && !state.form.asks.is_new(), "it is saved already");
}

/// Positive control: `>=` in `Asks::of_card` asks at the limit itself.
#[test]
fn a_code_is_asked_for_above_the_limit() {
    for (above, asked) in [(99, true), (100, false)] {
        let state = with_cards(|view| view.security_code_above = Some(above));
        assert_eq!(state.form.asks.needs().code, asked, "{above}");
        assert_eq!(state.can_pay(), !asked);
        assert!(state.apply(Action::Code(3)).can_pay());
    }
    // The code of one card says nothing of another.
    let state = with_cards(|view| view.security_code_above = Some(0)).apply(Action::Code(3));
    assert_eq!(choose(&choose(&state, "pm_old"), "pm_a").form.code_digits, 0);
    // Nor is it kept for another try.
    let declined = AttemptView {
        decline: Some(refusal(DeclineCategory::IncorrectCvc)),
        ..attempt("att_1", AttemptStatus::Declined)
    };
    let state = state.apply(begin("att_1")).apply(Action::Attempt(Box::new(declined)));
    assert_eq!(state.form.code_digits, 0);
    assert_eq!(state.form.shown_error(Field::Code), Some(FieldError::CvcRefused));
}

#[test]
fn what_was_typed_for_another_card_stays_its_own() {
    let old = address("1 Old Road", "CA");
    let state = with_cards(|view| view.methods[1].billing_address = Some(old.clone()));
    let state = state.apply(Action::Choose(Choice::NewCard)).apply(rules());
    let state = state.apply(Action::Address(Part::Line1, "2 New Road".into()));
    let line = |state: &Checkout| state.form.address.value(Part::Line1).to_owned();
    let at_old = choose(&state, "pm_old");
    assert_eq!(line(&at_old), "1 Old Road", "prefilled");
    assert!(at_old.form.address.is_known(), "the same country has the same rules");
    let edited = at_old.apply(Action::Address(Part::Line1, "3 Corrected Road".into()));
    assert_eq!(line(&edited.apply(Action::Loaded(edited.view().unwrap().clone()))), "3 Corrected Road");
    assert_eq!(line(&edited.apply(Action::Choose(Choice::NewCard))), "2 New Road", "and back");
}

#[test]
fn the_accounts_own_address_fills_in_while_it_is_the_same() {
    let state = with_cards(|view| view.account_address = Some(address("9 Home Street", "US")));
    let state = state.apply(Action::Choose(Choice::NewCard)).apply(rules());
    assert_eq!(state.form.address.value(Part::Line1), "", "not before it is said");
    let same = state.apply(Action::SameAddress(true));
    assert!(same.form.same_address);
    assert_eq!((same.form.address.country(), same.form.address.is_known()), ("US", false));
    assert!(!same.apply(Action::Address(Part::City, "Reno".into())).form.same_address, "no longer the same");
}

#[test]
fn an_address_alone_can_be_lacking() {
    let state = with_cards(|view| view.methods[0].address_needed = true);
    assert_eq!(state.form.asks.needs(), Needs { brand: Brand::Visa, address: true, ..Needs::NONE });
    assert!(!state.can_pay() && !state.form.asks.is_update());
    let refused = state.apply(Action::Refuse(Field::Renewal, FieldError::ExpiryRefused));
    assert_eq!(refused.submission, Submission::Failed(Trouble::NotUpdated));
}
