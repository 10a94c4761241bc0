//! `GET /v1/audit_entries`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::auth::OrganizationCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::{AuditEntryView, AuditQuery, List};

/// Audit entries, newest first: who did what, when, from where, with what outcome.
#[utoipa::path(get, path = "/v1/audit_entries", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "A page.", body = List<AuditEntryView>)), security(("key" = [])))]
pub async fn list_audit(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    Params(query): Params<AuditQuery>,
) -> Result<Json<List<AuditEntryView>>, ApiError> {
    Ok(Json(state.app.list_audit(&caller.tenant, query).await?))
}
