//! The handlers, one verb per file.

pub mod add_method;
pub mod confirm_checkout;
pub mod create_charge;
pub mod create_client;
pub mod create_invoice;
pub mod create_session;
pub mod dismiss_action_item;
pub mod open_checkout;
pub mod operations;
pub mod read_action_items;
pub mod read_audit;
pub mod read_charges;
pub mod read_clients;
pub mod read_invoices;
pub mod read_mandates;
pub mod read_payments;
pub mod read_session;
pub mod read_status;
pub mod show_mandate;

use std::future::Future;

use axum::response::Response;
use serde::Serialize;

use crate::app::write_once::Begun;
use crate::app::{App, AppError};
use crate::http::body::stored;
use crate::http::error::ApiError;
use crate::store::{OrgTx, StoredAnswer, Tenant};

/// Does a write once per key: either what was answered before, or what `work` does now.
pub(super) async fn once<T, F>(
    app: &App,
    tenant: &Tenant,
    key: &str,
    request_hash: &str,
    status: u16,
    work: impl FnOnce(OrgTx) -> F,
) -> Result<StoredAnswer, ApiError>
where
    T: Serialize,
    F: Future<Output = Result<(OrgTx, T), AppError>>,
{
    let write = match app.begin_write(tenant, key, request_hash).await? {
        Begun::Answered(answer) => return Ok(answer),
        Begun::Fresh(write) => write,
    };
    let done = match write.transaction().await {
        Ok(tx) => work(tx).await,
        Err(error) => Err(error),
    };
    Ok(write.settle(status, done).await?)
}

/// The same as an HTTP answer.
pub(super) async fn created<T, F>(
    app: &App,
    tenant: &Tenant,
    key: &str,
    request_hash: &str,
    work: impl FnOnce(OrgTx) -> F,
) -> Result<Response, ApiError>
where
    T: Serialize,
    F: Future<Output = Result<(OrgTx, T), AppError>>,
{
    once(app, tenant, key, request_hash, 201, work).await.map(stored)
}
