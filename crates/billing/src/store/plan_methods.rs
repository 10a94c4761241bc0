//! Cards that are kept for what they pay later: in no wallet, and found by a planned payment of their own purchase alone.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_optional, statements};
use crate::store::rows::{AttemptRow, MethodRow};
use crate::store::tx::OrgTx;

// Read as a saved method, whose facts it has: nobody has named it, and no return ends debits of a card.
macro_rules! plan_method_columns {
    () => {
        "m.id, m.login_id, m.vault, m.customer, m.reference, m.kind, m.brand, m.last4, m.exp_month, m.exp_year, \
         m.billing_address, CAST(NULL AS TEXT) AS nickname, m.network_transaction_id, CAST(NULL AS TEXT) AS blocked_by, \
         CAST(1 AS BIGINT) AS version, CAST(0 AS BIGINT) AS is_default, CAST(NULL AS BIGINT) AS closed_at_ms, \
         CAST(NULL AS BIGINT) AS bank_told_at_ms, CAST(NULL AS TEXT) AS was_last4, CAST(NULL AS BIGINT) AS was_exp_month, \
         CAST(NULL AS BIGINT) AS was_exp_year"
    };
}

statements! {
    INSERT_PLAN_METHOD = "INSERT INTO plan_methods (org_id, id, attempt_id, login_id, vault, customer, reference, kind, brand, last4, \
        exp_month, exp_year, billing_address, network_transaction_id, consent_version, consent_hash, consent_locale, accepted_at_ms, \
        admin_id, address, user_agent, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    FIND_PLAN_METHOD = concat!("SELECT ", plan_method_columns!(), " FROM plan_methods m WHERE m.org_id = $1 AND m.id = $2");
    // By the payment, not by the card: whatever names the card elsewhere does not find it.
    PLAN_METHOD_FOR = concat!("SELECT ", plan_method_columns!(), " FROM planned_payments d \
        JOIN plans p ON p.org_id = d.org_id AND p.id = d.plan_id \
        JOIN plan_methods m ON m.org_id = p.org_id AND m.attempt_id = p.attempt_id \
        WHERE d.org_id = $1 AND d.id = $2 AND m.vault = $3 AND m.id = $4");
    KEEP_PLAN_NETWORK_ID = "UPDATE plan_methods SET network_transaction_id = $4 \
        WHERE org_id = $1 AND vault = $2 AND reference = $3 AND network_transaction_id IS NULL";
}

impl OrgTx {
    /// Keeps a card for what a try has begun, with what an admin agreed to for it.
    ///
    /// # Errors
    /// When the database fails; a unique violation when that try has one already.
    pub async fn insert_plan_method(
        &mut self,
        row: &MethodRow,
        attempt: &AttemptRow,
        admin: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_PLAN_METHOD,
            &self.org,
            &row.id,
            &attempt.id,
            &row.login_id,
            &row.vault,
            &row.customer,
            &row.reference,
            &row.kind,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year,
            &row.billing_address,
            &row.network_transaction_id,
            &attempt.consent_version,
            &attempt.consent_hash,
            &attempt.consent_locale,
            attempt.consented_at_ms,
            admin,
            &attempt.consent_address,
            &attempt.consent_user_agent,
            now_ms
        )?;
        Ok(())
    }

    /// A kept card, to tell of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_plan_method(&mut self, id: &str) -> Result<Option<MethodRow>, StoreError> {
        fetch_optional!(self, MethodRow, FIND_PLAN_METHOD, &self.org, id)
    }

    /// The kept card with this id, if it is kept for what this planned payment is a part of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan_method_for(
        &mut self,
        planned: &str,
        vault: &str,
        id: &str,
    ) -> Result<Option<MethodRow>, StoreError> {
        fetch_optional!(self, MethodRow, PLAN_METHOD_FOR, &self.org, planned, vault, id)
    }

    /// Keeps what the network called a kept card's first charge, by the processor's name for the card; the first one stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_plan_network_id(
        &mut self,
        vault: &str,
        reference: &str,
        network: &str,
    ) -> Result<(), StoreError> {
        execute!(self, KEEP_PLAN_NETWORK_ID, &self.org, vault, reference, network)?;
        Ok(())
    }
}
