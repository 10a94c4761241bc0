//! What the checkout does: one verb a file. Reads the state, calls the client, dispatches actions.

mod call_off;
mod desk;
mod follow;
mod learn_words;
mod load;
mod load_consent;
mod load_mandate;
mod load_rules;
mod submit;
mod update;
mod wait;

use paydesk_domain::card::Expiry;

pub use call_off::call_off;
pub use desk::Desk;
pub use follow::follow;
pub use learn_words::learn_words;
pub(crate) use learn_words::{is_read, learn};
pub use load::load;
pub use load_consent::load_consent;
pub use load_mandate::load_mandate;
pub use load_rules::load_rules;
pub use submit::{Typed, submit};
pub(crate) use submit::{refused_field, update_by};
pub(crate) use wait::{INSIST_WAITS_MS, Patience};

/// The month that it is, for judging expiry dates while they are typed.
pub fn lenient_month() -> Expiry {
    crate::client::clock::lenient_month()
}
