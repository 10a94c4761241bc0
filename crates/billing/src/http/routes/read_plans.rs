//! `GET /v1/plans` and `GET /v1/plans/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{List, PlanView, PlansQuery};

/// What payers agreed to pay later, newest first.
#[utoipa::path(get, path = "/v1/plans", tag = "plans", params(PlansQuery),
    responses((status = 200, description = "A page.", body = List<PlanView>)), security(("key" = [])))]
pub async fn list_plans(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<PlansQuery>,
) -> Result<Json<List<PlanView>>, ApiError> {
    Ok(Json(state.app.list_plans(&caller.tenant, query).await?))
}

/// One plan.
#[utoipa::path(get, path = "/v1/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "`pln_…`")),
    responses((status = 200, description = "It.", body = PlanView)), security(("key" = [])))]
pub async fn read_plan(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<PlanView>, ApiError> {
    Ok(Json(state.app.read_plan(&caller.tenant, &id).await?))
}
