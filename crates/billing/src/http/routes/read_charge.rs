//! `GET /v1/charges/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::error::ApiError;
use crate::wire::ChargeView;

/// One try to charge, whoever started it.
#[utoipa::path(get, path = "/v1/charges/{id}", tag = "payments",
    params(("id" = String, Path, description = "`att_…`")),
    responses((status = 200, description = "The try.", body = ChargeView)), security(("key" = [])))]
pub async fn read_charge(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<ChargeView>, ApiError> {
    Ok(Json(state.app.read_charge(&caller.tenant, &id).await?))
}
