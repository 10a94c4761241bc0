//! What the processor told by itself: each event once, however often it was told.

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::rows::NumberRow;
use crate::store::tx::IdRow;

statements! {
    RECEIVE_EVENT = "INSERT INTO processor_events (vault, id, kind, org_id, facts, source, status, due_at_ms, happened_at_ms, \
        received_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8) ON CONFLICT DO NOTHING";
    DUE_PROCESSOR_EVENTS = "SELECT vault, id, kind, org_id, facts, tries FROM processor_events \
        WHERE status = 'received' AND due_at_ms <= $1 ORDER BY due_at_ms, happened_at_ms LIMIT $2";
    // Found by its key, not among all that wait: see the attempts in sql.rs.
    CLAIM_PROCESSOR_EVENT = "UPDATE processor_events SET tries = tries + 1, due_at_ms = $4 \
        WHERE vault = $1 AND id = $2 AND status || '' = 'received' AND tries = $3";
    SETTLE_PROCESSOR_EVENT = "UPDATE processor_events SET status = $3, applied_at_ms = $4 \
        WHERE vault = $1 AND id = $2 AND status || '' = 'received'";
    FORGET_PROCESSOR_EVENTS = "DELETE FROM processor_events WHERE status IN ('applied', 'ignored') AND received_at_ms < $1";
    EVENTS_READ = "SELECT read_until_s, pass_began_s, pass_until_s FROM processor_cursors WHERE vault = $1";
    KEEP_READ_UNTIL = "INSERT INTO processor_cursors (vault, read_until_s) VALUES ($1, $2) \
        ON CONFLICT (vault) DO UPDATE SET read_until_s = excluded.read_until_s, pass_began_s = NULL, pass_until_s = NULL \
        WHERE processor_cursors.read_until_s <= excluded.read_until_s";
    KEEP_PASS = "INSERT INTO processor_cursors (vault, read_until_s, pass_began_s, pass_until_s) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (vault) DO UPDATE SET pass_began_s = excluded.pass_began_s, pass_until_s = excluded.pass_until_s";
    FIRST_SENT = "SELECT first_sent_at_ms AS number FROM attempts WHERE first_sent_at_ms IS NOT NULL \
        ORDER BY first_sent_at_ms LIMIT 1";
    PAYMENT_BY_REFERENCE = "SELECT org_id, attempt_id AS id, status FROM payments WHERE processor_reference = $1";
    // The newest debit of an account, for each organization that has debited it.
    DEBITED_BY = "SELECT org_id, MAX(id) AS id, '' AS status FROM attempts \
        WHERE kind <> 'card' AND processor_method IS NOT NULL AND vault = $1 AND processor_method = $2 GROUP BY org_id";
    // Whose mandate had no name when it was written: its outcome brings one.
    UNDECIDED_DEBIT = "SELECT id FROM attempts WHERE status IN ('created', 'sending', 'in_doubt') AND kind <> 'card' \
        AND processor_mandate IS NULL AND first_sent_at_ms IS NOT NULL LIMIT 1";
    MANDATE_BY_REFERENCE = "SELECT org_id, id, '' AS status FROM mandates WHERE processor_reference = $1";
}

row! {
    /// An event that waits to be applied.
    ProcessorEventRow {
        /// Which account at the processor told it.
        vault: String,
        /// The processor's name for it.
        id: String,
        /// What kind of event it is, in the processor's words.
        kind: String,
        /// Whose it is, where that is known.
        org_id: Option<String>,
        /// What follows from it, as its adapter wrote it.
        facts: String,
        /// How often it was tried.
        tries: i64,
    }
}

row! {
    /// How far the processor's list of events was read. Unix seconds.
    EventsReadRow {
        /// Everything before it was read.
        read_until_s: i64,
        /// When the pass began that is not at its end; none between passes.
        pass_began_s: Option<i64>,
        /// Down to where that pass has come.
        pass_until_s: Option<i64>,
    }
}

/// A pass through the processor's list of events, newest first. Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsPass {
    /// Where it ends.
    pub from_s: i64,
    /// When it began: up to there it reads, or further.
    pub began_s: i64,
    /// Below where it goes on; none at its beginning.
    pub until_s: Option<i64>,
}

row! {
    /// Whose something is.
    OwnerRow {
        /// The organization.
        org_id: String,
        /// The attempt or the mandate.
        id: String,
        /// Where it stands.
        status: String,
    }
}

/// An event to keep.
#[derive(Clone, Debug)]
pub struct NewProcessorEvent {
    /// Which account at the processor told it.
    pub vault: String,
    /// The processor's name for it.
    pub id: String,
    /// What kind of event it is.
    pub kind: String,
    /// Whose it is, where that is known.
    pub org_id: Option<String>,
    /// What follows from it.
    pub facts: String,
    /// `webhook` or `poll`.
    pub source: &'static str,
    /// `received`, or `ignored` when nothing follows from it.
    pub status: &'static str,
    /// When it happened.
    pub happened_at_ms: i64,
}

impl Store {
    /// Keeps an event. Answers whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receive_event(&self, new: NewProcessorEvent, now_ms: i64) -> Result<bool, StoreError> {
        let NewProcessorEvent { vault, id, kind, org_id, facts, source, status, happened_at_ms } = new;
        let mut door = self.work_door().await?;
        let kept = execute!(
            door,
            RECEIVE_EVENT,
            vault,
            id,
            kind,
            org_id,
            facts,
            source,
            status,
            now_ms,
            happened_at_ms
        )?;
        door.commit().await?;
        Ok(kept == 1)
    }

    /// Events that wait to be applied, the longest waiting first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_processor_events(
        &self,
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<ProcessorEventRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_all!(door, ProcessorEventRow, DUE_PROCESSOR_EVENTS, now_ms, limit)
    }

    /// Takes an event to apply it: until `due_at_ms` nobody else does. Answers whether nobody else has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_processor_event(
        &self,
        event: &ProcessorEventRow,
        due_at_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut door = self.work_door().await?;
        let claimed =
            execute!(door, CLAIM_PROCESSOR_EVENT, &event.vault, &event.id, event.tries, due_at_ms)? == 1;
        door.commit().await?;
        Ok(claimed)
    }

    /// Notes what became of an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_processor_event(
        &self,
        event: &ProcessorEventRow,
        status: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut door = self.work_door().await?;
        execute!(door, SETTLE_PROCESSOR_EVENT, &event.vault, &event.id, status, now_ms)?;
        door.commit().await
    }

    /// Forgets events that were dealt with and are older than `before_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_processor_events(&self, before_ms: i64) -> Result<(), StoreError> {
        let mut door = self.work_door().await?;
        execute!(door, FORGET_PROCESSOR_EVENTS, before_ms)?;
        door.commit().await
    }

    /// How far the processor's list of events was read. `None` when it never was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_read(&self, vault: &str) -> Result<Option<EventsReadRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_optional!(door, EventsReadRow, EVENTS_READ, vault)
    }

    /// Keeps until when the list has been read, never less than before: a pass came to its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_events_read_until(&self, vault: &str, until_s: i64) -> Result<(), StoreError> {
        let mut door = self.work_door().await?;
        execute!(door, KEEP_READ_UNTIL, vault, until_s)?;
        door.commit().await
    }

    /// Keeps how far a pass has come that is not at its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_events_pass(&self, vault: &str, pass: &EventsPass) -> Result<(), StoreError> {
        let mut door = self.work_door().await?;
        execute!(door, KEEP_PASS, vault, pass.from_s, pass.began_s, pass.until_s)?;
        door.commit().await
    }

    /// When the first charge of all was sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_sent_at_ms(&self) -> Result<Option<i64>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        Ok(fetch_optional!(door, NumberRow, FIRST_SENT)?.map(|row| row.number))
    }

    /// Whose payment the processor calls by this name, and the attempt that it belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner_of_payment(&self, reference: &str) -> Result<Option<OwnerRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_optional!(door, OwnerRow, PAYMENT_BY_REFERENCE, reference)
    }

    /// Whose mandate the processor calls by this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner_of_mandate(&self, reference: &str) -> Result<Option<OwnerRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_optional!(door, OwnerRow, MANDATE_BY_REFERENCE, reference)
    }

    /// Whether a debit has been sent whose outcome nobody knows yet, and whose mandate has no name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_a_debit_undecided(&self) -> Result<bool, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        Ok(fetch_optional!(door, IdRow, UNDECIDED_DEBIT)?.is_some())
    }

    /// Who has debited an account: each organization, with its newest attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn debited_by(&self, vault: &str, method: &str) -> Result<Vec<OwnerRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_all!(door, OwnerRow, DEBITED_BY, vault, method)
    }
}
