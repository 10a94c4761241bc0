//! What goes when a client has their wallet erased: `$1` is the login where it is the login's own, and else the organization.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, statements};
use crate::store::rows::NumberRow;
use crate::store::tx::{IdRow, OrgTx};

statements! {
    PLANS_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM plans WHERE login_id = $1 AND status IN ('pending', 'active')";
    UPDATES_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM method_updates WHERE login_id = $1 AND status || '' = 'sending'";
    SAVING_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM wallet_verifications \
        WHERE login_id = $1 AND (status = 'sending' OR due_at_ms IS NOT NULL)";
    TRIES_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM accounts c \
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id AND t.status IN ('created', 'sending', 'in_doubt') \
        WHERE c.org_id = $1 AND c.login_id = $2";
    VERIFICATIONS_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM accounts c \
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
        JOIN setups t ON t.org_id = i.org_id AND t.invoice_id = i.id AND t.status = 'sending' \
        WHERE c.org_id = $1 AND c.login_id = $2";
    // A bank was asked, or a refused charge is tried again.
    DEBITS_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM accounts c \
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
        JOIN payments t ON t.org_id = i.org_id AND t.invoice_id = i.id AND t.status = 'submitted' \
        WHERE c.org_id = $1 AND c.login_id = $2";
    RETRIES_OF_LOGIN = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM accounts c \
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id \
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        JOIN retries r ON r.org_id = t.org_id AND r.attempt_id = t.id AND r.done_at_ms IS NULL \
        WHERE c.org_id = $1 AND c.login_id = $2";
    // Those as well that have erased the client. The transaction acts for the wallet.
    ORGANIZATIONS_OF_LOGIN = "SELECT DISTINCT org_id AS id FROM accounts WHERE login_id = $1 ORDER BY id";
    ACCESS_OF_SESSION = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM credentials \
        WHERE org_id = $1 AND kind = 'wallet_access' AND subject = $2";
    SESSIONS_OF_LOGIN = "SELECT id FROM wallet_sessions WHERE org_id = $1 AND login_id = $2 ORDER BY id";
    END_ACCESS = "DELETE FROM credentials WHERE org_id = $1 AND kind = 'wallet_access' AND subject IN \
        (SELECT s.id FROM wallet_sessions s WHERE s.org_id = $1 AND s.login_id = $2)";
    // The keys of a session begin with its id and a space. Compared to the letter: an organization's own keys may hold anything.
    FORGET_ANSWERS = "DELETE FROM idempotency_keys WHERE org_id = $1 AND status IS NOT NULL AND substr(key, 1, 4) = 'wks_' \
        AND replace(CAST($2 AS TEXT), ' ' || substr(key, 1, CAST($3 AS INTEGER)) || ' ', '') <> CAST($2 AS TEXT)";
    EMPTY_UPDATES = "UPDATE method_updates SET billing_address = '{}' WHERE org_id = $1 AND login_id = $2 AND status || '' <> 'sending'";
    EMPTY_SAVING = "UPDATE wallet_verifications SET billing_address = '{}', nickname = NULL, address = NULL \
        WHERE org_id = $1 AND login_id = $2 AND status || '' <> 'sending'";
    // Those as well that were removed before.
    EMPTY_METHODS = "UPDATE payment_methods SET nickname = NULL, billing_address = '{}', fingerprint = NULL WHERE login_id = $1";
    FORGET_ALL_DEVICES = "DELETE FROM wallet_devices WHERE login_id = $1";
    FORGET_ALL_CODES = "DELETE FROM wallet_codes WHERE login_id = $1";
    WIPE_MAILS = "UPDATE mails SET status = 'given_up', sealed = NULL, last_error = 'erased', done_at_ms = $2, fence = fence + 1 \
        WHERE login_id = $1 AND status || '' = 'waiting'";
    EMPTY_ENTRIES = "UPDATE wallet_entries SET address = NULL WHERE login_id = $1 AND address IS NOT NULL";
}

impl OrgTx {
    /// Whether something is agreed to with any organization that is still to be charged to a login's methods, or one of them is being
    /// saved or brought up to date. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_is_in_use(&mut self, login: &str) -> Result<bool, StoreError> {
        let plans = fetch_optional!(self, NumberRow, PLANS_OF_LOGIN, login)?;
        let updates = fetch_optional!(self, NumberRow, UPDATES_OF_LOGIN, login)?;
        let saving = fetch_optional!(self, NumberRow, SAVING_OF_LOGIN, login)?;
        Ok([plans, updates, saving].into_iter().flatten().any(|row| row.number > 0))
    }

    /// Whether a payment of a login is under way with this organization, a bank debit that has not settled as well, or waits for its day, or
    /// is to be tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_paying(&mut self, login: &str) -> Result<bool, StoreError> {
        for sql in [TRIES_OF_LOGIN, VERIFICATIONS_OF_LOGIN, DEBITS_OF_LOGIN, RETRIES_OF_LOGIN] {
            let counted = fetch_optional!(self, NumberRow, sql, &self.org, login)?;
            if counted.is_some_and(|row| row.number > 0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The organizations that ever had an account of a login, in the order of their ids. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organizations_of_login(&mut self, login: &str) -> Result<Vec<String>, StoreError> {
        let found = fetch_all!(self, IdRow, ORGANIZATIONS_OF_LOGIN, login)?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Whether anything opens the wallet by a session still.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_open(&mut self, session: &str) -> Result<bool, StoreError> {
        let counted = fetch_optional!(self, NumberRow, ACCESS_OF_SESSION, &self.org, session)?;
        Ok(counted.is_some_and(|row| row.number > 0))
    }

    /// The wallet sessions of a login that were made with this organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_sessions_of(&mut self, login: &str) -> Result<Vec<String>, StoreError> {
        let found = fetch_all!(self, IdRow, SESSIONS_OF_LOGIN, &self.org, login)?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Ends what opens a login's wallet by sessions of this organization, forgets the answers that are kept here for any of the
    /// sessions `all`, and empties what was told of cards that were brought up to date here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_wallet_here(&mut self, login: &str, all: &[String]) -> Result<(), StoreError> {
        execute!(self, END_ACCESS, &self.org, login)?;
        if let Some(first) = all.first() {
            // Ids are of one length.
            let length = i64::try_from(first.len()).unwrap_or(i64::MAX);
            let list = format!(" {} ", all.join("  "));
            execute!(self, FORGET_ANSWERS, &self.org, list, length)?;
        }
        execute!(self, EMPTY_UPDATES, &self.org, login)?;
        execute!(self, EMPTY_SAVING, &self.org, login)?;
        Ok(())
    }

    /// Empties what is a login's own: names and addresses of all its methods, devices, codes, mails that are not sent yet, and the
    /// network addresses of what happened. The transaction must act for the login and hold its lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_wallet_texts(&mut self, login: &str, now_ms: i64) -> Result<(), StoreError> {
        execute!(self, EMPTY_METHODS, login)?;
        execute!(self, FORGET_ALL_DEVICES, login)?;
        execute!(self, FORGET_ALL_CODES, login)?;
        execute!(self, WIPE_MAILS, login, now_ms)?;
        execute!(self, EMPTY_ENTRIES, login)?;
        Ok(())
    }
}
