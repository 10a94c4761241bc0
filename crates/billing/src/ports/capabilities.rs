//! What a processor can do: the engine asks nothing else of it.

/// What an adapter's processor can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// How it tells a repeated request from a new one.
    pub idempotency: Idempotency,
    /// Whether a charge can be found by our reference.
    pub look_up: bool,
    /// How long a charge may exist before a look-up finds it, in milliseconds.
    pub visibility_lag_ms: i64,
    /// Whether a card charge can be undone on the same day, before it is settled.
    pub void: bool,
    /// Whether a part of a charge can be given back.
    pub partial_refund: bool,
    /// Whether a bank debit can be called back before it goes to the bank.
    pub cancel_debit: bool,
    /// Whether it tells by itself when a debit settles or comes back. Where it does not, it is asked.
    pub debit_events: bool,
    /// Whether the expiry of a stored card can be changed.
    pub update_expiry: bool,
}

/// How a processor tells a repeated request from a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// By a key that it remembers for so long.
    Keys {
        /// Milliseconds.
        window_ms: i64,
    },
    /// Not at all: a request whose answer was lost is never sent a second time.
    None,
}

impl Idempotency {
    /// For how long the same key is the same request, in milliseconds.
    pub const fn window_ms(self) -> i64 {
        match self {
            Self::Keys { window_ms } => window_ms,
            Self::None => 0,
        }
    }
}
