//! `POST /v1/installment_configurations`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;
use crate::wire::{InstallmentConfigurationView, NewInstallmentConfiguration};

/// Make the ways in which something may be paid in parts. The lines of invoices name them.
#[utoipa::path(post, path = "/v1/installment_configurations", tag = "plans", request_body = NewInstallmentConfiguration,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = InstallmentConfigurationView)), security(("key" = [])))]
pub async fn create_installment_configuration(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewInstallmentConfiguration>,
) -> Result<Response, ApiError> {
    created(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.create_installment_configuration(tx, body.value)
    })
    .await
}
