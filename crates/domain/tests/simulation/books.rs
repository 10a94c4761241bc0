//! What the store keeps of one debt, and only what the rules rest on: one live attempt at most, a fence that is compared,
//! and transactions that happen as a whole. The conditions are those of the store's own statements.

use std::collections::BTreeMap;

use jiff::Timestamp;
use paydesk_domain::attempt::{AttemptEvent, AttemptState};
use paydesk_domain::debit::{DebitEvent, DebitState};
use paydesk_domain::engine::{Figures, Heard, Sends, hear};
use paydesk_domain::mandate::Mandate;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::retry::{RetryDecision, decide_card, decide_debit};
use paydesk_domain::return_code::ReturnCode;

use crate::Defect;

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: usize,
    pub origin: usize,
    pub by_payer: bool,
    pub state: AttemptState,
    pub fence: i64,
    pub leased_until_ms: Option<i64>,
    pub due_at_ms: i64,
    pub look_ups: u32,
    pub created_at_ms: i64,
    pub first_sent_at_ms: Option<i64>,
    pub sent_at_ms: Option<i64>,
    pub handed_over: bool,
    /// Which agreement permits the debit.
    pub mandate: Option<usize>,
}

impl Attempt {
    pub fn sends(&self) -> Sends {
        Sends {
            first_at_ms: self.first_sent_at_ms.unwrap_or(self.created_at_ms),
            last_at_ms: self.sent_at_ms.unwrap_or(self.created_at_ms),
            look_ups: self.look_ups,
        }
    }

    pub fn is_live(&self) -> bool {
        !self.state.status().is_final()
    }
}

#[derive(Clone, Debug)]
pub struct Payment {
    pub attempt: usize,
    pub amount: i64,
    /// `None` for a card's.
    pub debit: Option<DebitState>,
}

impl Payment {
    /// What it takes off the debt, now or when it settles.
    pub fn counts(&self) -> i64 {
        match self.debit {
            Some(DebitState::Returned(_) | DebitState::Canceled) => 0,
            None | Some(DebitState::Submitted | DebitState::Settled) => self.amount,
        }
    }
}

/// What is reported of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub event: AttemptEvent,
    pub debit: Option<DebitEvent>,
}

impl From<AttemptEvent> for Report {
    fn from(event: AttemptEvent) -> Self {
        Self { event, debit: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    Changed,
    Known,
    LostFence,
    TooEarly,
    Contradiction,
}

/// An event of the processor's that is kept until it is applied.
#[derive(Clone, Debug)]
pub struct Kept {
    pub attempt: usize,
    pub report: Report,
    /// A return is known by the payment's reference alone.
    pub by_reference: bool,
    pub tries: u32,
    pub due_at_ms: i64,
    pub done: bool,
}

#[derive(Clone, Debug)]
pub struct Planned {
    pub failed: usize,
    pub at_ms: i64,
    pub done: bool,
}

#[derive(Debug)]
pub struct Books {
    pub kind: MethodKind,
    pub total: i64,
    pub figures: Figures,
    pub defect: Option<Defect>,
    pub attempts: Vec<Attempt>,
    pub payments: Vec<Payment>,
    pub planned: Vec<Planned>,
    pub inbox: BTreeMap<usize, Kept>,
    pub items: Vec<(&'static str, usize)>,
    /// Agreements, and for which debt each was used first.
    pub mandates: Vec<(Mandate, Option<usize>)>,
    /// The ledger: what each account holds.
    pub ledger: BTreeMap<&'static str, i64>,
}

impl Books {
    pub fn payable(&self) -> i64 {
        self.total - self.payments.iter().map(Payment::counts).sum::<i64>()
    }

    pub fn live(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.is_live())
    }

    /// Writes an attempt, sent by whoever writes it when it is claimed until `leased_until_ms`. `None` where another one
    /// lives, or nothing is owed.
    pub fn insert(
        &mut self,
        origin: Option<usize>,
        by_payer: bool,
        mandate: Option<usize>,
        leased_until_ms: Option<i64>,
        now_ms: i64,
    ) -> Option<usize> {
        if self.live().is_some() || self.payable() < self.total {
            return None;
        }
        let id = self.attempts.len();
        let claimed = leased_until_ms.is_some();
        self.attempts.push(Attempt {
            id,
            origin: origin.unwrap_or(id),
            by_payer,
            state: if claimed { AttemptState::Sending } else { AttemptState::Created },
            fence: i64::from(claimed),
            leased_until_ms,
            due_at_ms: leased_until_ms.unwrap_or(now_ms),
            look_ups: 0,
            created_at_ms: now_ms,
            first_sent_at_ms: claimed.then_some(now_ms),
            sent_at_ms: claimed.then_some(now_ms),
            handed_over: false,
            mandate,
        });
        Some(id)
    }

    /// `CLAIM_DUE`.
    pub fn claim(&mut self, id: usize, now_ms: i64) -> Option<Attempt> {
        let lease_ms = self.figures.lease_ms;
        let row = &mut self.attempts[id];
        if row.state != AttemptState::Created || row.due_at_ms > now_ms {
            return None;
        }
        row.state = row.state.clone().apply(AttemptEvent::Send).unwrap();
        row.fence += 1;
        row.leased_until_ms = Some(now_ms + lease_ms);
        row.due_at_ms = now_ms + lease_ms;
        row.sent_at_ms = Some(now_ms);
        row.first_sent_at_ms = row.first_sent_at_ms.or(Some(now_ms));
        Some(row.clone())
    }

    /// `EXPIRE_LEASE`.
    pub fn expire(&mut self, id: usize, now_ms: i64) -> bool {
        let row = &mut self.attempts[id];
        if row.state != AttemptState::Sending || row.leased_until_ms.is_none_or(|until| until > now_ms) {
            return false;
        }
        row.state = row.state.clone().apply(AttemptEvent::LoseAnswer).unwrap();
        row.fence += 1;
        row.due_at_ms = now_ms;
        row.leased_until_ms = None;
        true
    }

    /// `CLAIM_LOOK_UP`.
    pub fn claim_look_up(&mut self, id: usize, now_ms: i64) -> Option<Attempt> {
        let lease_ms = self.figures.lease_ms;
        let row = &mut self.attempts[id];
        if row.state != AttemptState::InDoubt || row.due_at_ms > now_ms {
            return None;
        }
        row.fence += 1;
        row.look_ups += 1;
        row.leased_until_ms = Some(now_ms + lease_ms);
        row.due_at_ms = now_ms + lease_ms;
        Some(row.clone())
    }

    /// What whoever claimed the attempt found out.
    pub fn record(&mut self, claimed: &Attempt, report: &Report, now_ms: i64) -> Applied {
        let is_stale = self.attempts[claimed.id].fence != claimed.fence;
        if is_stale && self.defect != Some(Defect::FenceIgnored) {
            return Applied::LostFence;
        }
        self.apply(claimed.id, report, now_ms)
    }

    /// What anybody reports of an attempt.
    pub fn apply(&mut self, id: usize, report: &Report, now_ms: i64) -> Applied {
        let before = self.attempts[id].state.clone();
        let (after, is_news) = match hear(&before, report.event.clone()) {
            Heard::News(after) => (after, true),
            Heard::Known if self.defect == Some(Defect::RepetitionIsNews) => (before.clone(), true),
            Heard::Known => (before.clone(), false),
            Heard::TooEarly => return Applied::TooEarly,
            Heard::Contradiction(_) => return self.contradiction(id),
        };
        if is_news {
            self.write(id, &after, now_ms);
        }
        let moved = match report.debit.clone().map(|event| self.move_debit(id, event, now_ms)) {
            Some(Err(())) => return self.contradiction(id),
            Some(Ok(moved)) => moved,
            None => false,
        };
        if is_news || moved { Applied::Changed } else { Applied::Known }
    }

    fn write(&mut self, id: usize, after: &AttemptState, now_ms: i64) {
        let plan = self.figures.plan(after, &self.attempts[id].sends(), now_ms);
        let row = &mut self.attempts[id];
        row.state = after.clone();
        row.fence += 1;
        row.due_at_ms = plan.due_at_ms;
        row.leased_until_ms = None;
        if plan.hand_over && self.defect != Some(Defect::NeverHandedOver) && !row.handed_over {
            row.handed_over = true;
            self.items.push(("attempt_undecided", id));
        }
        if after.status().is_final() {
            self.items.retain(|item| *item != ("attempt_undecided", id));
        }
        match after {
            AttemptState::Succeeded(_) => self.take(id),
            AttemptState::Declined(decline) if !self.attempts[id].by_payer => {
                let sent = self.sent(|row| !row.by_payer);
                let decision = decide_card(decline, &sent, at(now_ms));
                self.follow(id, decision, "charge_failed");
            }
            AttemptState::FailedBeforeSend(_) if !self.attempts[id].by_payer => {
                self.items.push(("charge_failed", id));
            }
            _ => {}
        }
    }

    fn take(&mut self, id: usize) {
        let is_card = self.kind == MethodKind::Card;
        self.payments.push(Payment {
            attempt: id,
            amount: self.total,
            debit: (!is_card).then_some(DebitState::Submitted),
        });
        if is_card {
            self.book("processor", "receivable");
        } else {
            self.book("in_transit", "unsettled");
        }
    }

    fn move_debit(&mut self, id: usize, event: DebitEvent, now_ms: i64) -> Result<bool, ()> {
        let payment = self.payments.iter_mut().find(|payment| payment.attempt == id).unwrap();
        let before = payment.debit.clone().unwrap();
        let after = before.clone().apply(event).map_err(|_| ())?;
        if before == after {
            return Ok(false);
        }
        payment.debit = Some(after.clone());
        if before == DebitState::Submitted {
            self.book("unsettled", "in_transit");
        } else {
            self.book("receivable", "processor");
        }
        match after {
            DebitState::Settled => self.book("processor", "receivable"),
            DebitState::Returned(code) => self.follow_return(id, &code, now_ms),
            DebitState::Submitted | DebitState::Canceled => {}
        }
        Ok(true)
    }

    fn follow_return(&mut self, id: usize, code: &ReturnCode, now_ms: i64) {
        self.items.push(("debit_failed", id));
        if code.consequence().ends_consent()
            && let Some(index) = self.attempts[id].mandate
        {
            let (mandate, _) = &mut self.mandates[index];
            mandate.ended_at = mandate.ended_at.or(Some(at(now_ms)));
        }
        let origin = self.attempts[id].origin;
        let sent = self.sent(|row| row.origin == origin);
        if let RetryDecision::At(again) = decide_debit(code, &sent, at(now_ms)) {
            self.planned.push(Planned { failed: id, at_ms: again.as_millisecond(), done: false });
        }
    }

    fn follow(&mut self, id: usize, decision: RetryDecision, item: &'static str) {
        match decision {
            RetryDecision::At(at) => {
                self.planned.push(Planned { failed: id, at_ms: at.as_millisecond(), done: false });
            }
            RetryDecision::Never(_) => self.items.push((item, id)),
        }
    }

    /// When attempts were sent, without those that certainly did not reach the processor.
    fn sent(&self, which: impl Fn(&Attempt) -> bool) -> Vec<Timestamp> {
        let counts = |row: &&Attempt| which(row) && !matches!(row.state, AttemptState::FailedBeforeSend(_));
        let mut sent: Vec<_> =
            self.attempts.iter().filter(counts).filter_map(|row| row.sent_at_ms.map(at)).collect();
        sent.sort();
        sent
    }

    fn book(&mut self, debit: &'static str, credit: &'static str) {
        *self.ledger.entry(debit).or_default() += self.total;
        *self.ledger.entry(credit).or_default() -= self.total;
    }

    fn contradiction(&mut self, id: usize) -> Applied {
        self.items.push(("contradiction", id));
        Applied::Contradiction
    }
}

pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}
