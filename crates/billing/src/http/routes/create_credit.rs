//! `POST /v1/credits`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;
use crate::wire::{CreditView, NewCredit};

/// Give a client credit. It is never taken back.
#[utoipa::path(post, path = "/v1/credits", tag = "credits", request_body = NewCredit,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Given.", body = CreditView)), security(("key" = [])))]
pub async fn create_credit(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewCredit>,
) -> Result<Response, ApiError> {
    created(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.create_credit(tx, body.value)
    })
    .await
}
