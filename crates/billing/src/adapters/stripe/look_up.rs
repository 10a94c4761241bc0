//! Finding a charge whose answer was lost, by our own reference.
//!
//! The search is quick but blind to what is new. Where it finds nothing, the charges of the time when ours was sent
//! are read one by one: that list is complete at once, so that "nothing" is only said when there is nothing.

use serde_json::Value;

use crate::adapters::stripe::answers;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::ports::processor::{ChargeOutcome, Found, LookUp, ProcessorError};

/// How far the processor's clock may be from ours, in seconds.
const CLOCK_SKEW_S: i64 = 300;
const PAGES_MAX: usize = 100;

pub(super) async fn look_up(client: &Client, wanted: LookUp<'_>) -> Result<Found, ProcessorError> {
    let query = Form::default()
        .with("expand[0]", "data.latest_charge")
        .with("query", &format!("metadata['attempt']:'{}'", wanted.attempt));
    if let Answer::Done(json) = client.get("/v1/payment_intents/search", &query).await?
        && let Some(found) = judge(&json, wanted.attempt)
    {
        return Ok(found);
    }
    read_list(client, wanted).await
}

async fn read_list(client: &Client, wanted: LookUp<'_>) -> Result<Found, ProcessorError> {
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let query = Form::default()
            .with("limit", "100")
            .with("expand[0]", "data.latest_charge")
            .with("created[gte]", &(wanted.sent_at.as_second() - CLOCK_SKEW_S).to_string())
            .with("created[lte]", &(wanted.now.as_second() + CLOCK_SKEW_S).to_string())
            .with_some("starting_after", after.as_deref());
        let json = match client.get("/v1/payment_intents", &query).await? {
            Answer::Done(json) => json,
            Answer::Refused(refusal) => return Err(refusal.rejected()),
        };
        if let Some(found) = judge(&json, wanted.attempt) {
            return Ok(found);
        }
        let last = rows(&json).last().map(|row| answers::text(row, "id").to_owned());
        match last {
            Some(last) if json.get("has_more").and_then(Value::as_bool) == Some(true) => after = Some(last),
            _ => return Ok(Found::Nothing),
        }
    }
    Err(ProcessorError::Unknown("too many charges to look through".to_owned()))
}

fn rows(json: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    json.get("data").and_then(Value::as_array).into_iter().flatten()
}

/// What a page says of our charge; `None` when it is not there. Money that was taken outweighs everything else.
fn judge(json: &Value, attempt: &str) -> Option<Found> {
    let is_ours = |row: &&Value| row.pointer("/metadata/attempt").and_then(Value::as_str) == Some(attempt);
    let mut best = None;
    for row in rows(json).filter(is_ours) {
        let found = answers::standing(row).outcome.map_or(Found::Pending, Found::Outcome);
        match (&best, &found) {
            (_, Found::Outcome(ChargeOutcome::Succeeded(_) | ChargeOutcome::Submitted(_))) => {
                return Some(found);
            }
            (None, _) | (Some(Found::Outcome(_)), Found::Pending) => best = Some(found),
            _ => {}
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::processor::Taken;
    use serde_json::json;

    #[test]
    fn money_taken_outweighs_everything() {
        let row = |attempt: &str, status: &str| json!({"id": "pi_1", "status": status, "metadata": {"attempt": attempt}});
        let page = json!({"data": [row("a", "canceled"), row("a", "succeeded"), row("b", "processing")]});
        assert_eq!(judge(&page, "a"), Some(Found::Outcome(ChargeOutcome::Succeeded(Taken::named("pi_1")))));
        assert_eq!(judge(&page, "b"), Some(Found::Pending));
        assert_eq!(judge(&page, "c"), None);
        let page = json!({"data": [row("a", "canceled"), row("a", "processing")]});
        assert_eq!(judge(&page, "a"), Some(Found::Pending), "not refused while another may go through");
    }
}
