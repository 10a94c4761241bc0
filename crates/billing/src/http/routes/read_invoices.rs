//! `GET /v1/invoices` and `GET /v1/invoices/{id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{InvoicesQuery, List, OwnInvoiceView};

/// Invoices, newest first.
#[utoipa::path(get, path = "/v1/invoices", tag = "invoices", params(InvoicesQuery),
    responses((status = 200, description = "A page.", body = List<OwnInvoiceView>)), security(("key" = [])))]
pub async fn list_invoices(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<InvoicesQuery>,
) -> Result<Json<List<OwnInvoiceView>>, ApiError> {
    Ok(Json(state.app.list_invoices(&caller.tenant, query).await?))
}

/// One invoice.
#[utoipa::path(get, path = "/v1/invoices/{id}", tag = "invoices",
    params(("id" = String, Path, description = "`inv_…`")),
    responses((status = 200, description = "The invoice.", body = OwnInvoiceView)), security(("key" = [])))]
pub async fn read_invoice(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Path(id): Path<String>,
) -> Result<Json<OwnInvoiceView>, ApiError> {
    Ok(Json(state.app.read_invoice(&caller.tenant, &id).await?))
}
