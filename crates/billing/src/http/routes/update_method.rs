//! `POST /v1/checkout/methods/{id}/update`

use axum::Json;
use axum::extract::{Path, State};
use paydesk_domain::wire::billing::MethodView;
use paydesk_domain::wire::payers::MethodUpdateRequest;

use crate::app::update_method::UpdateKey;
use crate::http::HttpState;
use crate::http::auth::{CallerOrigin, PayerCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;

/// Bring a saved card up to date in place: a new expiry with its security code, or a token for a card that takes its place.
///
/// The method keeps its id, its authorizations, its name and what is planned with it. The same key is the same update: sent again,
/// it answers with what became of it.
#[utoipa::path(post, path = "/v1/checkout/methods/{id}/update", tag = "browser", request_body = MethodUpdateRequest,
    params(("id" = String, Path, description = "`pm_…`, of the checkout's list."),
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout."),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "The card as it is now.", body = MethodView)), security(("session" = [])))]
pub async fn update_method(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
    WriteKey(key): WriteKey,
    CallerOrigin(origin): CallerOrigin,
    Path(id): Path<String>,
    body: JsonBody<MethodUpdateRequest>,
) -> Result<Json<MethodView>, ApiError> {
    let key = UpdateKey { key, request_hash: body.request_hash, from: origin.address };
    Ok(Json(state.app.update_method(&payer, &id, key, body.value).await?))
}
