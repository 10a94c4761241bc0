//! Finding a charge whose answer was lost, by our own reference.
//!
//! The search is quick but blind to what is new. Where it finds nothing, the charges of the time when ours was sent
//! are read one by one: that list is complete at once, so that "nothing" is only said when there is nothing.

use paydesk_domain::engine::Window;
use serde_json::Value;

use crate::adapters::stripe::answers;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::ports::processor::{ChargeOutcome, Found, LookUp, ProcessorError};

/// How many charges a page holds: as many as the dialect gives at most.
const PAGE: &str = "100";

/// Where in the list to go on: in which window, and after which charge. It travels as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Cursor {
    window: usize,
    after: Option<String>,
}

impl Cursor {
    /// Reads one; what is none begins anew.
    fn read(text: &str) -> Self {
        let parts = text.split_once(' ').and_then(|(window, after)| Some((window.parse().ok()?, after)));
        parts.map_or_else(Self::default, |(window, after)| Self {
            window,
            after: Some(after.to_owned()).filter(|after| !after.is_empty()),
        })
    }

    fn write(&self) -> String {
        format!("{} {}", self.window, self.after.as_deref().unwrap_or_default())
    }
}

/// One step: the search, then page after page of the list.
pub(super) async fn look_up(client: &Client, wanted: LookUp<'_>) -> Result<Found, ProcessorError> {
    let Some(after) = wanted.after else {
        let found = search(client, wanted.attempt).await?;
        return Ok(found.unwrap_or_else(|| Found::More(Cursor::default().write())));
    };
    let cursor = Cursor::read(after);
    match wanted.windows.get(cursor.window) {
        Some(window) => read_page(client, wanted, *window, cursor).await,
        None => Ok(Found::Nothing),
    }
}

async fn search(client: &Client, attempt: &str) -> Result<Option<Found>, ProcessorError> {
    let query = Form::default()
        .with("expand[0]", "data.latest_charge")
        .with("query", &format!("metadata['attempt']:'{attempt}'"));
    Ok(match client.get("/v1/payment_intents/search", &query).await? {
        Answer::Done(json) => judge(&json, attempt),
        // Not everybody can search.
        Answer::Refused(_) => None,
    })
}

async fn read_page(
    client: &Client,
    wanted: LookUp<'_>,
    window: Window,
    cursor: Cursor,
) -> Result<Found, ProcessorError> {
    let query = Form::default()
        .with("limit", PAGE)
        .with("expand[0]", "data.latest_charge")
        .with("created[gte]", &window.from_ms.div_euclid(1_000).to_string())
        .with("created[lte]", &window.until_ms.div_euclid(1_000).saturating_add(1).to_string())
        .with_some("starting_after", cursor.after.as_deref());
    let json = match client.get("/v1/payment_intents", &query).await? {
        Answer::Done(json) => json,
        Answer::Refused(refusal) => return Err(refusal.rejected()),
    };
    if let Some(found) = judge(&json, wanted.attempt) {
        return Ok(found);
    }
    let last = rows(&json).last().map(|row| answers::text(row, "id").to_owned());
    let next = match last {
        Some(last) if json.get("has_more").and_then(Value::as_bool) == Some(true) => {
            Cursor { after: Some(last), ..cursor }
        }
        _ => Cursor { window: cursor.window.saturating_add(1), after: None },
    };
    Ok(if next.window < wanted.windows.len() { Found::More(next.write()) } else { Found::Nothing })
}

fn rows(json: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    json.get("data").and_then(Value::as_array).into_iter().flatten()
}

/// What a page says of our charge; `None` when it is not there. Money that was taken outweighs everything else.
fn judge(json: &Value, attempt: &str) -> Option<Found> {
    let is_ours = |row: &&Value| row.pointer("/metadata/attempt").and_then(Value::as_str) == Some(attempt);
    let mut best = None;
    for row in rows(json).filter(is_ours) {
        let found = answers::standing(row).map_or(Found::Pending, Found::Outcome);
        match (&best, &found) {
            (_, Found::Outcome(ChargeOutcome::Succeeded(_) | ChargeOutcome::Submitted(_))) => {
                return Some(found);
            }
            (None, _)
            | (Some(Found::Outcome(_)), Found::Pending | Found::Outcome(ChargeOutcome::Challenged { .. })) => {
                best = Some(found)
            }
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
    fn cursors_read_back() {
        for cursor in [Cursor::default(), Cursor { window: 1, after: Some("pi_1".to_owned()) }] {
            assert_eq!(Cursor::read(&cursor.write()), cursor);
        }
        assert_eq!(Cursor::read("pi_1"), Cursor::default());
    }

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
