//! The rules of the state: one try at a time, honest results, errors only when they help.

use std::rc::Rc;

use paydesk_domain::address::Part;
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::verdict::Verdict;
use paydesk_domain::wire::billing::{
    AttemptView, CheckoutView, ConsentView, DeclineView, InvoiceView, MethodView, OrganizationView,
    PayerView, ProcessorView, SessionStatus, SessionView,
};
use proptest::prelude::*;

use super::*;

fn method(id: &str, expired: bool) -> MethodView {
    MethodView {
        id: id.into(),
        brand: Brand::Visa,
        last4: "4242".into(),
        exp_month: 3,
        exp_year: 2030,
        expired,
        nickname: None,
        address_needed: false,
    }
}

fn view(status: SessionStatus, methods: Vec<MethodView>, attempt: Option<AttemptView>) -> Action {
    Action::Loaded(Rc::new(CheckoutView {
        session: SessionView {
            id: "cks_x".into(),
            status,
            expires_at: "2026-11-23T10:00:00Z".into(),
            allowed_origin: "http://localhost:4000".into(),
            locale: "en".into(),
            may_save: true,
        },
        organization: OrganizationView { name: "Centre".into(), country: "CA".into() },
        payer: PayerView { name: "Ann".into() },
        invoice: InvoiceView {
            id: "inv_x".into(),
            number: "1".into(),
            currency: "CAD".into(),
            items: vec![],
            total: 100,
            paid: 0,
            pending: 0,
            payable_now: 100,
        },
        methods,
        accounts: Vec::new(),
        processor: ProcessorView {
            kind: "stripe".into(),
            base_url: "http://127.0.0.1".into(),
            publishable_key: "pk".into(),
            update_expiry: false,
        },
        consent: ConsentView { version: "1".into(), locale: "en".into(), text: "…".into() },
        attempt,
        acting: None,
        save_refused_because: None,
        account_address: None,
        security_code_above: None,
    }))
}

fn attempt(id: &str, status: AttemptStatus) -> AttemptView {
    AttemptView {
        id: id.into(),
        status,
        amount: 100,
        currency: "CAD".into(),
        decline: None,
        receipt: None,
        follow_up: false,
    }
}

fn begin(id: &str) -> Action {
    Action::Begin { attempt: id.into(), stage: Stage::Confirming }
}

fn after(actions: impl IntoIterator<Item = Action>) -> Checkout {
    actions.into_iter().fold(Checkout::default(), |state, action| state.apply(action))
}

fn open() -> Checkout {
    after([view(SessionStatus::Open, vec![method("pm_a", false)], None)])
}

fn complete_form() -> Vec<Action> {
    vec![
        Action::Choose(Choice::NewCard),
        Action::Number(Brand::Visa, SecretFact { digits: 16, verdict: Verdict::Valid }),
        Action::Expiry(SecretFact { digits: 4, verdict: Verdict::Valid }),
        Action::Cvc(3),
        Action::Address(Part::Line1, "1 Main".into()),
        Action::Address(Part::City, "Ottawa".into()),
        Action::Address(Part::Region, "ON".into()),
        Action::Address(Part::PostalCode, "k1a0b1".into()),
    ]
}

#[test]
fn the_first_card_that_works_is_chosen() {
    let list = vec![method("pm_old", true), method("pm_a", false), method("pm_b", false)];
    let state = after([view(SessionStatus::Open, list, None)]);
    assert_eq!(state.choice, Some(Choice::Saved("pm_a".into())));
    assert!(state.can_pay());
    let state = after([view(SessionStatus::Open, vec![method("pm_old", true)], None)]);
    assert_eq!(state.choice, Some(Choice::NewCard), "an expired card is never the choice");
    let state = open().apply(Action::Choose(Choice::Saved("pm_gone".into())));
    assert!(!state.can_pay());
}

#[test]
fn a_second_try_cannot_begin() {
    let state = open().apply(begin("att_1")).apply(begin("att_2"));
    assert_eq!(state.submission.attempt(), Some("att_1"));
    let state = state.apply(Action::GiveUp).apply(begin("att_3"));
    assert_eq!(state.submission, Submission::Unknown { attempt: "att_1".into() }, "doubt blocks as well");
    let state = state.apply(Action::Choose(Choice::NewCard));
    assert_eq!(state.choice, Some(Choice::Saved("pm_a".into())), "nor can the method change under it");
}

#[test]
fn a_reload_takes_up_what_was_under_way() {
    let processing =
        view(SessionStatus::Processing, vec![], Some(attempt("att_1", AttemptStatus::Processing)));
    assert_eq!(after([processing]).submission.attempt(), Some("att_1"));
    let complete = view(SessionStatus::Complete, vec![], Some(attempt("att_1", AttemptStatus::Succeeded)));
    assert_eq!(after([complete]).submission, Submission::Paid(None));
    let expired = view(SessionStatus::Expired, vec![], None);
    assert_eq!(after([expired]).load, Load::Failed(LoadFailure::Expired));
    // A refusal of yesterday is not told again.
    let old = view(SessionStatus::Open, vec![], Some(attempt("att_1", AttemptStatus::Declined)));
    assert_eq!(after([old]).submission, Submission::Idle);
}

#[test]
fn each_outcome_is_told_once() {
    let state = open();
    assert_eq!((state.outcomes, state.outcome(String::new)), (1, Some(HostEvent::Ready)));
    let decline =
        DeclineView { code: "lost_card".into(), category: DeclineCategory::ContactBank, retryable: false };
    let state = state.apply(begin("att_1")).apply(Action::CardRefused(decline));
    assert_eq!(state.outcomes, 2);
    let state = state.apply(Action::Choose(Choice::NewCard));
    assert_eq!((state.outcomes, &state.submission), (2, &Submission::Idle), "acting on it makes the word go");
}

#[test]
fn a_form_is_complete_when_its_country_says_so() {
    let state = complete_form().into_iter().fold(open(), |state, action| state.apply(action));
    assert!(state.can_pay(), "{:?}", state.form.problems());
    assert_eq!(state.form.address.checked().unwrap().part(Part::PostalCode), "K1A 0B1");
    let other = state.apply(Action::Address(Part::PostalCode, "V5K 0A1".into()));
    assert_eq!(other.form.problems(), [Field::Address(Part::PostalCode)], "a code of another province");
    let france = state.apply(Action::Country("FR".into()));
    assert!(!france.can_pay(), "not before the rules are known");
    assert!(!state.apply(Action::Country("US".into())).can_pay(), "a province is no state");
}

#[test]
fn the_length_of_the_code_follows_the_scheme() {
    let state = complete_form().into_iter().fold(open(), |state, action| state.apply(action));
    let amex = state.apply(Action::Number(Brand::Amex, SecretFact { digits: 15, verdict: Verdict::Valid }));
    assert_eq!(amex.form.problem(Field::Cvc), Some(FieldError::CvcLength(4)));
    assert_eq!(amex.apply(Action::Cvc(4)).form.problem(Field::Cvc), None);
}

#[test]
fn unfinished_is_not_wrong_until_the_field_is_left() {
    let typing = Action::Number(Brand::Visa, SecretFact { digits: 4, verdict: Verdict::Incomplete });
    let state = open().apply(Action::Choose(Choice::NewCard)).apply(typing);
    assert_eq!(state.form.shown_error(Field::Number), None);
    let left = state.apply(Action::Leave(Field::Number));
    assert_eq!(left.form.shown_error(Field::Number), Some(FieldError::NumberIncomplete));
    assert!(left.announcement.is_some());
    let empty = open().apply(Action::Leave(Field::Expiry));
    assert_eq!(empty.form.shown_error(Field::Expiry), None, "passing through an empty field is no mistake");
    let wrong = Action::Expiry(SecretFact { digits: 4, verdict: Verdict::Invalid(ExpiryError::Past) });
    let told = open().apply(Action::Choose(Choice::NewCard)).apply(wrong);
    assert_eq!(
        told.form.shown_error(Field::Expiry),
        Some(FieldError::ExpiryPast),
        "what is certain is told at once"
    );
    let said = matches!(told.announcement, Some((_, Announcement::Error(Field::Expiry, _))));
    assert!(said, "and said");
}

#[test]
fn a_refused_code_is_forgotten_and_a_refused_field_waits_for_a_change() {
    let form = complete_form().into_iter().fold(open(), |state, action| state.apply(action));
    let decline = DeclineView {
        code: "incorrect_number".into(),
        category: DeclineCategory::IncorrectNumber,
        retryable: true,
    };
    let state = form.apply(begin("att_1")).apply(Action::CardRefused(decline));
    assert_eq!(state.form.cvc_digits, 0);
    assert_eq!(state.form.shown_error(Field::Number), Some(FieldError::NumberRefused));
    let again = Action::Number(Brand::Visa, SecretFact { digits: 16, verdict: Verdict::Valid });
    assert_eq!(state.apply(again).form.shown_error(Field::Number), None);
}

fn any_action() -> impl Strategy<Value = Action> {
    let verdicts = prop_oneof![
        Just(Verdict::Incomplete),
        Just(Verdict::Valid),
        Just(Verdict::Invalid(PanError::WrongCheckDigit))
    ];
    let statuses = prop::sample::select(AttemptStatus::ALL.to_vec());
    prop_oneof![
        Just(Action::Reload),
        Just(view(SessionStatus::Open, vec![method("pm_a", false)], None)),
        Just(Action::LoadFailed(LoadFailure::Unreachable)),
        prop::sample::select(vec![Choice::NewCard, Choice::Saved("pm_a".into())]).prop_map(Action::Choose),
        (0usize..20, verdicts)
            .prop_map(|(digits, verdict)| Action::Number(Brand::Visa, SecretFact { digits, verdict })),
        (0usize..5).prop_map(Action::Cvc),
        prop::sample::select(vec!["CA", "US", "FR", ""]).prop_map(|country| Action::Country(country.into())),
        prop::sample::select(Field::ALL.to_vec()).prop_map(Action::Leave),
        Just(Action::Complain),
        "att_[ab]".prop_map(|id| begin(&id)),
        prop::sample::select(vec![Stage::Tokenizing, Stage::Confirming, Stage::Checking])
            .prop_map(Action::Advance),
        ("att_[ab]", statuses).prop_map(|(id, status)| Action::Attempt(Box::new(attempt(&id, status)))),
        Just(Action::Fail(Trouble::Busy)),
        Just(Action::GiveUp),
    ]
}

proptest! {
    /// Whatever happens in whatever order: nothing panics, what blocks a try blocks paying, and a try under way is
    /// never swapped for another by beginning one.
    #[test]
    fn no_order_of_events_lets_two_tries_run(actions in prop::collection::vec(any_action(), 0..40)) {
        let mut state = Checkout::default();
        for action in actions {
            let under_way = state.submission.attempt().map(str::to_owned);
            let begins = matches!(action, Action::Begin { .. });
            state = state.apply(action);
            prop_assert!(!(state.submission.blocks() && state.can_pay()));
            if let (true, Some(id)) = (begins, under_way) {
                prop_assert_eq!(state.submission.attempt(), Some(id.as_str()));
            }
        }
    }
}
