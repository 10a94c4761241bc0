//! `POST /v1/action_items/{id}/dismiss`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;
use crate::wire::ActionItemView;

/// Take something off the list: somebody has seen to it.
#[utoipa::path(post, path = "/v1/action_items/{id}/dismiss", tag = "payment action center",
    params(("id" = String, Path, description = "`act_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Closed.", body = ActionItemView)), security(("key" = [])))]
pub async fn dismiss_action_item(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let request_hash = sha256_hex(format!("POST /v1/action_items/{id}/dismiss").as_bytes());
    changed(&state.app, &caller.tenant, &key, &request_hash, |tx| state.app.dismiss_action_item(tx, &id))
        .await
}
