//! Reading what became of a bank debit: settled, refused, called back, or disputed after it had settled.

use paydesk_domain::debit::DebitEvent;
use serde_json::Value;

use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::{answers, returns};
use crate::ports::processor::{ChargeOutcome, ProcessorError};

pub(super) async fn news(client: &Client, reference: &str) -> Result<Option<DebitEvent>, ProcessorError> {
    let query = Form::default().with("expand[0]", "latest_charge");
    let json = match client.get(&format!("/v1/payment_intents/{reference}"), &query).await? {
        Answer::Done(json) => json,
        Answer::Refused(refusal) => return Err(refusal.rejected()),
    };
    let news = answers::standing(&json).and_then(ChargeOutcome::since);
    let disputed = json.pointer("/latest_charge/disputed").and_then(Value::as_bool) == Some(true);
    if news != Some(DebitEvent::Settle) || !disputed {
        return Ok(news);
    }
    let query = Form::default().with("payment_intent", reference);
    match client.get("/v1/disputes", &query).await? {
        Answer::Done(disputes) => {
            let dispute = disputes.pointer("/data/0");
            let rail = answers::rail(&json);
            let code = dispute.zip(rail).and_then(|(dispute, rail)| returns::code_of_dispute(rail, dispute));
            Ok(code.map(DebitEvent::Return).or(news))
        }
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}
