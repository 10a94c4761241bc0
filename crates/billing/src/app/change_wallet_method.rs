//! Changes what a client calls a saved method, which one they prefer, and its billing address.

use paydesk_domain::id::MethodTaskId;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{WalletMethodChange, WalletMethodView};
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError, address, text};
use crate::store::{MethodRow, MethodTaskRow, OrgTx};

/// How long a method's name may be.
const NICKNAME_CHARACTERS_MAX: usize = 60;
/// A method whose new billing address the processor is to be told.
pub(super) const ADDRESS: &str = "address";

impl App {
    /// Changes a method of the client's wallet, where it is still the one that was shown.
    ///
    /// # Errors
    /// `not_found`, `method_changed`, a refusal that names the field; when the database fails.
    pub async fn change_wallet_method(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
        change: WalletMethodChange,
    ) -> Result<(OrgTx, WalletMethodView), AppError> {
        let login = &client.session.login_id;
        let given = change.nickname.as_deref();
        let nickname =
            given.map(|name| text::optional("nickname", Some(name), NICKNAME_CHARACTERS_MAX)).transpose()?;
        let given = change.billing_address.as_ref();
        let billing_address =
            given.map(|given| address::stored(&address::accept("billing_address", given)?)).transpose()?;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let row = shown(&mut tx, login, id, change.version).await?;
        let detail = json!({
            "named": nickname.is_some(), "address": billing_address.is_some(), "is_default": change.is_default,
        });
        let moved = billing_address.as_ref().is_some_and(|new| *new != row.billing_address);
        let row = MethodRow {
            nickname: nickname.unwrap_or(row.nickname),
            billing_address: billing_address.unwrap_or(row.billing_address),
            ..row
        };
        if !tx.change_own_method(&row).await? {
            return Err(method_changed());
        }
        if let Some(is_default) = change.is_default {
            tx.prefer_method(&row, is_default).await?;
        }
        if moved {
            self.leave_task(&mut tx, ADDRESS, login, id).await?;
        }
        note_by(&mut tx, &self.mint, client, id, "method.changed", detail).await?;
        let view = self.shown_again(&mut tx, client, id).await?;
        Ok((tx, view))
    }

    /// Writes down that the processor is to be told, in the transaction of what it is told.
    pub(super) async fn leave_task(
        &self,
        tx: &mut OrgTx,
        kind: &str,
        login: &str,
        method: &str,
    ) -> Result<(), AppError> {
        let task = MethodTaskRow {
            id: self.mint.id(MethodTaskId::new)?.as_str().to_owned(),
            login_id: login.to_owned(),
            method_id: method.to_owned(),
            kind: kind.to_owned(),
            created_at_ms: self.mint.now_ms(),
            ..MethodTaskRow::default()
        };
        tx.insert_method_task(&task).await?;
        Ok(tx.hint().await?)
    }
}

/// The method as the client has seen it.
///
/// # Errors
/// `not_found`, `method_changed`; when the database fails.
pub(super) async fn shown(
    tx: &mut OrgTx,
    login: &str,
    id: &str,
    version: i64,
) -> Result<MethodRow, AppError> {
    let row = tx.find_own_method(login, id).await?.ok_or_else(AppError::not_found)?;
    if row.version == version { Ok(row) } else { Err(method_changed()) }
}

pub(super) fn method_changed() -> AppError {
    let detail = "This method was changed since it was shown: load the wallet again.";
    AppError::param(ErrorCode::MethodChanged, "version", detail)
}
