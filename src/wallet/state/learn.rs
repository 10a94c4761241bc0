//! What the wallet learns while it is open, as the checkout does.

use std::rc::Rc;

use paydesk_domain::address::CountryRules;

use super::{Action, Panel, Wallet};
use crate::state::{self, AddressForm, Learn};
use crate::wallet::strings::Strings;

impl Learn for Wallet {
    type Words = Strings;

    fn words(&self) -> Option<&'static Strings> {
        self.words
    }

    fn address(&self) -> Option<&AddressForm> {
        self.panel.as_ref().and_then(Panel::address)
    }

    fn learn_words(words: &'static Strings) -> Action {
        Action::Words(words)
    }

    fn learn_rules(rules: Rc<CountryRules>) -> Action {
        Action::Fill(Box::new(state::Action::Rules(rules)))
    }

    fn miss_rules(country: String) -> Action {
        Action::Fill(Box::new(state::Action::RulesFailed(country)))
    }
}
