//! Giving money back, calling charges back, and finding out what became of either.
//!
//! The list of a charge's refunds is complete at once, so that "nothing" is only said when there is nothing. An intent
//! that was called back says so itself.

use paydesk_domain::refund::RefundKind;
use serde_json::Value;

use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::{amount, answers};
use crate::ports::processor::{FoundRefund, ProcessorError, RefundLookUp, RefundOutcome, RefundRequest};

const PAGES_MAX: usize = 100;

pub(super) async fn refund(
    client: &Client,
    wanted: RefundRequest<'_>,
) -> Result<RefundOutcome, ProcessorError> {
    match wanted.kind {
        RefundKind::Refund => give_back(client, wanted).await,
        RefundKind::Void | RefundKind::CancelDebit => cancel(client, wanted).await,
    }
}

async fn give_back(client: &Client, wanted: RefundRequest<'_>) -> Result<RefundOutcome, ProcessorError> {
    let amount = amount::smallest_unit(wanted.amount)?.to_string();
    let form = Form::default()
        .with("payment_intent", wanted.charge)
        .with("amount", &amount)
        .with("metadata[organization]", wanted.organization)
        .with("metadata[refund]", wanted.refund);
    match client.post("/v1/refunds", wanted.key, form).await? {
        Answer::Done(json) => outcome(&json)
            .ok_or_else(|| ProcessorError::Unknown("the refund's state says nothing yet".to_owned())),
        Answer::Refused(refusal) => match refusal.status {
            400 | 402 => Ok(RefundOutcome::Refused(refusal.code)),
            _ => Err(refusal.rejected()),
        },
    }
}

async fn cancel(client: &Client, wanted: RefundRequest<'_>) -> Result<RefundOutcome, ProcessorError> {
    let path = format!("/v1/payment_intents/{}/cancel", wanted.charge);
    match client.post(&path, wanted.key, Form::default()).await? {
        Answer::Done(json) if answers::text(&json, "status") == "canceled" => {
            answers::id(&json).map(RefundOutcome::Succeeded)
        }
        Answer::Done(_) => Err(ProcessorError::Unknown("it was called back and yet is not".to_owned())),
        Answer::Refused(refusal) if matches!(refusal.status, 400 | 402) => {
            // It may be called back already, by somebody else: that is what was wanted.
            match read_canceled(client, wanted.charge).await? {
                FoundRefund::Outcome(outcome @ RefundOutcome::Succeeded(_)) => Ok(outcome),
                FoundRefund::Outcome(RefundOutcome::TooLate(_)) => Ok(RefundOutcome::TooLate(refusal.code)),
                _ => Ok(RefundOutcome::Refused(refusal.code)),
            }
        }
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

pub(super) async fn look_up(
    client: &Client,
    wanted: RefundLookUp<'_>,
) -> Result<FoundRefund, ProcessorError> {
    match wanted.kind {
        RefundKind::Refund => read_list(client, wanted).await,
        RefundKind::Void | RefundKind::CancelDebit => read_canceled(client, wanted.charge).await,
    }
}

async fn read_list(client: &Client, wanted: RefundLookUp<'_>) -> Result<FoundRefund, ProcessorError> {
    let mut after: Option<String> = None;
    let mut found = FoundRefund::Nothing;
    for _ in 0..PAGES_MAX {
        let query = Form::default()
            .with("limit", "100")
            .with("payment_intent", wanted.charge)
            .with_some("starting_after", after.as_deref());
        let json = match client.get("/v1/refunds", &query).await? {
            Answer::Done(json) => json,
            Answer::Refused(refusal) => return Err(refusal.rejected()),
        };
        found = weightier(found, judge(&json, wanted.refund));
        let last = rows(&json).last().map(|row| answers::text(row, "id").to_owned());
        match last {
            Some(last) if json.get("has_more").and_then(Value::as_bool) == Some(true) => after = Some(last),
            _ => return Ok(found),
        }
    }
    Err(ProcessorError::Unknown("too many refunds to look through".to_owned()))
}

/// Whether an intent was called back. One that is still under way was not, and can be.
async fn read_canceled(client: &Client, charge: &str) -> Result<FoundRefund, ProcessorError> {
    let json = match client.get(&format!("/v1/payment_intents/{charge}"), &Form::default()).await? {
        Answer::Done(json) => json,
        Answer::Refused(refusal) => return Err(refusal.rejected()),
    };
    Ok(canceled(&json))
}

fn canceled(json: &Value) -> FoundRefund {
    match answers::text(json, "status") {
        "canceled" => FoundRefund::Outcome(RefundOutcome::Succeeded(answers::text(json, "id").to_owned())),
        "processing" | "requires_capture" => FoundRefund::Nothing,
        // It went its way: it settled, or the bank refused it.
        "succeeded" => FoundRefund::Outcome(RefundOutcome::TooLate("charge_succeeded".to_owned())),
        "requires_payment_method" => {
            FoundRefund::Outcome(RefundOutcome::Refused("charge_requires_payment_method".to_owned()))
        }
        _ => FoundRefund::Undecided,
    }
}

fn rows(json: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    json.get("data").and_then(Value::as_array).into_iter().flatten()
}

/// What a page says of our refund. Money that went back outweighs everything else.
fn judge(json: &Value, refund: &str) -> FoundRefund {
    let is_ours = |row: &&Value| row.pointer("/metadata/refund").and_then(Value::as_str) == Some(refund);
    rows(json)
        .filter(is_ours)
        .map(|row| outcome(row).map_or(FoundRefund::Undecided, FoundRefund::Outcome))
        .fold(FoundRefund::Nothing, weightier)
}

fn weightier(one: FoundRefund, other: FoundRefund) -> FoundRefund {
    let weight = |found: &FoundRefund| match found {
        FoundRefund::Nothing => 0,
        FoundRefund::Outcome(
            RefundOutcome::Refused(_) | RefundOutcome::TooLate(_) | RefundOutcome::Failed(_),
        ) => 1,
        FoundRefund::Undecided => 2,
        FoundRefund::Outcome(RefundOutcome::Pending(_)) => 3,
        FoundRefund::Outcome(RefundOutcome::Succeeded(_)) => 4,
    };
    if weight(&other) > weight(&one) { other } else { one }
}

/// Where a refund stands; `None` for a state that nobody has heard of.
pub(super) fn outcome(json: &Value) -> Option<RefundOutcome> {
    let id = Some(answers::text(json, "id")).filter(|id| !id.is_empty())?.to_owned();
    match answers::text(json, "status") {
        "succeeded" => Some(RefundOutcome::Succeeded(id)),
        "pending" | "requires_action" => Some(RefundOutcome::Pending(id)),
        "failed" => {
            let reason = Some(answers::text(json, "failure_reason")).filter(|reason| !reason.is_empty());
            Some(RefundOutcome::Failed(reason.unwrap_or("unknown").to_owned()))
        }
        "canceled" => Some(RefundOutcome::Failed("canceled".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(refund: &str, id: &str, status: &str) -> Value {
        json!({"id": id, "status": status, "metadata": {"refund": refund}})
    }

    #[test]
    fn money_that_went_back_outweighs_everything() {
        let page = json!({"data": [
            row("a", "re_1", "failed"), row("a", "re_2", "succeeded"), row("a", "re_3", "pending"),
            row("b", "re_4", "canceled"), row("c", "re_5", "who_knows"), row("c", "re_6", "failed"),
        ]});
        let is = |outcome| FoundRefund::Outcome(outcome);
        assert_eq!(judge(&page, "a"), is(RefundOutcome::Succeeded("re_2".into())));
        assert_eq!(judge(&page, "b"), is(RefundOutcome::Failed("canceled".into())));
        assert_eq!(
            judge(&page, "c"),
            FoundRefund::Undecided,
            "not failed while another may have gone through"
        );
        assert_eq!(judge(&page, "d"), FoundRefund::Nothing);
    }

    #[test]
    fn what_a_status_means() {
        let of = |status: &str| outcome(&row("a", "re_1", status));
        for status in ["pending", "requires_action"] {
            assert_eq!(of(status), Some(RefundOutcome::Pending("re_1".into())), "{status}");
        }
        assert_eq!(of("failed"), Some(RefundOutcome::Failed("unknown".into())));
        assert_eq!(of("kind_of_2031"), None);
        let failed = json!({"id": "re_1", "status": "failed", "failure_reason": "lost_or_stolen_card"});
        assert_eq!(outcome(&failed), Some(RefundOutcome::Failed("lost_or_stolen_card".into())));
        assert_eq!(outcome(&json!({"status": "succeeded"})), None, "an answer without an id");
    }

    #[test]
    fn a_debit_that_is_under_way_was_not_called_back() {
        let of = |status: &str| canceled(&json!({"id": "pi_1", "status": status}));
        assert_eq!(of("canceled"), FoundRefund::Outcome(RefundOutcome::Succeeded("pi_1".into())));
        assert_eq!(of("processing"), FoundRefund::Nothing);
        assert_eq!(of("succeeded"), FoundRefund::Outcome(RefundOutcome::TooLate("charge_succeeded".into())));
        let refused = RefundOutcome::Refused("charge_requires_payment_method".into());
        assert_eq!(of("requires_payment_method"), FoundRefund::Outcome(refused));
        assert_eq!(of("requires_action"), FoundRefund::Undecided);
    }
}
