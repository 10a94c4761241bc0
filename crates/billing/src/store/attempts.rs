//! Attempts: written before anything is sent, claimed with a lease and a fence, decided once.

use paydesk_domain::id::OrganizationId;

use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row};
use crate::store::rows::AttemptRow;
use crate::store::tx::OrgTx;
use crate::store::{StoreError, sql};

/// An attempt to write. Its state is `created`.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    /// The row as it will be read.
    pub row: AttemptRow,
}

/// An attempt that waits for somebody.
#[derive(Clone, Debug)]
pub struct ClaimedLookUp {
    /// Whose it is.
    pub org: OrganizationId,
    /// `att_…`.
    pub id: String,
    /// The name of its state.
    pub status: String,
}

/// What is written of an outcome.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The name of the state it leads to.
    pub status: &'static str,
    /// The processor's name for the charge.
    pub processor_reference: Option<String>,
    /// Why it was refused.
    pub decline_code: Option<String>,
    /// Why it never reached the processor.
    pub failure: Option<String>,
    /// When something is to be done about it next.
    pub due_at_ms: i64,
    /// When it was decided, if it was.
    pub decided_at_ms: Option<i64>,
}

row! {
    /// A row of the queue.
    DueRow {
        /// Whose it is.
        org_id: String,
        /// `att_…`.
        id: String,
        /// The name of its state.
        status: String,
    }
}

impl Store {
    /// Attempts of every organization that somebody should look at now, the longest waiting first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_attempts(&self, now_ms: i64, limit: i64) -> Result<Vec<ClaimedLookUp>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, sql::DUE_ATTEMPTS, now_ms, limit)?;
        rows.into_iter()
            .map(|row| {
                let org = row.org_id.parse().map_err(|_| StoreError::Unreadable("organization id"))?;
                Ok(ClaimedLookUp { org, id: row.id, status: row.status })
            })
            .collect()
    }
}

impl OrgTx {
    /// Writes an attempt.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the id is taken or the invoice has a live attempt.
    pub async fn insert_attempt(&mut self, new: NewAttempt) -> Result<(), StoreError> {
        let row = new.row;
        execute!(
            self,
            sql::INSERT_ATTEMPT,
            &self.org,
            row.id,
            row.session_id,
            row.account_id,
            row.login_id,
            row.invoice_id,
            row.amount,
            row.currency,
            row.method_id,
            row.token,
            row.vault,
            row.customer,
            row.processor_method,
            row.brand,
            row.last4,
            row.exp_month,
            row.exp_year,
            row.billing_address,
            row.save,
            row.consent_version,
            row.consent_hash,
            row.consent_locale,
            row.consented_at_ms,
            row.consent_address,
            row.consent_user_agent,
            row.request_hash,
            row.idempotency_key,
            row.due_at_ms,
            row.created_at_ms
        )?;
        Ok(())
    }

    /// Finds an attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_attempt(&mut self, id: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, sql::FIND_ATTEMPT, &self.org, id)
    }

    /// The newest attempt of a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_attempt(&mut self, session: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, sql::NEWEST_ATTEMPT, &self.org, session)
    }

    /// The attempt at an invoice that is not decided yet. There is one at most, by constraint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_attempt(&mut self, invoice: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, sql::LIVE_ATTEMPT, &self.org, invoice)
    }

    /// The newest attempt that paid an invoice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paid_by(&mut self, invoice: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, sql::PAID_BY, &self.org, invoice)
    }

    /// Claims a created attempt for sending. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_attempt(
        &mut self,
        id: &str,
        owner: &str,
        leased_until_ms: i64,
        now_ms: i64,
    ) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, sql::CLAIM_ATTEMPT, &self.org, id, owner, leased_until_ms, now_ms)
    }

    /// Claims an attempt in doubt whose look-up is due. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_look_up(
        &mut self,
        id: &str,
        owner: &str,
        leased_until_ms: i64,
        now_ms: i64,
    ) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, sql::CLAIM_LOOK_UP, &self.org, id, owner, leased_until_ms, now_ms)
    }

    /// Keeps what a token became, before it is charged. Answers whether the fence still matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_attempt_method(&mut self, row: &AttemptRow) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            sql::KEEP_ATTEMPT_METHOD,
            &self.org,
            &row.id,
            row.fence,
            &row.processor_method,
            &row.customer,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year
        )?;
        Ok(changed == 1)
    }

    /// Writes an outcome where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_outcome(
        &mut self,
        id: &str,
        fence: i64,
        outcome: Outcome,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            sql::RECORD_OUTCOME,
            &self.org,
            id,
            fence,
            outcome.status,
            outcome.processor_reference,
            outcome.decline_code,
            outcome.failure,
            outcome.due_at_ms,
            outcome.decided_at_ms
        )?;
        Ok(changed == 1)
    }

    /// Puts an attempt whose sender has not come back in time in doubt. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_lease(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::EXPIRE_LEASE, &self.org, id, now_ms)? == 1)
    }
}
