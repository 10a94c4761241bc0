//! `GET /v1/credits` and `GET /v1/credits/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{CreditView, CreditsQuery, List};

/// Credits, newest first, each with what is left of it.
#[utoipa::path(get, path = "/v1/credits", tag = "credits", params(CreditsQuery),
    responses((status = 200, description = "A page.", body = List<CreditView>)), security(("key" = [])))]
pub async fn list_credits(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<CreditsQuery>,
) -> Result<Json<List<CreditView>>, ApiError> {
    Ok(Json(state.app.list_credits(&caller.tenant, query).await?))
}

/// One credit.
#[utoipa::path(get, path = "/v1/credits/{id}", tag = "credits",
    params(("id" = String, Path, description = "`crd_…`")),
    responses((status = 200, description = "The credit.", body = CreditView)), security(("key" = [])))]
pub async fn read_credit(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<CreditView>, ApiError> {
    Ok(Json(state.app.read_credit(&caller.tenant, &id).await?))
}
