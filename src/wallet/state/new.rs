//! A card or bank account whose details are typed in, all of them or some.

use paydesk_domain::card::Brand;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::WalletMethodView;

use crate::state::{Asks, Form};

/// A card or bank account as it is typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct New {
    /// Its fields, as the checkout has them.
    pub form: Form,
    /// Where the bank's own notices go: the Canadian rules ask for it.
    pub email: String,
    /// Whether what is wrong with that is told.
    pub(super) is_email_told: bool,
}

impl New {
    /// An empty form for this kind of method. There is no mandate to agree to: saving lets nobody debit it.
    pub fn of(asks: Asks, name: &str, country: &str) -> Self {
        let mut form = Form::default();
        form.ask(asks);
        name.clone_into(&mut form.name);
        form.agreed = true;
        form.address.choose_country(country);
        Self { form, ..Self::default() }
    }

    /// The billing address of a saved card or account alone.
    pub fn address(method: &WalletMethodView, country: &str) -> Self {
        Self::of_saved(method, Asks::address(), "", country)
    }

    /// What brings a saved card up to date. The processor may be able to change an expiry, or not.
    pub fn update(method: &WalletMethodView, update_expiry: bool, name: &str, country: &str) -> Self {
        let asks = Asks::of_update(method.brand.unwrap_or(Brand::Unknown), update_expiry);
        Self::of_saved(method, asks, name, country)
    }

    fn of_saved(method: &WalletMethodView, asks: Asks, name: &str, country: &str) -> Self {
        let mut new = Self::of(asks, name, country);
        if let Some(address) = &method.billing_address {
            new.form.address = new.form.address.filled_with(address.clone());
        }
        new
    }

    /// Whether an e-mail address is asked for.
    pub fn asks_email(&self) -> bool {
        self.form.asks == Asks::Bank(Rail::Pad)
    }

    /// Whether it lacks one.
    pub(super) fn lacks_email(&self) -> bool {
        let email = self.email.trim();
        let parts = email.split_once('@');
        let is_one = parts.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
        self.asks_email() && (!is_one || email.contains(char::is_whitespace))
    }

    /// Whether it is told that there is none.
    pub fn misses_email(&self) -> bool {
        self.is_email_told && self.lacks_email()
    }

    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.form.is_complete() && !self.lacks_email()
    }
}
