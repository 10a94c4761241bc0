//! Makes a webhook endpoint with its first secret, which is shown in the answer and sealed at rest.

use paydesk_domain::id::{WebhookEndpointId, WebhookSecretId};
use zeroize::Zeroizing;

use crate::app::webhook_signature::{SECRET_BYTES, spell};
use crate::app::webhooks::owner;
use crate::app::{App, AppError, event_types, read_endpoints, text};
use crate::secret::Secret;
use crate::store::{EndpointRow, OrgTx, Page, Tenant};
use crate::wire::webhooks::{CreatedEndpoint, NewEndpoint};

impl App {
    /// Makes an endpoint, without showing its secret yet.
    ///
    /// # Errors
    /// A refusal that names the field; `webhooks_off`; when the database fails.
    pub async fn create_endpoint(
        &self,
        tenant: &Tenant,
        mut tx: OrgTx,
        new: NewEndpoint,
    ) -> Result<(OrgTx, EndpointMade), AppError> {
        self.webhooks.seal_keys()?;
        let now = self.mint.now_ms();
        let url = self.read_url(&new.url)?;
        let description = text::optional("description", new.description.as_deref(), 200)?;
        let wanted = event_types::read_wanted(&new.events.unwrap_or_default())?;
        let endpoints_max = self.webhooks.settings.endpoints_max;
        let limit = i64::try_from(endpoints_max).unwrap_or(i64::MAX);
        if tx.list_endpoints(&Page { after: String::new(), limit }).await?.len() >= endpoints_max {
            return Err(AppError::invalid(
                "url",
                format!("At most {endpoints_max} endpoints: delete one first."),
            ));
        }
        let row = EndpointRow {
            id: self.mint.id(WebhookEndpointId::new)?.as_str().to_owned(),
            url,
            description,
            events: serde_json::to_string(&wanted).unwrap_or_default(),
            enabled: 1,
            created_at_ms: now,
            ..EndpointRow::default()
        };
        tx.insert_endpoint(&row).await?;
        let secret = self.add_secret(tenant, &mut tx, &row.id).await?;
        Ok((tx, EndpointMade { endpoint: row.id, secret }))
    }

    /// Shows an endpoint with the secret that the write made: a repeat of the same write shows the same one. It is
    /// kept sealed and shown nowhere else.
    ///
    /// # Errors
    /// `not_found` when the endpoint is gone by now; `webhooks_off`; when the database fails.
    pub async fn reveal_endpoint(
        &self,
        tenant: &Tenant,
        made: &EndpointMade,
    ) -> Result<CreatedEndpoint, AppError> {
        let mut tx = tenant.read().await?;
        let endpoint = read_endpoints::endpoint(&mut tx, &made.endpoint).await?;
        let secret = self.open_secret(tenant, &mut tx, made).await?;
        Ok(CreatedEndpoint { endpoint, secret: secret.reveal().to_owned() })
    }

    /// Where an endpoint is to be.
    pub(super) fn read_url(&self, url: &str) -> Result<String, AppError> {
        self.webhooks.sender.accept(url.trim()).map_err(|refused| AppError::invalid("url", refused.0))
    }

    /// Makes a secret, keeps it sealed, and answers with its id.
    pub(super) async fn add_secret(
        &self,
        tenant: &Tenant,
        tx: &mut OrgTx,
        endpoint: &str,
    ) -> Result<String, AppError> {
        let id = self.mint.id(WebhookSecretId::new)?.as_str().to_owned();
        let secret: Zeroizing<[u8; SECRET_BYTES]> = Zeroizing::new(self.mint.bytes()?);
        let owner = owner(tenant.id().as_str(), endpoint, &id);
        let sealed = self.webhooks.seal_keys()?.seal(&self.mint, &owner, secret.as_slice())?;
        tx.insert_secret(endpoint, &id, &sealed, self.mint.now_ms()).await?;
        Ok(id)
    }

    /// The secret that a write made, as its organization sees it.
    pub(super) async fn open_secret(
        &self,
        tenant: &Tenant,
        tx: &mut OrgTx,
        made: &EndpointMade,
    ) -> Result<Secret, AppError> {
        self.webhooks.seal_keys()?;
        let row = tx.find_secret(&made.endpoint, &made.secret).await?.ok_or_else(AppError::not_found)?;
        let owner = owner(tenant.id().as_str(), &made.endpoint, &row.id);
        let secret = self.webhooks.open(&owner, &row.sealed);
        secret
            .map(|secret| spell(&secret))
            .map_err(|_| AppError::Inconsistent("a secret that webhooks.secret_key does not open".into()))
    }
}

/// What a write made, as its answer is kept: without the secret.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct EndpointMade {
    /// `whe_…`.
    pub endpoint: String,
    /// `whs_…`.
    pub secret: String,
}
