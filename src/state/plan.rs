//! The way to pay: which one is chosen of those that the server offers, and what follows from it.

use paydesk_domain::card::Expiry;
use paydesk_domain::wire::plans::{PlanOptionView, PlannedView, SavedMethodReason};

use super::{Announcement, Checkout, Choice};

/// What is chosen and agreed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The option that was chosen, by its name; the first one until then.
    chosen: Option<String>,
    /// The day of the first planned payment that the card in the form does not live to. Its expiry itself is not kept.
    missed: Option<String>,
    /// What comes next of what was agreed to with a try that has succeeded.
    next: Option<PlannedView>,
    /// That is charged to a card that is kept for it: its client has to be followed up.
    follow_up: bool,
}

impl Plan {
    /// The day of the first planned payment that the card in the form does not live to.
    pub fn missed(&self) -> Option<&str> {
        self.missed.as_deref()
    }
}

impl Checkout {
    /// The way in which it would be paid; `None` where there is none but the full price at once.
    pub fn option(&self) -> Option<&PlanOptionView> {
        let options = &self.view()?.plans.as_ref()?.options;
        let chosen = options.iter().find(|option| self.plan.chosen.as_ref() == Some(&option.id));
        chosen.or_else(|| options.first())
    }

    /// True where there is no way to pay: what is on the invoice can no longer be bought as it was meant.
    pub fn is_off_sale(&self) -> bool {
        let plans = self.view().and_then(|view| view.plans.as_ref());
        plans.is_some_and(|plans| plans.options.is_empty())
    }

    /// What is charged now, in minor units.
    pub fn due_now(&self) -> i64 {
        match self.option() {
            Some(option) if !self.is_at_once() => option.due_now,
            _ => self.whole() - self.credit_used(),
        }
    }

    /// Why a saved method is needed, or that the new one is saved.
    pub fn needs_saved(&self) -> Option<SavedMethodReason> {
        self.option()?.needs_saved_method
    }

    /// True when a new method is saved with the payment: the payer wants it so, or what is paid later needs it.
    pub fn saves(&self) -> bool {
        let may_save = self.view().is_some_and(|view| view.session.may_save);
        may_save && (self.form.save || self.needs_saved().is_some())
    }

    /// True when what is paid later keeps a new card for itself: its client has never signed in, so that nothing is saved.
    pub fn keeps(&self) -> bool {
        self.needs_saved().is_some() && self.view().is_some_and(|view| view.save_refused_because.is_some())
    }

    /// True when the chosen method would have to be saved, and may not be.
    pub fn cannot_save(&self) -> bool {
        self.form.asks.is_new() && self.needs_saved().is_some() && !self.saves() && !self.keeps()
    }

    /// The day of the first planned payment that a saved card does not live to.
    pub fn missed_by(&self, method: &str) -> Option<&str> {
        let expiring = self.option()?.expiring.iter().find(|expiring| expiring.method == method)?;
        Some(&expiring.missed_on)
    }

    /// The same of the method that is chosen.
    pub fn missed(&self) -> Option<&str> {
        match &self.choice {
            Some(Choice::Saved(id)) if !self.form.asks.is_update() => self.missed_by(id),
            Some(Choice::Saved(_) | Choice::NewCard) => self.plan.missed(),
            Some(Choice::NewBank) | None => None,
        }
    }

    /// What comes after a payment that was made.
    pub fn next_payment(&self) -> Option<&PlannedView> {
        self.plan.next.as_ref()
    }

    /// True when the client of an admin has to be followed up for what comes after.
    pub fn has_follow_up(&self) -> bool {
        self.plan.follow_up
    }

    pub(super) fn choose_plan(&mut self, id: String) {
        self.plan.chosen = Some(id);
        // What was agreed to was another way to pay, and another amount may ask for a security code.
        self.form.agreed = false;
        self.fit_form();
        self.clear_result();
        self.announce(Announcement::Plan);
    }

    pub(super) fn learn_missed(&mut self, day: Option<String>) {
        let is_news = day.is_some();
        self.plan.missed = day;
        if is_news {
            self.announce(Announcement::Plan);
        }
    }

    /// A try has succeeded, here or before the page was loaded again.
    pub(super) fn learn_next(&mut self, next: Option<PlannedView>, follow_up: bool) {
        self.plan.next = next;
        self.plan.follow_up = follow_up;
    }
}

/// The day of the first planned payment that a card with this expiry does not live to.
pub fn missed_on<'a>(option: &'a PlanOptionView, expiry: &Expiry) -> Option<&'a str> {
    let last = u32::from(expiry.year()) * 100 + u32::from(expiry.month());
    // Days that are written in this way sort as they are.
    later(option).map(|(day, _)| day).filter(|day| month(day) > last).min()
}

/// The year and month of a day, `2027-05-31`, as one number: 202705.
fn month(day: &str) -> u32 {
    let digits = day.bytes().filter(u8::is_ascii_digit).take(6);
    digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// Every payment that is known to come; of a subscription, those that are shown.
fn later(option: &PlanOptionView) -> impl Iterator<Item = (&str, i64)> {
    let planned = option.payments.iter().map(|payment| (payment.due_on.as_str(), payment.amount));
    let recurring = option.subscriptions.iter();
    planned.chain(recurring.filter_map(|begins| Some((begins.next_on.as_deref()?, begins.amount))))
}
