//! `POST /v1/webhook_endpoints`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::{kept, once};
use crate::wire::webhooks::{CreatedEndpoint, NewEndpoint};

/// Have a server of yours told about events. Its secret is shown this once.
///
/// Messages are signed as Standard Webhooks says. The secret is kept sealed; a repeat of this request shows it again.
#[utoipa::path(post, path = "/v1/webhook_endpoints", tag = "webhooks", request_body = NewEndpoint,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = CreatedEndpoint)), security(("key" = [])))]
pub async fn create_endpoint(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewEndpoint>,
) -> Result<(StatusCode, Json<CreatedEndpoint>), ApiError> {
    let (app, tenant) = (&state.app, &caller.tenant);
    let answer =
        once(app, tenant, &key, &body.request_hash, |tx| app.create_endpoint(tenant, tx, body.value)).await?;
    Ok((StatusCode::CREATED, Json(app.reveal_endpoint(tenant, &kept(&answer)?).await?)))
}
