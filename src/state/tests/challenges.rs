//! While the payer's bank asks: nothing else begins, what was typed is kept, and only the server ends it.

use paydesk_domain::wire::billing::ChallengeView;

use super::*;

const PAGE: &str = "https://bank.example/asks";

fn challenged(id: &str, url: &str) -> Action {
    let challenge = ChallengeView { url: url.into(), expires_at: "2026-11-05T15:15:00Z".into() };
    let told = AttemptView { challenge: Some(challenge), ..attempt(id, AttemptStatus::RequiresAction) };
    Action::Attempt(Box::new(told))
}

fn asked() -> Checkout {
    let typed = complete_form().into_iter().chain([begin("att_1"), challenged("att_1", PAGE)]);
    typed.fold(open(), |state, action| state.apply(action))
}

fn is_asked(state: &Checkout) -> bool {
    matches!(&state.submission, Submission::Challenged { attempt, url } if attempt == "att_1" && url == PAGE)
}

#[test]
fn the_banks_page_shows_and_no_other_try_begins() {
    let state = asked();
    assert!(is_asked(&state));
    for action in [begin("att_2"), Action::Choose(Choice::NewBank), Action::ChoosePlan("x".into())] {
        let after = state.apply(action);
        assert!(is_asked(&after) && after.choice == state.choice);
    }
    assert_eq!(state.outcomes, open().outcomes, "the page hears of a result, and this is none");
}

/// Positive control: without the first lines of `Checkout::advance`, the page is gone as soon as the try is followed.
#[test]
fn it_stays_while_the_try_is_followed() {
    let state = asked().apply(Action::Advance(Stage::Checking));
    assert!(is_asked(&state));
    assert!(is_asked(&state.apply(challenged("att_1", PAGE))), "told once more");
}

#[test]
fn a_page_that_is_none_is_not_shown() {
    let state = open().apply(begin("att_1")).apply(challenged("att_1", "javascript:alert(1)"));
    assert_eq!(state.submission, Submission::Working { attempt: "att_1".into(), stage: Stage::Checking });
}

/// Positive control: without the first lines of `Checkout::wait_for`, the page comes back.
#[test]
fn what_was_called_off_is_not_asked_again_by_an_old_answer() {
    let called_off = asked().apply(Action::Advance(Stage::CallingOff));
    let working = Submission::Working { attempt: "att_1".into(), stage: Stage::CallingOff };
    assert_eq!(called_off.submission, working);
    let old = called_off.apply(challenged("att_1", PAGE));
    assert_eq!(old.submission, working);
    // It was not heard: what the server says counts again.
    let again = old.apply(Action::Advance(Stage::Checking)).apply(challenged("att_1", PAGE));
    assert!(is_asked(&again));
}

#[test]
fn a_refusal_keeps_the_form_and_lets_another_try_begin() {
    let decline = DeclineView {
        code: "authentication_abandoned".into(),
        category: DeclineCategory::AuthenticationAbandoned,
        retryable: true,
    };
    let told = AttemptView { decline: Some(decline), ..attempt("att_1", AttemptStatus::Declined) };
    let state = asked().apply(Action::Attempt(Box::new(told)));
    assert!(matches!(state.submission, Submission::Declined { saved: false, .. }));
    assert_eq!((state.form.number.digits, state.form.cvc_digits), (16, 0), "all but the security code");
    assert_eq!(state.outcomes, open().outcomes + 1);
    assert_eq!(state.apply(begin("att_2")).submission.attempt(), Some("att_2"));
}

#[test]
fn a_reload_finds_the_banks_page_again() {
    let Action::Attempt(told) = challenged("att_1", PAGE) else { unreachable!() };
    let state = after([view(SessionStatus::Processing, vec![method("pm_a", false)], Some(*told))]);
    assert!(is_asked(&state));
    let given_up = state.apply(Action::GiveUp);
    assert_eq!(given_up.submission, Submission::Unknown { attempt: "att_1".into() });
}
