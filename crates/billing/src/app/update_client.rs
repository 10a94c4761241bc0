//! Changes what is known of a client: when they last signed in, and the account's address.

use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::erase_client::refuse_erased;
use crate::app::{App, AppError, address, text};
use crate::store::OrgTx;
use crate::wire::{ChangedClient, ClientView};

impl App {
    /// Changes what the request names.
    ///
    /// # Errors
    /// `not_found`; a refusal that names the field; when the database fails.
    pub async fn update_client(
        &self,
        mut tx: OrgTx,
        id: &str,
        change: ChangedClient,
    ) -> Result<(OrgTx, ClientView), AppError> {
        let account = tx.find_account(id).await?.ok_or_else(AppError::not_found)?;
        refuse_erased(&mut tx, id).await?;
        let detail = json!({"login": change.login.is_some(), "address": change.account.is_some()});
        if let Some(account) = &change.account {
            let given = &account.billing_address;
            let address = address::stored(&address::accept("account.billing_address", given)?)?;
            tx.set_account_address(id, &address).await?;
        }
        let view = self.client(&mut tx, id).await?;
        note(&mut tx, &self.mint, Action::ClientChanged, id, detail)?;
        if let Some(login) = &change.login {
            let at_ms = text::read_time("login.last_login_at", &login.last_login_at)?.min(self.mint.now_ms());
            tx.act_for_login(&account.login_id).await?;
            tx.note_login(&account.login_id, at_ms).await?;
        }
        Ok((tx, view))
    }
}
