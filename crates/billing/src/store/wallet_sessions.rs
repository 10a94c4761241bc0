//! Wallet sessions: which client's wallet they are for, on which page, and until when; and what opens it.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_optional, row, statements};
use crate::store::tx::OrgTx;

statements! {
    INSERT_WALLET_SESSION = "INSERT INTO wallet_sessions (org_id, id, account_id, login_id, allowed_origin, locale, created_at_ms, \
        expires_at_ms, ends_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND_WALLET_SESSION = "SELECT id, account_id, login_id, allowed_origin, locale, created_at_ms, expires_at_ms, ends_at_ms \
        FROM wallet_sessions WHERE org_id = $1 AND id = $2";
    INSERT_ACCESS = "INSERT INTO credentials (org_id, hash, kind, subject, created_at_ms) VALUES ($1, $2, 'wallet_access', $3, $4)";
    // All but the newest.
    FORGET_ACCESS = "DELETE FROM credentials WHERE org_id = $1 AND hash IN (SELECT c.hash FROM credentials c \
        WHERE c.org_id = $1 AND c.subject = $2 AND c.kind = 'wallet_access' ORDER BY c.created_at_ms DESC, c.hash LIMIT 100 OFFSET $3)";
    TOUCH_WALLET_SESSION = "UPDATE wallet_sessions SET expires_at_ms = $3 \
        WHERE org_id = $1 AND id = $2 AND expires_at_ms < $3";
}

row! {
    /// A wallet session.
    WalletSessionRow {
        /// `wks_…`.
        id: String,
        /// The account through which the organization knows the client.
        account_id: String,
        /// Whose wallet it opens.
        login_id: String,
        /// The only page that may embed it.
        allowed_origin: String,
        /// BCP 47.
        locale: String,
        /// When it was made.
        created_at_ms: i64,
        /// When it ends unless it is used.
        expires_at_ms: i64,
        /// When it ends in any case.
        ends_at_ms: i64,
    }
}

impl OrgTx {
    /// Writes a session. Its secret is written as a credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_wallet_session(&mut self, row: WalletSessionRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_WALLET_SESSION,
            &self.org,
            row.id,
            row.account_id,
            row.login_id,
            row.allowed_origin,
            row.locale,
            row.created_at_ms,
            row.expires_at_ms,
            row.ends_at_ms
        )?;
        Ok(())
    }

    /// Finds a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_wallet_session(&mut self, id: &str) -> Result<Option<WalletSessionRow>, StoreError> {
        fetch_optional!(self, WalletSessionRow, FIND_WALLET_SESSION, &self.org, id)
    }

    /// Writes the hash of a secret that opens the wallet as long as the session lives, and forgets the oldest beyond `others_max`. The
    /// transaction must hold the login's lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_wallet_access(
        &mut self,
        session: &str,
        hash: &str,
        now_ms: i64,
        others_max: i64,
    ) -> Result<(), StoreError> {
        execute!(self, FORGET_ACCESS, &self.org, session, others_max)?;
        execute!(self, INSERT_ACCESS, &self.org, hash, session, now_ms)?;
        Ok(())
    }

    /// Lets a session end later; never earlier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_wallet_session(&mut self, id: &str, expires_at_ms: i64) -> Result<(), StoreError> {
        execute!(self, TOUCH_WALLET_SESSION, &self.org, id, expires_at_ms)?;
        Ok(())
    }
}
