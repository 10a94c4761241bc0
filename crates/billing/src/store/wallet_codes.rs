//! Codes that open a wallet, and devices that need none. They are the login's own.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::OrgTx;

statements! {
    INSERT_CODE = "INSERT INTO wallet_codes \
        (login_id, id, org_id, session_id, secret_hash, code_hash, sent_at_ms, expires_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FORGET_CODES = "DELETE FROM wallet_codes WHERE login_id = $1 AND sent_at_ms <= $2";
    // The newest alone: whoever asks for another one has no use for those before.
    CURRENT_CODE = "SELECT id, code_hash, tries, sent_at_ms, expires_at_ms, used_at_ms FROM wallet_codes \
        WHERE login_id = $1 AND session_id = $2 AND secret_hash = $3 ORDER BY id DESC LIMIT 1";
    CODES_SENT = "SELECT org_id, sent_at_ms FROM wallet_codes WHERE login_id = $1 AND sent_at_ms > $2 ORDER BY sent_at_ms DESC";
    COUNT_TRY = "UPDATE wallet_codes SET tries = tries + 1 WHERE login_id = $1 AND id = $2";
    USE_CODE = "UPDATE wallet_codes SET used_at_ms = $3 WHERE login_id = $1 AND id = $2 AND used_at_ms IS NULL";
    INSERT_DEVICE = "INSERT INTO wallet_devices (login_id, id, hash, user_agent, created_at_ms, used_at_ms, expires_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $5, $6)";
    // Not for ever: who comes every week confirms by a code once in a while, too.
    RENEW_DEVICE = "UPDATE wallet_devices SET used_at_ms = $4, \
        expires_at_ms = CASE WHEN created_at_ms + $5 < $3 THEN created_at_ms + $5 ELSE $3 END \
        WHERE login_id = $1 AND hash = $2 AND expires_at_ms > $4";
    FORGET_DEVICES = "DELETE FROM wallet_devices WHERE login_id = $1 AND (expires_at_ms <= $2 OR id IN \
        (SELECT d.id FROM wallet_devices d WHERE d.login_id = $1 ORDER BY d.used_at_ms DESC, d.id LIMIT 100 OFFSET $3))";
    LIST_DEVICES = "SELECT id, user_agent, created_at_ms, used_at_ms, expires_at_ms FROM wallet_devices \
        WHERE login_id = $1 AND expires_at_ms > $2 ORDER BY used_at_ms DESC, id";
    FORGET_DEVICE = "DELETE FROM wallet_devices WHERE login_id = $1 AND id = $2";
}

row! {
    /// A code that was sent.
    WalletCodeRow {
        /// `wcd_…`.
        id: String,
        /// Its hash, keyed by the session's secret.
        code_hash: String,
        /// How often it was tried in vain.
        tries: i64,
        /// When it was sent.
        sent_at_ms: i64,
        /// Until when it is good.
        expires_at_ms: i64,
        /// When it was used.
        used_at_ms: Option<i64>,
    }
}

row! {
    /// When a code was sent, and from whose page it was asked for.
    SentCodeRow {
        /// The organization whose page it was.
        org_id: String,
        /// When.
        sent_at_ms: i64,
    }
}

row! {
    /// A device that is remembered.
    WalletDeviceRow {
        /// `wdv_…`.
        id: String,
        /// What its browser called itself.
        user_agent: Option<String>,
        /// Since when.
        created_at_ms: i64,
        /// When it was last used.
        used_at_ms: i64,
        /// Until when.
        expires_at_ms: i64,
    }
}

/// A device that is to be remembered.
#[derive(Clone, Debug)]
pub struct NewWalletDevice {
    /// Whose.
    pub login_id: String,
    /// `wdv_…`.
    pub id: String,
    /// The hash of its name.
    pub hash: String,
    /// What its browser calls itself.
    pub user_agent: Option<String>,
    /// Since when.
    pub created_at_ms: i64,
    /// Until when.
    pub expires_at_ms: i64,
}

/// A code that is sent.
#[derive(Clone, Debug)]
pub struct NewWalletCode {
    /// To whom.
    pub login_id: String,
    /// `wcd_…`.
    pub id: String,
    /// From whose page.
    pub org_id: String,
    /// For which session.
    pub session_id: String,
    /// By which of its secrets it was asked for: a hash.
    pub secret_hash: String,
    /// The code's hash, keyed by that secret.
    pub code_hash: String,
    /// When.
    pub sent_at_ms: i64,
    /// Until when it is good.
    pub expires_at_ms: i64,
}

impl OrgTx {
    /// Writes a code, and forgets those of the login that were sent before `old_ms`. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_wallet_code(&mut self, new: &NewWalletCode, old_ms: i64) -> Result<(), StoreError> {
        let NewWalletCode {
            login_id,
            id,
            org_id,
            session_id,
            secret_hash,
            code_hash,
            sent_at_ms,
            expires_at_ms,
        } = new;
        execute!(self, FORGET_CODES, login_id, old_ms)?;
        execute!(
            self,
            INSERT_CODE,
            login_id,
            id,
            org_id,
            session_id,
            secret_hash,
            code_hash,
            *sent_at_ms,
            *expires_at_ms
        )?;
        Ok(())
    }

    /// The newest code that was asked for by a secret of a session. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn current_wallet_code(
        &mut self,
        login: &str,
        session: &str,
        secret_hash: &str,
    ) -> Result<Option<WalletCodeRow>, StoreError> {
        fetch_optional!(self, WalletCodeRow, CURRENT_CODE, login, session, secret_hash)
    }

    /// Which codes were sent to a login since then, the newest first. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_codes_sent(
        &mut self,
        login: &str,
        since_ms: i64,
    ) -> Result<Vec<SentCodeRow>, StoreError> {
        fetch_all!(self, SentCodeRow, CODES_SENT, login, since_ms)
    }

    /// Counts a try in vain. The transaction must act for the login and hold its lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_wallet_code_try(&mut self, login: &str, id: &str) -> Result<(), StoreError> {
        execute!(self, COUNT_TRY, login, id)?;
        Ok(())
    }

    /// Uses a code. Answers whether nobody did before. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_wallet_code(&mut self, login: &str, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, USE_CODE, login, id, now_ms)? == 1)
    }

    /// Remembers a device by its hash, and forgets those whose time is over, and the longest unused beyond `others_max`. The
    /// transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_wallet_device(
        &mut self,
        new: &NewWalletDevice,
        others_max: i64,
    ) -> Result<(), StoreError> {
        let NewWalletDevice { login_id, id, hash, user_agent, created_at_ms, expires_at_ms } = new;
        execute!(self, FORGET_DEVICES, login_id, *created_at_ms, others_max)?;
        execute!(self, INSERT_DEVICE, login_id, id, hash, user_agent, *created_at_ms, *expires_at_ms)?;
        Ok(())
    }

    /// Remembers a known device for longer, but not beyond `age_ms_max` since it was first remembered. Answers whether it is one of this
    /// login's. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_wallet_device(
        &mut self,
        login: &str,
        hash: &str,
        (until_ms, age_ms_max): (i64, i64),
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, RENEW_DEVICE, login, hash, until_ms, now_ms, age_ms_max)? == 1)
    }

    /// The devices of a login that are remembered now, the last used first. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_devices(
        &mut self,
        login: &str,
        now_ms: i64,
    ) -> Result<Vec<WalletDeviceRow>, StoreError> {
        fetch_all!(self, WalletDeviceRow, LIST_DEVICES, login, now_ms)
    }

    /// Forgets a device. Answers whether it was one of this login's. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_wallet_device(&mut self, login: &str, id: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, FORGET_DEVICE, login, id)? == 1)
    }
}
