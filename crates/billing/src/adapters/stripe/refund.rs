//! Giving money back.

use paydesk_domain::money::Money;

use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::{amount, answers};
use crate::ports::processor::{ProcessorError, RefundOutcome};

pub(super) async fn refund(
    client: &Client,
    key: &str,
    charge: &str,
    amount: Option<Money>,
) -> Result<RefundOutcome, ProcessorError> {
    let amount = amount.map(amount::smallest_unit).transpose()?.map(|amount| amount.to_string());
    let form = Form::default().with("payment_intent", charge).with_some("amount", amount.as_deref());
    match client.post("/v1/refunds", key, form).await? {
        Answer::Done(json) => match answers::text(&json, "status") {
            "succeeded" | "pending" => Ok(RefundOutcome::Refunded(answers::id(&json)?)),
            "failed" | "canceled" => Ok(RefundOutcome::Refused("refund_failed".to_owned())),
            _ => Err(ProcessorError::Unknown("the refund is undecided".to_owned())),
        },
        Answer::Refused(refusal) => match refusal.status {
            400 | 402 => Ok(RefundOutcome::Refused(refusal.code)),
            _ => Err(refusal.rejected()),
        },
    }
}
