//! The faults that are on order, and the draw of those that meet a call.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde::Serialize;

use super::{Action, Plan, Scenario, Target};
use crate::ops::Verb;
use crate::ops::touch::Names;

/// More than any test needs.
const SCENARIOS_MAX: usize = 200;

/// The calls that can begin a debit.
const DEBITING: [&str; 3] =
    ["payment_intents.create", "payment_intents.confirm", "payment_intents.verify_microdeposits"];

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

    /// Draws what is to happen to a call. `names` is asked only if a fault is about a card or a bank account.
    pub fn draw(&mut self, verb: &Verb, key: Option<&str>, names: impl FnOnce() -> Names) -> Plan {
        let mut plan = Plan::default();
        let is_about_one =
            |active: &Active| matches!(active.scenario.target, Target::Card(_) | Target::BankAccount(_));
        let names = if self.0.iter().any(is_about_one) { names() } else { Names::default() };
        for active in &mut self.0 {
            let is_left = active.times_left != Some(0) && plan.takes(&active.scenario.action);
            if is_left && active.meets(verb, key, &names) {
                active.times_left = active.times_left.map(|left| left - 1);
                plan.add(&active.id, &active.scenario.action);
            }
        }
        plan
    }

    /// Takes back what was drawn and not used.
    pub fn give_back(&mut self, ids: impl Iterator<Item = String>) {
        for id in ids {
            if let Some(active) = self.0.iter_mut().find(|active| active.id == id) {
                active.times_left = active.times_left.map(|left| left + 1);
            }
        }
    }
}

impl Active {
    fn meets(&mut self, verb: &Verb, key: Option<&str>, names: &Names) -> bool {
        let on = &self.scenario.on;
        let is_meant = match (&self.scenario.action, &self.scenario.target) {
            _ if on.iter().any(|name| name == verb.name || name == "any") => true,
            (Action::Debit(_), _) => on.is_empty() && DEBITING.contains(&verb.name),
            (Action::Refund(_), _) => on.is_empty() && verb.name == "refunds.create",
            (_, Target::IdempotencyKey(_)) => on.is_empty(),
            _ => on.is_empty() && verb.moves_money,
        };
        is_meant
            && match &self.scenario.target {
                Target::IdempotencyKey(wanted) => key == Some(wanted),
                Target::Card(wanted) => names.cards.contains(wanted),
                Target::BankAccount(wanted) => names.accounts.contains(wanted),
                Target::Share { probability, .. } => self.rng.random_bool(*probability),
                Target::Every => true,
            }
    }
}
