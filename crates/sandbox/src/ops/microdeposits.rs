//! Verifies a bank account by two small deposits: what the payer says that they saw, and how often they may be wrong.

use crate::error::ApiError;
use crate::form::Node;
use crate::model::Verification;
use crate::store::Tx;

/// How often a payer may be wrong (Stripe: three times).
const FAILURES_MAX: u32 = 3;
/// For how long a payer may answer: ten days, in milliseconds (Stripe's pages on microdeposits).
pub const ANSWER_MS_MAX: i64 = 10 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The code of a verification that took too long.
pub const TIMEOUT: &str = "payment_method_microdeposit_verification_timeout";
const EXCEEDED: &str = "payment_method_microdeposit_verification_attempts_exceeded";

/// What follows from a payer's answer.
#[derive(Debug)]
pub enum Answered {
    /// The account is theirs.
    Verified,
    /// They may try again.
    Wrong(Verification, ApiError),
    /// They may not: the code of the failure.
    GivenUp(&'static str),
}

/// A verification that begins now. The deposits arrive the next day.
pub fn begin(tx: &Tx<'_>) -> Verification {
    Verification { failures: 0, arrival: tx.now_s() + DAY_MS / 1_000 }
}

/// Reads `amounts` or `descriptor_code`, and what follows from them: 32 and 45 (`SM11AA`) are right, 10 and 11
/// (`SM33CC`) count as tried too often, 40 and 41 (`SM44DD`) as too late, and anything else is wrong.
pub fn answer(node: &Node<'_>, verification: Verification) -> Result<Answered, ApiError> {
    let amounts = node.list("amounts")?;
    let code = node.text("descriptor_code")?;
    let (word, mismatch) = match (amounts.as_slice(), code) {
        ([], Some(code)) => {
            (code.to_ascii_uppercase(), "payment_method_microdeposit_verification_descriptor_code_mismatch")
        }
        ([one, two], None) => {
            let (one, two) = (amount_of(one)?, amount_of(two)?);
            let word = format!("{}+{}", one.min(two), one.max(two));
            (word, "payment_method_microdeposit_verification_amounts_mismatch")
        }
        ([], None) => return Err(ApiError::missing("amounts")),
        ([..], Some(_)) => {
            let message = "You may only specify one of these parameters: amounts, descriptor_code.";
            return Err(ApiError::invalid(message).code("parameters_exclusive").param("amounts"));
        }
        ([..], None) => return Err(wrong_amounts()),
    };
    match word.as_str() {
        "SM11AA" | "32+45" => return Ok(Answered::Verified),
        "SM33CC" | "10+11" => return Ok(Answered::GivenUp(EXCEEDED)),
        "SM44DD" | "40+41" => return Ok(Answered::GivenUp(TIMEOUT)),
        _ => {}
    }
    let failures = verification.failures + 1;
    if failures >= FAILURES_MAX {
        return Ok(Answered::GivenUp(EXCEEDED));
    }
    let message = format!(
        "What was given does not match what was sent to the bank account. You have {} attempts left.",
        FAILURES_MAX - failures
    );
    let error = ApiError::invalid(message).code(mismatch).kept();
    Ok(Answered::Wrong(Verification { failures, ..verification }, error))
}

fn amount_of(text: &str) -> Result<u32, ApiError> {
    text.parse().map_err(|_| wrong_amounts())
}

fn wrong_amounts() -> ApiError {
    let message = "You must provide two positive amounts.";
    let code = "payment_method_microdeposit_verification_amounts_invalid";
    ApiError::invalid(message).code(code).param("amounts")
}

/// The sentence for a payer whose account could not be verified.
pub fn message_of(code: &str) -> &'static str {
    if code == TIMEOUT {
        "Microdeposit verification timed out. The customer did not answer in time."
    } else {
        "You have exceeded the number of allowed verification attempts."
    }
}
