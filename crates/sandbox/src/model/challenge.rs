//! The bank's question to the payer, on a page of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question that waits for the payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Where the payer is asked. It ends in the secret.
    pub url: String,
    /// Opens the page, and nothing else.
    pub secret: String,
    /// Where the payer comes back to.
    pub return_url: String,
    /// When the bank stops waiting, Unix seconds.
    pub ends_at: i64,
}

/// What the payer is to do: answer on the bank's page, where there is one. Without a way back it is done in the processor's
/// own script; here, a test does it for them through `POST /sandbox/intents/{intent}/authenticate`.
pub(super) fn next_action(intent: &str, challenge: Option<&Challenge>) -> Value {
    match challenge {
        Some(challenge) => json!({
            "type": "redirect_to_url",
            "redirect_to_url": { "return_url": challenge.return_url, "url": challenge.url },
        }),
        None => json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": { "type": "three_d_secure_redirect", "source": intent },
        }),
    }
}
