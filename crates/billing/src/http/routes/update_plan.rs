//! `PATCH /v1/plans/{id}`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::wire::{ChangedPlan, PlanView};

/// Charge another saved method for what is to come of a plan. A charge that is under way stays with the method that it has.
#[utoipa::path(patch, path = "/v1/plans/{id}", tag = "plans", request_body = ChangedPlan,
    params(("id" = String, Path, description = "`pln_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Changed.", body = PlanView)), security(("key" = [])))]
pub async fn update_plan(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<ChangedPlan>,
) -> Result<Response, ApiError> {
    changed(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.update_plan(tx, &id, body.value)
    })
    .await
}
