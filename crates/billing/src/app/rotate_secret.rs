//! Replaces the secret of a webhook endpoint. The old one goes on signing for a day, beside the new one.

use crate::app::create_endpoint::EndpointMade;
use crate::app::{App, AppError, millis, text};
use crate::store::{OrgTx, Tenant};
use crate::wire::webhooks::RotatedSecret;

/// How many secrets may sign at once: each is another signature in every message.
const SECRETS_MAX: usize = 4;

impl App {
    /// Makes a new secret, without showing it yet.
    ///
    /// # Errors
    /// `not_found`; a refusal when too many secrets sign already; `webhooks_off`; when the database fails.
    pub async fn rotate_secret(
        &self,
        tenant: &Tenant,
        mut tx: OrgTx,
        id: &str,
    ) -> Result<(OrgTx, EndpointMade), AppError> {
        self.webhooks.seal_keys()?;
        if !tx.lock_endpoint(id).await? {
            return Err(AppError::not_found());
        }
        let now = self.mint.now_ms();
        if tx.live_secrets(id, now).await?.len() >= SECRETS_MAX {
            let detail = "Four secrets sign already: wait until the oldest has ended.";
            return Err(AppError::invalid("id", detail));
        }
        tx.end_secret(id, now.saturating_add(millis(self.webhooks.settings.rotation)), now).await?;
        let secret = self.add_secret(tenant, &mut tx, id).await?;
        Ok((tx, EndpointMade { endpoint: id.to_owned(), secret }))
    }

    /// Shows the new secret, and until when those before it sign. A repeat of the same write shows the same secret.
    ///
    /// # Errors
    /// `not_found` when the endpoint is gone by now; `webhooks_off`; when the database fails.
    pub async fn reveal_rotation(
        &self,
        tenant: &Tenant,
        made: &EndpointMade,
    ) -> Result<RotatedSecret, AppError> {
        let mut tx = tenant.read().await?;
        let secret = self.open_secret(tenant, &mut tx, made).await?;
        let live = tx.live_secrets(&made.endpoint, self.mint.now_ms()).await?;
        let previous = live.iter().filter(|row| row.id != made.secret).filter_map(|row| row.ends_at_ms).max();
        Ok(RotatedSecret {
            id: made.endpoint.clone(),
            secret: secret.reveal().to_owned(),
            previous_ends_at: previous.map(text::time),
        })
    }
}
