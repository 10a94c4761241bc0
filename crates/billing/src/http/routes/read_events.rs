//! `GET /v1/events` and `GET /v1/events/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::List;
use crate::wire::webhooks::{EventView, EventsQuery};

/// Events, newest first.
#[utoipa::path(get, path = "/v1/events", tag = "webhooks", params(EventsQuery),
    responses((status = 200, description = "A page.", body = List<EventView>)), security(("key" = [])))]
pub async fn list_events(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<EventsQuery>,
) -> Result<Json<List<EventView>>, ApiError> {
    Ok(Json(state.app.list_events(&caller.tenant, query).await?))
}

/// One event.
#[utoipa::path(get, path = "/v1/events/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "`out_…`")),
    responses((status = 200, description = "The event.", body = EventView)), security(("key" = [])))]
pub async fn read_event(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<EventView>, ApiError> {
    Ok(Json(state.app.read_event(&caller.tenant, &id).await?))
}
