//! Saved cards that are brought up to date: written before the processor is asked, applied once, and the names that the processor
//! had for a card before another one took its place.

use crate::store::StoreError;
use crate::store::attempts::{DueRow, DueWork};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::rows::{AttemptRow, MethodRow, NumberRow};
use crate::store::tx::{IdRow, OrgTx};

macro_rules! update_columns {
    () => {
        "id, session_id, request_hash, account_id, login_id, method_id, admin_id, old_reference, customer, exp_month, exp_year, \
         token, security_code, billing_address, status, refusal, fence, due_at_ms, created_at_ms"
    };
}

statements! {
    INSERT_UPDATE = "INSERT INTO method_updates (org_id, id, session_id, request_key, request_hash, account_id, login_id, method_id, \
        admin_id, old_reference, customer, exp_month, exp_year, token, security_code, billing_address, status, fence, due_at_ms, \
        created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    FIND_UPDATE = concat!("SELECT ", update_columns!(), " FROM method_updates WHERE org_id = $1 AND id = $2");
    UPDATE_BY_KEY = concat!("SELECT ", update_columns!(), " FROM method_updates \
        WHERE org_id = $1 AND session_id = $2 AND request_key = $3");
    UPDATE_OF_SESSION = concat!("SELECT ", update_columns!(), " FROM method_updates WHERE org_id = $1 AND session_id = $2 \
        AND method_id = $3 AND status IN ('done', 'detaching') ORDER BY id DESC LIMIT 1");
    USE_SECURITY_CODE = "UPDATE method_updates SET security_code = NULL WHERE org_id = $1 AND id = $2";
    // Found by its key, not among all that is due: see the attempts in sql.rs.
    CLAIM_UPDATE = concat!("UPDATE method_updates SET fence = fence + 1, due_at_ms = $4 WHERE org_id = $1 AND id = $2 \
        AND status || '' = $3 AND due_at_ms <= $5 RETURNING ", update_columns!());
    FINISH_UPDATE = "UPDATE method_updates SET status = $4, refusal = $5, new_reference = COALESCE($6, new_reference), \
        due_at_ms = $7, fence = fence + 1 WHERE org_id = $1 AND id = $2 AND fence = $3";
    DUE_UPDATES = "SELECT org_id, id, status FROM method_updates WHERE status IN ('sending', 'detaching') \
        AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    // What was sent under a name, or may have been, is sent again under the same one.
    STILL_IN_USE = "SELECT CAST((SELECT COUNT(*) FROM attempts WHERE vault = $1 AND processor_method = $2 \
            AND status IN ('sending', 'in_doubt') AND status IN ('created', 'sending', 'in_doubt')) \
        + (SELECT COUNT(*) FROM attempts WHERE vault = $1 AND processor_method = $2 \
            AND status = 'created' AND first_sent_at_ms IS NOT NULL) \
        + (SELECT COUNT(*) FROM setups WHERE vault = $1 AND processor_method = $2 AND status = 'sending') AS BIGINT) AS number";
    RENEW_METHOD = "UPDATE payment_methods SET reference = $4, \
        fingerprint = CASE WHEN reference = $4 THEN fingerprint ELSE NULL END, brand = $5, last4 = $6, exp_month = $7, exp_year = $8, \
        billing_address = $9, customer = $10, version = version + 1, \
        closed_at_ms = CASE WHEN reference = $4 THEN closed_at_ms ELSE NULL END, bank_told_at_ms = NULL, was_last4 = NULL, \
        was_exp_month = NULL, was_exp_year = NULL, network_transaction_id = CASE WHEN reference = $4 THEN network_transaction_id ELSE NULL END \
        WHERE login_id = $1 AND id = $2 AND reference = $3 AND removed_at_ms IS NULL";
    INSERT_REFERENCE = "INSERT INTO method_references (login_id, vault, reference, method_id) VALUES ($1, $2, $3, $4) \
        ON CONFLICT DO NOTHING";
    REPOINT_REFERENCES = "UPDATE method_references SET method_id = $3 WHERE login_id = $1 AND method_id = $2";
    METHOD_REPLACING = "SELECT method_id AS id FROM method_references WHERE login_id = $1 AND vault = $2 AND reference = $3";
    ADOPT_METHOD = "UPDATE attempts SET processor_method = $4, customer = $5, brand = $6, last4 = $7, exp_month = $8, \
        exp_year = $9, network_transaction_id = $10 WHERE org_id = $1 AND id = $2 AND fence = $3 AND status || '' = 'sending'";
}

row! {
    /// A saved card that is brought up to date.
    MethodUpdateRow {
        /// `mup_…`.
        id: String,
        /// The session it came through.
        session_id: String,
        /// What the request asked for.
        request_hash: String,
        /// Whose account.
        account_id: String,
        /// Whose wallet.
        login_id: String,
        /// The saved method.
        method_id: String,
        /// The admin who acted.
        admin_id: Option<String>,
        /// The processor's name for the method as it was.
        old_reference: String,
        /// The processor's customer that it hangs on.
        customer: String,
        /// 1 to 12.
        exp_month: Option<i64>,
        /// Four digits.
        exp_year: Option<i64>,
        /// The single-use token of a card that takes its place.
        token: Option<String>,
        /// The single-use name of the security code, until a charge takes it along.
        security_code: Option<String>,
        /// As JSON.
        billing_address: String,
        /// `sending`, `detaching`, `done` or `refused`.
        status: String,
        /// Why it was refused.
        refusal: Option<String>,
        /// Who may write what became of it: it rises with every claim.
        fence: i64,
        /// When something is to be done about it.
        due_at_ms: i64,
        /// When it was asked for.
        created_at_ms: i64,
    }
}

/// What became of an update.
#[derive(Clone, Debug)]
pub struct UpdateOutcome {
    /// The state it leads to.
    pub status: &'static str,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// The processor's name for the card that took the place.
    pub new_reference: Option<String>,
    /// When something is to be done about it next.
    pub due_at_ms: i64,
}

impl Store {
    /// Updates of every organization about which something is to be done now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_method_updates(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_UPDATES, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }

    /// Whether an attempt of any organization may still be charged under this name of a method.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_in_use(&self, vault: &str, reference: &str) -> Result<bool, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let counted = fetch_optional!(door, NumberRow, STILL_IN_USE, vault, reference)?;
        Ok(counted.is_some_and(|row| row.number > 0))
    }
}

impl OrgTx {
    /// Writes an update before the processor is asked.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the method is being updated already.
    pub async fn insert_update(&mut self, key: &str, row: &MethodUpdateRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_UPDATE,
            &self.org,
            &row.id,
            &row.session_id,
            key,
            &row.request_hash,
            &row.account_id,
            &row.login_id,
            &row.method_id,
            &row.admin_id,
            &row.old_reference,
            &row.customer,
            row.exp_month,
            row.exp_year,
            &row.token,
            &row.security_code,
            &row.billing_address,
            &row.status,
            row.fence,
            row.due_at_ms,
            row.created_at_ms
        )?;
        Ok(())
    }

    /// Finds an update.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_update(&mut self, id: &str) -> Result<Option<MethodUpdateRow>, StoreError> {
        fetch_optional!(self, MethodUpdateRow, FIND_UPDATE, &self.org, id)
    }

    /// The update that a session asked for under a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_by_key(
        &mut self,
        session: &str,
        key: &str,
    ) -> Result<Option<MethodUpdateRow>, StoreError> {
        fetch_optional!(self, MethodUpdateRow, UPDATE_BY_KEY, &self.org, session, key)
    }

    /// The newest update of a method that came about through a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_of_session(
        &mut self,
        session: &str,
        method: &str,
    ) -> Result<Option<MethodUpdateRow>, StoreError> {
        fetch_optional!(self, MethodUpdateRow, UPDATE_OF_SESSION, &self.org, session, method)
    }

    /// The security code of an update goes along with a charge, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_security_code(&mut self, update: &str) -> Result<(), StoreError> {
        execute!(self, USE_SECURITY_CODE, &self.org, update)?;
        Ok(())
    }

    /// Claims an update in this state that is due. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_update(
        &mut self,
        id: &str,
        status: &str,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<Option<MethodUpdateRow>, StoreError> {
        fetch_optional!(self, MethodUpdateRow, CLAIM_UPDATE, &self.org, id, status, until_ms, now_ms)
    }

    /// Writes what became of an update where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_update(
        &mut self,
        id: &str,
        fence: i64,
        outcome: UpdateOutcome,
    ) -> Result<bool, StoreError> {
        let UpdateOutcome { status, refusal, new_reference, due_at_ms } = outcome;
        let changed =
            execute!(self, FINISH_UPDATE, &self.org, id, fence, status, refusal, new_reference, due_at_ms)?;
        Ok(changed == 1)
    }

    /// Brings a saved card up to date, if it is still the one that the processor calls `old`. Everything that rests on the
    /// method stays. The transaction must act for the login. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_method(&mut self, old: &str, row: &MethodRow) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            RENEW_METHOD,
            &row.login_id,
            &row.id,
            old,
            &row.reference,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year,
            &row.billing_address,
            &row.customer
        )?;
        if changed == 1 && old != row.reference {
            execute!(self, INSERT_REFERENCE, &row.login_id, &row.vault, old, &row.id)?;
        }
        Ok(changed == 1)
    }

    /// Lets a card of the same vault take the place of another one: what waits to be charged by any name of that one finds it. The
    /// transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_place_of(&mut self, old: &MethodRow, new: &MethodRow) -> Result<(), StoreError> {
        execute!(self, REPOINT_REFERENCES, &old.login_id, &old.id, &new.id)?;
        execute!(self, INSERT_REFERENCE, &old.login_id, &old.vault, &old.reference, &new.id)?;
        Ok(())
    }

    /// The method whose card took the place of the one that the processor called so. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn method_replacing(
        &mut self,
        login: &str,
        vault: &str,
        reference: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(fetch_optional!(self, IdRow, METHOD_REPLACING, login, vault, reference)?.map(|row| row.id))
    }

    /// Lets a claimed attempt that was never sent charge the card that its method has now. Answers whether the fence still
    /// matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adopt_method(&mut self, row: &AttemptRow) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            ADOPT_METHOD,
            &self.org,
            &row.id,
            row.fence,
            &row.processor_method,
            &row.customer,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year,
            &row.network_transaction_id
        )?;
        Ok(changed == 1)
    }
}
