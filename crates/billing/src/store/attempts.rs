//! Attempts: written before anything is sent, claimed with a lease and a fence, decided once.

use paydesk_domain::id::OrganizationId;

use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row};
use crate::store::rows::{AttemptRow, NumberRow};
use crate::store::tx::{OrgTx, Page, Tx};
use crate::store::{StoreError, dialect, sql};

/// An attempt to write.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    /// The row as it will be read. What it says of its state and its fence is written as well.
    pub row: AttemptRow,
    /// Who sends it, when whoever writes it does so at once: the claim is then committed with the intent, and one
    /// commit less stands between a payer and their bank.
    pub claim: Option<Claim>,
}

/// A claim on an attempt: a lease.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who has it.
    pub owner: String,
    /// Until when.
    pub leased_until_ms: i64,
}

/// An attempt, or a payment, that waits for somebody.
#[derive(Clone, Debug)]
pub struct DueWork {
    /// Whose it is.
    pub org: OrganizationId,
    /// Its id.
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
    /// How far a look-up came that goes on later.
    pub reading: Option<Reading>,
    /// What the payer's bank asks, while it does.
    pub challenge: Option<AskedPayer>,
}

/// What is kept of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPayer {
    /// Where the payer is asked.
    pub url: String,
    /// When it is given up.
    pub until_ms: i64,
    /// Whether it is given up.
    pub given_up: bool,
}

/// How far a look-up came in the processor's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Where it goes on, in words of the adapter's.
    pub after: String,
    /// When it began.
    pub began_at_ms: i64,
}

/// Which attempts are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct AttemptFilter {
    /// What they pay.
    pub invoice: String,
    /// Who pays.
    pub account: String,
    /// Where they stand.
    pub status: String,
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

impl DueRow {
    pub(super) fn due(self) -> Result<DueWork, StoreError> {
        let org = self.org_id.parse().map_err(|_| StoreError::Unreadable("organization id"))?;
        Ok(DueWork { org, id: self.id, status: self.status })
    }
}

impl Store {
    /// Attempts of every organization whose sender died or whose answer was lost, and which somebody should look at
    /// now, the longest waiting first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_attempts(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, sql::DUE_ATTEMPTS, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl Store {
    /// Claims attempts of every organization that are to be sent now, the longest waiting first: one commit for all of
    /// them. Two workers never get the same one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_due(
        &self,
        claim: &Claim,
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<AttemptRow>, StoreError> {
        let Claim { owner, leased_until_ms } = claim;
        let mut door = self.work_door().await?;
        let sql = match &door.tx {
            Tx::Sqlite(_) => dialect::sqlite::CLAIM_DUE,
            Tx::Postgres(_) => dialect::postgres::CLAIM_DUE,
        };
        let rows = fetch_all!(door, AttemptRow, sql, owner, *leased_until_ms, now_ms, limit)?;
        door.commit().await?;
        Ok(rows)
    }
}

impl OrgTx {
    /// Writes an attempt.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the id is taken or the invoice has a live attempt.
    pub async fn insert_attempt(&mut self, new: NewAttempt) -> Result<(), StoreError> {
        let NewAttempt { row, claim } = new;
        let (owner, leased_until_ms) =
            claim.map(|claim| (Some(claim.owner), Some(claim.leased_until_ms))).unwrap_or_default();
        execute!(
            self,
            sql::INSERT_ATTEMPT,
            &self.org,
            row.id,
            row.session_id,
            row.origin_id,
            row.account_id,
            row.login_id,
            row.invoice_id,
            row.amount,
            row.currency,
            row.kind,
            row.initiation,
            row.method_id,
            row.token,
            row.mandate_id,
            row.processor_mandate,
            row.network_transaction_id,
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
            row.status,
            row.due_at_ms,
            row.created_at_ms,
            row.fence,
            owner,
            leased_until_ms,
            row.first_sent_at_ms,
            row.sent_at_ms,
            row.credit
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

    /// Lists attempts, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_attempts(
        &mut self,
        page: &Page,
        filter: &AttemptFilter,
    ) -> Result<Vec<AttemptRow>, StoreError> {
        let AttemptFilter { invoice, account, status } = filter;
        let sql = sql::LIST_ATTEMPTS;
        fetch_all!(self, AttemptRow, sql, &self.org, &page.after, invoice, account, status, page.limit)
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

    /// Claims an attempt whose payer is asked by their bank, when it was due by `due_by_ms`. `None` when somebody has it, or it
    /// was looked up a moment ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_challenge(
        &mut self,
        id: &str,
        owner: &str,
        leased_until_ms: i64,
        due_by_ms: i64,
    ) -> Result<Option<AttemptRow>, StoreError> {
        let sql = sql::CLAIM_CHALLENGE;
        fetch_optional!(self, AttemptRow, sql, &self.org, id, owner, leased_until_ms, due_by_ms)
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

    /// Puts an attempt of which nothing was sent back into the queue, where the fence still matches. Answers whether it
    /// did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_back(&mut self, id: &str, fence: i64, due_at_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::KEEP_BACK, &self.org, id, fence, due_at_ms)? == 1)
    }

    /// Puts an attempt whose sender has not come back in time in doubt. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_lease(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::EXPIRE_LEASE, &self.org, id, now_ms)? == 1)
    }

    /// Takes an attempt away from whoever has it: what they still write under the old fence goes nowhere. Answers
    /// whether it still had this fence.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_fence(&mut self, id: &str, fence: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::TOUCH_FENCE, &self.org, id, fence)? == 1)
    }

    /// Notes that a human was asked to look at an attempt. Answers whether that is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::HAND_OVER, &self.org, id, now_ms)? == 1)
    }

    /// When each try of a debt was sent, in order: the first one and its repetitions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_for(&mut self, origin: &str) -> Result<Vec<i64>, StoreError> {
        let rows = fetch_all!(self, NumberRow, sql::SENT_FOR, &self.org, origin)?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    }

    /// When each charge of an invoice was sent that its payer did not start, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_by_merchant(&mut self, invoice: &str) -> Result<Vec<i64>, StoreError> {
        let rows = fetch_all!(self, NumberRow, sql::SENT_BY_MERCHANT, &self.org, invoice)?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    }
}
