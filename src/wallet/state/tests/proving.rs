use paydesk_domain::wire::wallet::WalletVerificationView;

use super::*;

fn updating(update_expiry: bool) -> Wallet {
    let state = open();
    let new = New::update(state.method("pm_a").unwrap(), update_expiry, "Kim", "CA");
    state.after(Action::Open(Box::new(Panel::new("pm_a", "update:pm_a", Work::Update(Box::new(new))))))
}

/// Positive control (tried): with an update taken for a new card in `open`, its details are closed.
#[test]
fn an_update_asks_for_what_the_processor_can_change() {
    let state = updating(true);
    let panel = state.panel.as_ref().unwrap();
    assert_eq!(state.shown.as_deref(), Some("pm_a"), "its details stay open");
    let form = panel.form().unwrap();
    assert!(form.asks.needs().expiry && form.asks.needs().code && !form.asks.has_card());
    assert_eq!(form.address.value(Part::City), "Montréal", "the address may be another one by now");
    assert!(panel.act().is_none() && !panel.new_method().unwrap().is_complete());
    let state = state.after(Action::OtherNumber);
    assert_eq!((&*state.focus, state.panel.unwrap().form().unwrap().asks), ("number", Asks::Replacement));
    assert_eq!(updating(false).panel.unwrap().form().unwrap().asks, Asks::Replacement);
}

fn asked() -> WalletVerificationView {
    view().verifications[0].clone()
}

/// Positive control (tried): with the panel closed in `verify`, what was typed is lost and this fails.
#[test]
fn a_bank_asks_before_anything_else_goes_on() {
    let state = updating(true).after(Action::Begin).after(Action::Verify(Box::new(asked())));
    let verification = state.verification.as_ref().unwrap();
    assert_eq!(
        (verification.proof, &*verification.url),
        (Proof::Asked, "https://processor.example/challenge/1")
    );
    assert_eq!((&*state.focus, state.is_busy()), (CHALLENGE, true));
    let count = state.focus_count;
    let still = state.after(Action::Verify(Box::new(asked())));
    assert_eq!((still.focus_count, &still.panel), (count, &state.panel), "still asked: nothing moves");
    for action in [Action::Toggle("pm_b".to_owned()), Action::Cancel, panel(Work::MakeDefault)] {
        assert_eq!(state.after(action).verification, state.verification);
    }
    let over = state.after(Action::Prove(Proof::CallingOff)).after(Action::Refused(Trouble::GivenUp));
    assert_eq!((&over.verification, &*over.focus), (&None, PANEL_TROUBLE));
    assert!(!over.is_busy() && over.panel.unwrap().form().is_some(), "what was typed stays");
    let said = Rc::new(Said::Updated(Named::of(&view().cards.methods[0])));
    let kept = state.after(Action::Done(said.clone()));
    assert_eq!(
        (kept.verification, kept.panel, kept.said, &*kept.focus),
        (None, None, Some(said), "toggle:pm_a")
    );
}

#[test]
fn a_field_that_the_bank_refuses_is_told_in_the_form() {
    let state = updating(true).after(Action::Begin).after(Action::Verify(Box::new(asked())));
    let state = state.after(Action::RefuseField(Of::Code, FieldError::CvcRefused));
    assert_eq!((&state.verification, &*state.focus, state.is_busy()), (&None, "code", false));
}

/// Positive control (tried): with `verifications` left out of `loaded`, nothing asks after the page was loaded anew.
#[test]
fn what_was_asked_before_the_page_was_loaded_anew_is_asked_again() {
    let state = after([sent(false), Action::Checking, Action::Loaded(Rc::new(view()))]);
    assert_eq!((state.verification.is_some(), &*state.focus), (true, CHALLENGE));
    let quiet = after([Action::Ask(false), Action::Loaded(Rc::new(view()))]);
    assert_eq!(
        (quiet.verification.is_some(), quiet.focus_count),
        (true, 0),
        "who has not acted is elsewhere"
    );
    let failed = state.after(Action::Refused(Trouble::NotProven));
    assert_eq!((failed.said, &*failed.focus), (Some(Rc::new(Said::Failed(Trouble::NotProven))), TITLE));
    let later = open().after(Action::Loaded(Rc::new(view())));
    assert_eq!(later.verification, None, "what another tab is asked is its own");
    let over = state.after(Action::Barred(Barrier::Expired));
    assert_eq!(over.verification, None);
}

#[test]
fn a_backup_is_agreed_to_by_its_own_text() {
    let state = open();
    let (card, account) = (state.method("pm_a").unwrap(), state.method("pm_c").unwrap());
    let text =
        |method, backs_up| state.consent(method, "org_2", backs_up).map(|consent| consent.text.as_str());
    assert_eq!(text(card, true), Some("Hillside Camp may charge this card as a backup."));
    assert_eq!(text(account, true), Some("Hillside Camp may debit this account as a backup."));
    assert_eq!(text(card, false), Some("Hillside Camp may charge this card."));
    assert!(state.consent(account, "org_1", true).is_none(), "an account is no backup there");
    assert_eq!(state.backup_of("org_2").map(|method| &*method.id), Some("pm_a"));
    let begun = state.after(panel(Work::BackUp { organization: "org_1".to_owned() }));
    assert_eq!(begun.panel.unwrap().act(), Some(Act::BackUp("org_1".to_owned())));
}

#[test]
fn a_backup_that_is_over_cannot_be_ended_any_more() {
    let (backup, organization) = ("bup_1".to_owned(), "Hillside Camp".to_owned());
    let state = open().after(panel(Work::EndBackup { backup, organization }));
    assert!(state.after(Action::Loaded(Rc::new(quiet()))).panel.is_some());
    let mut over = quiet();
    over.cards.methods[0].backups.clear();
    assert_eq!(state.after(Action::Loaded(Rc::new(over))).said, Some(Rc::new(Said::Elsewhere)));
}

#[test]
fn a_closed_card_takes_nothing_over() {
    let mut closed = quiet();
    closed.cards.methods[0].closed_at = Some("2026-11-05T15:00:00Z".to_owned());
    let state = open().after(Action::Loaded(Rc::new(closed)));
    assert!(open().has_other("pm_c") && !state.has_other("pm_c"));
}
