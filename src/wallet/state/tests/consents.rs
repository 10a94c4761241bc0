use paydesk_domain::wire::wallet::{WalletConsentView, WalletConsentsView};

use super::*;

fn consent(id: &str) -> Rc<WalletConsentView> {
    let consents = include_str!("../../../../tests/data/wallet_consents.json");
    let consents: WalletConsentsView = serde_json::from_str(consents).unwrap();
    Rc::new(WalletConsentView { id: id.to_owned(), ..consents.consents[0].clone() })
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
