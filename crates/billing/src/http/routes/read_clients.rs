//! `GET /v1/clients` and `GET /v1/clients/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{ClientView, ClientsQuery, List};

/// Clients, newest first.
#[utoipa::path(get, path = "/v1/clients", tag = "clients", params(ClientsQuery),
    responses((status = 200, description = "A page.", body = List<ClientView>)), security(("key" = [])))]
pub async fn list_clients(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<ClientsQuery>,
) -> Result<Json<List<ClientView>>, ApiError> {
    Ok(Json(state.app.list_clients(&caller.tenant, query).await?))
}

/// One client.
#[utoipa::path(get, path = "/v1/clients/{id}", tag = "clients",
    params(("id" = String, Path, description = "`acc_…`")),
    responses((status = 200, description = "The client.", body = ClientView)), security(("key" = [])))]
pub async fn read_client(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<ClientView>, ApiError> {
    Ok(Json(state.app.read_client(&caller.tenant, &id).await?))
}
