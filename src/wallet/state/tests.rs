use std::rc::Rc;

use paydesk_domain::address::Part;
use paydesk_domain::bank::BankPart;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::{WalletPlannedView, WalletView};

use super::*;
use crate::state::{Asks, Field as Of, FieldError, State as _};

mod consents;
mod moving;
mod proving;

fn view() -> WalletView {
    serde_json::from_str(include_str!("../../../tests/data/wallet.json")).unwrap()
}

fn after(actions: impl IntoIterator<Item = Action>) -> Wallet {
    actions.into_iter().fold(Wallet::default(), |state, action| state.after(action))
}

/// The wallet with nothing asked by a bank.
fn open() -> Wallet {
    after([Action::Loaded(Rc::new(quiet()))])
}

fn quiet() -> WalletView {
    WalletView { verifications: Vec::new(), ..view() }
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
    let state = after([sent(false), Action::Code, Action::Checking, Action::Loaded(Rc::new(quiet()))]);
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
    let answers = [Action::Barred(Barrier::Unreachable), sent(false), Action::Loaded(Rc::new(quiet()))];
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
    let done = busy.after(Action::Done(Rc::new(Said::Saved)));
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
    let state = state.after(Action::Begin).after(Action::Refused(Trouble::Changed));
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
    assert_eq!((state.panel, state.said), (None, Some(Rc::new(Said::Elsewhere))));
}

#[test]
fn a_removed_method_leaves_the_focus_on_its_shelf() {
    let state = open().after(panel(Work::Remove { planned: None })).after(Action::Begin);
    let state = state.after(Action::Done(Rc::new(Said::Removed(Named::of(&view().cards.methods[0])))));
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
    use crate::state::Action as Form;
    let work = Work::Address(Box::new(New::address(&view().cards.methods[0], "CA")));
    let rules = Rc::new(paydesk_domain::address::built_in("CA").unwrap());
    let state = open().after(panel(work)).after(fill(Form::Rules(rules)));
    assert!(matches!(state.panel.as_ref().unwrap().act(), Some(Act::Address(_))));
    let (postal, city) = (Of::Address(Part::PostalCode), Of::Address(Part::City));
    let state = state.after(fill(Form::Address(Part::PostalCode, "V5K0A1".to_owned())));
    assert_eq!(state.panel.as_ref().unwrap().act(), None, "another province's");
    let told = |state: &Wallet, field| state.panel.as_ref().unwrap().form().unwrap().shown_error(field);
    assert_eq!(told(&state, postal), None, "not while it is typed");
    let state = state.after(fill(Form::Leave(postal)));
    assert!(told(&state, postal).is_some());
    let state = state.after(Action::Complain);
    assert_eq!(state.focus, "postal_code");
    let state = state.after(Action::Begin).after(Action::RefuseField(city, FieldError::AddressRefused));
    assert_eq!((told(&state, city), state.is_busy()), (Some(FieldError::AddressRefused), false));
    let state = state.after(fill(Form::Address(Part::City, "Laval".to_owned())));
    assert_eq!(told(&state, city), None);
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
    let state = state.after(Action::Begin).after(Action::Done(Rc::new(Said::Known)));
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
