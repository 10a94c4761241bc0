//! The objects that the processor keeps, and how each reads in an answer.

mod bank_account;
mod card;
mod challenge;
mod charge;
mod customer;
mod cvc_token;
mod dispute;
mod due;
mod event;
mod journal;
mod mandate;
mod payment_intent;
mod payment_method;
mod refund;
mod setup_intent;
mod token;
mod webhook_endpoint;

pub use bank_account::{BankAccount, BankPlace, Holder};
pub use card::{Address, BillingDetails, Card, CheckResult, Checks};
pub use challenge::Challenge;
pub use charge::{Charge, ChargeState};
pub use customer::Customer;
pub use cvc_token::CvcToken;
pub use dispute::Dispute;
pub use due::{Due, Errand};
pub use event::{API_VERSION, Delivery, Event};
pub use journal::{JournalRow, Operation};
pub use mandate::{Acceptance, Channel, DebitTerms, Mandate, MandateScope, MandateStatus};
pub use payment_intent::{IntentFailure, IntentStatus, PaymentIntent, Verification, cards_only};
pub use payment_method::{Instrument, Ownership, PaymentMethod};
pub use refund::{Refund, RefundStatus};
pub use setup_intent::{SetupIntent, SetupStatus};
pub use token::Token;
pub use webhook_endpoint::WebhookEndpoint;

use std::collections::BTreeMap;

/// Notes that a caller keeps on an object.
pub type Metadata = BTreeMap<String, String>;
