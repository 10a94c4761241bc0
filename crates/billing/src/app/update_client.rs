//! Changes what is known of a client: when they last signed in, and the account's address.

use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{App, AppError, address, read_clients, text};
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
        let detail = json!({"login": change.login.is_some(), "address": change.account.is_some()});
        if let Some(account) = &change.account {
            let address = json_of("account.billing_address", &account.billing_address)?;
            tx.set_account_address(id, &address).await?;
        }
        let view = read_clients::client(&mut tx, id).await?;
        note(&mut tx, &self.mint, Action::ClientChanged, id, detail)?;
        if let Some(login) = &change.login {
            let at_ms = text::read_time("login.last_login_at", &login.last_login_at)?.min(self.mint.now_ms());
            tx.act_for_login(&account.login_id).await?;
            tx.note_login(&account.login_id, at_ms).await?;
        }
        Ok((tx, view))
    }
}

/// An address as it is kept, checked by its country's rules.
///
/// # Errors
/// `address_invalid` with the part that is at fault.
pub(super) fn json_of(
    param: &'static str,
    given: &paydesk_domain::address::Address,
) -> Result<String, AppError> {
    let address = address::accept(given).map_err(|error| within(param, error))?;
    serde_json::to_string(&address).map_err(|_| AppError::Inconsistent("an address that is no JSON".into()))
}

/// The same refusal, about a part of `param`.
fn within(param: &'static str, error: AppError) -> AppError {
    match error {
        AppError::Refused(refusal) if refusal.code == ErrorCode::AddressInvalid => {
            let part = refusal.param.as_deref().and_then(|part| part.strip_prefix("billing_address"));
            let param = format!("{param}{}", part.unwrap_or_default());
            AppError::param(refusal.code, param, refusal.detail)
        }
        other => other,
    }
}
