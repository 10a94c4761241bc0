use std::rc::Rc;

use paydesk_domain::address::Part;
use paydesk_domain::bank::BankPart;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::{WalletConsentView, WalletConsentsView, WalletPlannedView, WalletView};

use super::*;
use crate::state::{AddressForm, Asks, Field as Of, FieldError, State as _};

fn view() -> WalletView {
    serde_json::from_str(include_str!("../../../tests/data/wallet.json")).unwrap()
}

fn after(actions: impl IntoIterator<Item = Action>) -> Wallet {
    actions.into_iter().fold(Wallet::default(), |state, action| state.after(action))
}

fn open() -> Wallet {
    after([Action::Loaded(Rc::new(view()))])
}

fn sent(again: bool) -> Action {
    Action::CodeSent { sent_to: "k•••@example.org".to_owned(), wait_s: 60, again }
}

fn panel(work: Work) -> Action {
    Action::Open(Box::new(Panel::new("pm_a", "rename:pm_a", work)))
}

fn payment() -> Rc<[WalletPlannedView]> {
    view().cards.methods[0].planned.clone().into()
}

fn revoke(agreed: Option<Rc<[WalletPlannedView]>>) -> Work {
    let (authorization, organization) = ("aut_1".to_owned(), "Riverside Recreation".to_owned());
    Work::Revoke { authorization, organization, agreed, plans: None }
}

#[test]
fn a_code_is_asked_for_and_counted_down() {
    let state = after([sent(false), Action::Tick, Action::Tick]);
    assert_eq!((state.phase, state.entry.wait_s), (Phase::Entering, 58));
    assert_eq!(state.focus_count, 0, "a page that loads takes nobody's focus");
    let state = (0..100).fold(state, |state, _| state.after(Action::Tick));
    assert_eq!(state.entry.wait_s, 0);
    let state = state.after(Action::Remember(true)).after(Action::Code).after(sent(true));
    assert!(state.entry.resent && state.entry.remembers && state.entry.number == 2);
    assert_eq!(state.focus, "one_time_code");
}

#[test]
fn a_wrong_code_is_told_until_another_is_typed() {
    let state = after([sent(false), Action::Code, Action::Checking]);
    assert!(state.entry.busy);
    let state = state.after(Action::CodeRefused(CodeError::Wrong(4)));
    assert_eq!((state.entry.error, state.entry.busy), (Some(CodeError::Wrong(4)), false));
    assert_eq!(state.focus, "one_time_code");
    assert_eq!(state.after(Action::Code).entry.error, None);
}

#[test]
fn the_wallet_opens_once_and_the_code_is_forgotten() {
    let state = after([sent(false), Action::Code, Action::Checking, Action::Loaded(Rc::new(view()))]);
    assert_eq!((state.phase, &state.entry, &*state.focus), (Phase::Open, &Entry::default(), TITLE));
    let again = state.after(Action::Loaded(Rc::new(view())));
    assert_eq!(again.events, [HostEvent::Ready], "told once");
}

#[test]
fn what_keeps_a_client_out_ends_what_was_being_done() {
    let state = open().after(panel(Work::Rename("x".to_owned()))).after(Action::Barred(Barrier::Expired));
    assert_eq!((state.phase, state.panel.is_none()), (Phase::Barred(Barrier::Expired), true));
    assert_eq!(state.events, [HostEvent::Ready, HostEvent::Barred(Barrier::Expired)]);
    assert!(!Barrier::Expired.can_pass() && Barrier::NoMail.can_pass());
}

/// Positive control (tried): with the focus asked for in `bar` whoever acted, the first three fail.
#[test]
fn the_focus_moves_for_who_has_acted() {
    let waiting = || after([Action::Ask(false)]);
    let answers = [Action::Barred(Barrier::Unreachable), sent(false), Action::Loaded(Rc::new(view()))];
    for answer in answers {
        assert_eq!(waiting().after(answer.clone()).focus_count, 0, "a page that loads takes nobody's focus");
        let again = waiting().after(Action::Barred(Barrier::NoMail)).after(Action::Ask(true)).after(answer);
        assert_eq!((&*again.focus, again.focus_count), (TITLE, 1), "the button that was pressed is gone");
    }
    let open = open().after(Action::Toggle("pm_a".to_owned())).after(Action::Barred(Barrier::Expired));
    assert_eq!((&*open.focus, open.focus_count), (TITLE, 1));
}

#[test]
fn one_thing_is_done_at_a_time() {
    let busy = open().after(panel(Work::Rename("x".to_owned()))).after(Action::Begin);
    assert!(busy.is_busy());
    // Positive control (tried): without the guard of `Toggle` the panel is gone while its answer is on the way.
    for action in [panel(Work::Remove { planned: None }), Action::Cancel, Action::Toggle("pm_b".to_owned())] {
        assert_eq!(busy.after(action).panel, busy.panel, "nothing else begins, and it cannot be called off");
    }
    let done = busy.after(Action::Done(Said::Saved));
    assert_eq!((done.panel, &*done.focus), (None, "toggle:pm_a"));
    assert_eq!(done.events.last(), Some(&HostEvent::Changed));
}

#[test]
fn calling_it_off_goes_back_to_where_it_began() {
    let state = open().after(panel(Work::Rename("x".to_owned())));
    assert_eq!((state.shown.as_deref(), &*state.focus), (Some("pm_a"), "nickname"));
    let state = state.after(Action::Cancel);
    assert_eq!((&state.panel, &*state.focus), (&None, "rename:pm_a"));
}

/// Positive control (tried): with the panel closed in `refuse`, or by `loaded`, what was typed is lost and this fails.
#[test]
fn who_is_overtaken_keeps_what_was_typed() {
    let state = open().after(panel(Work::Rename(String::new()))).after(Action::Nickname("Mine".to_owned()));
    let state = state.after(Action::Begin).after(Action::Refused(Trouble::Changed, None));
    let state = state.after(Action::Loaded(Rc::new(view())));
    let panel = state.panel.as_ref().unwrap();
    assert_eq!((&panel.work, panel.trouble), (&Work::Rename("Mine".to_owned()), Some(Trouble::Changed)));
    assert_eq!(state.focus, PANEL_TROUBLE);
    assert_eq!(state.after(Action::Nickname("Yours".to_owned())).panel.unwrap().trouble, None);
}

#[test]
fn what_is_gone_meanwhile_is_told_and_left() {
    let mut without = view();
    without.cards.methods.remove(0);
    let state = open().after(panel(Work::Remove { planned: None })).after(Action::Loaded(Rc::new(without)));
    assert_eq!((state.panel, state.said), (None, Some(Said::Elsewhere)));
}

#[test]
fn a_removed_method_leaves_the_focus_on_its_shelf() {
    let state = open().after(panel(Work::Remove { planned: None })).after(Action::Begin);
    let state = state.after(Action::Done(Said::Removed(Box::new(view().cards.methods[0].clone()))));
    assert_eq!((&*state.focus, &state.shown), (CARDS, &None));
}

/// Positive control (tried): without the first arm of `Panel::act` for it, a permission ends without the client's word on its plans.
#[test]
fn what_was_agreed_to_has_to_be_decided() {
    let state = open().after(panel(revoke(Some(payment()))));
    assert_eq!(state.panel.as_ref().unwrap().act(), None);
    let state = state.after(Action::Complain);
    assert_eq!(state.panel.as_ref().unwrap().trouble, Some(Trouble::Unchosen));
    let state = state.after(Action::Choose(Plans::End));
    let wanted = Act::Revoke("aut_1".to_owned(), Some(Plans::End));
    assert_eq!(state.panel.as_ref().unwrap().act(), Some(wanted));
}

#[test]
fn what_the_server_lists_is_shown_and_asked_about() {
    let state = open().after(panel(revoke(None)));
    assert_eq!(state.panel.as_ref().unwrap().act(), Some(Act::Revoke("aut_1".to_owned(), None)));
    let state = state.after(Action::Begin).after(Action::Blocked(payment()));
    let panel = state.panel.as_ref().unwrap();
    assert!(!panel.busy && panel.act().is_none());
    assert_eq!(panel.work, revoke(Some(payment())));
}

#[test]
fn an_address_is_sent_when_it_is_right() {
    let address = view().cards.methods[0].billing_address.clone().unwrap();
    let form = AddressForm::default().filled_with(address);
    let work = Work::Address { form, left: Vec::new(), refused: None };
    let rules = Rc::new(paydesk_domain::address::built_in("CA").unwrap());
    let state = open().after(panel(work)).after(Action::Rules(rules));
    assert!(matches!(state.panel.as_ref().unwrap().act(), Some(Act::Address(_))));
    let state = state.after(Action::Part(Part::PostalCode, "V5K0A1".to_owned()));
    assert_eq!(state.panel.as_ref().unwrap().act(), None, "another province's");
    assert_eq!(state.panel.as_ref().unwrap().shown_problem(Part::PostalCode), None, "not while it is typed");
    let state = state.after(Action::Leave(Part::PostalCode));
    assert!(state.panel.as_ref().unwrap().shown_problem(Part::PostalCode).is_some());
    let state = state.after(Action::Complain);
    assert_eq!(state.focus, "postal_code");
    let state = state.after(Action::Begin).after(Action::Refused(Trouble::Refused, Some(Part::City)));
    assert!(state.panel.as_ref().unwrap().is_refused(Part::City));
    let state = state.after(Action::Part(Part::City, "Laval".to_owned()));
    assert!(!state.panel.as_ref().unwrap().is_refused(Part::City));
}

fn adding() -> Wallet {
    let new = New::of(Asks::Bank(Rail::Pad), "Kim", "CA");
    let panel = Panel::new(ACCOUNTS, "add-account", Work::Add(Box::new(new)));
    open().after(Action::Toggle("pm_a".to_owned())).after(Action::Open(Box::new(panel)))
}

fn fill(action: crate::state::Action) -> Action {
    Action::Fill(Box::new(action))
}

/// Positive control (tried): without `agreed` being set in `Panel::fill_in`, another holder asks for a mandate, and this fails.
#[test]
fn a_new_account_needs_no_mandate() {
    let state = adding();
    assert_eq!((&state.shown, &*state.focus), (&None, PANEL_TITLE));
    let state = state.after(fill(crate::state::Action::Holder(HolderType::Business)));
    let form = state.panel.as_ref().unwrap().form().unwrap();
    assert!(form.agreed && !form.problems().contains(&Of::Agree), "{:?}", form.problems());
    let state = state.after(Action::Complain);
    assert_eq!(state.focus, "institution", "the first that is missing");
}

#[test]
fn a_new_method_is_not_lost_when_the_wallet_is_read_anew() {
    let state = adding().after(fill(crate::state::Action::Name("Kim".to_owned())));
    let state = state.after(Action::Loaded(Rc::new(view())));
    assert_eq!(state.panel.as_ref().unwrap().form().unwrap().name, "Kim");
    let state = state
        .after(Action::Begin)
        .after(Action::RefuseField(Of::Bank(BankPart::Account), FieldError::NumberRefused));
    assert_eq!((state.is_busy(), &*state.focus), (false, "account"));
    let state = state.after(Action::Begin).after(Action::Done(Said::Known));
    assert_eq!((&state.panel, &*state.focus), (&None, ACCOUNTS));
}

/// Positive control (tried): with any text taken for an address in `lacks_email`, this fails.
#[test]
fn a_canadian_account_asks_where_notices_go() {
    let misses = |state: &Wallet| state.panel.as_ref().unwrap().new_method().unwrap().misses_email();
    let state = adding();
    assert!(!misses(&state) && !misses(&state.after(Action::Email(None))), "not while it is empty");
    let state = state.after(Action::Complain);
    for wrong in ["", "kim", "kim@", "@example.org", "kim@example", "kim roy@example.org"] {
        assert!(misses(&state.after(Action::Email(Some(wrong.to_owned())))), "{wrong}");
    }
    assert!(!misses(&state.after(Action::Email(Some(" kim@example.org ".to_owned())))));
    let card = New::of(Asks::Card, "Kim", "CA");
    assert!(!card.asks_email(), "a card needs none");
}

fn replace() -> Wallet {
    open().after(panel(Work::Replace { by: None, stuck: None }))
}

/// Positive control (tried): with `by` not asked for in `Work::act`, the server is asked for nothing in particular.
#[test]
fn what_takes_a_place_has_to_be_chosen() {
    let state = replace();
    let names: Vec<_> = state.others("pm_a").into_iter().map(|other| other.id.as_str()).collect();
    assert_eq!(names, ["pm_b", "pm_c"], "of its own kind first");
    assert_eq!(state.others("pm_c").first().unwrap().id, "pm_a".to_owned());
    assert_eq!(state.panel.as_ref().unwrap().act(), None);
    let state = state.after(Action::Complain);
    assert_eq!(
        (state.panel.as_ref().unwrap().trouble, &*state.focus),
        (Some(Trouble::NoOther), PANEL_TROUBLE)
    );
    let state = state.after(Action::ChooseOther("pm_b".to_owned()));
    let panel = state.panel.as_ref().unwrap();
    assert_eq!((panel.act(), panel.trouble), (Some(Act::Replace("pm_b".to_owned())), None));
}

#[test]
fn another_one_is_offered_where_it_can_be_charged() {
    let state = open();
    // One has expired, the other takes no debits.
    assert!(!state.has_other("pm_a") && state.has_other("pm_b"));
    assert!(!state.moves_something(state.method("pm_b").unwrap()), "nothing moves with it");
    assert!(state.moves_something(state.method("pm_c").unwrap()), "two organizations may charge it");
}

/// Positive control (tried): with `forget_other` left out of `loaded`, a method that is gone is asked for again.
#[test]
fn a_refused_replacement_keeps_its_panel_and_forgets_what_is_gone() {
    let state = replace().after(Action::ChooseOther("pm_b".to_owned())).after(Action::Begin);
    let stuck = state.after(Action::Stuck(payment()));
    let panel = stuck.panel.as_ref().unwrap();
    assert_eq!((panel.busy, panel.trouble, &*stuck.focus), (false, Some(Trouble::CannotTake), PANEL_TROUBLE));
    assert_eq!(panel.work, Work::Replace { by: Some("pm_b".to_owned()), stuck: Some(payment()) });
    let again = stuck.after(Action::ChooseOther("pm_c".to_owned()));
    let wanted = Work::Replace { by: Some("pm_c".to_owned()), stuck: None };
    assert_eq!(again.panel.unwrap().work, wanted, "what one cannot take is not the other's");
    let mut without = view();
    without.cards.methods.remove(1);
    let state = stuck.after(Action::Loaded(Rc::new(without)));
    assert_eq!(state.panel.unwrap().work.other(), None);
}

#[test]
fn a_purchase_under_way_is_waited_for() {
    let state = replace().after(Action::Begin).after(Action::Blocked(Rc::default()));
    assert_eq!(state.panel.as_ref().unwrap().trouble, Some(Trouble::UnderWay));
    let removing = open().after(panel(Work::Remove { planned: None })).after(Action::Blocked(Rc::default()));
    let panel = removing.panel.unwrap();
    assert_eq!((panel.work, panel.trouble), (Work::Remove { planned: None }, Some(Trouble::UnderWay)));
}

#[test]
fn what_moved_is_told_below_the_title() {
    let method = view().cards.methods[1].clone();
    let said = Said::Moved(Box::new(method), payment().to_vec());
    let state = replace().after(Action::Begin).after(Action::Done(said.clone()));
    assert_eq!((&*state.focus, said.planned().len(), state.panel.is_none()), (TITLE, 1, true));
}

#[test]
fn a_plan_that_is_over_cannot_be_moved_any_more() {
    let work = Work::Move { plan: "pln_1".to_owned(), to: None };
    let state = open().after(panel(work));
    assert!(state.after(Action::Loaded(Rc::new(view()))).panel.is_some());
    let mut over = view();
    over.cards.methods[0].planned.clear();
    let state = state.after(Action::Loaded(Rc::new(over)));
    assert_eq!((state.panel, state.said), (None, Some(Said::Elsewhere)));
}

/// Positive control (tried): with every payment a plan of its own in `plans_of`, this fails.
#[test]
fn payments_stand_by_their_plans() {
    let [first] = &*payment() else { panic!("one payment") };
    let of = |plan: &str| WalletPlannedView { plan: plan.to_owned(), ..first.clone() };
    let payments = [of("pln_1"), of("pln_2"), of("pln_1")];
    let plans: Vec<_> = plans_of(&payments).iter().map(|plan| (plan[0].plan.clone(), plan.len())).collect();
    assert_eq!(plans, [("pln_1".to_owned(), 2), ("pln_2".to_owned(), 1)]);
}

fn consent(id: &str) -> WalletConsentView {
    let consents = include_str!("../../../tests/data/wallet_consents.json");
    let consents: WalletConsentsView = serde_json::from_str(consents).unwrap();
    WalletConsentView { id: id.to_owned(), ..consents.consents[0].clone() }
}

fn of_consents(actions: impl IntoIterator<Item = OfConsents>) -> Wallet {
    actions.into_iter().fold(open(), |state, action| state.after(Action::Consents(action)))
}

/// Positive control (tried): with a list that takes the place of the one before in `Consents::take`, the first ones are gone.
#[test]
fn what_was_agreed_to_is_read_on_where_it_goes_on() {
    let state = of_consents([OfConsents::Show, OfConsents::Ask]);
    assert_eq!((&*state.focus, state.consents.as_ref().unwrap().busy), (TITLE, true));
    let count = state.focus_count;
    let first = OfConsents::Read(vec![consent("aut_1")], Some("next".to_owned()));
    let state = state.after(Action::Consents(first));
    assert_eq!(state.focus_count, count, "what comes by itself moves nobody");
    let state = state.after(Action::Consents(OfConsents::Ask));
    let state = state.after(Action::Consents(OfConsents::Read(vec![consent("aut_2")], None)));
    let consents = state.consents.as_ref().unwrap();
    let ids: Vec<_> = consents.list.as_ref().unwrap().iter().map(|consent| &*consent.id).collect();
    assert_eq!((ids, &consents.next, consents.busy), (vec!["aut_1", "aut_2"], &None, false));
    assert_eq!(state.focus, "aut_2");
    let state = state.after(Action::Consents(OfConsents::Hide));
    assert_eq!((state.consents, &*state.focus), (None, SHOW_CONSENTS));
}

#[test]
fn what_did_not_come_is_told_and_kept_apart() {
    let state = of_consents([OfConsents::Show, OfConsents::Ask, OfConsents::Fail(Trouble::Lost)]);
    let consents = state.consents.as_ref().unwrap();
    assert_eq!((consents.busy, consents.trouble, &*state.focus), (false, Some(Trouble::Lost), PANEL_TROUBLE));
    let left = of_consents([OfConsents::Show, OfConsents::Hide, OfConsents::Read(Vec::new(), None)]);
    assert_eq!(left.consents, None, "left before they came");
    let busy = open().after(panel(Work::Rename(String::new()))).after(Action::Begin);
    assert_eq!(busy.after(Action::Consents(OfConsents::Show)).consents, None, "one thing at a time");
}
