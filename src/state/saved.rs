//! The saved methods: which of them can be chosen, and one that was brought up to date.

use std::rc::Rc;

use paydesk_domain::wire::billing::{BankAccountView, CheckoutView, MethodView};

use super::{Checkout, Load};

impl Checkout {
    /// The card is as it is now. The form asks for what it lacked until the try that it was updated for has ended.
    pub(super) fn take_updated(&mut self, updated: MethodView) {
        if let Load::Ready(view) = &self.load {
            let mut view = CheckoutView::clone(view);
            for card in view.methods.iter_mut().filter(|card| card.id == updated.id) {
                card.clone_from(&updated);
            }
            for option in view.plans.iter_mut().flat_map(|plans| &mut plans.options) {
                // Whether it lives to every payment was told while its expiry was typed.
                option.expiring.retain(|card| card.method != updated.id);
            }
            self.load = Load::Ready(Rc::new(view));
        }
    }
}

/// A saved bank account.
pub(super) fn account<'a>(view: &'a CheckoutView, id: &str) -> Option<&'a BankAccountView> {
    view.accounts.iter().find(|account| account.id == id)
}

/// Whether a saved bank account can pay this invoice: it is not blocked, its network is the invoice's, and there is a
/// mandate for it or one can be given.
pub fn can_debit(view: &CheckoutView, account: &BankAccountView) -> bool {
    let pays = view.invoice.currency.parse().is_ok_and(|currency| account.kind.pays_in(currency));
    account.blocked_by.is_none() && pays && (account.has_mandate || view.bank.is_some())
}

/// A saved card.
pub(super) fn card<'a>(view: &'a CheckoutView, id: &str) -> Option<&'a MethodView> {
    view.methods.iter().find(|card| card.id == id)
}

/// Whether a saved method can be chosen. A card that has expired can: it is brought up to date in its place.
pub(super) fn can_choose(view: &CheckoutView, id: &str) -> bool {
    card(view, id).is_some() || account(view, id).is_some_and(|account| can_debit(view, account))
}
