//! Reads the processor's own list of events: what its webhooks never brought is found there.

use jiff::SignedDuration;

use crate::app::{App, AppError, millis};

/// The lead that this work is done under: one process at a time.
const TASK: &str = "poll_events";
/// How far each reading goes back before the end of the one before it: events may become visible late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How many pages one reading takes at most; the next one begins where it began.
const PAGES_MAX: usize = 100;

impl App {
    /// Reads what is new, if this process leads. Answers how many events nobody had told of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn poll_events(&self) -> Result<usize, AppError> {
        let now = self.mint.now();
        let until_ms = now.as_millisecond().saturating_add(3 * millis(self.settings.poll_every));
        if !self.store.lead(TASK, &self.owner, until_ms, now.as_millisecond()).await? {
            return Ok(0);
        }
        let vault = self.settings.vault.as_str();
        let since = self.store.events_read_until(vault).await?.unwrap_or(now.as_second()) - OVERLAP.as_secs();
        let mut after: Option<String> = None;
        let mut missed = 0;
        for _ in 0..PAGES_MAX {
            let page = match self.processor.events_since(since, after.as_deref()).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(%error, "the processor's events could not be read");
                    break;
                }
            };
            after = page.events.last().map(|event| event.id.clone());
            for event in page.events {
                missed += usize::from(self.keep_event(event, "poll").await?);
            }
            if !page.more || after.is_none() {
                self.store.keep_events_read_until(vault, now.as_second()).await?;
                self.forget_events().await?;
                break;
            }
        }
        if missed > 0 {
            tracing::info!(missed, "events that no webhook had brought");
            self.work.notify_one();
        }
        Ok(missed)
    }
}
