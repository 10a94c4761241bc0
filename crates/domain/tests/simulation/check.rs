//! What must hold at every step, and at the end.

use std::collections::BTreeMap;

use paydesk_domain::attempt::{AttemptState, ProcessorReference};
use paydesk_domain::debit::DebitState;
use paydesk_domain::decline::Decline;
use paydesk_domain::mandate::MandateScope;
use paydesk_domain::method_kind::MethodKind;

use crate::books::{Subject, Ticket};
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
    pub fn check_send(&mut self, worker: usize, ticket: &Ticket) {
        if self.workers[worker].was_paused {
            self.count("sent_after_a_pause");
            return;
        }
        let what = ticket.what;
        // Nor can one be held back whose claim another worker ends this very moment, by a clock that is ahead.
        let turn = self.books.turn(what);
        if turn.handed_over && turn.fence == ticket.fence {
            return self.break_rule(format!("{what:?} is sent although a human has it"));
        }
        // Two clocks may be half an hour off, each its own way.
        let human_at_ms = self.first_sent_ms[&what] + HUMAN_AFTER_MS + HOUR_MS;
        if ticket.sends.look_ups > 0 && self.now_ms >= human_at_ms {
            return self.break_rule(format!("{what:?} is sent again when a human should have it"));
        }
        if let Subject::Attempt(id) = what
            && let Some(index) = self.books.attempts[id].mandate
        {
            let (mandate, used_by) = &self.books.mandates[index];
            // A clock may run behind by half an hour, a step takes a moment.
            let ended = mandate.ended_at.is_some_and(|at| at.as_millisecond() + HOUR_MS < self.now_ms);
            let is_for_others = *used_by != Some(self.books.attempts[id].origin);
            if ended || (is_for_others && mandate.scope == MandateScope::OneTime) {
                self.break_rule(format!("{what:?} is debited without an agreement"));
            }
        }
    }

    /// "Nothing" is believed. The same key would make a false one harmless, so that only this notices it.
    pub fn check_belief(&mut self, ticket: &Ticket, here_ms: i64) {
        if here_ms - ticket.sends.last_at_ms < LAG_MS {
            self.break_rule(format!("{:?} is called absent before it can be seen", ticket.what));
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
        for id in 0..self.books.attempts.len() {
            if self.processor.gives_back(id) > self.books.total {
                return self.break_rule(format!("more of attempt {id} went back than came in"));
            }
        }
        for what in self.books.undecided() {
            self.check_time(what);
        }
    }

    /// What is undecided is taken up in time, and with a human when its time is over.
    fn check_time(&mut self, what: Subject) {
        let turn = self.books.turn(what);
        let since_ms = match self.first_sent_ms.get(&what) {
            Some(first_ms) if turn.handed_over => {
                if self.now_ms < first_ms + HUMAN_AFTER_MS - 2 * HOUR_MS {
                    self.break_rule("a human was asked too early");
                }
                return;
            }
            Some(first_ms) => first_ms + HUMAN_AFTER_MS,
            None => turn.due_at_ms,
        };
        let is_worked_on = self.workers.iter().any(|worker| !worker.is_gone);
        if is_worked_on && self.now_ms - since_ms.max(self.up_since_ms) > SLACK_MS {
            self.break_rule(format!("{what:?} is stuck: {:?}", self.books.stage(what)));
        }
    }

    /// When nothing is left to happen: the processor's journal and the books say the same.
    pub fn check_end(&mut self) {
        if let Some((kind, id)) = self.books.items.iter().find(|(kind, _)| *kind == "contradiction") {
            return self.break_rule(format!("{kind} about {id}"));
        }
        let undecided = self.books.undecided().into_iter().find(|what| !self.is_left_to_a_human(*what));
        if let Some(what) = undecided {
            return self.break_rule(format!("{what:?} was never decided: {:?}", self.books.stage(what)));
        }
        for index in 0..self.processor.journal.len() {
            let charge = self.processor.journal[index].clone();
            let known = self.known(&charge);
            if known.as_deref() != Some(wanted(&charge).as_str()) {
                let what = format!("{} is {}, and known as {known:?}", charge.reference, wanted(&charge));
                return self.break_rule(what);
            }
        }
        let is_taken = |row: &&Charge| row.bank == Bank::Takes && matches!(row.what, Subject::Attempt(_));
        if self.books.payments.len() != self.processor.journal.iter().filter(is_taken).count() {
            return self.break_rule("a payment that the processor does not know");
        }
        let left = |id: usize| self.processor.holds(id) - self.processor.gives_back(id);
        let holds: i64 = (0..self.books.attempts.len()).map(left).sum();
        let booked = |account| self.books.ledger.get(account).copied().unwrap_or_default();
        if booked("processor") != holds || booked("in_transit") != 0 {
            return self
                .break_rule(format!("the processor holds {holds}, the books {:?}", self.books.ledger));
        }
        self.check_ceilings();
    }

    /// How the books know a charge.
    fn known(&self, charge: &Charge) -> Option<String> {
        if let Subject::Refund(id) = charge.what {
            return Some(self.books.refunds[id].state.name().to_owned());
        }
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
        let charges = self.processor.journal.iter().filter(|row| matches!(row.what, Subject::Attempt(_)));
        for charge in charges {
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
                (Bank::Takes | Bank::Asks, _) => true,
            };
            if charges.iter().rev().skip(1).any(is_final) {
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
    if matches!(charge.what, Subject::Refund(_)) {
        let name = match (&charge.bank, charge.moves.last()) {
            (Bank::Refuses(_), _) => "refused",
            (Bank::Takes, Some(Move::Return(_))) => "failed",
            (Bank::Takes, Some(Move::Settle)) => "succeeded",
            (Bank::Takes, None) => "pending",
            (Bank::Asks, _) => "asked",
        };
        return name.to_owned();
    }
    match (&charge.bank, charge.moves.last(), charge.kind) {
        (Bank::Refuses(_), ..) => "declined".to_owned(),
        (Bank::Asks, ..) => "asked".to_owned(),
        (Bank::Takes, Some(Move::Return(code)), _) => format!("returned {code}"),
        (Bank::Takes, Some(Move::Settle), _) => "settled".to_owned(),
        (Bank::Takes, None, MethodKind::Card) => "taken".to_owned(),
        (Bank::Takes, None, _) => "submitted".to_owned(),
    }
}
