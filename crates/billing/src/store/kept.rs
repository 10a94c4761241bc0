//! Records of what was agreed to: what has been over for long enough, and what is wiped of it. The database's own triggers refuse
//! whatever ended less than two years ago by its own clock.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, row, statements};
use crate::store::tx::OrgTx;

/// No payment and no try by the method of an authorization `a`, or under a plan on it, since `$2`.
macro_rules! authorization_is_over {
    () => {
        "NOT EXISTS (SELECT 1 FROM plans p WHERE p.org_id = a.org_id AND p.login_id = a.login_id AND p.method_id = a.method_id \
            AND (p.status IN ('pending', 'active') OR p.ended_at_ms >= $2)) \
        AND NOT EXISTS (SELECT 1 FROM accounts c \
            JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
            JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
            LEFT JOIN payments y ON y.org_id = t.org_id AND y.attempt_id = t.id \
            WHERE c.org_id = a.org_id AND c.login_id = a.login_id AND t.method_id = a.method_id AND (t.created_at_ms >= $2 \
                OR y.paid_at_ms >= $2 OR y.settled_at_ms >= $2 OR y.ended_at_ms >= $2))"
    };
}

/// What is left of a mandate `d` that is over since before `$2`: one for a single debit is over with that.
macro_rules! mandate_is_over {
    () => {
        "d.text_hash <> '' AND (d.scope = 'one_time' OR d.ended_at_ms IS NOT NULL) AND d.accepted_at_ms < $2 \
        AND COALESCE(d.ended_at_ms, d.accepted_at_ms) < $2 \
        AND NOT EXISTS (SELECT 1 FROM invoices i \
            JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
            LEFT JOIN payments y ON y.org_id = t.org_id AND y.attempt_id = t.id \
            WHERE i.org_id = d.org_id AND i.account_id = d.account_id AND t.mandate_id = d.id AND (t.created_at_ms >= $2 \
                OR y.paid_at_ms >= $2 OR y.settled_at_ms >= $2 OR y.ended_at_ms >= $2))"
    };
}

/// Nothing that began with a try goes on, or went on since `$2`.
macro_rules! plans_are_over {
    ($attempt:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM plans p WHERE p.org_id = t.org_id AND p.attempt_id = ",
            $attempt,
            " \
            AND (p.status IN ('pending', 'active') OR p.ended_at_ms >= $2))"
        )
    };
}

statements! {
    OVER_AUTHORIZATIONS = concat!("SELECT a.id, a.login_id, a.consent_hash AS hash FROM authorizations a WHERE a.org_id = $1 \
        AND a.revoked_at_ms IS NOT NULL AND a.revoked_at_ms < $2 AND ", authorization_is_over!(), " \
        ORDER BY a.revoked_at_ms LIMIT $3");
    OVER_BACKUPS = concat!("SELECT a.id, a.login_id, a.consent_hash AS hash FROM backups a WHERE a.org_id = $1 \
        AND a.ended_at_ms IS NOT NULL AND a.ended_at_ms < $2 AND ", authorization_is_over!(), " \
        ORDER BY a.ended_at_ms LIMIT $3");
    OVER_MANDATES = concat!("SELECT d.id, d.login_id, d.text_hash AS hash FROM mandates d WHERE d.org_id = $1 AND ",
        mandate_is_over!(), " ORDER BY d.accepted_at_ms LIMIT $3");
    OVER_TRIES = concat!("SELECT t.id, t.login_id, t.consent_hash AS hash FROM attempts t WHERE t.org_id = $1 \
        AND t.consent_hash IS NOT NULL AND t.created_at_ms < $2 AND t.status || '' IN ('succeeded', 'declined', 'failed_before_send') \
        AND ", plans_are_over!("t.id"), " ORDER BY t.created_at_ms LIMIT $3");
    OVER_VERIFICATIONS = concat!("SELECT t.id, t.login_id, t.consent_hash AS hash FROM setups t WHERE t.org_id = $1 \
        AND t.consent_hash IS NOT NULL AND t.created_at_ms < $2 AND t.status || '' <> 'sending' \
        AND ", plans_are_over!("t.id"), " ORDER BY t.created_at_ms LIMIT $3");
    OVER_PLAN_METHODS = concat!("SELECT t.id, t.login_id, t.consent_hash AS hash FROM plan_methods t WHERE t.org_id = $1 \
        AND t.consent_hash <> '' AND t.created_at_ms < $2 \
        AND ", plans_are_over!("t.attempt_id"), " ORDER BY t.created_at_ms LIMIT $3");
    FORGET_AUTHORIZATION = "DELETE FROM authorizations WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NOT NULL";
    FORGET_BACKUP = "DELETE FROM backups WHERE org_id = $1 AND id = $2 AND ended_at_ms IS NOT NULL";
    EMPTY_MANDATE = "UPDATE mandates SET text = '', text_hash = '', address = NULL, user_agent = NULL WHERE org_id = $1 AND id = $2";
    // Where neither a try nor a payment refers to it.
    FORGET_MANDATE = "DELETE FROM mandates WHERE org_id = $1 AND id = $2 \
        AND NOT EXISTS (SELECT 1 FROM invoices i JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
            WHERE i.org_id = mandates.org_id AND i.account_id = mandates.account_id AND t.mandate_id = mandates.id) \
        AND NOT EXISTS (SELECT 1 FROM invoices i JOIN setups s ON s.org_id = i.org_id AND s.invoice_id = i.id \
            WHERE i.org_id = mandates.org_id AND i.account_id = mandates.account_id AND s.mandate_id = mandates.id)";
    EMPTY_TRY = "UPDATE attempts SET consent_hash = NULL, consent_address = NULL, consent_user_agent = NULL WHERE org_id = $1 AND id = $2";
    EMPTY_VERIFICATION = "UPDATE setups SET consent_hash = NULL, consent_address = NULL, consent_user_agent = NULL \
        WHERE org_id = $1 AND id = $2";
    EMPTY_PLAN_METHOD = "UPDATE plan_methods SET consent_hash = '', address = NULL, user_agent = NULL, billing_address = '{}' \
        WHERE org_id = $1 AND id = $2";
    // With the last that refers to it.
    FORGET_CONSENT_TEXT = "DELETE FROM consent_texts WHERE org_id = $1 AND login_id = $2 AND hash = $3 \
        AND NOT EXISTS (SELECT 1 FROM authorizations a WHERE a.org_id = $1 AND a.login_id = $2 AND a.consent_hash = $3) \
        AND NOT EXISTS (SELECT 1 FROM plan_methods m WHERE m.org_id = $1 AND m.login_id = $2 AND m.consent_hash = $3) \
        AND NOT EXISTS (SELECT 1 FROM backups b WHERE b.org_id = $1 AND b.login_id = $2 AND b.consent_hash = $3) \
        AND NOT EXISTS (SELECT 1 FROM accounts c JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
            JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
            WHERE c.org_id = $1 AND c.login_id = $2 AND t.consent_hash = $3) \
        AND NOT EXISTS (SELECT 1 FROM accounts c JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
            JOIN setups s ON s.org_id = i.org_id AND s.invoice_id = i.id \
            WHERE c.org_id = $1 AND c.login_id = $2 AND s.consent_hash = $3)";
}

/// What holds a record of what somebody agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A permission to charge a method.
    Authorization,
    /// A method that is charged where a planned payment is refused.
    Backup,
    /// An agreement to be debited.
    Mandate,
    /// A try with a card that was to be saved.
    Try,
    /// The same where nothing was due.
    Verification,
    /// A card that was kept with what it pays later.
    PlanMethod,
}

impl Kept {
    /// Each of them. A try that brought a permission is older than that.
    pub const ALL: [Self; 6] =
        [Self::Try, Self::Verification, Self::PlanMethod, Self::Authorization, Self::Backup, Self::Mandate];
}

row! {
    /// A record that is over.
    KeptRow {
        /// Of what holds it.
        id: String,
        /// Who agreed.
        login_id: String,
        /// The hash of the text.
        hash: String,
    }
}

impl OrgTx {
    /// Records that are over since before a time, those first that have been for longest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_over(
        &mut self,
        kept: Kept,
        before_ms: i64,
        limit: i64,
    ) -> Result<Vec<KeptRow>, StoreError> {
        let sql = match kept {
            Kept::Authorization => OVER_AUTHORIZATIONS,
            Kept::Backup => OVER_BACKUPS,
            Kept::Mandate => OVER_MANDATES,
            Kept::Try => OVER_TRIES,
            Kept::Verification => OVER_VERIFICATIONS,
            Kept::PlanMethod => OVER_PLAN_METHODS,
        };
        fetch_all!(self, KeptRow, sql, &self.org, before_ms, limit)
    }

    /// Wipes a record that is over: its row goes, or stays without what was agreed to where books refer to it. Answers whether there
    /// was one.
    ///
    /// # Errors
    /// When the database fails, or refuses because it is not over for two years.
    pub async fn forget_record(&mut self, kept: Kept, row: &KeptRow) -> Result<bool, StoreError> {
        let id = &row.id;
        let gone = match kept {
            Kept::Authorization => execute!(self, FORGET_AUTHORIZATION, &self.org, id)?,
            Kept::Backup => {
                // It is the login's own.
                self.act_for_login(&row.login_id).await?;
                execute!(self, FORGET_BACKUP, &self.org, id)?
            }
            Kept::Mandate => match execute!(self, FORGET_MANDATE, &self.org, id)? {
                0 => execute!(self, EMPTY_MANDATE, &self.org, id)?,
                gone => gone,
            },
            Kept::Try => execute!(self, EMPTY_TRY, &self.org, id)?,
            Kept::Verification => execute!(self, EMPTY_VERIFICATION, &self.org, id)?,
            Kept::PlanMethod => execute!(self, EMPTY_PLAN_METHOD, &self.org, id)?,
        };
        if kept != Kept::Mandate {
            execute!(self, FORGET_CONSENT_TEXT, &self.org, &row.login_id, &row.hash)?;
        }
        Ok(gone == 1)
    }
}
