//! `GET /v1/mandates` and `GET /v1/mandates/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{List, MandateView, MandatesQuery};

/// Mandates, newest first.
#[utoipa::path(get, path = "/v1/mandates", tag = "mandates", params(MandatesQuery),
    responses((status = 200, description = "A page.", body = List<MandateView>)), security(("key" = [])))]
pub async fn list_mandates(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<MandatesQuery>,
) -> Result<Json<List<MandateView>>, ApiError> {
    Ok(Json(state.app.list_mandates(&caller.tenant, query).await?))
}

/// One mandate, with the text as it was shown and the proof of its acceptance.
#[utoipa::path(get, path = "/v1/mandates/{id}", tag = "mandates",
    params(("id" = String, Path, description = "`man_…`")),
    responses((status = 200, description = "The mandate.", body = MandateView)), security(("key" = [])))]
pub async fn read_mandate(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<MandateView>, ApiError> {
    Ok(Json(state.app.read_mandate(&caller.tenant, &id).await?))
}
