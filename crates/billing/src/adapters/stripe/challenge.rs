//! A charge that waits for its payer: read by its name, and cancelled.

use serde_json::Value;

use crate::adapters::stripe::answers;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::ports::processor::{Found, ProcessorError};

/// The dialect's own service, whose pages are elsewhere than its API.
const STRIPE: &str = "https://api.stripe.com";
const STRIPE_PAGES: [&str; 2] = ["https://hooks.stripe.com", "https://js.stripe.com"];

/// Where the pages are on which payers prove who they are.
pub(super) fn origins(base_url: &str) -> Vec<String> {
    if base_url == STRIPE { STRIPE_PAGES.map(str::to_owned).to_vec() } else { vec![base_url.to_owned()] }
}

/// Reads what became of it.
pub(super) async fn read(client: &Client, reference: &str) -> Result<Found, ProcessorError> {
    let query = Form::default().with("expand[0]", "latest_charge");
    match client.get(&format!("/v1/payment_intents/{reference}"), &query).await? {
        Answer::Done(json) => Ok(found(&json)),
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

/// Cancels it. A refusal says that there is nothing to cancel any more: what it is instead is read.
pub(super) async fn cancel(client: &Client, key: &str, reference: &str) -> Result<Found, ProcessorError> {
    let form = Form::default().with("cancellation_reason", answers::ABANDONED);
    match client.post(&format!("/v1/payment_intents/{reference}/cancel"), key, form).await? {
        Answer::Done(json) => Ok(found(&json)),
        Answer::Refused(_) => read(client, reference).await,
    }
}

fn found(json: &Value) -> Found {
    answers::standing(json).map_or(Found::Pending, Found::Outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_of_a_dialect_are_where_it_is() {
        assert_eq!(origins("http://127.0.0.1:4200"), ["http://127.0.0.1:4200"]);
        assert_eq!(origins("https://api.stripe.com")[0], "https://hooks.stripe.com");
    }
}
