//! Confirms that it is the client who is there, by the code that was sent to them, and remembers their device if they wish.

use paydesk_domain::id::WalletDeviceId;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{WalletCodeRequest, WalletConfirmationView};
use serde_json::json;
use zeroize::Zeroizing;

use crate::app::ask_for_code::{DEVICE_MS, DEVICE_PREFIX, code_hash, confirmed};
use crate::app::authenticate::Unconfirmed;
use crate::app::read_confirmation::Origin;
use crate::app::{App, AppError};
use crate::secret::{Secret, same};
use crate::store::{NewWalletDevice, OrgTx, WalletCodeRow};

/// How often a code is tried.
const TRIES_MAX: i64 = 5;
/// How many other devices of a login are remembered beside a new one.
const OTHERS_MAX: i64 = 19;

impl App {
    /// Opens the wallet to a client who knows the code.
    ///
    /// # Errors
    /// `wrong_code`, `code_over`; when the database fails.
    pub async fn check_code(
        &self,
        unconfirmed: &Unconfirmed,
        request: WalletCodeRequest,
        origin: Origin,
    ) -> Result<WalletConfirmationView, AppError> {
        let Unconfirmed { client, secret } = unconfirmed;
        let given = Zeroizing::new(request.code);
        let login = &client.session.login_id;
        let mut tx = client.tenant.write().await?;
        tx.act_for_login(login).await?;
        // Tries at once are counted one after the other.
        tx.lock_login(login).await?;
        let now = self.mint.now_ms();
        let current = tx.current_wallet_code(login, &client.session.id, &secret.hash()).await?;
        let good = |code: &WalletCodeRow| {
            code.used_at_ms.is_none() && code.tries < TRIES_MAX && now < code.expires_at_ms
        };
        let Some(code) = current.filter(good) else {
            let detail =
                "This code's time is over, it was tried too often, or none was sent: ask for a new one.";
            return Err(AppError::param(ErrorCode::CodeOver, "code", detail));
        };
        if !same(&code_hash(secret, given.trim()), &code.code_hash) {
            tx.count_wallet_code_try(login, &code.id).await?;
            tx.commit().await?;
            return Err(AppError::wrong_code(TRIES_MAX.saturating_sub(code.tries).saturating_sub(1)));
        }
        tx.use_wallet_code(login, &code.id, now).await?;
        let device = match request.remember {
            true => Some(self.remember(&mut tx, login, origin.user_agent).await?),
            false => None,
        };
        let detail = json!({"by": "code", "remembered": device.is_some()});
        let access = self.let_in(&mut tx, client, detail).await?;
        tx.commit().await?;
        Ok(confirmed(&access, device.as_ref()))
    }

    async fn remember(
        &self,
        tx: &mut OrgTx,
        login: &str,
        user_agent: Option<String>,
    ) -> Result<Secret, AppError> {
        let device = self.mint.secret(DEVICE_PREFIX)?;
        let now = self.mint.now_ms();
        let new = NewWalletDevice {
            login_id: login.to_owned(),
            id: self.mint.id(WalletDeviceId::new)?.as_str().to_owned(),
            hash: device.hash(),
            user_agent,
            created_at_ms: now,
            expires_at_ms: now.saturating_add(DEVICE_MS),
        };
        tx.insert_wallet_device(&new, OTHERS_MAX).await?;
        Ok(device)
    }
}
