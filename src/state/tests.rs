//! The rules of the state: one try at a time, honest results, errors only when they help.

use std::rc::Rc;

use paydesk_domain::address::{Part, built_in};
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::bank::{BankNumberError, BankPart};
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::return_code::Rail;
use paydesk_domain::verdict::Verdict;
use paydesk_domain::wire::billing::{
    AttemptView, BankAccountView, BankOfferView, CheckoutView, ConsentView, DeclineView, InvoiceView,
    MandateTextView, MethodView, OrganizationView, PayerView, PaymentStatus, ProcessorView, ReceiptView,
    SessionStatus, SessionView,
};
use proptest::prelude::*;

use super::*;

mod challenges;
mod plans;
mod saved;
mod split;
mod words;

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
        billing_address: None,
    }
}

fn view(status: SessionStatus, methods: Vec<MethodView>, attempt: Option<AttemptView>) -> Action {
    Action::Loaded(Rc::new(told(status, methods, attempt)))
}

fn told(status: SessionStatus, methods: Vec<MethodView>, attempt: Option<AttemptView>) -> CheckoutView {
    CheckoutView {
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
        bank: None,
        processor: ProcessorView {
            kind: "stripe".into(),
            base_url: "http://127.0.0.1".into(),
            publishable_key: "pk".into(),
            update_expiry: false,
        },
        consent: consent("card"),
        attempt,
        acting: None,
        save_refused_because: None,
        account_address: None,
        security_code_above: None,
        credit_available: None,
        partial_minimum: None,
        plans: None,
        words: None,
    }
}

fn consent(version: &str) -> ConsentView {
    ConsentView { version: version.into(), locale: "en".into(), text: "…".into() }
}

fn account(id: &str, kind: MethodKind, has_mandate: bool) -> BankAccountView {
    BankAccountView {
        id: id.into(),
        kind,
        bank: "Credit Union".into(),
        last4: "6789".into(),
        nickname: None,
        blocked_by: None,
        has_mandate,
        address_needed: false,
    }
}

/// A session in Canadian dollars that takes eChecks, with these accounts in the wallet.
fn with_bank(accounts: Vec<BankAccountView>) -> Checkout {
    let bank =
        BankOfferView { kind: MethodKind::Pad, email: Some("a@b.ca".into()), consent: consent("bank") };
    let view = CheckoutView { accounts, bank: Some(bank), ..told(SessionStatus::Open, vec![], None) };
    after([Action::Loaded(Rc::new(view))])
}

fn rules(country: &str) -> Action {
    Action::Rules(Rc::new(built_in(country).unwrap()))
}

fn bank_fact(part: BankPart, digits: usize, verdict: Verdict<BankNumberError>) -> Action {
    Action::Bank(part, SecretFact { digits, verdict })
}

/// The mandate that is asked for, as the server tells it.
fn tell_mandate(state: &Checkout) -> Checkout {
    let terms = state.unasked_terms().expect("a mandate is needed");
    let text = MandateTextView {
        kind: MethodKind::Pad,
        version: "pad-1".into(),
        locale: "en".into(),
        text: "I agree.".into(),
    };
    state.apply(Action::AskMandate(Some(terms))).apply(Action::Mandate(terms, Some(Rc::new(text))))
}

fn complete_bank_form() -> Checkout {
    let state = with_bank(vec![]).apply(Action::Choose(Choice::NewBank));
    let mut state = tell_mandate(&state);
    let numbers = BankPart::of_rail(Rail::Pad).iter().map(|part| bank_fact(*part, 7, Verdict::Valid));
    for action in numbers.chain(address_in_canada()).chain([Action::Agree(true)]) {
        state = state.apply(action);
    }
    state
}

fn attempt(id: &str, status: AttemptStatus) -> AttemptView {
    AttemptView {
        id: id.into(),
        status,
        amount: 100,
        credit: None,
        currency: "CAD".into(),
        decline: None,
        receipt: None,
        challenge: None,
        next: None,
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
    let mut actions = vec![
        Action::Choose(Choice::NewCard),
        Action::Number(Brand::Visa, SecretFact { digits: 16, verdict: Verdict::Valid }),
        Action::Expiry(SecretFact { digits: 4, verdict: Verdict::Valid }),
        Action::Cvc(3),
    ];
    actions.extend(address_in_canada());
    actions
}

fn address_in_canada() -> [Action; 5] {
    [
        rules("CA"),
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
    assert_eq!(state.choice, Some(Choice::NewCard), "an expired card is never the first choice");
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
    let states = state.apply(Action::Country("US".into())).apply(rules("US"));
    assert!(states.form.address.is_known() && !states.can_pay(), "a province is no state");
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

#[test]
fn a_bank_account_needs_its_numbers_an_address_and_an_agreement() {
    let state = complete_bank_form();
    assert!(state.can_pay(), "{:?}", state.form.problems());
    assert_eq!(state.change(), (true, Some("bank")));
    assert!(state.is_debit());
    assert!(!state.apply(Action::Agree(false)).can_pay(), "nobody is debited without having agreed");
    let short = state.apply(bank_fact(BankPart::Transit, 4, Verdict::Incomplete));
    assert_eq!(short.form.problems(), [Field::Bank(BankPart::Transit)]);
    assert_eq!(short.form.shown_error(Field::Bank(BankPart::Transit)), None, "not while it is typed");
    let left = short.apply(Action::Leave(Field::Bank(BankPart::Transit)));
    let told = left.form.shown_error(Field::Bank(BankPart::Transit));
    assert_eq!(told, Some(FieldError::BankLength(5, 5)));
    // What is certain is told at once, in a form that asks for a routing number.
    let mut us = Checkout::default();
    us.form.ask(Asks::Bank(Rail::Ach));
    us = us.apply(bank_fact(BankPart::Routing, 9, Verdict::Invalid(BankNumberError::WrongCheckDigit)));
    assert_eq!(us.form.shown_error(Field::Bank(BankPart::Routing)), Some(FieldError::NumberWrong));
    us = us.apply(bank_fact(BankPart::Again, 3, Verdict::Invalid(BankNumberError::Different)));
    let again = Field::Bank(BankPart::Again);
    assert_eq!((us.form.problem(again), us.form.shown_error(again)), (Some(FieldError::Different), None));
}

/// Positive control: leaving `agreed` alone in `ask_mandate` fails here.
#[test]
fn another_text_is_agreed_to_anew() {
    let state = complete_bank_form();
    for change in [Action::Save(true), Action::Holder(HolderType::Business), Action::AskMandate(None)] {
        let changed = state.apply(change.clone());
        assert!(changed.unasked_terms().is_some(), "{change:?} makes another text");
        assert!(!changed.can_pay(), "{change:?}: not even before it is asked for");
        let told = tell_mandate(&changed);
        assert!(!told.form.agreed && !told.can_pay(), "{change:?}");
        assert!(told.apply(Action::Agree(true)).can_pay(), "{change:?}");
    }
    // An answer to an older question changes nothing.
    let asked = Terms { holder: HolderType::Personal, save: true, amount: 100 };
    let waiting = state.apply(Action::Save(true)).apply(Action::AskMandate(Some(asked)));
    let mut old = waiting;
    for other in [Terms { save: false, ..asked }, Terms { amount: 90, ..asked }] {
        old = old.apply(Action::Mandate(other, None));
        assert_eq!(old.agreement, Agreement::Asked(asked));
    }
    assert_eq!(old.unasked_terms(), None, "and it is not asked twice");
    let failed = old.apply(Action::Mandate(asked, None));
    assert_eq!(failed.agreement, Agreement::Failed(asked));
    // Saving a card needs no mandate.
    assert_eq!(open().apply(Action::Choose(Choice::NewCard)).unasked_terms(), None);
}

#[test]
fn a_saved_account_pays_where_it_can() {
    let good = account("pm_good", MethodKind::Pad, true);
    let blocked =
        BankAccountView { blocked_by: Some("905".into()), ..account("pm_blocked", MethodKind::Pad, true) };
    let dollars = account("pm_us", MethodKind::Ach, true);
    let state = with_bank(vec![blocked, dollars, good]);
    assert_eq!(state.choice, Some(Choice::Saved("pm_good".into())), "the first one that works");
    assert!(state.can_pay() && state.is_debit());
    assert_eq!(state.change(), (true, Some("saved")));
    for off in ["pm_blocked", "pm_us"] {
        assert!(!state.apply(Action::Choose(Choice::Saved(off.into()))).can_pay(), "{off}");
    }
    let fresh = with_bank(vec![account("pm_new", MethodKind::Pad, false)]);
    assert_eq!(fresh.form.asks, Asks::Saved(Needs { mandate: true, ..Needs::NONE }));
    assert!(!fresh.can_pay(), "not without a mandate");
    assert_eq!(fresh.unasked_terms(), Some(Terms { holder: HolderType::Personal, save: true, amount: 100 }));
    assert!(tell_mandate(&fresh).apply(Action::Agree(true)).can_pay());
}

#[test]
fn a_refused_number_of_a_bank_stands_beside_its_field() {
    for (code, field) in
        [("routing_number_invalid", BankPart::Institution), ("account_number_invalid", BankPart::Account)]
    {
        let decline =
            DeclineView { code: code.into(), category: DeclineCategory::IncorrectNumber, retryable: true };
        let state = complete_bank_form().apply(begin("att_1")).apply(Action::CardRefused(decline));
        assert_eq!(state.form.shown_error(Field::Bank(field)), Some(FieldError::NumberRefused), "{code}");
        let again = state.apply(bank_fact(field, 7, Verdict::Valid));
        assert_eq!(again.form.shown_error(Field::Bank(field)), None);
    }
}

#[test]
fn a_debit_is_told_as_submitted_and_never_as_paid() {
    for (status, outcome) in [
        (PaymentStatus::Submitted, "submitted"),
        (PaymentStatus::Settled, "paid"),
        (PaymentStatus::Succeeded, "paid"),
        (PaymentStatus::Returned, "returned"),
        (PaymentStatus::Canceled, "returned"),
    ] {
        let receipt = ReceiptView {
            id: "rcp_x".into(),
            number: "7".into(),
            payment: "pay_x".into(),
            amount: 100,
            currency: "CAD".into(),
            paid_at: "2026-11-25T10:00:00Z".into(),
            brand: None,
            last4: Some("6789".into()),
            kind: MethodKind::Pad,
            status,
        };
        let done = AttemptView { receipt: Some(receipt), ..attempt("att_1", AttemptStatus::Succeeded) };
        let state = complete_bank_form().apply(begin("att_1")).apply(Action::Attempt(Box::new(done)));
        let told = state.outcome(String::new);
        assert!(matches!(told, Some(HostEvent::Paid { outcome: told, .. }) if told == outcome), "{told:?}");
        assert!(state.submission.blocks());
        assert_eq!(state.form.bank_fact(BankPart::Account).digits, 0, "the facts are forgotten");
    }
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
        Just(view(SessionStatus::Open, vec![method("pm_a", true)], None)),
        Just(Action::LoadFailed(LoadFailure::Unreachable)),
        prop::sample::select(vec![Choice::NewCard, Choice::NewBank, Choice::Saved("pm_a".into())])
            .prop_map(Action::Choose),
        Just(Action::Updated(Box::new(method("pm_a", false)))),
        prop::sample::select(vec![true, false]).prop_map(Action::SameAddress),
        prop::sample::select(BankPart::ALL.to_vec()).prop_map(|part| bank_fact(
            part,
            5,
            Verdict::Invalid(BankNumberError::TooLong)
        )),
        prop::sample::select(vec![true, false]).prop_map(Action::Agree),
        prop::sample::select(HolderType::ALL.to_vec()).prop_map(Action::Holder),
        prop::sample::select(HolderType::ALL.to_vec())
            .prop_map(|holder| Action::Mandate(Terms { holder, save: false, amount: 100 }, None)),
        (0usize..20, verdicts)
            .prop_map(|(digits, verdict)| Action::Number(Brand::Visa, SecretFact { digits, verdict })),
        (0usize..5).prop_map(Action::Cvc),
        prop::sample::select(vec!["CA", "US", "FR", ""]).prop_map(|country| Action::Country(country.into())),
        prop::sample::select(Field::ALL.to_vec()).prop_map(Action::Leave),
        Just(Action::Complain),
        prop::sample::select(vec!["full", "icf_x/1"]).prop_map(|id| Action::ChoosePlan(id.into())),
        Just(Action::Missed(Some("2027-01-05".into()))),
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
