//! Clients: their logins, accounts and people.

use crate::store::macros::{execute, fetch_optional};
use crate::store::rows::AccountRow;
use crate::store::tx::{IdRow, OrgTx};
use crate::store::{StoreError, sql};

/// What an account begins with.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// `acc_…`.
    pub id: String,
    /// Whose wallet pays.
    pub login_id: String,
    /// The client's name.
    pub name: String,
    /// The client's address for messages.
    pub email: Option<String>,
    /// The organization's own number for it.
    pub reference: Option<String>,
    /// Its address, as JSON.
    pub billing_address: Option<String>,
}

impl OrgTx {
    /// Writes a login. The transaction must act for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_login(
        &mut self,
        id: &str,
        name: &str,
        email: Option<&str>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_LOGIN, id, name, email, now_ms)?;
        Ok(())
    }

    /// Tells whether a login exists. The transaction must act for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_exists(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(fetch_optional!(self, IdRow, sql::FIND_LOGIN, id)?.is_some())
    }

    /// Writes an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_account(&mut self, new: NewAccount, now_ms: i64) -> Result<(), StoreError> {
        let NewAccount { id, login_id, name, email, reference, billing_address } = new;
        execute!(
            self,
            sql::INSERT_ACCOUNT,
            &self.org,
            id,
            login_id,
            name,
            email,
            reference,
            now_ms,
            billing_address
        )?;
        Ok(())
    }

    /// Finds an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_account(&mut self, id: &str) -> Result<Option<AccountRow>, StoreError> {
        fetch_optional!(self, AccountRow, sql::FIND_ACCOUNT, &self.org, id)
    }

    /// Writes somebody in an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_person(&mut self, id: &str, account: &str, name: &str) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_PERSON, &self.org, id, account, name)?;
        Ok(())
    }
}
