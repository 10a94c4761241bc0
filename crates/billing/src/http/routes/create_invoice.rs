//! `POST /v1/invoices`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::routes::created;
use crate::wire::{NewInvoice, OwnInvoiceView};

/// Make an invoice with its lines.
#[utoipa::path(post, path = "/v1/invoices", tag = "invoices", request_body = NewInvoice,
    params(("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 201, description = "Made.", body = OwnInvoiceView)), security(("key" = [])))]
pub async fn create_invoice(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    body: JsonBody<NewInvoice>,
) -> Result<Response, ApiError> {
    created(&state.app, &caller.tenant, &key, &body.request_hash, |tx| {
        state.app.create_invoice(tx, body.value)
    })
    .await
}
