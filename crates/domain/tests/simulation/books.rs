//! What the store keeps of one debt, and only what the rules rest on: one live attempt at most, a fence that is compared,
//! and transactions that happen as a whole. The conditions are those of the store's own statements.

use std::collections::BTreeMap;

use jiff::Timestamp;
use paydesk_domain::attempt::{AttemptEvent, AttemptState};
use paydesk_domain::debit::{DebitEvent, DebitState};
use paydesk_domain::engine::{Figures, Heard, Plan, Sends, hear};
use paydesk_domain::mandate::Mandate;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::refund::RefundEvent;
use paydesk_domain::retry::{RetryDecision, decide_card, decide_debit};
use paydesk_domain::return_code::ReturnCode;

use crate::Defect;
use crate::refunds::Refund;

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Attempt(usize),
    Refund(usize),
}

/// Whose turn it is with an attempt or a refund.
#[derive(Clone, Debug)]
pub struct Turn {
    pub fence: i64,
    pub leased_until_ms: Option<i64>,
    pub due_at_ms: i64,
    pub look_ups: u32,
    pub created_at_ms: i64,
    pub first_sent_at_ms: Option<i64>,
    pub sent_at_ms: Option<i64>,
    pub handed_over: bool,
}

impl Turn {
    /// One that nobody has claimed, or that is claimed by whoever writes it.
    pub fn new(leased_until_ms: Option<i64>, now_ms: i64) -> Self {
        let claimed_at_ms = leased_until_ms.map(|_| now_ms);
        Self {
            fence: i64::from(leased_until_ms.is_some()),
            leased_until_ms,
            due_at_ms: leased_until_ms.unwrap_or(now_ms),
            look_ups: 0,
            created_at_ms: now_ms,
            first_sent_at_ms: claimed_at_ms,
            sent_at_ms: claimed_at_ms,
            handed_over: false,
        }
    }

    pub fn sends(&self) -> Sends {
        Sends {
            first_at_ms: self.first_sent_at_ms.unwrap_or(self.created_at_ms),
            last_at_ms: self.sent_at_ms.unwrap_or(self.created_at_ms),
            look_ups: self.look_ups,
        }
    }

    fn lease(&mut self, until_ms: i64) {
        self.fence += 1;
        self.leased_until_ms = Some(until_ms);
        self.due_at_ms = until_ms;
    }

    /// Written with an outcome. Answers whether a human is asked as of now.
    pub fn end(&mut self, plan: Plan) -> bool {
        self.fence += 1;
        self.due_at_ms = plan.due_at_ms;
        self.leased_until_ms = None;
        let is_new = plan.hand_over && !self.handed_over;
        self.handed_over |= plan.hand_over;
        is_new
    }
}

/// What a worker knows of what it has claimed.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    pub what: Subject,
    pub fence: i64,
    pub sends: Sends,
}

/// Where an attempt or a refund stands, as far as workers care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Created,
    Sending,
    InDoubt,
    Decided,
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: usize,
    pub origin: usize,
    pub by_payer: bool,
    pub state: AttemptState,
    pub turn: Turn,
    /// Which agreement permits the debit.
    pub mandate: Option<usize>,
}

impl Attempt {
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

/// What is reported of anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Attempt(Report),
    Refund(RefundEvent),
}

impl News {
    /// A call or a look-up without an outcome, in the terms of what it was about.
    pub fn without_outcome(what: Subject, event: AttemptEvent) -> Self {
        match (what, event) {
            (Subject::Attempt(_), event) => Self::Attempt(event.into()),
            (Subject::Refund(_), AttemptEvent::FailBeforeSend(why)) => {
                Self::Refund(RefundEvent::FailBeforeSend(why))
            }
            (Subject::Refund(_), AttemptEvent::FindNothing) => Self::Refund(RefundEvent::FindNothing),
            (Subject::Refund(_), _) => Self::Refund(RefundEvent::LoseAnswer),
        }
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
    pub what: Subject,
    pub news: News,
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
    pub refunds: Vec<Refund>,
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
        let is_claimed = leased_until_ms.is_some();
        self.attempts.push(Attempt {
            id,
            origin: origin.unwrap_or(id),
            by_payer,
            state: if is_claimed { AttemptState::Sending } else { AttemptState::Created },
            turn: Turn::new(leased_until_ms, now_ms),
            mandate,
        });
        Some(id)
    }

    pub fn turn(&self, what: Subject) -> &Turn {
        match what {
            Subject::Attempt(id) => &self.attempts[id].turn,
            Subject::Refund(id) => &self.refunds[id].turn,
        }
    }

    fn turn_mut(&mut self, what: Subject) -> &mut Turn {
        match what {
            Subject::Attempt(id) => &mut self.attempts[id].turn,
            Subject::Refund(id) => &mut self.refunds[id].turn,
        }
    }

    pub fn ticket(&self, what: Subject) -> Ticket {
        let turn = self.turn(what);
        Ticket { what, fence: turn.fence, sends: turn.sends() }
    }

    pub fn stage(&self, what: Subject) -> Stage {
        let name = match what {
            Subject::Attempt(id) => self.attempts[id].state.name(),
            Subject::Refund(id) => self.refunds[id].state.name(),
        };
        match name {
            "created" => Stage::Created,
            "sending" => Stage::Sending,
            "in_doubt" | "challenged" | "giving_up" => Stage::InDoubt,
            _ => Stage::Decided,
        }
    }

    /// Everything that somebody must still do something about.
    pub fn undecided(&self) -> Vec<Subject> {
        let attempts = self.live().map(|row| Subject::Attempt(row.id));
        let all = attempts.into_iter().chain((0..self.refunds.len()).map(Subject::Refund));
        all.filter(|what| self.stage(*what) != Stage::Decided).collect()
    }

    fn step(&mut self, what: Subject, attempt: AttemptEvent, refund: RefundEvent) {
        match what {
            Subject::Attempt(id) => {
                let row = &mut self.attempts[id];
                row.state = row.state.clone().apply(attempt).unwrap();
            }
            Subject::Refund(id) => {
                let row = &mut self.refunds[id];
                row.state = row.state.clone().apply(refund).unwrap();
            }
        }
    }

    /// `CLAIM_DUE`, `CLAIM_REFUND`.
    pub fn claim(&mut self, what: Subject, now_ms: i64) -> Option<Ticket> {
        let until_ms = now_ms + self.figures.lease_ms;
        if self.stage(what) != Stage::Created || self.turn(what).due_at_ms > now_ms {
            return None;
        }
        self.step(what, AttemptEvent::Send, RefundEvent::Send);
        let turn = self.turn_mut(what);
        turn.lease(until_ms);
        turn.sent_at_ms = Some(now_ms);
        turn.first_sent_at_ms = turn.first_sent_at_ms.or(Some(now_ms));
        Some(self.ticket(what))
    }

    /// `EXPIRE_LEASE`, `EXPIRE_REFUND_LEASE`.
    pub fn expire(&mut self, what: Subject, now_ms: i64) -> bool {
        let is_over = self.turn(what).leased_until_ms.is_some_and(|until| until <= now_ms);
        if self.stage(what) != Stage::Sending || !is_over {
            return false;
        }
        self.step(what, AttemptEvent::LoseAnswer, RefundEvent::LoseAnswer);
        self.turn_mut(what).end(Plan { due_at_ms: now_ms, hand_over: false });
        true
    }

    /// `CLAIM_LOOK_UP`, `CLAIM_REFUND_LOOK_UP`.
    pub fn claim_look_up(&mut self, what: Subject, now_ms: i64) -> Option<Ticket> {
        let until_ms = now_ms + self.figures.lease_ms;
        if self.stage(what) != Stage::InDoubt || self.turn(what).due_at_ms > now_ms {
            return None;
        }
        let turn = self.turn_mut(what);
        turn.lease(until_ms);
        turn.look_ups += 1;
        Some(self.ticket(what))
    }

    /// What whoever claimed it found out.
    pub fn record(&mut self, claimed: &Ticket, news: &News, now_ms: i64) -> Applied {
        let is_stale = self.turn(claimed.what).fence != claimed.fence;
        if is_stale && self.defect != Some(Defect::FenceIgnored) {
            return Applied::LostFence;
        }
        self.hear(claimed.what, news, now_ms)
    }

    /// What anybody reports.
    pub fn hear(&mut self, what: Subject, news: &News, now_ms: i64) -> Applied {
        match (what, news) {
            (Subject::Attempt(id), News::Attempt(report)) => self.apply(id, report, now_ms),
            (Subject::Refund(id), News::Refund(event)) => self.apply_refund(id, event, now_ms),
            _ => panic!("news of something else"),
        }
    }

    fn apply(&mut self, id: usize, report: &Report, now_ms: i64) -> Applied {
        let before = self.attempts[id].state.clone();
        let (after, is_news) = match hear(&before, report.event.clone()) {
            Heard::News(after) => (after, true),
            Heard::Known if self.defect == Some(Defect::RepetitionIsNews) => (before.clone(), true),
            Heard::Known => (before.clone(), false),
            Heard::TooEarly => return Applied::TooEarly,
            Heard::Contradiction(_) => return self.contradiction(id),
        };
        if is_news && report.event == AttemptEvent::KeepBack {
            self.keep_back(id, &after, now_ms);
        } else if is_news {
            self.write(id, &report.event, &after, now_ms);
        }
        let moved = match report.debit.clone().map(|event| self.move_debit(id, event, now_ms)) {
            Some(Err(())) => return self.contradiction(id),
            Some(Ok(moved)) => moved,
            None => false,
        };
        if is_news || moved { Applied::Changed } else { Applied::Known }
    }

    /// `KEEP_BACK`: nothing was ever sent of it.
    fn keep_back(&mut self, id: usize, after: &AttemptState, now_ms: i64) {
        let row = &mut self.attempts[id];
        assert_eq!(row.turn.look_ups, 0, "what was sent before is not kept back");
        row.state = after.clone();
        row.turn.end(Plan::kept_back(now_ms));
        (row.turn.first_sent_at_ms, row.turn.sent_at_ms) = (None, None);
    }

    fn write(&mut self, id: usize, event: &AttemptEvent, after: &AttemptState, now_ms: i64) {
        let plan = self.heeded(self.plan(id, event, after, now_ms));
        let row = &mut self.attempts[id];
        row.state = after.clone();
        if row.turn.end(plan) {
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

    /// With the defect, no human is ever asked.
    pub fn heeded(&self, plan: Plan) -> Plan {
        Plan { hand_over: plan.hand_over && self.defect != Some(Defect::NeverHandedOver), ..plan }
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
        let sent = self.attempts.iter().filter(counts).filter_map(|row| row.turn.sent_at_ms.map(at));
        let mut sent: Vec<_> = sent.collect();
        sent.sort();
        sent
    }

    fn book(&mut self, debit: &'static str, credit: &'static str) {
        self.book_some(self.total, debit, credit);
    }

    pub fn book_some(&mut self, amount: i64, debit: &'static str, credit: &'static str) {
        *self.ledger.entry(debit).or_default() += amount;
        *self.ledger.entry(credit).or_default() -= amount;
    }

    pub fn contradiction(&mut self, id: usize) -> Applied {
        self.items.push(("contradiction", id));
        Applied::Contradiction
    }
}

pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}
