//! Checkout sessions.

use crate::store::macros::{execute, fetch_optional};
use crate::store::rows::SessionRow;
use crate::store::tx::OrgTx;
use crate::store::{StoreError, sql};

impl OrgTx {
    /// Writes a session. Its secret is written as a credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(&mut self, row: SessionRow) -> Result<(), StoreError> {
        execute!(
            self,
            sql::INSERT_SESSION,
            &self.org,
            row.id,
            row.account_id,
            row.login_id,
            row.invoice_id,
            row.scope,
            row.allowed_origin,
            row.locale,
            row.may_save,
            row.created_at_ms,
            row.expires_at_ms,
            row.ends_at_ms,
            row.admin_id,
            row.admin_name
        )?;
        Ok(())
    }

    /// Finds a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session(&mut self, id: &str) -> Result<Option<SessionRow>, StoreError> {
        fetch_optional!(self, SessionRow, sql::FIND_SESSION, &self.org, id)
    }

    /// Lets a session end later; never earlier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&mut self, id: &str, expires_at_ms: i64) -> Result<(), StoreError> {
        execute!(self, sql::TOUCH_SESSION, &self.org, id, expires_at_ms)?;
        Ok(())
    }
}
