//! The faults that are on order, and the draw of those that meet a call.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde::Serialize;

use super::{Plan, Scenario, Target};
use crate::ops::Verb;

/// More than any test needs.
const SCENARIOS_MAX: usize = 200;

/// A fault on order.
#[derive(Debug, Serialize)]
pub struct Active {
    /// `scn_…`.
    pub id: String,
    /// What was ordered.
    #[serde(flatten)]
    pub scenario: Scenario,
    /// How often it is still due.
    pub times_left: Option<u32>,
    #[serde(skip)]
    rng: ChaCha20Rng,
}

/// All faults on order in one account.
#[derive(Debug, Default)]
pub struct Scenarios(Vec<Active>);

impl Scenarios {
    /// Orders one. `None` when there are too many.
    pub fn add(&mut self, id: String, scenario: Scenario) -> Option<&Active> {
        if self.0.len() >= SCENARIOS_MAX {
            return None;
        }
        let seed = match scenario.target {
            Target::Share { seed, .. } => seed,
            _ => 0,
        };
        self.0.push(Active {
            id,
            times_left: scenario.times,
            scenario,
            rng: ChaCha20Rng::seed_from_u64(seed),
        });
        self.0.last()
    }

    /// Those on order.
    pub fn all(&self) -> &[Active] {
        &self.0
    }

    /// Cancels all, or one. Says how many there were.
    pub fn remove(&mut self, id: Option<&str>) -> usize {
        let before = self.0.len();
        self.0.retain(|active| id.is_some_and(|id| active.id != id));
        before - self.0.len()
    }

    /// Draws what is to happen to a call. `cards` is asked only if a fault is about a card.
    pub fn draw(&mut self, verb: &Verb, key: Option<&str>, cards: impl FnOnce() -> Vec<String>) -> Plan {
        let mut plan = Plan::default();
        let about_cards = self.0.iter().any(|active| matches!(active.scenario.target, Target::Card(_)));
        let cards = if about_cards { cards() } else { Vec::new() };
        for active in &mut self.0 {
            if active.times_left != Some(0) && active.meets(verb, key, &cards) {
                active.times_left = active.times_left.map(|left| left - 1);
                plan.add(&active.scenario.action);
            }
        }
        plan
    }
}

impl Active {
    fn meets(&mut self, verb: &Verb, key: Option<&str>, cards: &[String]) -> bool {
        let on = &self.scenario.on;
        let is_meant = match &self.scenario.target {
            _ if on.iter().any(|name| name == verb.name || name == "any") => true,
            Target::IdempotencyKey(_) => on.is_empty(),
            _ => on.is_empty() && verb.moves_money,
        };
        is_meant
            && match &self.scenario.target {
                Target::IdempotencyKey(wanted) => key == Some(wanted),
                Target::Card(wanted) => cards.contains(wanted),
                Target::Share { probability, .. } => self.rng.random_bool(*probability),
                Target::Every => true,
            }
    }
}
