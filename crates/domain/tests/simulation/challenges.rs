//! What the payer's bank asks, what the payer does about it, and what a worker does meanwhile.

use paydesk_domain::attempt::{AttemptEvent, AttemptState, Challenge, ProcessorReference};
use paydesk_domain::decline::Decline;
use paydesk_domain::engine::{ChallengeStep, Plan};

use crate::books::{Attempt, Books, News, Subject, Ticket};
use crate::processor::{Charge, Shown};
use crate::worker::Task;
use crate::world::{Next, World};
use crate::{Defect, MINUTE_MS};

/// For how long a payer is waited for.
const CHALLENGE_MS: i64 = 15 * MINUTE_MS;

impl World {
    /// The payer is asked. They answer soon, late, when nobody waits any more, or never, and may call it off.
    pub fn asked(&mut self, charge: usize) {
        self.count("asked");
        for _ in 0..self.dice.below(3) {
            let at_ms = self.now_ms + self.dice.below(40 * MINUTE_MS);
            self.at(at_ms, Next::Answers { charge });
        }
        for _ in 0..self.dice.below(3) {
            let at_ms = self.now_ms + self.dice.below(20 * MINUTE_MS);
            self.at(at_ms, Next::CallsOff);
        }
    }

    /// The payer's wish is written down by whoever hears it. With the defect, that is all.
    pub fn call_off(&mut self) {
        let challenged = |row: &&Attempt| matches!(row.state, AttemptState::Challenged(_));
        let Some(id) = self.books.attempts.iter().find(challenged).map(|row| row.id) else {
            return;
        };
        self.count("called_off");
        self.note(|| format!("the payer calls attempt {id} off"));
        let now_ms = self.now_ms;
        self.give_up(id, now_ms);
    }

    /// Gives an attempt up, whoever has claimed it.
    pub fn give_up(&mut self, id: usize, here_ms: i64) -> News {
        let news = News::Attempt(match self.defect {
            Some(Defect::EndedBeforeCancelled) => AttemptEvent::Decline(Decline::abandoned()).into(),
            _ => AttemptEvent::GiveUp.into(),
        });
        self.books.hear(Subject::Attempt(id), &news, here_ms);
        news
    }

    /// A challenge is asked about by its name, given up, or cancelled. What is lost may have been done.
    pub fn see_to_challenge(&mut self, worker: usize, ticket: Ticket, step: ChallengeStep, is_lost: bool) {
        let Subject::Attempt(id) = ticket.what else { return };
        let charge = self.processor.named(ticket.what);
        self.note(|| format!("worker {worker}: {:?}: {step:?}, lost: {is_lost}", ticket.what));
        match step {
            ChallengeStep::Ask => {
                let shown = charge.map_or(Shown::Nothing, Shown::Decided);
                self.start(worker, Task::Asked(ticket, (!is_lost).then_some(shown)));
            }
            ChallengeStep::GiveUp => {
                self.count("too_late");
                if self.books.turn(ticket.what).fence == ticket.fence {
                    let here_ms = self.here(worker);
                    self.give_up(id, here_ms);
                }
                self.rest(worker);
            }
            ChallengeStep::Cancel => {
                let arrives = !is_lost || self.dice.permille(500);
                let Some(charge) = charge.filter(|_| arrives) else {
                    return self.start(worker, Task::Asked(ticket, None));
                };
                if self.processor.cancel(charge) {
                    self.count("cancelled");
                    self.tell_outcome(charge);
                } else {
                    self.count("cancelled_too_late");
                }
                if self.defect == Some(Defect::CancelTakenForGranted) {
                    let abandoned = AttemptEvent::Decline(Decline::abandoned()).into();
                    return self.start(worker, Task::Record(ticket, News::Attempt(abandoned)));
                }
                self.start(worker, Task::Asked(ticket, (!is_lost).then_some(Shown::Decided(charge))));
            }
        }
    }
}

impl Books {
    /// When something is done next about an attempt that this event has led into this state.
    pub fn plan(&self, id: usize, event: &AttemptEvent, after: &AttemptState, now_ms: i64) -> Plan {
        match event {
            AttemptEvent::GiveUp => Plan::at_once(now_ms),
            _ => self.figures.plan(after, &self.attempts[id].turn.sends(), now_ms),
        }
    }
}

/// What the payer is asked.
pub fn challenge(row: &Charge, now_ms: i64) -> News {
    let reference = ProcessorReference(row.reference.clone());
    let until_ms = now_ms + CHALLENGE_MS;
    News::Attempt(AttemptEvent::Challenge(Challenge { reference, url: String::new(), until_ms }).into())
}
