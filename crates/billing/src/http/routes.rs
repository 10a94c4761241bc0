//! The handlers, one verb per file.

pub mod add_method;
pub mod ask_for_code;
pub mod cancel_attempt;
pub mod cancel_planned_payment;
pub mod change_wallet_method;
pub mod check_code;
pub mod confirm_checkout;
pub mod create_charge;
pub mod create_client;
pub mod create_credit;
pub mod create_endpoint;
pub mod create_installment_configuration;
pub mod create_invoice;
pub mod create_refund;
pub mod create_session;
pub mod create_wallet_session;
pub mod delete_endpoint;
pub mod dismiss_action_item;
pub mod end_plan;
pub mod erase_client;
pub mod erase_wallet;
pub mod export_client;
pub mod export_wallet;
pub mod forget_device;
pub mod give_authorization;
pub mod move_wallet_plan;
pub mod open_checkout;
pub mod operations;
pub mod read_action_items;
pub mod read_audit;
pub mod read_charges;
pub mod read_clients;
pub mod read_consents;
pub mod read_credits;
pub mod read_deliveries;
pub mod read_devices;
pub mod read_endpoints;
pub mod read_events;
pub mod read_installment_configurations;
pub mod read_invoices;
pub mod read_mandates;
pub mod read_organization;
pub mod read_payments;
pub mod read_people;
pub mod read_planned_payments;
pub mod read_plans;
pub mod read_refunds;
pub mod read_session;
pub mod read_status;
pub mod read_wallet;
pub mod read_wallet_verification;
pub mod receive_event;
pub mod remove_wallet_method;
pub mod replace_wallet_method;
pub mod replay_event;
pub mod revoke_authorization;
pub mod rotate_secret;
pub mod save_wallet_method;
pub mod set_backup;
pub mod show_mandate;
pub mod update_client;
pub mod update_endpoint;
pub mod update_method;
pub mod update_organization;
pub mod update_person;
pub mod update_plan;
pub mod update_planned_payment;
pub mod update_wallet_method;

use std::future::Future;

use axum::response::Response;
use serde::Serialize;

use crate::app::write_once::Begun;
use crate::app::{App, AppError};
use crate::http::body::stored;
use crate::http::error::ApiError;
use crate::store::{OrgTx, StoredAnswer, Tenant};

/// Does a write that makes something once per key: either what was answered before, or what `work` does now.
pub(super) async fn once<T, F>(
    app: &App,
    tenant: &Tenant,
    key: &str,
    request_hash: &str,
    work: impl FnOnce(OrgTx) -> F,
) -> Result<StoredAnswer, ApiError>
where
    T: Serialize,
    F: Future<Output = Result<(OrgTx, T), AppError>>,
{
    once_as(201, app, tenant, key, request_hash, work).await
}

/// The same for a write that is answered with another status.
async fn once_as<T, F>(
    status: u16,
    app: &App,
    tenant: &Tenant,
    key: &str,
    request_hash: &str,
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
    once(app, tenant, key, request_hash, work).await.map(stored)
}

/// A write that changes what is there, as an HTTP answer.
pub(super) async fn changed<T, F>(
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
    once_as(200, app, tenant, key, request_hash, work).await.map(stored)
}

/// What was made, from an answer that is kept without its secret.
pub(super) fn kept<T: serde::de::DeserializeOwned>(answer: &StoredAnswer) -> Result<T, AppError> {
    serde_json::from_str(&answer.body)
        .map_err(|_| AppError::Inconsistent("a kept answer that cannot be read".into()))
}
