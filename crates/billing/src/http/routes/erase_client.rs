//! `POST /v1/clients/{id}/erasure`

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::auth::{OrganizationCaller, WriteKey};
use crate::http::error::ApiError;
use crate::http::routes::changed;
use crate::secret::sha256_hex;
use crate::wire::ErasedClientView;

/// Erase a client: names, addresses, and whatever else tells who they are. Amounts, dates, numbers and books stay as they are.
///
/// Refused while something is open (409 `client_in_use`, whose `in_the_way` lists the kinds: `open_balance`, `plan`,
/// `payment_under_way`, `refund_under_way`, `credit_left`, `open_task`). Afterwards nothing is written for this client (409
/// `client_erased`), but a refund of what they paid.
#[utoipa::path(post, path = "/v1/clients/{id}/erasure", tag = "clients",
    params(("id" = String, Path, description = "`acc_…`"),
        ("Idempotency-Key" = String, Header, description = "The same key is the same write.")),
    responses((status = 200, description = "Erased.", body = ErasedClientView)), security(("key" = [])))]
pub async fn erase_client(
    State(state): State<HttpState>,
    OrganizationCaller(caller): OrganizationCaller,
    WriteKey(key): WriteKey,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    // There is no body: method and path are all that is asked for.
    let request_hash = sha256_hex(format!("POST /v1/clients/{id}/erasure\n").as_bytes());
    let answer =
        changed(app, &caller.tenant, &key, &request_hash, |tx| app.erase_client(tx, &caller.tenant, &id))
            .await?;
    app.work.notify_one();
    app.to_mail.notify_one();
    Ok(answer)
}
