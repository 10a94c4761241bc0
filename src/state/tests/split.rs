//! Account credit and partial payment: what is charged, what is asked for, and what is left.

use super::*;

/// 100 cents are payable; so much credit is there, and so much must be paid at least.
fn offered(credit: Option<i64>, least: Option<i64>) -> Checkout {
    let view = told(SessionStatus::Open, vec![method("pm_a", false)], None);
    let view = CheckoutView { credit_available: credit, partial_minimum: least, ..view };
    after([Action::Loaded(Rc::new(view))])
}

fn typed(state: &Checkout, amount: &str) -> Checkout {
    state.apply(Action::Part(true)).apply(Action::Amount(amount.into()))
}

#[test]
fn credit_is_used_when_the_payer_says_so_and_first() {
    let state = offered(Some(30), None);
    assert_eq!((state.credit_used(), state.due_now()), (0, 100), "not before they say so");
    let state = state.apply(Action::Credit(true));
    assert_eq!((state.credit_used(), state.due_now(), state.is_covered()), (30, 70, false));
    assert!(matches!(state.announcement, Some((_, Announcement::Plan))), "the new amount is said");
    let state = state.apply(Action::Credit(false));
    assert_eq!((state.credit_used(), state.due_now()), (0, 100));
}

#[test]
fn credit_that_covers_all_needs_no_method() {
    let state = offered(Some(100), None).apply(Action::Choose(Choice::NewCard));
    assert!(!state.can_pay(), "the card is not typed yet");
    let state = state.apply(Action::Credit(true));
    assert_eq!((state.credit_used(), state.due_now(), state.is_covered()), (100, 0, true));
    assert_eq!(state.form.asks, Asks::Nothing);
    assert!(state.can_pay());
    let state = state.apply(Action::Credit(false));
    assert_eq!(state.form.asks, Asks::Card, "the card is asked for again");
    assert!(!state.can_pay());
}

#[test]
fn a_part_is_paid_between_the_least_and_all() {
    let state = offered(None, Some(25));
    assert_eq!(state.amounts_offered(), Some((25, 100)));
    assert!(!state.apply(Action::Part(true)).can_pay(), "which part is not said yet");
    for (text, due) in [
        ("0.25", Some(25)),
        ("0,99", Some(99)),
        ("1", Some(100)),
        ("0.24", None),
        ("1.01", None),
        ("x", None),
    ] {
        let state = typed(&state, text);
        assert_eq!(state.can_pay(), due.is_some(), "{text}");
        assert_eq!(state.due_now(), due.unwrap_or(100), "{text}");
        assert_eq!(state.rest(), due.map_or(0, |due| 100 - due), "{text}");
    }
    let state = typed(&state, "0.50").apply(Action::Part(false));
    assert_eq!((state.due_now(), state.can_pay()), (100, true), "all, after all");
    let mistaken = typed(&state, "7").apply(Action::Complain);
    assert_eq!(mistaken.form.shown_error(Field::Amount), Some(FieldError::Amount));
}

#[test]
fn credit_and_a_part_are_told_apart() {
    let state = typed(&offered(Some(30), Some(25)), "0.50").apply(Action::Credit(true));
    assert_eq!((state.credit_used(), state.due_now(), state.rest()), (30, 20, 50));
    let state = typed(&state, "0.25");
    assert_eq!((state.credit_used(), state.due_now(), state.is_covered()), (25, 0, true));
    assert!(state.can_pay());
}

/// Where everything payable is the least, there is nothing to choose; and what is paid later by a plan divides itself.
#[test]
fn nothing_is_offered_that_cannot_be() {
    assert_eq!(offered(None, Some(100)).amounts_offered(), None);
    assert_eq!(offered(None, Some(500)).amounts_offered(), None);
    let state = typed(&offered(Some(30), Some(25)), "0.50").apply(Action::Credit(true));
    let view = told(SessionStatus::Open, vec![method("pm_a", false)], None);
    let state = state.apply(Action::Loaded(Rc::new(view)));
    assert_eq!((state.credit_used(), state.due_now(), state.form.part), (0, 100, false), "no longer offered");
}

/// The security code is asked for above an amount: that which is charged.
#[test]
fn less_may_need_no_security_code() {
    let view = told(SessionStatus::Open, vec![method("pm_a", false)], None);
    let view = CheckoutView { credit_available: Some(60), security_code_above: Some(50), ..view };
    let state = after([Action::Loaded(Rc::new(view))]);
    assert!(state.form.asks.needs().code);
    assert_eq!(state.apply(Action::Credit(true)).form.asks, Asks::Nothing);
}
