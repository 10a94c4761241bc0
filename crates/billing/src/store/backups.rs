//! Which method is charged once where a planned payment is refused: one for an organization and a login at most.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::{IdRow, OrgTx};

macro_rules! columns {
    () => {
        "id, org_id, method_id, consent_version, consent_hash, consent_locale, accepted_at_ms, address, user_agent"
    };
}

statements! {
    INSERT_BACKUP = "INSERT INTO backups (org_id, id, login_id, method_id, consent_version, consent_hash, consent_locale, \
        accepted_at_ms, actor, address, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'payer', $9, $10)";
    STANDING_BACKUP = concat!("SELECT ", columns!(), " FROM backups WHERE org_id = $1 AND login_id = $2 AND ended_at_ms IS NULL");
    // The wallet's, of every organization.
    WALLET_BACKUPS = concat!("SELECT ", columns!(), " FROM backups WHERE login_id = $1 AND ended_at_ms IS NULL \
        ORDER BY accepted_at_ms, id");
    WHOSE_BACKUP = "SELECT org_id AS id FROM backups WHERE login_id = $1 AND id = $2";
    END_BACKUP = "UPDATE backups SET ended_at_ms = $3 WHERE login_id = $1 AND id = $2 AND ended_at_ms IS NULL";
    END_BACKUPS_OF_METHOD = concat!("UPDATE backups SET ended_at_ms = $3 WHERE login_id = $1 AND method_id = $2 \
        AND ended_at_ms IS NULL RETURNING ", columns!());
}

row! {
    /// A method that is a backup, and what was agreed to.
    BackupRow {
        /// `bup_…`.
        id: String,
        /// Who may charge it then.
        org_id: String,
        /// The method.
        method_id: String,
        /// Which text was accepted.
        consent_version: String,
        /// The hash of the text as it was shown.
        consent_hash: String,
        /// The language it was shown in.
        consent_locale: String,
        /// When it was accepted.
        accepted_at_ms: i64,
        /// From which network address.
        address: Option<String>,
        /// With which browser.
        user_agent: Option<String>,
    }
}

impl OrgTx {
    /// Writes a backup for the organization that `row` names. The transaction must act for the login and hold its lock.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the organization has one of this login.
    pub async fn insert_backup(&mut self, login: &str, row: &BackupRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_BACKUP,
            &row.org_id,
            &row.id,
            login,
            &row.method_id,
            &row.consent_version,
            &row.consent_hash,
            &row.consent_locale,
            row.accepted_at_ms,
            &row.address,
            &row.user_agent
        )?;
        Ok(())
    }

    /// The backup of a login that stands for this organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing_backup(&mut self, login: &str) -> Result<Option<BackupRow>, StoreError> {
        fetch_optional!(self, BackupRow, STANDING_BACKUP, &self.org, login)
    }

    /// Every backup of a login that stands, the first agreed to first. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_backups(&mut self, login: &str) -> Result<Vec<BackupRow>, StoreError> {
        fetch_all!(self, BackupRow, WALLET_BACKUPS, login)
    }

    /// Which organization has, or had, a backup of a login. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn whose_backup(&mut self, login: &str, id: &str) -> Result<Option<String>, StoreError> {
        Ok(fetch_optional!(self, IdRow, WHOSE_BACKUP, login, id)?.map(|row| row.id))
    }

    /// Ends a backup. Answers whether it stood. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_backup(&mut self, login: &str, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, END_BACKUP, login, id, now_ms)? == 1)
    }

    /// Ends what a method is a backup for, and answers what that was. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_backups_of_method(
        &mut self,
        login: &str,
        method: &str,
        now_ms: i64,
    ) -> Result<Vec<BackupRow>, StoreError> {
        fetch_all!(self, BackupRow, END_BACKUPS_OF_METHOD, login, method, now_ms)
    }
}
