//! What must hold at every step, and at the end.

use std::collections::BTreeMap;

use paydesk_domain::attempt::{AttemptState, ProcessorReference};
use paydesk_domain::debit::DebitState;
use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;

use crate::books::Attempt;
use crate::processor::{Bank, Charge, Move};
use crate::world::World;
use crate::{DAY_MS, HOUR_MS, LAG_MS};

/// How long workers that are there may take for what is due, beside the hour between two look-ups.
const SLACK_MS: i64 = 3 * HOUR_MS;
/// When a human must have it.
const HUMAN_AFTER_MS: i64 = 20 * HOUR_MS;

impl World {
    /// Right before a call that may move money. A worker that stopped since it asked for the time is excused: nothing can
    /// hold it back, and only the key makes it harmless.
    pub fn check_send(&mut self, worker: usize, row: &Attempt) {
        if self.workers[worker].was_paused {
            self.count("sent_after_a_pause");
            return;
        }
        let known = &self.books.attempts[row.id];
        if known.handed_over {
            return self.break_rule(format!("attempt {} is sent although a human has it", row.id));
        }
        let first_ms = self.first_sent_ms[&row.id];
        // Two clocks may be half an hour off, each its own way.
        if row.look_ups > 0 && self.now_ms >= first_ms + HUMAN_AFTER_MS + HOUR_MS {
            let what = format!("attempt {} is sent again when a human should have it", row.id);
            return self.break_rule(what);
        }
        if let Some(index) = row.mandate {
            let (mandate, used_by) = &self.books.mandates[index];
            // A clock may run behind by half an hour, a step takes a moment.
            let ended = mandate.ended_at.is_some_and(|at| at.as_millisecond() + HOUR_MS < self.now_ms);
            if ended
                || *used_by != Some(row.origin)
                    && mandate.scope == paydesk_domain::mandate::MandateScope::OneTime
            {
                self.break_rule(format!("attempt {} is debited without an agreement", row.id));
            }
        }
    }

    /// "Nothing" is believed. The same key would make a false one harmless, so that only this notices it.
    pub fn check_belief(&mut self, row: &Attempt, here_ms: i64) {
        if here_ms - row.sends().last_at_ms < LAG_MS {
            self.break_rule(format!("attempt {} is called absent before it can be seen", row.id));
        }
    }

    /// After everything that happens.
    pub fn check_now(&mut self) {
        if self.books.attempts.iter().filter(|row| row.is_live()).count() > 1 {
            return self.break_rule("two attempts live at once");
        }
        if self.books.ledger.values().sum::<i64>() != 0 {
            return self.break_rule("the ledger does not sum to zero");
        }
        if self.books.payments.iter().map(|payment| payment.counts()).sum::<i64>() > self.books.total {
            return self.break_rule("the debt is paid twice");
        }
        let taken: i64 = self.books.attempts.iter().map(|row| self.processor.holds(row.id)).sum();
        if taken > self.books.total {
            return self.break_rule("the processor holds more than is owed");
        }
        let Some(row) = self.books.live().cloned() else {
            return;
        };
        let since_ms = match self.first_sent_ms.get(&row.id) {
            Some(first_ms) if row.handed_over => return self.check_handed_over(*first_ms),
            Some(first_ms) => first_ms + HUMAN_AFTER_MS,
            None => row.due_at_ms,
        };
        let is_worked_on = self.workers.iter().any(|worker| !worker.is_gone);
        if is_worked_on && self.now_ms - since_ms.max(self.up_since_ms) > SLACK_MS {
            self.break_rule(format!("attempt {} is stuck: {}", row.id, row.state.name()));
        }
    }

    fn check_handed_over(&mut self, first_ms: i64) {
        if self.now_ms < first_ms + HUMAN_AFTER_MS - 2 * HOUR_MS {
            self.break_rule("a human was asked too early");
        }
    }

    /// When nothing is left to happen: the processor's journal and the books say the same.
    pub fn check_end(&mut self) {
        if let Some((kind, id)) = self.books.items.iter().find(|(kind, _)| *kind == "contradiction") {
            return self.break_rule(format!("{kind} about attempt {id}"));
        }
        if let Some(row) = self.books.live().filter(|row| !self.is_left_to_a_human(row)) {
            let what = format!("attempt {} was never decided: {}", row.id, row.state.name());
            return self.break_rule(what);
        }
        for index in 0..self.processor.journal.len() {
            let charge = self.processor.journal[index].clone();
            let known = self.known(&charge);
            if known.as_deref() != Some(wanted(&charge).as_str()) {
                let what = format!("{} is {}, and known as {known:?}", charge.reference, wanted(&charge));
                return self.break_rule(what);
            }
        }
        if self.books.payments.len()
            != self.processor.journal.iter().filter(|row| row.bank == Bank::Takes).count()
        {
            return self.break_rule("a payment that the processor does not know");
        }
        let holds: i64 = self.books.attempts.iter().map(|row| self.processor.holds(row.id)).sum();
        let booked = |account| self.books.ledger.get(account).copied().unwrap_or_default();
        if booked("processor") != holds || booked("in_transit") != 0 {
            return self
                .break_rule(format!("the processor holds {holds}, the books {:?}", self.books.ledger));
        }
        self.check_ceilings();
    }

    /// How the books know a charge.
    fn known(&self, charge: &Charge) -> Option<String> {
        let row = &self.books.attempts[charge.attempt];
        match &row.state {
            AttemptState::Declined(_) => Some("declined".to_owned()),
            AttemptState::Succeeded(ProcessorReference(reference)) if *reference == charge.reference => {
                let payments = || self.books.payments.iter().filter(|payment| payment.attempt == row.id);
                let payment = payments().next().filter(|_| payments().count() == 1)?;
                Some(match &payment.debit {
                    None => "taken".to_owned(),
                    Some(DebitState::Returned(code)) => format!("returned {}", code.as_str()),
                    Some(state) => state.name().to_owned(),
                })
            }
            _ => None,
        }
    }

    /// What was sent without the payer, counted in the processor's journal and not by the policy's own constants.
    fn check_ceilings(&mut self) {
        let mut debts: BTreeMap<usize, Vec<&Charge>> = BTreeMap::new();
        for charge in &self.processor.journal {
            let row = &self.books.attempts[charge.attempt];
            if self.books.kind != MethodKind::Card || !row.by_payer {
                debts.entry(row.origin).or_default().push(charge);
            }
        }
        let (times, days) = match self.books.kind {
            MethodKind::Card => (4, 30),
            MethodKind::Ach => (3, 180),
            MethodKind::Pad => (2, 30),
        };
        let mut broken = None;
        for charges in debts.values() {
            let within_ms = days * DAY_MS - 2 * HOUR_MS;
            let span = |count: usize| {
                charges.windows(count).any(|run| run[count - 1].at_ms - run[0].at_ms < within_ms)
            };
            if span(times + 1) || charges.len() > times {
                broken = Some("a debt was sent more often than it may be".to_owned());
            }
            let is_final = |charge: &&Charge| match (&charge.bank, charge.moves.last()) {
                (Bank::Refuses(code), _) => Decline::new(code.clone()).is_hard(),
                (Bank::Takes, Some(Move::Return(code))) => {
                    !["R01", "R09", "901", "908"].contains(&code.as_str())
                }
                (Bank::Takes, _) => true,
            };
            if charges.iter().rev().skip(1).any(|charge| is_final(charge)) {
                broken = Some("a debt was sent again after the last word".to_owned());
            }
        }
        if let Some(what) = broken {
            self.break_rule(what);
        }
    }
}

/// How the books must know a charge.
fn wanted(charge: &Charge) -> String {
    match (&charge.bank, charge.moves.last(), charge.kind) {
        (Bank::Refuses(_), ..) => "declined".to_owned(),
        (Bank::Takes, Some(Move::Return(code)), _) => format!("returned {code}"),
        (Bank::Takes, Some(Move::Settle), _) => "settled".to_owned(),
        (Bank::Takes, None, MethodKind::Card) => "taken".to_owned(),
        (Bank::Takes, None, _) => "submitted".to_owned(),
    }
}
