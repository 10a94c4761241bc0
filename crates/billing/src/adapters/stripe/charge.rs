//! Taking money.

use paydesk_domain::decline::Decline;
use serde_json::Value;

use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::{amount, answers};
use crate::ports::processor::{ChargeOutcome, ChargeRequest, Presence, ProcessorError};

pub(super) async fn charge(
    client: &Client,
    charge: ChargeRequest<'_>,
) -> Result<ChargeOutcome, ProcessorError> {
    match client.post("/v1/payment_intents", charge.key, form(&charge)?).await? {
        Answer::Done(json) if answers::text(&json, "status") == "requires_action" => {
            give_up(client, charge.key, &json).await
        }
        Answer::Done(json) => answers::outcome(&json)
            .ok_or_else(|| ProcessorError::Unknown("the charge is undecided".to_owned())),
        Answer::Refused(refusal) => {
            refusal.decline().map(ChargeOutcome::Declined).ok_or_else(|| refusal.rejected())
        }
    }
}

fn form(charge: &ChargeRequest<'_>) -> Result<Form, ProcessorError> {
    let form = Form::default()
        .with("amount", &amount::smallest_unit(charge.amount)?.to_string())
        .with("currency", &charge.amount.currency().code().to_ascii_lowercase())
        .with("payment_method", charge.method)
        .with_some("customer", charge.customer)
        .with("payment_method_types[0]", "card")
        .with("confirm", "true")
        .with("metadata[attempt]", charge.attempt);
    let form = match charge.presence {
        Presence::OnSession => form,
        Presence::OffSession => form.with("off_session", "true"),
    };
    Ok(if charge.keep { form.with("setup_future_usage", "off_session") } else { form })
}

/// The bank wants the payer to prove who they are, which this mode cannot show. The charge is cancelled, so that it
/// cannot go through later behind our back; if that fails, it is looked up.
async fn give_up(client: &Client, key: &str, intent: &Value) -> Result<ChargeOutcome, ProcessorError> {
    let id = answers::id(intent)?;
    match client
        .post(&format!("/v1/payment_intents/{id}/cancel"), &format!("{key}.cancel"), Form::default())
        .await
    {
        Ok(Answer::Done(json)) if answers::text(&json, "status") == "canceled" => {
            Ok(ChargeOutcome::Declined(Decline::new("authentication_required")))
        }
        _ => Err(ProcessorError::Unknown("the charge waits for the payer".to_owned())),
    }
}
