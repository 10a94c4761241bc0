//! Forgets a device: from then on it asks for a code again.

use paydesk_domain::wire::wallet::ForgottenDeviceView;
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::wallet_entry::note_tried;
use crate::app::{App, AppError};
use crate::store::OrgTx;

impl App {
    /// Forgets one of the client's devices. What it has opened by now stays open as long as its session lives.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn forget_device(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
    ) -> Result<(OrgTx, ForgottenDeviceView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_login(login).await?;
        if !tx.forget_wallet_device(login, id).await? {
            return Err(AppError::not_found());
        }
        note_tried(&mut tx, &self.mint, client, "device.forgotten", json!({"device": id})).await?;
        Ok((tx, ForgottenDeviceView { forgotten: id.to_owned() }))
    }
}
