//! `GET /v1/charges` and `GET /v1/charges/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{ChargeView, ChargesQuery, List};

/// Tries to charge, newest first, whoever started them.
#[utoipa::path(get, path = "/v1/charges", tag = "payments", params(ChargesQuery),
    responses((status = 200, description = "A page.", body = List<ChargeView>)), security(("key" = [])))]
pub async fn list_charges(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<ChargesQuery>,
) -> Result<Json<List<ChargeView>>, ApiError> {
    Ok(Json(state.app.list_charges(&caller.tenant, query).await?))
}

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
