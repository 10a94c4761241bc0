//! The objects that the processor keeps, and how each reads in an answer.

mod card;
mod charge;
mod customer;
mod event;
mod journal;
mod payment_intent;
mod payment_method;
mod refund;
mod setup_intent;
mod token;
mod webhook_endpoint;

pub use card::{Address, BillingDetails, Card, CheckResult, Checks};
pub use charge::{Charge, ChargeState};
pub use customer::Customer;
pub use event::{API_VERSION, Delivery, Event};
pub use journal::{JournalRow, Operation};
pub use payment_intent::{IntentFailure, IntentStatus, PaymentIntent};
pub use payment_method::{Instrument, Ownership, PaymentMethod};
pub use refund::Refund;
pub use setup_intent::{SetupIntent, SetupStatus};
pub use token::Token;
pub use webhook_endpoint::WebhookEndpoint;

use std::collections::BTreeMap;

/// Notes that a caller keeps on an object.
pub type Metadata = BTreeMap<String, String>;
