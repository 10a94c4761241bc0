//! `GET /v1/checkout/mandate`

use axum::Json;
use axum::extract::State;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::wire::billing::MandateTextView;

use crate::app::AppError;
use crate::http::HttpState;
use crate::http::auth::PayerCaller;
use crate::http::body::Params;
use crate::http::error::ApiError;
use crate::wire::MandateTextQuery;

/// The text that the payer must agree to before a bank account is debited. Confirm with its version and locale.
#[utoipa::path(get, path = "/v1/checkout/mandate", tag = "browser", params(MandateTextQuery,
        ("Paydesk-Parent-Origin" = String, Header, description = "The origin of the page that embeds the checkout.")),
    responses((status = 200, description = "The text.", body = MandateTextView)), security(("session" = [])))]
pub async fn show_mandate(
    State(state): State<HttpState>,
    PayerCaller(payer): PayerCaller,
    Params(query): Params<MandateTextQuery>,
) -> Result<Json<MandateTextView>, ApiError> {
    let holder = match query.holder.as_deref() {
        None => HolderType::Personal,
        Some(holder) => HolderType::parse(holder)
            .ok_or_else(|| AppError::invalid("holder", "Either personal or business."))?,
    };
    let save = query.save.unwrap_or_default();
    Ok(Json(state.app.show_mandate(&payer, holder, save, query.amount, query.locale.as_deref()).await?))
}
