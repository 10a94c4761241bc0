//! What the checkout knows, and how that changes. Pure: no browser, no server, no secret.
//!
//! A card number, an expiry and a security code are never here. The state holds facts about them: the scheme, how
//! many digits there are, whether they are complete.

mod address;
mod announce;
mod card_form;
mod checkout;
mod field;
mod host;
mod store;
mod submission;
mod trouble;

pub use address::AddressForm;
pub use announce::Announcement;
pub use card_form::{CardForm, SecretFact};
pub use checkout::{Action, Checkout, Choice, Load};
pub use field::{Field, FieldError};
pub use host::HostEvent;
pub use store::Store;
pub use submission::{Stage, Submission};
pub use trouble::{LoadFailure, Trouble};

#[cfg(test)]
mod tests;
