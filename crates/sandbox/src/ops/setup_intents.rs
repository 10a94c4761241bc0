//! Setup intents: keeping a method for later charges, with the payer's authentication if the bank wants it.

mod confirm;
mod create;
mod keep_account;
mod read;
mod verify;

pub use confirm::{CONFIRM, finish_authentication};
pub use create::CREATE;
pub use read::{CANCEL, LIST, RETRIEVE};
pub use verify::{VERIFY_MICRODEPOSITS, give_up};

use crate::error::ApiError;
use crate::model::SetupIntent;

fn unexpected_state(intent: &SetupIntent, what: &str) -> ApiError {
    let status = intent.status.as_str();
    let message = format!("You cannot {what} this SetupIntent because it has a status of {status}.");
    ApiError::invalid(message).code("setup_intent_unexpected_state").with("setup_intent", intent.view())
}
