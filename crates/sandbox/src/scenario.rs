//! Faults to order: what shall go wrong, for which calls, and how often.

mod active;
mod orders;
mod plan;

pub use active::{Active, Scenarios};
pub use orders::{DebitOrder, DebitOutcome, RefundOrder, RefundOutcome};
pub use plan::{Ordered, Plan};

use serde::{Deserialize, Serialize};

/// A fault to order.
///
/// ```
/// let text = r#"{"match": {"card": "4242"}, "action": {"type": "drop_answer"}, "times": 1}"#;
/// let scenario: paydesk_sandbox::scenario::Scenario = serde_json::from_str(text).unwrap();
/// assert_eq!(scenario.times, Some(1));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Which calls.
    #[serde(rename = "match")]
    pub target: Target,
    /// What happens to them.
    pub action: Action,
    /// Names of verbs (`payment_intents.create`), or `any`. Without it: calls that can move money, and for
    /// an idempotency key any call that carries it; for what becomes of a debit or a refund, calls that make one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<String>,
    /// How often; without it, until it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// Which calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// Those that carry this `Idempotency-Key`.
    IdempotencyKey(String),
    /// Those that touch this card: its last four digits, its fingerprint, or a token or method id it has had.
    Card(String),
    /// Those that touch this bank account: named as a card is.
    BankAccount(String),
    /// A share of all calls, drawn by a generator of its own.
    Share {
        /// 0 to 1.
        probability: f64,
        /// Repeats the same draws.
        seed: u64,
    },
    /// All.
    Every,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The call takes longer.
    Delay {
        /// How much longer, in milliseconds.
        ms: u64,
        /// Before or after the work is done.
        #[serde(default)]
        when: Moment,
    },
    /// The connection is closed without an answer.
    DropAnswer {
        /// After the work is done unless said otherwise.
        #[serde(default = "Moment::after")]
        when: Moment,
    },
    /// The answer is a fault of the processor's.
    ServerError {
        /// 500 to 599.
        #[serde(default = "internal")]
        status: u16,
        /// Before or after the work is done.
        #[serde(default)]
        when: Moment,
        /// Whether the idempotency key remembers the fault. Without it, asking again tells what was done.
        #[serde(default)]
        remembered: bool,
    },
    /// The answer is 429, and nothing is done.
    RateLimit,
    /// The bank refuses.
    Decline {
        /// The issuer's code, such as `insufficient_funds`.
        #[serde(default = "generic")]
        code: String,
    },
    /// What becomes of the next debit.
    Debit(DebitOrder),
    /// What becomes of the next refund.
    Refund(RefundOrder),
}

/// Before or after the work is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Nothing has happened yet.
    #[default]
    Before,
    /// Everything has happened, and is on disk.
    After,
}

impl Moment {
    const fn after() -> Self {
        Self::After
    }
}

const fn internal() -> u16 {
    500
}

fn generic() -> String {
    "generic_decline".to_owned()
}

impl Scenario {
    /// What is wrong with it, if anything.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        match (&self.target, &self.action) {
            (Target::Share { probability, .. }, _) if !(0.0..=1.0).contains(probability) => {
                Err("`probability` is from 0 to 1")
            }
            (_, Action::ServerError { status, .. }) if !(500..=599).contains(status) => {
                Err("`status` is from 500 to 599")
            }
            (_, Action::Delay { ms, .. }) if *ms > 600_000 => Err("`ms` is at most ten minutes"),
            (_, Action::Debit(order)) => order.check(),
            (_, Action::Refund(order)) => order.check(),
            _ => Ok(()),
        }
    }
}
