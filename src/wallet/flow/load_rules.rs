//! Loads the address rules of the chosen country, while an address is corrected.

use std::rc::Rc;

use yew::platform::spawn_local;

use super::Place;
use crate::client::address_rules;
use crate::wallet::state::Action;

/// Loads the rules that the panel needs now; does nothing when it has them.
pub fn load_rules(store: &Place) {
    let state = store.now();
    let Some(form) = state.panel.as_ref().and_then(|panel| panel.address()) else {
        return;
    };
    if form.is_known() || form.country().is_empty() {
        return;
    }
    let (store, country) = (store.clone(), form.country().to_owned());
    spawn_local(async move {
        store.dispatch(match address_rules(&country).await {
            Ok(rules) => Action::Rules(Rc::new(rules)),
            Err(_) => Action::RulesFailed(country),
        });
    });
}
