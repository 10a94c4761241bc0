//! What a worker does, one step at a time: between any two steps it may die, or stop and wake much later.

use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::engine::{CallFault, ChallengeStep, Finding, kept_back};
use paydesk_domain::mandate::{Mandate, Presentment};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Money;

use crate::books::{Applied, News, Subject, Ticket, at};
use crate::challenges::challenge;
use crate::processor::{Answer, Order, Shown};
use crate::world::{Fault, Next, World, outcome};
use crate::{DAY_MS, Defect, HOUR_MS, MINUTE_MS};

/// Beyond this an event is given up: `apply_event`'s figures.
const EVENT_TRIES_MAX: u32 = 24;
const EVENT_PAUSE_MS: i64 = 5_000;

#[derive(Clone, Debug)]
pub enum Task {
    /// Claimed to be sent; its agreement is asked for next.
    Prepare(Ticket),
    /// The time is asked for next.
    Check(Ticket),
    /// The call comes next.
    Send(Ticket),
    /// The answer comes next, or the time is up.
    Wait { ticket: Ticket, call: u64, answer: Option<Answer> },
    /// What was found out is recorded next.
    Record(Ticket, News),
    /// Claimed to be looked up; the call comes next.
    Ask(Ticket),
    /// The look-up's answer comes next; none when it is lost.
    Asked(Ticket, Option<Shown>),
    /// An event is claimed; it is applied next.
    Apply(usize),
    /// It is applied; that is noted next.
    Settle(usize),
}

#[derive(Debug, Default)]
pub struct Worker {
    pub skew_ms: i64,
    pub epoch: u32,
    pub task: Option<Task>,
    pub wakes_at_ms: Option<i64>,
    /// It died and has not come back, or it stopped.
    pub is_gone: bool,
    /// It stopped since it last asked what time it is.
    pub was_paused: bool,
}

impl Worker {
    pub const fn is_free(&self) -> bool {
        !self.is_gone && self.task.is_none()
    }
}

impl World {
    pub fn start(&mut self, worker: usize, task: Task) {
        self.workers[worker].task = Some(task);
        let soon_ms = self.now_ms + self.dice.between(1, 40);
        self.wake_at(worker, soon_ms);
    }

    fn wake_at(&mut self, worker: usize, at_ms: i64) {
        let state = &mut self.workers[worker];
        state.epoch += 1;
        state.wakes_at_ms = Some(at_ms);
        let epoch = state.epoch;
        self.at(at_ms, Next::Wake { worker, epoch });
    }

    /// Everything that was not committed is gone.
    pub fn crash(&mut self, worker: usize, until_ms: i64) {
        self.note(|| format!("worker {worker}: DIES"));
        let state = &mut self.workers[worker];
        state.task = None;
        state.is_gone = true;
        self.wake_at(worker, until_ms);
    }

    /// Wakes whoever is idle when something falls due.
    pub fn rouse(&mut self) {
        for worker in 0..self.workers.len() {
            if !self.workers[worker].is_free() {
                continue;
            }
            let Some(due_ms) = self.next_due() else {
                continue;
            };
            let at_ms = self.now_ms.max(due_ms - self.workers[worker].skew_ms);
            if self.workers[worker].wakes_at_ms.is_none_or(|planned| planned > at_ms + 2_000) {
                let late_ms = self.dice.between(1, 1_500);
                self.wake_at(worker, at_ms + late_ms);
            }
        }
    }

    fn next_due(&self) -> Option<i64> {
        let asked_about = |what: &Subject| !self.is_left_to_a_human(*what);
        let undecided = self.books.undecided().into_iter().filter(asked_about);
        let turns = undecided.map(|what| self.books.turn(what).due_at_ms);
        // A plan waits for the attempt that lives.
        let waits = self.books.live().is_some_and(|row| self.is_left_to_a_human(Subject::Attempt(row.id)));
        let planned = self.books.planned.iter().filter(|plan| !plan.done && !waits).map(|plan| plan.at_ms);
        let events = self.books.inbox.values().filter(|kept| !kept.done).map(|kept| kept.due_at_ms);
        turns.chain(planned).chain(events).min()
    }

    /// The processor has no trace of it, and somebody knows: it would be asked about for ever.
    pub fn is_left_to_a_human(&self, what: Subject) -> bool {
        self.books.turn(what).handed_over
            && self.is_over()
            && self.processor.look_up(what, self.now_ms) == Shown::Nothing
    }

    pub fn go_on(&mut self, worker: usize) {
        self.workers[worker].wakes_at_ms = None;
        if self.workers.iter().all(|worker| worker.is_gone) {
            self.up_since_ms = self.now_ms;
        }
        self.workers[worker].is_gone = false;
        if !self.is_calm() {
            if self.dice.permille(self.crashes) {
                self.count("crash");
                if self.dice.permille(30) {
                    let until_ms = self.now_ms + self.dice.below(2 * DAY_MS);
                    return self.happen(Next::Outage { until_ms });
                }
                let down_ms = match self.dice.below(4) {
                    0 => self.dice.below(2_000),
                    1 | 2 => self.dice.below(5 * MINUTE_MS),
                    _ => self.dice.below(6 * HOUR_MS),
                };
                return self.crash(worker, self.now_ms + down_ms);
            }
            if self.dice.permille(self.pauses) {
                self.count("pause");
                let long = self.dice.permille(300);
                let pause_ms = self.dice.below(if long { 3 * HOUR_MS } else { 3 * MINUTE_MS });
                self.note(|| format!("worker {worker}: STOPS for {} s", pause_ms / 1_000));
                self.workers[worker].is_gone = true;
                self.workers[worker].was_paused = true;
                return self.wake_at(worker, self.now_ms + pause_ms);
            }
        }
        match self.workers[worker].task.take() {
            Some(task) => self.step(worker, task),
            None => self.find_work(worker),
        }
    }

    pub fn here(&self, worker: usize) -> i64 {
        self.now_ms + self.workers[worker].skew_ms
    }

    fn find_work(&mut self, worker: usize) {
        let here_ms = self.here(worker);
        for what in self.books.undecided() {
            if let Some(ticket) = self.books.claim(what, here_ms) {
                self.note(|| format!("worker {worker}: claims {what:?} to send it"));
                self.first_sent_ms.entry(what).or_insert(self.now_ms);
                if ticket.sends.look_ups > 0 {
                    self.count("claimed_again");
                }
                return self.start(worker, Task::Prepare(ticket));
            }
            if self.books.expire(what, here_ms) {
                self.count("lease_over");
                self.note(|| format!("worker {worker}: the lease of {what:?} is over"));
            }
            if let Some(ticket) = self.books.claim_look_up(what, here_ms) {
                return self.start(worker, Task::Ask(ticket));
            }
        }
        self.take_planned(here_ms);
        let due = self.books.inbox.iter().find(|(_, kept)| !kept.done && kept.due_at_ms <= here_ms);
        if let Some((event, _)) = due {
            let event = *event;
            let kept = self.books.inbox.get_mut(&event).unwrap();
            kept.due_at_ms = here_ms + (EVENT_PAUSE_MS << kept.tries.min(9));
            kept.tries += 1;
            self.start(worker, Task::Apply(event));
        }
    }

    /// `take_retry`, in one transaction.
    fn take_planned(&mut self, here_ms: i64) {
        let due = self.books.planned.iter().position(|plan| !plan.done && plan.at_ms <= here_ms);
        let Some(index) = due else {
            return;
        };
        if self.books.live().is_some() {
            self.books.planned[index].at_ms = here_ms + MINUTE_MS;
            return;
        }
        self.books.planned[index].done = true;
        let failed = self.books.attempts[self.books.planned[index].failed].clone();
        if self.books.insert(Some(failed.origin), false, failed.mandate, None, here_ms).is_some() {
            self.count("retry");
            self.note(|| format!("attempt {} is tried again", failed.id));
        }
    }

    fn step(&mut self, worker: usize, task: Task) {
        match task {
            Task::Prepare(ticket) => self.prepare(worker, ticket),
            Task::Check(ticket) => {
                self.workers[worker].was_paused = false;
                match self.books.figures.before_sending(&ticket.sends, self.here(worker)) {
                    Ok(()) => self.start(worker, Task::Send(ticket)),
                    Err(instead) => {
                        let instead = self.patiently(ticket.what, instead);
                        let news = News::without_outcome(ticket.what, instead);
                        self.start(worker, Task::Record(ticket, news));
                    }
                }
            }
            Task::Send(ticket) => self.send(worker, ticket),
            Task::Wait { ticket, call: _, answer } => {
                let news = match answer {
                    Some(answer) => self.read(&ticket, &answer),
                    None => News::without_outcome(ticket.what, AttemptEvent::LoseAnswer),
                };
                self.start(worker, Task::Record(ticket, news));
            }
            Task::Record(ticket, news) => {
                let applied = self.books.record(&ticket, &news, self.here(worker));
                let (what, stage) = (ticket.what, self.books.stage(ticket.what));
                self.note(|| format!("worker {worker}: {what:?}: {news:?}: {applied:?}, {stage:?}"));
                if applied == Applied::Changed && news == News::Attempt(AttemptEvent::KeepBack.into()) {
                    self.first_sent_ms.remove(&what);
                    self.count("kept_back");
                }
                self.count(match applied {
                    Applied::LostFence => "lost_fence",
                    _ => "recorded",
                });
                self.rest(worker);
            }
            Task::Ask(ticket) => self.ask(worker, ticket),
            Task::Asked(ticket, shown) => {
                let news = self.judge(worker, &ticket, shown.as_ref());
                self.start(worker, Task::Record(ticket, news));
            }
            Task::Apply(event) => self.apply_event(worker, event),
            Task::Settle(event) => {
                self.books.inbox.get_mut(&event).unwrap().done = true;
                self.rest(worker);
            }
        }
    }

    pub fn rest(&mut self, worker: usize) {
        let soon_ms = self.now_ms + self.dice.between(1, 1_000);
        self.wake_at(worker, soon_ms);
    }

    /// Whether the agreement permits the debit, as `covers` in the program asks.
    fn prepare(&mut self, worker: usize, ticket: Ticket) {
        if let Subject::Attempt(id) = ticket.what
            && let Some(index) = self.books.attempts[id].mandate
        {
            let origin = self.books.attempts[id].origin;
            let (mandate, used_by) = self.books.mandates[index].clone();
            let facts = Mandate { used: used_by.is_some_and(|used_by| used_by != origin), ..mandate };
            let again = if id == origin { Presentment::First } else { Presentment::Again };
            let amount = Money::new(self.books.total, facts.currency);
            if facts.covers_presentment(amount, at(self.here(worker)), again).is_err() {
                self.count("not_covered");
                let news = News::without_outcome(ticket.what, ticket.sends.not_sent("mandate_missing"));
                return self.start(worker, Task::Record(ticket, news));
            }
            self.books.mandates[index].1 = Some(used_by.unwrap_or(origin));
        }
        self.start(worker, Task::Check(ticket));
    }

    fn send(&mut self, worker: usize, ticket: Ticket) {
        self.check_send(worker, &ticket);
        let fault = self.fault();
        let look_ups = ticket.sends.look_ups;
        let (name, attempt, amount) = match ticket.what {
            Subject::Attempt(id) => (format!("{id}.charge"), id, self.books.total),
            Subject::Refund(id) => {
                (format!("{id}.refund"), self.books.refunds[id].attempt, self.books.refunds[id].amount)
            }
        };
        let other_key = self.defect == Some(Defect::KeyOmittedOnResend) && look_ups > 0;
        let key = if other_key { format!("{name}.{look_ups}") } else { name };
        let by_payer = matches!(ticket.what, Subject::Attempt(_)) && self.books.attempts[attempt].by_payer;
        let kind = self.books.kind;
        let may_ask = by_payer && kind == MethodKind::Card;
        let order = Order { key, what: ticket.what, attempt, amount, kind, may_ask };
        let call = self.number();
        self.count("sent");
        self.note(|| format!("worker {worker}: sends {:?}, {fault:?}", ticket.what));
        let soon_ms = self.now_ms + self.dice.between(1, 400);
        let arrive = |fault| Next::Arrive { order: order.clone(), call, fault };
        match fault {
            Fault::Unsent => self.at(soon_ms, Next::Reply { call, answer: Answer::TurnedAway }),
            Fault::LostRequest => {}
            Fault::Late => {
                let late_ms = self.now_ms + self.dice.below(10 * MINUTE_MS);
                self.at(late_ms, arrive(Fault::None));
            }
            Fault::Twice => {
                let late_ms = soon_ms + self.dice.below(MINUTE_MS);
                self.at(soon_ms, arrive(Fault::None));
                self.at(late_ms, arrive(Fault::None));
            }
            fault => self.at(soon_ms, arrive(fault)),
        }
        self.workers[worker].task = Some(Task::Wait { ticket, call, answer: None });
        let gives_up_ms = self.now_ms + self.books.figures.call_timeout_ms;
        self.wake_at(worker, gives_up_ms);
    }

    fn fault(&mut self) -> Fault {
        if self.is_calm() || !self.dice.permille(self.faults) {
            return Fault::None;
        }
        match self.dice.below(20) {
            0 | 1 => Fault::Unsent,
            2..=4 => Fault::LostRequest,
            5..=8 => Fault::LostAnswer,
            9 | 10 => Fault::Late,
            11 | 12 => Fault::Twice,
            13 => Fault::TurnedAway,
            14 => Fault::Forbidden,
            15 | 16 => Fault::ErrorBefore,
            17 | 18 => Fault::ErrorAfter { remembered: false },
            _ => Fault::ErrorAfter { remembered: true },
        }
    }

    /// An answer reaches a worker that still waits for it. One that has stopped finds it when it wakes.
    pub fn reply(&mut self, call: u64, answer: Answer) {
        for worker in 0..self.workers.len() {
            let has_stopped = self.workers[worker].is_gone;
            if let Some(Task::Wait { call: awaited, answer: slot, .. }) = &mut self.workers[worker].task
                && *awaited == call
                && slot.is_none()
            {
                *slot = Some(answer.clone());
                if !has_stopped {
                    self.wake_at(worker, self.now_ms);
                }
            }
        }
    }

    /// A charge that its payer does not wait for is kept back where theirs would end.
    fn patiently(&self, what: Subject, event: AttemptEvent) -> AttemptEvent {
        match what {
            Subject::Attempt(id) if !self.books.attempts[id].by_payer => kept_back(event),
            _ => event,
        }
    }

    /// What an answer says.
    fn read(&mut self, ticket: &Ticket, answer: &Answer) -> News {
        let fault = match answer {
            Answer::Decided(charge) => return outcome(&self.processor.journal[*charge], self.now_ms),
            Answer::Asked(charge) => {
                self.count("asked_again");
                return challenge(&self.processor.journal[*charge], self.now_ms);
            }
            Answer::Fault if self.defect == Some(Defect::FaultIsFailure) => CallFault::Rejected,
            Answer::Fault | Answer::Conflict => CallFault::Unknown,
            Answer::TurnedAway => CallFault::NotSent,
            Answer::Forbidden => CallFault::Rejected,
        };
        let event = self.patiently(ticket.what, ticket.sends.after_fault(fault));
        News::without_outcome(ticket.what, event)
    }

    fn ask(&mut self, worker: usize, ticket: Ticket) {
        self.count("look_up");
        let is_lost = !self.is_calm() && self.dice.permille(self.faults / 2);
        if let Subject::Attempt(id) = ticket.what
            && let Some(step) = ChallengeStep::of(&self.books.attempts[id].state, self.here(worker))
        {
            return self.see_to_challenge(worker, ticket, step, is_lost);
        }
        let shown = (!is_lost).then(|| self.processor.look_up(ticket.what, self.now_ms));
        self.note(|| format!("worker {worker}: looks {:?} up: {shown:?}", ticket.what));
        self.start(worker, Task::Asked(ticket, shown));
    }

    /// What a look-up says.
    fn judge(&mut self, worker: usize, ticket: &Ticket, shown: Option<&Shown>) -> News {
        let here_ms = self.here(worker);
        let finding = match shown {
            Some(Shown::Decided(charge)) => return outcome(&self.processor.journal[*charge], here_ms),
            Some(Shown::Nothing) => Finding::Nothing,
            Some(Shown::Pending) | None => Finding::Undecided,
        };
        let event = self.books.figures.after_look_up(&ticket.sends, finding, here_ms, here_ms);
        if event == AttemptEvent::FindNothing {
            self.check_belief(ticket, here_ms);
        }
        News::without_outcome(ticket.what, event)
    }

    fn apply_event(&mut self, worker: usize, event: usize) {
        let kept = self.books.inbox[&event].clone();
        let is_known =
            self.books.payments.iter().any(|payment| Subject::Attempt(payment.attempt) == kept.what);
        let applied = if kept.by_reference && !is_known {
            Applied::TooEarly
        } else {
            self.books.hear(kept.what, &kept.news, self.here(worker))
        };
        self.note(|| format!("worker {worker}: event {event} about {:?}: {applied:?}", kept.what));
        match applied {
            Applied::TooEarly if kept.tries > EVENT_TRIES_MAX => {
                self.break_rule(format!("event {event} was given up"));
            }
            Applied::TooEarly => {
                self.count("event_too_early");
                self.rest(worker);
            }
            _ => self.start(worker, Task::Settle(event)),
        }
    }
}
