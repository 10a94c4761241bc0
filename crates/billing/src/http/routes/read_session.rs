//! `GET /v1/checkout_sessions/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::error::ApiError;
use crate::wire::OwnSessionView;

/// One checkout session and its newest try.
#[utoipa::path(get, path = "/v1/checkout_sessions/{id}", tag = "checkout sessions",
    params(("id" = String, Path, description = "`cks_…`")),
    responses((status = 200, description = "The session.", body = OwnSessionView)), security(("key" = [])))]
pub async fn read_session(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<OwnSessionView>, ApiError> {
    Ok(Json(state.app.read_session(&caller.tenant, &id).await?))
}
