//! Sends deliveries: claim and commit, then send, then record what became of it where the fence still matches.
//!
//! Whoever dies between sending and recording leaves a delivery whose lease runs out; it is sent again with the same
//! `webhook-id`. So a message arrives at least once, and its receiver tells repeats by that id.

use paydesk_domain::id::OutboxId;
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::app::webhook_schedule::{DisableReason, Verdict, judge, problem};
use crate::app::webhook_signature::sign;
use crate::app::webhooks::owner;
use crate::app::{App, AppError, event_types, millis, text};
use crate::ports::webhooks::{Answer, Message, SendError};
use crate::store::{DeliveryRow, DueDelivery, EventRow, OrgTx, Tenant, TryOutcome};

/// How many due deliveries are looked at in one round.
const BATCH: i64 = 1_000;
/// When a delivery whose secret cannot be opened is looked at again: that is the operator's fault, not the endpoint's.
const UNREADABLE_WAIT_MS: i64 = 5 * 60 * 1_000;

/// A delivery that this process may send.
#[derive(Debug)]
pub struct ClaimedDelivery {
    row: DeliveryRow,
    url: String,
    body: String,
    secrets: Vec<Zeroizing<Vec<u8>>>,
}

/// What one round has begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many deliveries are on their way.
    pub begun: usize,
    /// Whether there may be more that could not begin: a freed place is worth another round.
    pub more: bool,
}

/// What is sent.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: Value,
}

impl App {
    /// Begins every delivery that is due and has a place, each in a task of its own, and waits for none of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_deliveries(&self) -> Result<Round, AppError> {
        let per_endpoint = i64::try_from(self.webhooks.settings.per_endpoint_max).unwrap_or(i64::MAX);
        let due = self.store.due_deliveries(self.mint.now_ms(), per_endpoint, BATCH).await?;
        let mut round = Round::default();
        for delivery in due {
            // An endpoint with anything due may have more than is shown of it.
            round.more = true;
            let Some(mut place) = self.webhooks.place(&delivery.endpoint) else {
                continue;
            };
            round.begun += 1;
            let app = self.clone();
            self.webhooks.under_way.spawn(async move {
                match app.deliver(&delivery).await {
                    Ok(Some(arrived)) => place.note(arrived),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::error!(delivery = delivery.id, %error, "a delivery could not be worked on");
                    }
                }
            });
        }
        Ok(round)
    }

    /// Sends one delivery. Answers whether it arrived; `None` when it was not sent, because somebody else does.
    async fn deliver(&self, due: &DueDelivery) -> Result<Option<bool>, AppError> {
        let tenant = self.store.organization(due.org.clone());
        let Some(claimed) = self.claim_delivery(&tenant, &due.id).await? else {
            return Ok(None);
        };
        let answer = self.send_delivery(&claimed).await;
        self.record_delivery(&tenant, &claimed, answer).await?;
        Ok(Some(problem(answer).is_none()))
    }

    /// Claims a delivery that is due. `None` when somebody else did, or when it cannot be signed now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_delivery(
        &self,
        tenant: &Tenant,
        id: &str,
    ) -> Result<Option<ClaimedDelivery>, AppError> {
        let now = self.mint.now_ms();
        let leased_until = now.saturating_add(millis(self.webhooks.settings.timeout * 3));
        let mut tx = tenant.write().await?;
        let Some(row) = tx.claim_delivery(id, &self.owner, leased_until, now).await? else {
            return Ok(None);
        };
        let lost = || AppError::Inconsistent("a delivery without its event or endpoint".into());
        let endpoint = tx.find_endpoint(&row.endpoint_id).await?.ok_or_else(lost)?;
        let event = tx.find_event(&row.event_id).await?.ok_or_else(lost)?;
        if endpoint.enabled != 1 {
            // Disabled since it was seen to be due: it waits until the endpoint is enabled.
            return Ok(None);
        }
        let mut secrets = Vec::new();
        for secret in tx.live_secrets(&endpoint.id, now).await? {
            let owner = owner(tenant.id().as_str(), &endpoint.id, &secret.id);
            secrets.extend(self.webhooks.open(&owner, &secret.sealed).ok());
        }
        if secrets.is_empty() {
            tx.rollback().await?;
            self.postpone(tenant, id, now).await?;
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(ClaimedDelivery { url: endpoint.url, body: body(&event)?, secrets, row }))
    }

    async fn postpone(&self, tenant: &Tenant, id: &str, now: i64) -> Result<(), AppError> {
        tracing::error!(
            delivery = id,
            "no secret opens with webhooks.secret_key: is it the key that sealed it?"
        );
        let mut tx = tenant.write().await?;
        tx.postpone_delivery(id, now.saturating_add(UNREADABLE_WAIT_MS), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Signs and sends a claimed delivery.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send_delivery(&self, claimed: &ClaimedDelivery) -> Result<Answer, SendError> {
        let timestamp_s = self.mint.now().as_second();
        let id = claimed.row.event_id.as_str();
        let signature = sign(&claimed.secrets, id, timestamp_s, &claimed.body);
        let message =
            Message { url: &claimed.url, id, timestamp_s, signature: &signature, body: &claimed.body };
        let sent = self.webhooks.sender.send(message);
        tokio::time::timeout(self.webhooks.settings.timeout, sent).await.unwrap_or(Err(SendError::TimedOut))
    }

    /// Records what became of a try. Does nothing when somebody else has claimed the delivery since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_delivery(
        &self,
        tenant: &Tenant,
        claimed: &ClaimedDelivery,
        answer: Result<Answer, SendError>,
    ) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let row = &claimed.row;
        let dice = self.mint.bytes().map_or(0, u16::from_be_bytes);
        let verdict = judge(answer, row.tries, dice, self.mint.now());
        let outcome = TryOutcome {
            status: "failed",
            due_at_ms: now,
            last_status: answer.ok().map(|answer| i64::from(answer.status)),
            last_error: problem(answer),
            done_at_ms: Some(now),
        };
        let outcome = match verdict {
            Verdict::Delivered => TryOutcome { status: "delivered", ..outcome },
            Verdict::Again(wait_ms) => TryOutcome {
                status: "waiting",
                due_at_ms: now.saturating_add(wait_ms),
                done_at_ms: None,
                ..outcome
            },
            Verdict::Disable(_) => outcome,
        };
        let status = outcome.status;
        let mut tx = tenant.write().await?;
        if matches!(verdict, Verdict::Disable(_)) {
            // In the order in which whoever deletes an endpoint locks it and its deliveries.
            tx.lock_endpoint(&row.endpoint_id).await?;
        }
        if !tx.record_delivery(&row.id, row.fence, outcome).await? {
            return Ok(());
        }
        if let Verdict::Disable(reason) = verdict {
            self.disable(&mut tx, row, reason, now).await?;
        }
        tx.commit().await?;
        self.metrics.delivery(problem(answer).unwrap_or("delivered"));
        tracing::info!(delivery = row.id, tries = row.tries, to = status, "delivery");
        Ok(())
    }

    /// Disables an endpoint and tells its organization, once: the event goes to its other endpoints, and is in its
    /// list of events.
    async fn disable(
        &self,
        tx: &mut OrgTx,
        row: &DeliveryRow,
        reason: DisableReason,
        now: i64,
    ) -> Result<(), AppError> {
        if !tx.disable_endpoint(&row.endpoint_id, reason.as_str(), now).await? {
            return Ok(());
        }
        let data = event_types::endpoint_disabled(&row.endpoint_id, reason.as_str(), &row.id, now);
        let id = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(id.as_str(), event_types::ENDPOINT_DISABLED, &row.endpoint_id, &data, now).await?;
        tracing::warn!(
            endpoint = row.endpoint_id,
            reason = reason.as_str(),
            "a webhook endpoint is disabled"
        );
        Ok(())
    }
}

/// The body is the same in every try: it is made of what was stored.
fn body(event: &EventRow) -> Result<String, AppError> {
    let body = Body {
        kind: &event.topic,
        timestamp: text::time(event.created_at_ms),
        data: event_types::data(event),
    };
    serde_json::to_string(&body).map_err(|_| AppError::Inconsistent("an event that is no JSON".into()))
}
