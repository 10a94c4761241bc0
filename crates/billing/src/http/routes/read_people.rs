//! `GET /v1/people` and `GET /v1/people/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{List, ListedPersonView, PeopleQuery};

/// People, newest first: everybody in your clients' accounts. Filters hold together.
#[utoipa::path(get, path = "/v1/people", tag = "clients", params(PeopleQuery),
    responses((status = 200, description = "A page.", body = List<ListedPersonView>)), security(("key" = [])))]
pub async fn list_people(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<PeopleQuery>,
) -> Result<Json<List<ListedPersonView>>, ApiError> {
    Ok(Json(state.app.list_people(&caller.tenant, query).await?))
}

/// One of them.
#[utoipa::path(get, path = "/v1/people/{id}", tag = "clients",
    params(("id" = String, Path, description = "`per_…`")),
    responses((status = 200, description = "Who it is.", body = ListedPersonView)), security(("key" = [])))]
pub async fn read_person(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<ListedPersonView>, ApiError> {
    Ok(Json(state.app.read_person(&caller.tenant, &id).await?))
}
