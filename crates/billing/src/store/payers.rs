//! What is particular to whoever pays: whether a login was ever used, accounts' addresses, admins who acted, security codes that
//! wait for their charge, and addresses of saved methods.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_optional, row, statements};
use crate::store::rows::NumberRow;
use crate::store::tx::OrgTx;

statements! {
    NOTE_LOGIN = "UPDATE logins SET last_login_at_ms = $2 WHERE id = $1 AND COALESCE(last_login_at_ms, 0) < $2";
    LAST_LOGIN = "SELECT last_login_at_ms AS number FROM logins WHERE id = $1 AND last_login_at_ms IS NOT NULL";
    SET_ACCOUNT_ADDRESS = "UPDATE accounts SET billing_address = $3 WHERE org_id = $1 AND id = $2";
    SET_METHOD_ADDRESS = "UPDATE payment_methods SET billing_address = $3, version = version + 1 \
        WHERE login_id = $1 AND id = $2";
    INSERT_PAYER = "INSERT INTO attempt_payers (org_id, attempt_id, admin_id, security_code) \
        VALUES ($1, $2, $3, $4)";
    FIND_PAYER = "SELECT admin_id, security_code FROM attempt_payers WHERE org_id = $1 AND attempt_id = $2";
}

row! {
    /// What is particular to an attempt's payer.
    PayerRow {
        /// The admin who acted, by the organization's own id for them.
        admin_id: Option<String>,
        /// The processor's single-use name for a security code.
        security_code: Option<String>,
    }
}

impl OrgTx {
    /// Notes when a login was used; what is known of a later time stays. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_login(&mut self, login: &str, at_ms: i64) -> Result<(), StoreError> {
        execute!(self, NOTE_LOGIN, login, at_ms)?;
        Ok(())
    }

    /// When a login was last used; `None` when it never was. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_login(&mut self, login: &str) -> Result<Option<i64>, StoreError> {
        Ok(fetch_optional!(self, NumberRow, LAST_LOGIN, login)?.map(|row| row.number))
    }

    /// Keeps an account's address, as JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_account_address(&mut self, account: &str, address: &str) -> Result<(), StoreError> {
        execute!(self, SET_ACCOUNT_ADDRESS, &self.org, account, address)?;
        Ok(())
    }

    /// Keeps a saved method's billing address, as JSON. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_method_address(
        &mut self,
        login: &str,
        method: &str,
        address: &str,
    ) -> Result<(), StoreError> {
        execute!(self, SET_METHOD_ADDRESS, login, method, address)?;
        Ok(())
    }

    /// Keeps what is particular to an attempt's payer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_payer(&mut self, attempt: &str, row: PayerRow) -> Result<(), StoreError> {
        let PayerRow { admin_id, security_code } = row;
        execute!(self, INSERT_PAYER, &self.org, attempt, admin_id, security_code)?;
        Ok(())
    }

    /// What is particular to an attempt's payer, if anything is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_payer(&mut self, attempt: &str) -> Result<Option<PayerRow>, StoreError> {
        fetch_optional!(self, PayerRow, FIND_PAYER, &self.org, attempt)
    }
}
