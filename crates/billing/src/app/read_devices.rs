//! Shows a client the devices on which their wallet opens without a code.

use paydesk_domain::wire::wallet::{WalletDeviceView, WalletDevicesView};

use crate::app::authenticate::Client;
use crate::app::{App, AppError, text};

impl App {
    /// Those that are remembered now, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_devices(&self, client: &Client) -> Result<WalletDevicesView, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_login(login).await?;
        let rows = tx.wallet_devices(login, self.mint.now_ms()).await?;
        let devices = rows.into_iter().map(|row| WalletDeviceView {
            id: row.id,
            user_agent: row.user_agent,
            since: text::time(row.created_at_ms),
            used_at: text::time(row.used_at_ms),
            until: text::time(row.expires_at_ms),
        });
        Ok(WalletDevicesView { devices: devices.collect() })
    }
}
