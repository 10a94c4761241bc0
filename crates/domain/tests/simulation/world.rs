//! One debt, two workers, a network and a processor, under one seed: what happens next is the earliest thing in a queue.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::decline::Decline;
use paydesk_domain::engine::Figures;
use paydesk_domain::look_up::KEY_WINDOW_MS;
use paydesk_domain::mandate::{Mandate, MandateKind, MandateScope};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Currency;
use paydesk_domain::refund::RefundEvent;
use paydesk_domain::return_code::ReturnCode;

use crate::books::{Books, Kept, News, Report, Subject, at};
use crate::challenges::challenge;
use crate::dice::Dice;
use crate::processor::{Answer, Bank, Charge, Move, Order, Processor};
use crate::worker::{Task, Worker};
use crate::{DAY_MS, Defect, HOUR_MS, LAG_MS, MINUTE_MS, START_MS};

/// How far a worker's clock is off at most, either way. Four hours lie between the hand-over and the end of the key; all
/// that goes wrong with clocks and pauses must fit in.
const SKEW_MS_MAX: i64 = 30 * MINUTE_MS;
/// Faults end here, so that everything can be decided and counted.
const CALM_AFTER_MS: i64 = 4 * DAY_MS;
/// More than any seed needs: a world that is never quiet is broken.
const EVENTS_MAX: usize = 60_000;

/// What happens next.
#[derive(Clone, Debug)]
pub enum Next {
    /// A worker goes on, unless it was woken or crashed since.
    Wake { worker: usize, epoch: u32 },
    /// A request reaches the processor.
    Arrive { order: Order, call: u64, fault: Fault },
    /// An answer reaches whoever asked, if they still wait.
    Reply { call: u64, answer: Answer },
    /// A charge is decided.
    Decided { charge: usize },
    /// A debit moves on.
    Moved { charge: usize, step: Move },
    /// An event is brought, by a webhook or by the poller.
    Told { event: usize, kept: Kept },
    /// The payer tries to pay.
    Payer,
    /// The payer answers their bank.
    Answers { charge: usize },
    /// The payer calls the proof off.
    CallsOff,
    /// The payer ends their agreements.
    Revoked,
    /// Somebody gives money back.
    GiveBack,
    /// A worker's clock jumps.
    Jump { worker: usize },
    /// Every worker is gone.
    Outage { until_ms: i64 },
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// It never leaves.
    Unsent,
    /// It is lost on the way.
    LostRequest,
    LostAnswer,
    /// It hangs in a proxy for minutes.
    Late,
    /// It comes twice.
    Twice,
    TurnedAway,
    Forbidden,
    ErrorBefore,
    /// Done, and answered 5xx; the second time the key remembers the fault instead of the charge.
    ErrorAfter {
        remembered: bool,
    },
}

/// How often what happened, over all seeds: a simulation in which nothing happens proves nothing.
pub type Tally = BTreeMap<&'static str, u64>;

#[derive(Debug)]
pub struct World {
    pub now_ms: i64,
    pub dice: Dice,
    pub books: Books,
    pub processor: Processor,
    pub workers: Vec<Worker>,
    queue: BinaryHeap<Reverse<(i64, u64)>>,
    waiting: BTreeMap<u64, Next>,
    numbers: u64,
    events: usize,
    /// Faults in a thousand calls, and crashes and pauses in a thousand steps.
    pub faults: i64,
    pub crashes: i64,
    pub pauses: i64,
    pub first_sent_ms: BTreeMap<Subject, i64>,
    pub up_since_ms: i64,
    pub broken: Option<String>,
    pub trace: Option<Vec<String>>,
    pub tally: Tally,
    pub defect: Option<Defect>,
}

/// The figures of the program as it is delivered.
const FIGURES: Figures = Figures {
    lease_ms: MINUTE_MS,
    call_timeout_ms: 20_000,
    first_look_up_after_ms: 30_000,
    look_up_pause_ms_max: HOUR_MS,
    key_window_ms: KEY_WINDOW_MS,
    look_up: true,
    visibility_lag_ms: LAG_MS,
};

impl World {
    pub fn new(seed: u64, defect: Option<Defect>, traced: bool) -> Self {
        let mut dice = Dice::new(seed);
        let kind = dice.one_of(&[MethodKind::Card, MethodKind::Card, MethodKind::Ach, MethodKind::Pad]);
        let mut figures = FIGURES;
        if defect == Some(Defect::NothingBelievedAtOnce) {
            figures.visibility_lag_ms = 0;
        }
        let books = Books {
            kind,
            total: 6_250,
            figures,
            defect,
            attempts: Vec::new(),
            payments: Vec::new(),
            refunds: Vec::new(),
            planned: Vec::new(),
            inbox: BTreeMap::new(),
            items: Vec::new(),
            mandates: Vec::new(),
            ledger: BTreeMap::new(),
        };
        let faults = dice.one_of(&[0, 50, 200, 500, 900]);
        let crashes = dice.one_of(&[0, 10, 40, 120]);
        let pauses = dice.one_of(&[0, 10, 40]);
        let mut world = Self {
            now_ms: START_MS,
            dice,
            books,
            processor: Processor::default(),
            workers: (0..2).map(|_| Worker::default()).collect(),
            queue: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            numbers: 0,
            events: 0,
            faults,
            crashes,
            pauses,
            first_sent_ms: BTreeMap::new(),
            up_since_ms: START_MS,
            broken: None,
            trace: traced.then(Vec::new),
            tally: Tally::new(),
            defect,
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        for worker in 0..2 {
            self.workers[worker].skew_ms = self.dice.between(-SKEW_MS_MAX, SKEW_MS_MAX);
            for _ in 0..self.dice.below(4) {
                let at_ms = START_MS + self.dice.below(2 * DAY_MS);
                self.at(at_ms, Next::Jump { worker });
            }
        }
        if self.dice.permille(400) {
            let mandate = self.agreement(MandateScope::Standing);
            self.books.insert(None, false, mandate, None, START_MS + self.dice.below(HOUR_MS));
        } else {
            self.at(START_MS, Next::Payer);
        }
        for _ in 0..self.dice.below(4) {
            let at_ms = START_MS + self.dice.below(2 * DAY_MS);
            self.at(at_ms, Next::Payer);
        }
        for _ in 0..self.dice.below(7) {
            let at_ms = START_MS + self.dice.below(12 * DAY_MS);
            self.at(at_ms, Next::GiveBack);
        }
        if self.dice.permille(150) {
            let at_ms = START_MS + self.dice.below(20 * DAY_MS);
            self.at(at_ms, Next::Revoked);
        }
        if self.dice.permille(200) {
            let at_ms = START_MS + self.dice.below(DAY_MS);
            let until_ms = at_ms + self.dice.below(2 * DAY_MS);
            self.at(at_ms, Next::Outage { until_ms });
        }
    }

    /// Lives until nothing is left to happen.
    pub fn live(&mut self) {
        self.rouse();
        while self.broken.is_none() {
            let Some(Reverse((at_ms, number))) = self.queue.pop() else {
                break;
            };
            self.now_ms = at_ms;
            self.events += 1;
            if self.events > EVENTS_MAX {
                self.break_rule("the world is never quiet");
                break;
            }
            let Some(next) = self.waiting.remove(&number) else {
                continue;
            };
            self.happen(next);
            self.check_now();
            self.rouse();
        }
        if self.broken.is_none() {
            self.check_end();
        }
    }

    pub fn is_calm(&self) -> bool {
        self.now_ms >= START_MS + CALM_AFTER_MS
    }

    /// Every request that was under way has arrived or is lost.
    pub fn is_over(&self) -> bool {
        self.now_ms >= START_MS + CALM_AFTER_MS + DAY_MS
    }

    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub fn at(&mut self, at_ms: i64, next: Next) {
        let number = self.number();
        self.waiting.insert(number, next);
        self.queue.push(Reverse((at_ms, number)));
    }

    pub fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    pub fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            let passed_ms = self.now_ms - START_MS;
            trace.push(format!("{:>10}.{:03} s  {}", passed_ms / 1_000, passed_ms % 1_000, what()));
        }
    }

    pub fn break_rule(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.note(|| format!("BROKEN: {what}"));
        self.broken.get_or_insert(what);
    }

    pub fn happen(&mut self, next: Next) {
        match next {
            Next::Wake { worker, epoch } if self.workers[worker].epoch == epoch => self.go_on(worker),
            Next::Wake { .. } => {}
            Next::Arrive { order, call, fault } => self.arrive(&order, call, fault),
            Next::Reply { call, answer } => self.reply(call, answer),
            Next::Decided { charge } => self.decided(charge),
            Next::Moved { charge, step } => self.moved(charge, step),
            Next::Told { event, kept } => self.told(event, kept),
            Next::Payer => self.pay(),
            Next::Answers { charge } => {
                if self.processor.answer(charge, &mut self.dice) {
                    self.count("answered");
                    self.note(|| format!("the payer answers about {charge}"));
                    self.tell_outcome(charge);
                }
            }
            Next::CallsOff => self.call_off(),
            Next::GiveBack => self.give_back(),
            Next::Revoked => {
                let now = at(self.now_ms);
                for (mandate, _) in &mut self.books.mandates {
                    mandate.ended_at = mandate.ended_at.or(Some(now));
                }
                self.note(|| "the payer ends every agreement".to_owned());
            }
            Next::Jump { worker } => {
                self.workers[worker].skew_ms = self.dice.between(-SKEW_MS_MAX, SKEW_MS_MAX);
                let skew_s = self.workers[worker].skew_ms / 1_000;
                self.note(|| format!("worker {worker}: its clock is {skew_s} s off"));
            }
            Next::Outage { until_ms } => {
                self.count("outage");
                for worker in 0..self.workers.len() {
                    self.crash(worker, until_ms);
                }
            }
        }
    }

    /// The payer agrees to a debit.
    pub fn agreement(&mut self, scope: MandateScope) -> Option<usize> {
        let (kind, currency) = match self.books.kind {
            MethodKind::Card => return None,
            MethodKind::Ach => (MandateKind::AchWeb, Currency::USD),
            MethodKind::Pad => (MandateKind::Pad, Currency::CAD),
        };
        // Agreed to a day ago, so that a clock that runs behind does not find it in the future.
        let accepted_at = at(self.now_ms - DAY_MS);
        let mandate = Mandate {
            kind,
            scope,
            currency,
            amount_max: Some(self.books.total),
            accepted_at,
            ended_at: None,
            used: false,
        };
        self.books.mandates.push((mandate, None));
        Some(self.books.mandates.len() - 1)
    }

    fn pay(&mut self) {
        let scope = self.dice.one_of(&[MandateScope::OneTime, MandateScope::Standing]);
        let worker = usize::try_from(self.dice.below(2)).unwrap();
        let here_ms = self.now_ms + self.workers[worker].skew_ms;
        let free = self.workers[worker].is_free();
        let lease = free.then_some(here_ms + self.books.figures.lease_ms);
        let mandate = self.agreement(scope);
        match self.books.insert(None, true, mandate, lease, here_ms) {
            Some(id) if free => {
                self.note(|| format!("worker {worker}: the payer's attempt {id}, claimed at once"));
                let what = Subject::Attempt(id);
                self.first_sent_ms.insert(what, self.now_ms);
                let ticket = self.books.ticket(what);
                self.start(worker, Task::Prepare(ticket));
            }
            Some(id) => self.note(|| format!("the payer's attempt {id} waits")),
            None => self.count("refused_second_try"),
        }
    }

    /// A third, two thirds or all of a payment. Two people may do so at once.
    fn give_back(&mut self) {
        let part = self.books.total * self.dice.between(1, 4) / 3;
        for _ in 0..self.dice.between(1, 3) {
            match self.books.order_refund(part, self.now_ms) {
                Some(id) => self.note(|| format!("refund {id} of {part} is ordered")),
                None => self.count("refund_refused"),
            }
        }
    }

    fn arrive(&mut self, order: &Order, call: u64, fault: Fault) {
        let answer = match fault {
            Fault::TurnedAway => Answer::TurnedAway,
            Fault::Forbidden => Answer::Forbidden,
            Fault::ErrorBefore => Answer::Fault,
            _ => {
                let spoil = fault == Fault::ErrorAfter { remembered: true };
                let (answer, is_new) = self.processor.charge(order, spoil, self.now_ms, &mut self.dice);
                if is_new {
                    self.made(self.processor.journal.len() - 1);
                }
                answer
            }
        };
        self.note(|| format!("processor: {:?} with {} ({fault:?}): {answer:?}", order.what, order.key));
        let mut ready_ms = self.now_ms + self.dice.below(300);
        if let Answer::Decided(charge) = answer {
            ready_ms = ready_ms.max(self.processor.journal[charge].decided_at_ms);
        }
        match fault {
            Fault::LostAnswer => {}
            Fault::ErrorAfter { .. } => self.at(ready_ms, Next::Reply { call, answer: Answer::Fault }),
            _ => self.at(ready_ms, Next::Reply { call, answer }),
        }
    }

    /// A row of the journal is new.
    fn made(&mut self, charge: usize) {
        self.count("charge");
        let row = self.processor.journal[charge].clone();
        self.note(|| format!("processor: JOURNAL {} for {:?}: {:?}", row.reference, row.what, row.bank));
        let times = self.processor.journal.iter().filter(|charge| charge.what == row.what).count();
        if times > 1 {
            self.break_rule(format!("{:?} was done {times} times", row.what));
        }
        self.at(row.decided_at_ms, Next::Decided { charge });
    }

    fn decided(&mut self, charge: usize) {
        let row = self.processor.journal[charge].clone();
        if row.bank == Bank::Asks {
            self.asked(charge);
        }
        self.tell_outcome(charge);
        let fate = match (row.what, row.kind) {
            _ if row.bank != Bank::Takes => Vec::new(),
            (Subject::Refund(_), _) => Processor::fate_of_refund(&mut self.dice),
            (Subject::Attempt(_), MethodKind::Card) => Vec::new(),
            (Subject::Attempt(_), kind) => Processor::fate(kind, &mut self.dice),
        };
        for (after_ms, step) in fate {
            self.at(self.now_ms + after_ms, Next::Moved { charge, step });
        }
    }

    fn moved(&mut self, charge: usize, step: Move) {
        self.note(|| format!("processor: {charge} moves: {step:?}"));
        let row = self.processor.journal[charge].clone();
        let news = match (row.what, &step) {
            (Subject::Attempt(_), step) => {
                let event = match step {
                    Move::Settle => DebitEvent::Settle,
                    Move::Return(code) => DebitEvent::Return(ReturnCode::parse(code).unwrap()),
                };
                let taken = AttemptEvent::Succeed(ProcessorReference(row.reference));
                News::Attempt(Report { event: taken, debit: Some(event) })
            }
            (Subject::Refund(_), Move::Settle) => {
                News::Refund(RefundEvent::Succeed(ProcessorReference(row.reference)))
            }
            (Subject::Refund(_), Move::Return(code)) => News::Refund(RefundEvent::Fail(code.clone())),
        };
        let is_debit = matches!(row.what, Subject::Attempt(_));
        let by_reference = is_debit && row.moves.contains(&Move::Settle) && step != Move::Settle;
        self.processor.journal[charge].moves.push(step);
        self.tell(charge, news, by_reference);
    }

    /// Tells what became of a charge.
    pub fn tell_outcome(&mut self, charge: usize) {
        let news = outcome(&self.processor.journal[charge], self.now_ms);
        self.tell(charge, news, false);
    }

    /// Tells of something: soon, late, more than once, in any order. What no webhook brings, the poller finds.
    fn tell(&mut self, charge: usize, news: News, by_reference: bool) {
        let what = self.processor.journal[charge].what;
        let event = usize::try_from(self.number()).unwrap();
        let times = if self.is_calm() { 1 } else { self.dice.between(1, 6) };
        for _ in 0..times {
            let late_ms = match self.dice.below(4) {
                0 => self.dice.below(50),
                1 => self.dice.below(MINUTE_MS),
                2 => self.dice.below(HOUR_MS),
                _ => self.dice.below(3 * DAY_MS),
            };
            let news = news.clone();
            let kept = Kept { what, news, by_reference, tries: 0, due_at_ms: 0, done: false };
            self.at(self.now_ms + late_ms, Next::Told { event, kept });
        }
    }

    fn told(&mut self, event: usize, kept: Kept) {
        let due_at_ms = self.now_ms - SKEW_MS_MAX;
        self.note(|| format!("event {event} is brought: {:?}: {:?}", kept.what, kept.news));
        if self.books.inbox.contains_key(&event) {
            self.count("event_again");
            // With the defect, what comes again is applied again.
            if self.defect != Some(Defect::RepetitionIsNews) {
                return;
            }
        }
        self.books.inbox.insert(event, Kept { due_at_ms, ..kept });
    }
}

/// What an answer, an event or a look-up says of what was asked for.
pub fn outcome(row: &Charge, now_ms: i64) -> News {
    let reference = ProcessorReference(row.reference.clone());
    match (row.what, &row.bank) {
        (_, Bank::Asks) => challenge(row, now_ms),
        (Subject::Attempt(_), Bank::Takes) => News::Attempt(AttemptEvent::Succeed(reference).into()),
        (Subject::Attempt(_), Bank::Refuses(code)) => {
            News::Attempt(AttemptEvent::Decline(Decline::new(code.clone())).into())
        }
        (Subject::Refund(_), Bank::Takes) => News::Refund(RefundEvent::Accept(reference)),
        (Subject::Refund(_), Bank::Refuses(code)) => News::Refund(RefundEvent::Refuse(code.clone())),
    }
}
