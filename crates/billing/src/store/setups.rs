//! Purchases of which nothing is due now: their methods are verified. Read as attempts, whose shape they have.

use crate::store::StoreError;
use crate::store::attempts::{DueRow, DueWork, Outcome};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, statements};
use crate::store::rows::AttemptRow;
use crate::store::sql::attempt_columns;
use crate::store::tx::OrgTx;

statements! {
    INSERT_SETUP = "INSERT INTO setups (org_id, id, session_id, origin_id, account_id, login_id, invoice_id, amount, currency, kind, \
        initiation, method_id, token, mandate_id, processor_mandate, vault, customer, processor_method, brand, last4, exp_month, \
        exp_year, billing_address, save, consent_version, consent_hash, consent_locale, consented_at_ms, consent_address, \
        consent_user_agent, request_hash, idempotency_key, status, due_at_ms, created_at_ms, first_sent_at_ms, sent_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
        $24, $25, $26, $27, $28, $29, $30, $31, 'sending', $32, $33, $33, $33)";
    FIND_SETUP = concat!("SELECT ", attempt_columns!(), " FROM setups WHERE org_id = $1 AND id = $2");
    NEWEST_SETUP = concat!("SELECT ", attempt_columns!(), " FROM setups WHERE org_id = $1 AND session_id = $2 \
        ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    LIVE_SETUP = concat!("SELECT ", attempt_columns!(), " FROM setups WHERE org_id = $1 AND invoice_id = $2 AND status = 'sending'");
    DUE_SETUPS = "SELECT org_id, id, status FROM setups WHERE status = 'sending' AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    // By its key, not through the queue: see the statements about attempts.
    CLAIM_SETUP = concat!("UPDATE setups SET due_at_ms = $3, look_ups = look_ups + 1 \
        WHERE org_id = $1 AND id = $2 AND status || '' = 'sending' AND due_at_ms <= $4 RETURNING ", attempt_columns!());
    KEEP_SETUP_METHOD = "UPDATE setups SET processor_method = $3, customer = $4, brand = $5, last4 = $6, exp_month = $7, \
        exp_year = $8 WHERE org_id = $1 AND id = $2 AND status || '' = 'sending'";
    DECIDE_SETUP = "UPDATE setups SET status = $3, processor_reference = $4, decline_code = $5, failure = $6, decided_at_ms = $7, \
        challenge_url = $8, challenge_until_ms = $9, challenge_given_up = $10, due_at_ms = $11 \
        WHERE org_id = $1 AND id = $2 AND status || '' = 'sending'";
}

impl Store {
    /// Verifications of every organization that nobody has decided in time, the longest waiting first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_setups(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_SETUPS, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Writes a verification, claimed by whoever writes it until it is due.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the id is taken or the invoice has a live one.
    pub async fn insert_setup(&mut self, row: &AttemptRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_SETUP,
            &self.org,
            &row.id,
            &row.session_id,
            &row.origin_id,
            &row.account_id,
            &row.login_id,
            &row.invoice_id,
            &row.currency,
            &row.kind,
            &row.initiation,
            &row.method_id,
            &row.token,
            &row.mandate_id,
            &row.processor_mandate,
            &row.vault,
            &row.customer,
            &row.processor_method,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year,
            &row.billing_address,
            row.save,
            &row.consent_version,
            &row.consent_hash,
            &row.consent_locale,
            row.consented_at_ms,
            &row.consent_address,
            &row.consent_user_agent,
            &row.request_hash,
            &row.idempotency_key,
            row.due_at_ms,
            row.created_at_ms
        )?;
        Ok(())
    }

    /// Finds a verification.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_setup(&mut self, id: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, FIND_SETUP, &self.org, id)
    }

    /// The newest verification of a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_setup(&mut self, session: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, NEWEST_SETUP, &self.org, session)
    }

    /// The verification for an invoice that is not decided yet. There is one at most, by constraint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_setup(&mut self, invoice: &str) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, LIVE_SETUP, &self.org, invoice)
    }

    /// Claims a verification that is due, until `due_at_ms`. `None` when somebody else did, or it is decided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_setup(
        &mut self,
        id: &str,
        due_at_ms: i64,
        now_ms: i64,
    ) -> Result<Option<AttemptRow>, StoreError> {
        fetch_optional!(self, AttemptRow, CLAIM_SETUP, &self.org, id, due_at_ms, now_ms)
    }

    /// Keeps what a token became. Answers whether the verification is still undecided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_setup_method(&mut self, row: &AttemptRow) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            KEEP_SETUP_METHOD,
            &self.org,
            &row.id,
            &row.processor_method,
            &row.customer,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year
        )?;
        Ok(changed == 1)
    }

    /// Writes what became of a verification: how it was decided, or what its payer's bank asks. Answers whether it was undecided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_setup(&mut self, id: &str, outcome: Outcome) -> Result<bool, StoreError> {
        let asked = outcome.challenge.as_ref();
        let changed = execute!(
            self,
            DECIDE_SETUP,
            &self.org,
            id,
            outcome.status,
            outcome.processor_reference,
            outcome.decline_code,
            outcome.failure,
            outcome.decided_at_ms,
            asked.map(|asked| &asked.url),
            asked.map(|asked| asked.until_ms),
            asked.map_or(0, |asked| i64::from(asked.given_up)),
            outcome.due_at_ms
        )?;
        Ok(changed == 1)
    }
}
