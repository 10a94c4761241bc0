//! What a page learns while it is open, whichever page it is: the words of another language, and how addresses of a country are
//! written.

use std::rc::Rc;

use paydesk_domain::address::CountryRules;

use super::{Action, AddressForm, Checkout, State};
use crate::i18n::{Strings, Words};

/// A page that learns.
pub trait Learn: State {
    /// Its words.
    type Words: Words;

    /// The words of another language than English, once they came.
    fn words(&self) -> Option<&'static Self::Words>;
    /// The address that is asked for now, if one is.
    fn address(&self) -> Option<&AddressForm>;
    /// The words came.
    fn learn_words(words: &'static Self::Words) -> Self::Action;
    /// The rules came.
    fn learn_rules(rules: Rc<CountryRules>) -> Self::Action;
    /// Those of this country did not.
    fn miss_rules(country: String) -> Self::Action;
}

impl Learn for Checkout {
    type Words = Strings;

    fn words(&self) -> Option<&'static Strings> {
        self.words
    }

    fn address(&self) -> Option<&AddressForm> {
        self.form.asks.has_address().then_some(&self.form.address)
    }

    fn learn_words(words: &'static Strings) -> Action {
        Action::Words(words)
    }

    fn learn_rules(rules: Rc<CountryRules>) -> Action {
        Action::Rules(rules)
    }

    fn miss_rules(country: String) -> Action {
        Action::RulesFailed(country)
    }
}
