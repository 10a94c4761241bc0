//! `POST /v1/plans/{id}/end`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;
use crate::wire::PlanView;

/// End a plan: a subscription is charged no more, installments are called off. What is owed stays owed.
#[utoipa::path(post, path = "/v1/plans/{id}/end", tag = "plans",
    params(("id" = String, Path, description = "`pln_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Ended.", body = PlanView)), security(("key" = [])))]
pub async fn end_plan(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let request_hash = sha256_hex(format!("POST /v1/plans/{id}/end").as_bytes());
    changed(&state.app, &caller.tenant, &key, &request_hash, |tx| state.app.end_plan(tx, &id)).await
}
