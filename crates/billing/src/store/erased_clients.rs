//! What goes when an organization erases a client: `$1` is the organization, `$2` the account. Amounts, dates, numbers and books stay.

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::dialect::Engine;
use crate::store::events::{DueEventRow, by_organization};
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::rows::NumberRow;
use crate::store::sql::invoice_columns;
use crate::store::tx::{IdRow, OrgTx, Tx};
use paydesk_domain::id::OrganizationId;

/// Counts what stands in the way, by kind.
macro_rules! number_of {
    ($from:literal) => {
        concat!("SELECT CAST(COUNT(*) AS BIGINT) AS number FROM ", $from)
    };
}

/// The people of an account.
macro_rules! people {
    () => {
        "(SELECT p.id FROM people p WHERE p.org_id = $1 AND p.account_id = $2)"
    };
}

statements! {
    BEGIN_ERASURE = "UPDATE accounts SET erased_at_ms = $3 WHERE org_id = $1 AND id = $2 AND erased_at_ms IS NULL";
    LIVE_ACCOUNTS_HERE = number_of!("accounts c WHERE c.org_id = $1 AND c.login_id = $2 AND c.erased_at_ms IS NULL");
    // With whichever organization. The transaction acts for the wallet.
    LIVE_ACCOUNTS = number_of!("accounts c WHERE c.login_id = $1 AND c.erased_at_ms IS NULL");
    OPEN_BALANCES = concat!("SELECT CAST(COUNT(*) AS BIGINT) AS number FROM (SELECT ", invoice_columns!(), " FROM invoices i \
        WHERE i.org_id = $1 AND i.account_id = $2) v WHERE v.paid < v.total");
    OPEN_PLANS = number_of!("plans p WHERE p.org_id = $1 AND p.account_id = $2 AND p.status IN ('pending', 'active')");
    OPEN_TRIES = number_of!("invoices i JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        AND t.status IN ('created', 'sending', 'in_doubt') WHERE i.org_id = $1 AND i.account_id = $2");
    OPEN_VERIFICATIONS = number_of!("invoices i JOIN setups t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        AND t.status = 'sending' WHERE i.org_id = $1 AND i.account_id = $2");
    OPEN_DEBITS = number_of!("invoices i JOIN payments t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        AND t.status = 'submitted' WHERE i.org_id = $1 AND i.account_id = $2");
    OPEN_RETRIES = number_of!("invoices i JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        JOIN retries r ON r.org_id = t.org_id AND r.attempt_id = t.id AND r.done_at_ms IS NULL \
        WHERE i.org_id = $1 AND i.account_id = $2");
    OPEN_UPDATES = number_of!("method_updates u WHERE u.org_id = $1 AND u.account_id = $2 AND u.status || '' = 'sending'");
    OPEN_SAVING = number_of!("wallet_verifications w WHERE w.org_id = $1 AND w.account_id = $2 \
        AND (w.status = 'sending' OR w.due_at_ms IS NOT NULL)");
    OPEN_REFUNDS = number_of!("invoices i JOIN payments p ON p.org_id = i.org_id AND p.invoice_id = i.id \
        JOIN refunds f ON f.org_id = p.org_id AND f.payment_id = p.id \
        AND f.status || '' IN ('created', 'sending', 'in_doubt', 'pending') WHERE i.org_id = $1 AND i.account_id = $2");
    CREDIT_LEFT = number_of!("credits c WHERE c.org_id = $1 AND c.account_id = $2 AND c.amount > \
        (SELECT COALESCE(SUM(a.amount), 0) FROM credit_allocations a WHERE a.org_id = c.org_id AND a.credit_id = c.id)");
    OPEN_TASKS = number_of!("action_items t WHERE t.org_id = $1 AND t.account_id = $2 AND t.closed_at_ms IS NULL");

    ERASE_ACCOUNT = "UPDATE accounts SET name = 'erased', email = NULL, reference = NULL, billing_address = NULL \
        WHERE org_id = $1 AND id = $2";
    ERASE_PEOPLE = "UPDATE people SET name = 'erased' WHERE org_id = $1 AND account_id = $2";
    // Where they took part.
    ERASE_ENROLMENTS = concat!("DELETE FROM enrolments WHERE org_id = $1 AND person_id IN ", people!());
    ERASE_MEMBERSHIPS = concat!("DELETE FROM memberships WHERE org_id = $1 AND person_id IN ", people!());
    ERASE_MEMBER_ENROLMENTS = concat!("DELETE FROM member_enrolments WHERE org_id = $1 AND person_id IN ", people!());
    ERASE_SAVING = "UPDATE wallet_verifications SET billing_address = '{}', nickname = NULL, address = NULL \
        WHERE org_id = $1 AND account_id = $2";
    ERASE_PARTICIPANTS = "UPDATE invoice_items SET participant = NULL WHERE org_id = $1 AND participant IS NOT NULL AND invoice_id IN \
        (SELECT i.id FROM invoices i WHERE i.org_id = $1 AND i.account_id = $2)";
    ERASE_TRIES = "UPDATE attempts SET billing_address = NULL, consent_address = NULL, consent_user_agent = NULL WHERE org_id = $1 \
        AND status || '' IN ('succeeded', 'declined', 'failed_before_send') \
        AND invoice_id IN (SELECT i.id FROM invoices i WHERE i.org_id = $1 AND i.account_id = $2)";
    ERASE_VERIFICATIONS = "UPDATE setups SET billing_address = NULL, consent_address = NULL, consent_user_agent = NULL WHERE org_id = $1 \
        AND status || '' <> 'sending' AND invoice_id IN (SELECT i.id FROM invoices i WHERE i.org_id = $1 AND i.account_id = $2)";
    ERASE_UPDATES = "UPDATE method_updates SET billing_address = '{}' WHERE org_id = $1 AND account_id = $2";
    ERASE_TYPED_CARDS = "DELETE FROM typed_cards WHERE org_id = $1 AND login_id = $3 AND session_id IN \
        (SELECT s.id FROM checkout_sessions s WHERE s.org_id = $1 AND s.account_id = $2)";
    ERASE_PLAN_METHODS = "UPDATE plan_methods SET billing_address = '{}', detach_at_ms = $3 WHERE org_id = $1 AND attempt_id IN \
        (SELECT p.attempt_id FROM plans p WHERE p.org_id = $1 AND p.account_id = $2)";
    END_CHECKOUTS = "DELETE FROM credentials WHERE org_id = $1 AND kind = 'checkout_session' AND subject IN \
        (SELECT s.id FROM checkout_sessions s WHERE s.org_id = $1 AND s.account_id = $2)";
    END_WALLETS = "DELETE FROM credentials WHERE org_id = $1 AND kind IN ('wallet_session', 'wallet_access') AND subject IN \
        (SELECT s.id FROM wallet_sessions s WHERE s.org_id = $1 AND s.account_id = $2)";
    // What was told, and is on its way to nobody.
    ERASE_EVENTS = "UPDATE outbox SET payload = NULL WHERE org_id = $1 AND done_at_ms IS NOT NULL \
        AND (payload LIKE '%' || CAST($2 AS TEXT) || '%' OR payload LIKE '%' || CAST($3 AS TEXT) || '%') \
        AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.org_id = outbox.org_id AND d.event_id = outbox.id AND d.status = 'waiting')";
    // By the account, the login, an invoice of it, or a method of it that was brought in.
    ERASE_ANSWERS = "DELETE FROM idempotency_keys WHERE org_id = $1 AND status IS NOT NULL \
        AND (response LIKE '%' || CAST($2 AS TEXT) || '%' OR response LIKE '%' || CAST($3 AS TEXT) || '%' \
            OR EXISTS (SELECT 1 FROM invoices i WHERE i.org_id = $1 AND i.account_id = $2 AND idempotency_keys.response LIKE '%' || i.id || '%') \
            OR EXISTS (SELECT 1 FROM authorizations a WHERE a.org_id = $1 AND a.login_id = $3 \
                AND idempotency_keys.response LIKE '%' || a.method_id || '%'))";
    ERASE_LOGIN = "UPDATE logins SET name = 'erased', email = NULL WHERE id = $1";

    TO_DETACH = "SELECT org_id, id FROM plan_methods WHERE detach_at_ms <= $1 ORDER BY detach_at_ms LIMIT $2";
    FIND_TO_DETACH = "SELECT id, vault, customer, reference, detach_tries FROM plan_methods \
        WHERE org_id = $1 AND id = $2 AND detach_at_ms IS NOT NULL";
    CLAIM_TO_DETACH = "UPDATE plan_methods SET detach_at_ms = $3, detach_tries = detach_tries + 1 \
        WHERE org_id = $1 AND id = $2 AND detach_at_ms IS NOT NULL AND detach_tries = $4";
    DETACHED = "UPDATE plan_methods SET detach_at_ms = NULL WHERE org_id = $1 AND id = $2";
}

mod sqlite {
    use super::statements;
    statements! {
        ERASED = "SELECT id FROM accounts WHERE org_id = $1 AND id = $2 AND erased_at_ms IS NOT NULL";
    }
}

mod postgres {
    use super::statements;
    statements! {
        // Whoever erases the account waits until what is written for it is there, or the other way round.
        SHARE_ACCOUNT = "SELECT id FROM accounts WHERE org_id = $1 AND id = $2 FOR SHARE";
        ERASED = "SELECT id FROM accounts WHERE org_id = $1 AND id = $2 AND erased_at_ms IS NOT NULL";
    }
}

/// The statements of this file that differ.
pub(crate) fn statements(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => sqlite::ALL,
        Engine::Postgres => postgres::ALL,
    }
}

row! {
    /// A card that was kept for a plan, and that the processor is to let go.
    DetachRow {
        /// `plm_…`.
        id: String,
        /// Where it is kept.
        vault: String,
        /// Under which customer.
        customer: String,
        /// The processor's name for it.
        reference: String,
        /// How often that was asked for.
        detach_tries: i64,
    }
}

impl Store {
    /// The cards that the processor is to let go now, by organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_detach(
        &self,
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<(OrganizationId, Vec<String>)>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        by_organization(fetch_all!(door, DueEventRow, TO_DETACH, now_ms, limit)?)
    }
}

impl OrgTx {
    /// Whether a client was erased. Who erases them waits until this transaction is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_is_erased(&mut self, id: &str) -> Result<bool, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => sqlite::ERASED,
            Tx::Postgres(_) => {
                fetch_optional!(self, IdRow, postgres::SHARE_ACCOUNT, &self.org, id)?;
                postgres::ERASED
            }
        };
        Ok(fetch_optional!(self, IdRow, sql, &self.org, id)?.is_some())
    }

    /// Marks a client as erased, and waits for whoever writes something for them. Answers whether they were not erased before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_erasure(&mut self, account: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, BEGIN_ERASURE, &self.org, account, now_ms)? == 1)
    }

    /// What stands in the way of erasing a client, by kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn in_the_way(&mut self, account: &str) -> Result<Vec<&'static str>, StoreError> {
        let mut kinds = Vec::new();
        for (kind, sql) in [
            ("open_balance", OPEN_BALANCES),
            ("plan", OPEN_PLANS),
            ("payment_under_way", OPEN_TRIES),
            ("payment_under_way", OPEN_VERIFICATIONS),
            ("payment_under_way", OPEN_DEBITS),
            ("payment_under_way", OPEN_RETRIES),
            ("payment_under_way", OPEN_UPDATES),
            ("payment_under_way", OPEN_SAVING),
            ("refund_under_way", OPEN_REFUNDS),
            ("credit_left", CREDIT_LEFT),
            ("open_task", OPEN_TASKS),
        ] {
            let counted = fetch_optional!(self, NumberRow, sql, &self.org, account)?;
            if counted.is_some_and(|row| row.number > 0) && !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Ok(kinds)
    }

    /// Whether the organization knows the login by another account that is not erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_login(&mut self, login: &str) -> Result<bool, StoreError> {
        let counted = fetch_optional!(self, NumberRow, LIVE_ACCOUNTS_HERE, &self.org, login)?;
        Ok(counted.is_some_and(|row| row.number > 0))
    }

    /// Whether any organization knows the login by an account that is not erased. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_is_known(&mut self, login: &str) -> Result<bool, StoreError> {
        let counted = fetch_optional!(self, NumberRow, LIVE_ACCOUNTS, login)?;
        Ok(counted.is_some_and(|row| row.number > 0))
    }

    /// Empties everything that is told of a client here, and ends every session for them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_client_texts(
        &mut self,
        account: &str,
        login: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        for sql in [
            ERASE_ACCOUNT,
            ERASE_PEOPLE,
            ERASE_MEMBER_ENROLMENTS,
            ERASE_ENROLMENTS,
            ERASE_MEMBERSHIPS,
            ERASE_SAVING,
            ERASE_PARTICIPANTS,
            ERASE_TRIES,
            ERASE_VERIFICATIONS,
            ERASE_UPDATES,
            END_CHECKOUTS,
            END_WALLETS,
        ] {
            execute!(self, sql, &self.org, account)?;
        }
        execute!(self, ERASE_TYPED_CARDS, &self.org, account, login)?;
        execute!(self, ERASE_PLAN_METHODS, &self.org, account, now_ms)?;
        execute!(self, ERASE_EVENTS, &self.org, account, login)?;
        execute!(self, ERASE_ANSWERS, &self.org, account, login)?;
        Ok(())
    }

    /// Empties what is told of a login. The transaction must act for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_login(&mut self, login: &str) -> Result<(), StoreError> {
        execute!(self, ERASE_LOGIN, login)?;
        Ok(())
    }

    /// A card that the processor is to let go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_to_detach(&mut self, id: &str) -> Result<Option<DetachRow>, StoreError> {
        fetch_optional!(self, DetachRow, FIND_TO_DETACH, &self.org, id)
    }

    /// Claims it until then. Answers whether nobody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_to_detach(&mut self, row: &DetachRow, until_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, CLAIM_TO_DETACH, &self.org, &row.id, until_ms, row.detach_tries)? == 1)
    }

    /// Writes that it was let go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn detached(&mut self, id: &str) -> Result<(), StoreError> {
        execute!(self, DETACHED, &self.org, id)?;
        Ok(())
    }
}
