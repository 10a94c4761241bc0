//! Loads the address rules of the chosen country, when an address is asked for.

use std::rc::Rc;

use yew::platform::spawn_local;

use crate::client::address_rules;
use crate::state::{Learn, Store};

/// Loads the rules that are needed now; does nothing when they are here.
pub fn load_rules<S: Learn>(store: &Store<S>) {
    let state = store.now();
    let Some(address) = state.address().filter(|address| !address.is_known()) else {
        return;
    };
    if address.country().is_empty() {
        return;
    }
    let (store, country) = (store.clone(), address.country().to_owned());
    spawn_local(async move {
        store.dispatch(match address_rules(&country).await {
            Ok(rules) => S::learn_rules(Rc::new(rules)),
            Err(_) => S::miss_rules(country),
        });
    });
}
