//! Takes in what the processor tells by itself: stored once by its own id, and answered before it is applied.

use crate::app::{App, AppError};
use crate::ports::processor::{EventRefused, News, ProcessorEvent};
use crate::store::NewProcessorEvent;

/// For how long an event that was dealt with is remembered: longer than the processor repeats itself.
const REMEMBERED_MS: i64 = 35 * 24 * 60 * 60 * 1_000;

impl App {
    /// Takes in a delivery.
    ///
    /// # Errors
    /// The delivery's own fault in `Ok(Err(_))`; when the database fails, so that it is delivered again.
    pub async fn receive_delivery(
        &self,
        signature: &str,
        body: &[u8],
    ) -> Result<Result<(), EventRefused>, AppError> {
        let event = match self.processor.read_event(signature, body, self.mint.now()) {
            Ok(event) => event,
            Err(refused) => return Ok(Err(refused)),
        };
        if self.keep_event(event, "webhook").await? {
            self.work.notify_one();
        }
        Ok(Ok(()))
    }

    /// Keeps an event until it is applied. Answers whether it is new. One from which nothing follows is kept as well,
    /// as its id must not be taken for new later.
    pub(super) async fn keep_event(
        &self,
        event: ProcessorEvent,
        source: &'static str,
    ) -> Result<bool, AppError> {
        let org_id = match &event.news {
            News::Charge { organization, .. }
            | News::Verified { organization, .. }
            | News::Named { organization, .. }
            | News::Refund { organization, .. } => Some(organization.clone()),
            News::Returned { .. }
            | News::AccountCorrected { .. }
            | News::CardChanged { .. }
            | News::MandateEnded { .. }
            | News::Nothing => None,
        };
        let status = if event.news == News::Nothing { "ignored" } else { "received" };
        let facts = serde_json::to_string(&event.news)
            .map_err(|_| AppError::Inconsistent("news that cannot be written".into()))?;
        let new = NewProcessorEvent {
            vault: self.settings.vault.clone(),
            id: event.id,
            kind: event.kind,
            org_id,
            facts,
            source,
            status,
            happened_at_ms: event.happened_at.as_millisecond(),
        };
        Ok(self.store.receive_event(new, self.mint.now_ms()).await?)
    }

    /// Forgets events that were dealt with long ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_events(&self) -> Result<(), AppError> {
        let before = self.mint.now_ms().saturating_sub(REMEMBERED_MS);
        Ok(self.store.forget_processor_events(before).await?)
    }
}
