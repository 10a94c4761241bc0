//! Saves a new card or bank account in a client's wallet. It lets nobody charge it.
//!
//! What is asked for is written down before the processor is asked: whoever tries cards that are not theirs is told to wait, and what
//! dies in between [is carried on](crate::app::carry_out_verification).

use paydesk_domain::id::WalletVerificationId;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::NewWalletMethod;
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::wallet_verification::KeptView;
use crate::app::write_once::Write;
use crate::app::{App, AppError, address, millis, text};
use crate::secret::spelled_sha256;
use crate::store::{OrgTx, VerificationRow};

impl App {
    /// Saves a method, or answers with the one that is there already, or with the proof that its bank asks for.
    ///
    /// # Errors
    /// `token_unusable`, `card_refused`, `wallet_full`, `rate_limited`, a refusal that names the field; `unavailable` while it is not
    /// decided; when the database fails.
    pub async fn save_wallet_method(
        &self,
        client: &Client,
        write: &Write,
        request: (&str, &str),
        new: NewWalletMethod,
    ) -> Result<(OrgTx, KeptView), AppError> {
        let given = new.billing_address.as_ref();
        let given = given.ok_or_else(|| {
            AppError::param(ErrorCode::AddressNeeded, "billing_address", "Every new method needs one.")
        })?;
        let row = VerificationRow {
            kind: new.method_kind.unwrap_or_default().as_str().to_owned(),
            token: Some(text::required("token", &new.token, 255)?),
            billing_address: address::stored(&address::accept("billing_address", given)?)?,
            nickname: text::optional("nickname", new.nickname.as_deref(), 60)?,
            vault: client.organization.vault.clone(),
            ..self.asked_by(client, request)?
        };
        let login = &client.session.login_id;
        let mut tx = client.tenant.write().await?;
        if let Some(known) = tx.verification_by_key(&row.request_key).await? {
            drop(tx);
            return self.carried_out(client, write, known, false).await;
        }
        tx.act_for_login(login).await?;
        tx.lock_login(login).await?;
        self.limit_wallet_tries(&mut tx, client, json!({"kind": row.kind, "verification": row.id})).await?;
        tx.insert_verification(&row).await?;
        tx.commit().await?;
        self.carried_out(client, write, row, true).await
    }

    /// What is the same of everything that is saved or brought up to date through a wallet session, claimed by this process. `request`:
    /// its key, and its hash. The same request under the same key is the same.
    pub(super) fn asked_by(
        &self,
        client: &Client,
        request: (&str, &str),
    ) -> Result<VerificationRow, AppError> {
        let now = self.mint.now_ms();
        let named = [client.session.id.as_str(), request.0, request.1].join(" ");
        Ok(VerificationRow {
            org_id: client.tenant.id().as_str().to_owned(),
            id: self.mint.id(WalletVerificationId::new)?.as_str().to_owned(),
            session_id: client.session.id.clone(),
            request_key: spelled_sha256(named.as_bytes()),
            account_id: client.session.account_id.clone(),
            login_id: client.session.login_id.clone(),
            address: client.address.clone(),
            status: "sending".to_owned(),
            fence: 1,
            due_at_ms: Some(now.saturating_add(millis(self.settings.lease))),
            created_at_ms: now,
            ..VerificationRow::default()
        })
    }
}
