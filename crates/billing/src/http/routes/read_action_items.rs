//! `GET /v1/action_items`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{ActionItemView, ActionItemsQuery, List};

/// What somebody must look at, newest first: the open ones, unless the closed ones are asked for.
#[utoipa::path(get, path = "/v1/action_items", tag = "payment action center", params(ActionItemsQuery),
    responses((status = 200, description = "A page.", body = List<ActionItemView>)), security(("key" = [])))]
pub async fn list_action_items(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<ActionItemsQuery>,
) -> Result<Json<List<ActionItemView>>, ApiError> {
    Ok(Json(state.app.list_action_items(&caller.tenant, query).await?))
}
