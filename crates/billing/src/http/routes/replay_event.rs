//! `POST /v1/events/{id}/replay`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;
use crate::wire::webhooks::{Replay, Replayed};

/// Tell an event once more, to one endpoint or to all that listen to its type.
///
/// The messages have the same `webhook-id` and the same body as before: a receiver that remembers ids passes them over.
#[utoipa::path(post, path = "/v1/events/{id}/replay", tag = "webhooks", request_body = Replay,
    params(("id" = String, Path, description = "`out_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "On its way.", body = Replayed)), security(("key" = [])))]
pub async fn replay_event(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
    body: JsonBody<Replay>,
) -> Result<Response, ApiError> {
    created(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.replay_event(tx, &id, body.value)
    })
    .await
}
