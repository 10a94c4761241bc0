//! The chosen way to pay: what is due with it, what it asks for, and what comes after it.

use paydesk_domain::card::Expiry;
use paydesk_domain::wire::plans::{
    ExpiringView, PlanOptionView, PlannedView, PlansView, SavedMethodReason, SubscriptionOfferView,
};

use super::*;

fn planned(payments: &[(&str, i64)]) -> Vec<PlannedView> {
    let planned = |(day, amount): &(&str, i64)| PlannedView { due_on: (*day).to_owned(), amount: *amount };
    payments.iter().map(planned).collect()
}

fn offer(id: &str, due_now: i64, payments: &[(&str, i64)]) -> PlanOptionView {
    PlanOptionView {
        id: id.into(),
        due_now,
        payments: planned(payments),
        subscriptions: vec![],
        total: 100,
        needs_saved_method: (!payments.is_empty()).then_some(SavedMethodReason::Installments),
        expiring: vec![],
        schedule_hash: format!("hash of {id}"),
    }
}

fn subscription(first_on: Option<&str>, next_on: &str) -> SubscriptionOfferView {
    SubscriptionOfferView {
        description: "Membership".into(),
        amount: 42,
        interval_unit: "month".into(),
        interval_count: 1,
        first_amount: 42,
        first_on: first_on.map(str::to_owned),
        next_on: Some(next_on.into()),
        ends_on: None,
    }
}

fn options() -> Vec<PlanOptionView> {
    let expiring = vec![ExpiringView { method: "pm_a".into(), missed_on: "2030-04-05".into() }];
    let parts = offer("icf_x/1", 40, &[("2027-01-05", 30), ("2030-04-05", 30)]);
    vec![
        offer("full", 100, &[]),
        PlanOptionView { expiring, ..parts },
        offer("icf_x/2", 0, &[("2027-01-05", 100)]),
    ]
}

fn offered(options: Vec<PlanOptionView>, may_save: bool) -> Action {
    let mut view = told(SessionStatus::Open, vec![method("pm_a", false), method("pm_b", false)], None);
    view.session.may_save = may_save;
    view.plans = Some(PlansView { options });
    Action::Loaded(Rc::new(view))
}

fn good_until(year: u16, month: u8) -> Expiry {
    Expiry::new(year, month).unwrap()
}

fn choose(id: &str) -> Action {
    Action::ChoosePlan(id.into())
}

fn agreed() -> Action {
    Action::Attempt(Box::new(AttemptView { amount: 0, ..attempt("att_1", AttemptStatus::Succeeded) }))
}

#[test]
fn the_chosen_way_decides_what_is_due_now() {
    assert_eq!((open().option(), open().due_now()), (None, 100), "without plans, all that is payable");
    let state = after([offered(options(), true)]);
    assert_eq!((state.due_now(), state.needs_saved()), (100, None), "the full price first");
    let state = state.apply(choose("icf_x/1"));
    assert_eq!((state.due_now(), state.needs_saved()), (40, Some(SavedMethodReason::Installments)));
    assert!(state.can_pay(), "a saved card fulfils it");
    let state = state.apply(choose("icf_x/2"));
    assert!(state.due_now() == 0 && state.can_pay(), "nothing due now can be agreed to");
    // Read again: the choice stays, and falls back to the full price where it is gone.
    let again = state.apply(offered(options(), true));
    assert_eq!(again.option().unwrap().id, "icf_x/2");
    assert_eq!(again.apply(offered(vec![offer("full", 100, &[])], true)).due_now(), 100);
}

/// Positive control: leaving the way to pay out of `saves` lets a card go out that nobody keeps for the later payments.
#[test]
fn what_is_paid_later_is_saved_now_or_not_sent() {
    let form = |may_save, plan| {
        let state = after([offered(options(), may_save)]).apply(choose(plan));
        complete_form().into_iter().fold(state, |state, action| state.apply(action))
    };
    let free = form(true, "full");
    assert!(!free.saves() && free.can_pay());
    let forced = free.apply(choose("icf_x/1"));
    assert!(forced.saves() && forced.can_pay() && !forced.form.save, "without a choice of the payer's own");
    assert!(forced.apply(Action::Save(false)).saves());
    assert!(!forced.apply(choose("full")).saves(), "and not kept after it");
    let refused = form(false, "icf_x/1");
    assert!(refused.cannot_save() && !refused.can_pay());
    assert!(refused.apply(Action::Choose(Choice::Saved("pm_a".into()))).can_pay());
    assert!(!form(false, "full").cannot_save());
}

/// Positive control: without `keeps` in `cannot_save` nothing is sent; without `needs_saved` in `keeps` a text that nobody needs to
/// agree to is sent with the full price (tried).
#[test]
fn what_a_client_who_was_never_there_pays_later_keeps_its_card() {
    let mut view = told(SessionStatus::Open, vec![], None);
    view.session.may_save = false;
    view.save_refused_because = Some("never_logged_in".into());
    view.plans = Some(PlansView { options: options() });
    let open = after([Action::Loaded(Rc::new(view))]);
    let full = complete_form().into_iter().fold(open, |state, action| state.apply(action));
    assert!(!full.keeps() && !full.cannot_save() && full.can_pay(), "the full price keeps nothing");
    let parts = full.apply(choose("icf_x/1"));
    assert!(parts.keeps() && !parts.saves() && !parts.cannot_save() && parts.can_pay());
}

#[test]
fn a_card_that_does_not_live_that_long_is_known() {
    let state = after([offered(options(), true), choose("icf_x/1")]);
    assert_eq!(state.missed(), Some("2030-04-05"));
    assert_eq!(state.apply(Action::Choose(Choice::Saved("pm_b".into()))).missed(), None);
    assert_eq!(state.apply(choose("full")).missed(), None);
    let parts = &options()[1];
    for ((year, month), missed) in [
        ((2026, 12), Some("2027-01-05")),
        ((2027, 1), Some("2030-04-05")),
        ((2030, 3), Some("2030-04-05")),
        ((2030, 4), None),
    ] {
        assert_eq!(missed_on(parts, &good_until(year, month)), missed, "{year}-{month}");
    }
    let typed = state.apply(Action::Choose(Choice::NewCard)).apply(Action::Missed(Some("2027-01-05".into())));
    assert_eq!(typed.missed(), Some("2027-01-05"));
    assert!(matches!(typed.announcement, Some((_, Announcement::Plan))), "and is said");
}

#[test]
fn what_comes_next_is_what_the_server_says() {
    let started = after([offered(options(), true), choose("icf_x/2"), begin("att_1")]);
    let done = started.apply(agreed());
    assert_eq!((&done.submission, done.next_payment()), (&Submission::Agreed, None));
    assert_eq!(done.outcome(String::new), Some(HostEvent::Agreed));
    assert!(done.submission.blocks() && !done.can_pay());
    let next = PlannedView { due_on: "2027-01-05".into(), amount: 100 };
    let paid = AttemptView {
        next: Some(next.clone()),
        follow_up: true,
        ..attempt("att_2", AttemptStatus::Succeeded)
    };
    let other = started.apply(Action::Attempt(Box::new(paid.clone())));
    assert_eq!((other.next_payment(), other.has_follow_up()), (Some(&next), true), "another tab's as well");
    assert_eq!(other.submission, Submission::Paid(None), "money without a receipt is money all the same");
    // Loaded again, the page knows of no try of its own.
    let view = told(SessionStatus::Complete, vec![], Some(paid));
    let again = after([Action::Loaded(Rc::new(view))]);
    assert_eq!((again.next_payment(), again.has_follow_up()), (Some(&next), true));
    let view = told(SessionStatus::Complete, vec![], Some(attempt("att_2", AttemptStatus::Succeeded)));
    let ended = again.apply(Action::Loaded(Rc::new(view)));
    assert_eq!((ended.next_payment(), ended.has_follow_up()), (None, false), "it was called off meanwhile");
}

#[test]
fn periods_to_come_are_looked_ahead_to() {
    let mut mixed = offer("full", 0, &[("2027-02-01", 10), ("2027-03-01", 10)]);
    mixed.subscriptions = vec![subscription(None, "2027-02-01"), subscription(None, "2027-04-01")];
    assert_eq!(missed_on(&mixed, &good_until(2027, 3)), Some("2027-04-01"), "periods to come count");
}

#[test]
fn what_is_no_longer_sold_cannot_be_paid() {
    let state = after([offered(vec![], true)]);
    assert!(state.is_off_sale() && !state.can_pay() && state.option().is_none());
}

#[test]
fn a_way_to_pay_does_not_change_under_a_try() {
    let state = after([offered(options(), true), begin("att_1"), choose("icf_x/1")]);
    assert_eq!(state.option().unwrap().id, "full");
}

/// Positive control: without forgetting the agreement in `choose_plan`, what was agreed to for one way to pay holds for
/// another of the same amount.
#[test]
fn a_mandate_is_agreed_to_for_one_way_to_pay() {
    let bank =
        BankOfferView { kind: MethodKind::Pad, email: Some("a@b.ca".into()), consent: consent("bank") };
    let plans = PlansView { options: options() };
    let view =
        CheckoutView { bank: Some(bank), plans: Some(plans), ..told(SessionStatus::Open, vec![], None) };
    let state = after([Action::Loaded(Rc::new(view)), Action::Choose(Choice::NewBank)]);
    assert_eq!(state.unasked_terms().map(|terms| (terms.save, terms.amount)), Some((false, 100)));
    let state = state.apply(choose("icf_x/1"));
    assert_eq!(state.unasked_terms().map(|terms| (terms.save, terms.amount)), Some((true, 40)));
    let state = tell_mandate(&state).apply(Action::Agree(true));
    assert_eq!(state.unasked_terms(), None);
    assert!(!state.apply(choose("icf_x/2")).form.agreed);
}
