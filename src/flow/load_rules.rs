//! Loads the address rules of the chosen country, when an address is asked for.

use std::rc::Rc;

use yew::platform::spawn_local;

use crate::client::address_rules;
use crate::state::{Action, Store};

/// Loads the rules that the form needs now; does nothing when it has them.
pub fn load_rules(store: &Store) {
    let state = store.now();
    let address = &state.form.address;
    if address.is_known() || address.country().is_empty() || !state.form.asks.has_address() {
        return;
    }
    let (store, country) = (store.clone(), address.country().to_owned());
    spawn_local(async move {
        match address_rules(&country).await {
            Ok(rules) => store.dispatch(Action::Rules(Rc::new(rules))),
            Err(_) => store.dispatch(Action::RulesFailed(country)),
        }
    });
}
