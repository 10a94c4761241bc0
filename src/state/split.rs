//! How much of what is payable is paid now, and how much of it by the account's credit.

use paydesk_domain::credit::{credit_of, least_payable};
use paydesk_domain::money::Money;
use paydesk_domain::wire::billing::SessionStatus;

use super::{Announcement, Checkout};

impl Checkout {
    /// The credit that may be used, minor units. What is paid in parts is divided by rules of its own.
    pub fn credit_offered(&self) -> Option<i64> {
        self.view()?.credit_available.filter(|_| self.is_at_once())
    }

    /// The least that may be paid now, and the most, where they are not the same.
    pub fn amounts_offered(&self) -> Option<(i64, i64)> {
        let view = self.view().filter(|_| self.is_at_once())?;
        let most = view.invoice.payable_now;
        let least = least_payable(most, Some(view.partial_minimum?));
        (least < most).then_some((least, most))
    }

    /// How much credit is used, minor units.
    pub fn credit_used(&self) -> i64 {
        self.credit_offered()
            .filter(|_| self.form.credit)
            .map_or(0, |available| credit_of(self.whole(), available))
    }

    /// True where credit pays all, and no method is needed.
    pub fn is_covered(&self) -> bool {
        self.credit_used() > 0 && self.due_now() == 0
    }

    /// What a method is charged, where that is not all that is payable: with credit, or of a part.
    pub fn part_charged(&self) -> Option<i64> {
        let payable = self.view()?.invoice.payable_now;
        Some(self.due_now()).filter(|due| self.is_at_once() && *due != payable)
    }

    /// What is left to be paid another time, once this is paid.
    pub fn rest(&self) -> i64 {
        let payable = self.view().filter(|_| self.is_at_once()).map_or(0, |view| view.invoice.payable_now);
        // One that was read after the try counts it already.
        let is_before = self.view().is_some_and(|view| view.session.status == SessionStatus::Open);
        payable - if is_before { self.whole() } else { 0 }
    }

    /// What is paid now, by credit and by a method.
    pub(super) fn whole(&self) -> i64 {
        let typed = self.typed_amount().filter(|_| self.form.part);
        typed.unwrap_or_else(|| self.view().map_or(0, |view| view.invoice.payable_now))
    }

    /// True unless a part is paid later by a plan.
    pub(super) fn is_at_once(&self) -> bool {
        self.needs_saved().is_none()
    }

    /// Something about the amount has changed, or what may be paid has.
    pub(super) fn fit_amount(&mut self) {
        self.form.part &= self.amounts_offered().is_some();
        self.form.amount_is_wrong = self.typed_amount().is_none();
    }

    /// The payer says whether their credit is used.
    pub(super) fn use_credit(&mut self, credit: bool) {
        self.form.credit = credit;
        self.change_amount();
        self.announce(Announcement::Plan);
    }

    /// The payer says whether only a part is paid.
    pub(super) fn pay_part(&mut self, part: bool) {
        self.form.part = part;
        self.change_amount();
        self.announce(Announcement::Plan);
    }

    /// The payer says how much that is.
    pub(super) fn take_amount(&mut self, amount: String) {
        self.form.amount = amount;
        self.change_amount();
    }

    /// Another amount may ask for a security code, and credit for no method at all.
    fn change_amount(&mut self) {
        self.fit_form();
        self.clear_result();
    }

    fn typed_amount(&self) -> Option<i64> {
        let (least, most) = self.amounts_offered()?;
        let currency = self.view()?.invoice.currency.parse().ok()?;
        let amount = Money::read_typed(&self.form.amount, currency)?.minor();
        (least..=most).contains(&amount).then_some(amount)
    }
}
