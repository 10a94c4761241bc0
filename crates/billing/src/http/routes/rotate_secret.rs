//! `POST /v1/webhook_endpoints/{id}/rotate_secret`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::{kept, once};
use crate::wire::webhooks::{Nothing, RotatedSecret};

/// Replace an endpoint's secret. The new one is shown this once; the old one signs beside it for a day.
#[utoipa::path(post, path = "/v1/webhook_endpoints/{id}/rotate_secret", tag = "webhooks", request_body = Nothing,
    params(("id" = String, Path, description = "`whe_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = RotatedSecret)), security(("key" = [])))]
pub async fn rotate_secret(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<Nothing>,
) -> Result<(StatusCode, Json<RotatedSecret>), ApiError> {
    let (app, tenant) = (&state.app, &caller.tenant);
    let answer = once(app, tenant, &key, &body.request_hash, |tx| app.rotate_secret(tenant, tx, &id)).await?;
    Ok((StatusCode::CREATED, Json(app.reveal_rotation(tenant, &kept(&answer)?).await?)))
}
