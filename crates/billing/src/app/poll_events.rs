//! Reads the processor's own list of events: what its webhooks never brought is found there.

use jiff::{SignedDuration, Timestamp};

use crate::app::{App, AppError, millis};
use crate::store::EventsPass;

/// The lead that this work is done under: one process at a time.
const TASK: &str = "poll_events";
/// How far each pass goes back before the one before it: events may become visible late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// For how long the processor keeps events (<https://docs.stripe.com/api/events>).
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl App {
    /// Reads what is new, if this process leads. Answers how many events nobody had told of.
    ///
    /// A pass reads everything from the end of the one before it to the moment when it began, newest first. What one
    /// reading does not come to, the next one goes on with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn poll_events(&self) -> Result<usize, AppError> {
        let now = self.mint.now();
        let until_ms = now.as_millisecond().saturating_add(3 * millis(self.settings.poll_every));
        if !self.store.lead(TASK, &self.owner, until_ms, now.as_millisecond()).await? {
            return Ok(0);
        }
        let pass = self.events_pass(now).await?;
        let missed = self.read_events(&pass).await?;
        if missed > 0 {
            tracing::info!(missed, "events that no webhook had brought");
            self.work.notify_one();
        }
        Ok(missed)
    }

    /// What is to be read: the rest of a pass that is not at its end, or another one.
    async fn events_pass(&self, now: Timestamp) -> Result<EventsPass, AppError> {
        let vault = self.settings.vault.as_str();
        let (began_s, until_s) = (now.as_second(), None);
        if let Some(kept) = self.store.events_read(vault).await? {
            let from_s = kept.read_until_s.saturating_sub(OVERLAP.as_secs());
            return Ok(match kept.pass_began_s {
                Some(began_s) => EventsPass { from_s, began_s, until_s: kept.pass_until_s },
                None => EventsPass { from_s, began_s, until_s },
            });
        }
        // Nothing was ever read. Nothing can have happened before the first charge was sent, and nothing is told of what
        // happened before the processor forgets.
        let first_ms = self.store.first_sent_at_ms().await?.unwrap_or(now.as_millisecond());
        let from_s = first_ms.div_euclid(1_000).max(began_s.saturating_sub(KEPT.as_secs()));
        Ok(EventsPass { from_s: from_s.saturating_sub(OVERLAP.as_secs()), began_s, until_s })
    }

    async fn read_events(&self, pass: &EventsPass) -> Result<usize, AppError> {
        let vault = self.settings.vault.as_str();
        let mut after: Option<String> = None;
        let mut reached_s = pass.until_s;
        let (mut missed, mut pages) = (0, 0);
        // A second that holds more than all these pages is read to its end, or the next reading would come no further.
        while pages < self.settings.poll_pages_max || reached_s == pass.until_s {
            pages += 1;
            let asked = self.processor.events_between(pass.from_s, pass.until_s, after.as_deref()).await;
            let page = match asked {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(%error, "the processor's events could not be read");
                    break;
                }
            };
            after = page.events.last().map(|event| event.id.clone());
            // Others of the same second may be on the next page.
            let oldest_s = page.events.iter().map(|event| event.happened_at.as_second()).min();
            reached_s = oldest_s.map(|oldest_s| oldest_s.saturating_add(1)).or(reached_s);
            for event in page.events {
                missed += usize::from(self.keep_event(event, "poll").await?);
            }
            if !page.more || after.is_none() {
                self.store.keep_events_read_until(vault, pass.began_s).await?;
                self.forget_events().await?;
                return Ok(missed);
            }
        }
        self.store.keep_events_pass(vault, &EventsPass { until_s: reached_s, ..*pass }).await?;
        Ok(missed)
    }
}
