//! What the checkout knows, and how that changes. Pure: no browser, no server, no secret.
//!
//! The numbers of a card or a bank account, an expiry and a security code are never here. The state holds facts about them: the scheme, how
//! many digits there are, whether they are complete.

mod action;
mod address;
mod agreement;
mod announce;
mod asks;
mod checkout;
mod field;
mod form;
mod host;
mod learn;
mod plan;
mod saved;
mod split;
mod store;
mod submission;
mod trouble;

pub use action::Action;
pub use address::AddressForm;
pub use agreement::{Agreement, Terms};
pub use announce::Announcement;
pub use asks::{Asks, Needs};
pub use checkout::{Checkout, Choice, Load};
pub use field::{Field, FieldError};
pub use form::{Form, SecretFact};
pub use host::HostEvent;
pub use learn::Learn;
pub use plan::{Plan, missed_on};
pub use saved::can_debit;
pub use store::{State, Store};
pub use submission::{Stage, Submission};
pub use trouble::{LoadFailure, Trouble};

#[cfg(test)]
mod tests;
