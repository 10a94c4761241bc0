//! Puts routes, their description and what surrounds them together.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use paydesk_domain::wire::billing::Problem;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::error::Told;
use crate::http::limits::Limiter;
use crate::http::routes::{
    add_method, ask_for_code, cancel_attempt, cancel_planned_payment, change_wallet_method, check_code,
    confirm_checkout, create_charge, create_client, create_credit, create_endpoint,
    create_installment_configuration, create_invoice, create_refund, create_session, create_wallet_session,
    delete_endpoint, dismiss_action_item, end_plan, erase_client, erase_wallet, export_client, export_wallet,
    forget_device, give_authorization, move_wallet_plan, open_checkout, operations, read_action_items,
    read_audit, read_charges, read_clients, read_consents, read_credits, read_deliveries, read_devices,
    read_endpoints, read_events, read_installment_configurations, read_invoices, read_mandates,
    read_organization, read_payments, read_people, read_planned_payments, read_plans, read_refunds,
    read_session, read_status, read_wallet, read_wallet_verification, receive_event, remove_wallet_method,
    replace_wallet_method, replay_event, revoke_authorization, rotate_secret, save_wallet_method, set_backup,
    show_mandate, update_client, update_endpoint, update_method, update_organization, update_person,
    update_plan, update_planned_payment, update_wallet_method,
};
use crate::http::{HttpSettings, HttpState, challenge_done, docs, envelope, frame, guard, limits, statics};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Paydesk billing API",
        description = "Wallets, invoices, checkout sessions and charges. It only ever receives tokens: a request that \
                       holds anything that looks like a card number is refused unread."
    ),
    components(schemas(Problem)),
    tags(
        (name = "organization", description = "Your own settings."),
        (name = "clients", description = "Who pays."),
        (name = "invoices", description = "What is owed."),
        (name = "credits", description = "What you gave your clients to pay with."),
        (name = "plans", description = "What is paid later: installments and subscriptions."),
        (name = "checkout sessions", description = "A payer's permission to pay one invoice on one page."),
        (name = "wallet sessions", description = "A client's permission to look after their wallet on one page."),
        (name = "payments", description = "What was taken, and its receipts."),
        (name = "refunds", description = "What was given back, and what was called back."),
        (name = "mandates", description = "What payers agreed to be debited for."),
        (name = "payment action center", description = "What somebody must look at."),
        (name = "audit", description = "Who did what, in a chain of hashes."),
        (name = "webhooks", description = "What happened, and which servers of yours are told."),
        (name = "browser", description = "The payer's side, with a session's secret."),
        (name = "wallet", description = "The client's side of their wallet: a wallet session's secret (ws_…) confirms, and what is told then (wa_…) opens it."),
        (name = "operations", description = "For whoever runs the server."),
    ),
    modifiers(&Keys)
)]
struct Description;

/// The two kinds of caller.
struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        for name in ["key", "session"] {
            components.add_security_scheme(name, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        }
    }
}

fn described() -> OpenApiRouter<HttpState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(read_organization::read_organization, update_organization::update_organization))
        .routes(routes!(create_client::create_client, read_clients::list_clients))
        .routes(routes!(read_clients::read_client, update_client::update_client))
        .routes(routes!(read_people::list_people))
        .routes(routes!(read_people::read_person, update_person::update_person))
        .routes(routes!(export_client::export_client))
        .routes(routes!(erase_client::erase_client))
        .routes(routes!(add_method::add_method))
        .routes(routes!(create_invoice::create_invoice, read_invoices::list_invoices))
        .routes(routes!(read_invoices::read_invoice))
        .routes(routes!(create_credit::create_credit, read_credits::list_credits))
        .routes(routes!(read_credits::read_credit))
        .routes(routes!(
            create_installment_configuration::create_installment_configuration,
            read_installment_configurations::list_installment_configurations
        ))
        .routes(routes!(read_installment_configurations::read_installment_configuration))
        .routes(routes!(read_plans::list_plans))
        .routes(routes!(read_plans::read_plan, update_plan::update_plan))
        .routes(routes!(end_plan::end_plan))
        .routes(routes!(read_planned_payments::list_planned_payments))
        .routes(routes!(
            read_planned_payments::read_planned_payment,
            update_planned_payment::update_planned_payment
        ))
        .routes(routes!(cancel_planned_payment::cancel_planned_payment))
        .routes(routes!(create_session::create_session))
        .routes(routes!(read_session::read_session))
        .routes(routes!(create_wallet_session::create_wallet_session))
        .routes(routes!(read_payments::list_payments))
        .routes(routes!(read_payments::read_payment))
        .routes(routes!(read_payments::read_receipt))
        .routes(routes!(create_refund::create_refund))
        .routes(routes!(read_refunds::list_refunds))
        .routes(routes!(read_refunds::read_refund))
        .routes(routes!(create_charge::create_charge, read_charges::list_charges))
        .routes(routes!(read_charges::read_charge))
        .routes(routes!(read_mandates::list_mandates))
        .routes(routes!(read_mandates::read_mandate))
        .routes(routes!(read_action_items::list_action_items))
        .routes(routes!(dismiss_action_item::dismiss_action_item))
        .routes(routes!(read_audit::list_audit))
        .routes(routes!(create_endpoint::create_endpoint, read_endpoints::list_endpoints))
        .routes(routes!(
            read_endpoints::read_endpoint,
            update_endpoint::update_endpoint,
            delete_endpoint::delete_endpoint
        ))
        .routes(routes!(rotate_secret::rotate_secret))
        .routes(routes!(read_deliveries::list_deliveries))
        .routes(routes!(read_events::list_events))
        .routes(routes!(read_events::read_event))
        .routes(routes!(replay_event::replay_event))
        .routes(routes!(open_checkout::open_checkout))
        .routes(routes!(show_mandate::show_mandate))
        .routes(routes!(read_status::read_status))
        .routes(routes!(confirm_checkout::confirm_checkout))
        .routes(routes!(cancel_attempt::cancel_attempt))
        .routes(routes!(update_method::update_method))
        .merge(wallet())
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
}

/// What a client does in their wallet.
fn wallet() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(ask_for_code::ask_for_code))
        .routes(routes!(check_code::check_code))
        .routes(routes!(read_devices::list_devices))
        .routes(routes!(forget_device::forget_device))
        .routes(routes!(read_wallet::read_wallet))
        .routes(routes!(export_wallet::export_wallet))
        .routes(routes!(erase_wallet::erase_wallet))
        .routes(routes!(save_wallet_method::save_wallet_method))
        .routes(routes!(
            change_wallet_method::change_wallet_method,
            remove_wallet_method::remove_wallet_method
        ))
        .routes(routes!(update_wallet_method::update_wallet_method))
        .routes(routes!(
            read_wallet_verification::read_wallet_verification,
            read_wallet_verification::give_verification_up
        ))
        .routes(routes!(set_backup::set_backup))
        .routes(routes!(set_backup::end_backup))
        .routes(routes!(replace_wallet_method::replace_wallet_method))
        .routes(routes!(move_wallet_plan::move_wallet_plan))
        .routes(routes!(read_consents::list_consents))
        .routes(routes!(read_consents::read_consent_document))
        .routes(routes!(give_authorization::give_authorization))
        .routes(routes!(revoke_authorization::revoke_authorization))
}

/// The description of the API, made from the code.
pub fn openapi() -> OpenApi {
    described().into_openapi()
}

/// Pages and files, which are not part of the API.
fn pages(description: &OpenApi) -> Router<HttpState> {
    let documents = docs::Documents::new(description);
    let (json, page) = (documents.json, documents.page);
    Router::new()
        .route("/openapi.json", get(|| async { docs::json(json) }))
        .route("/docs", get(|| async { docs::page(page) }))
        .route("/docs/style.css", get(docs::style))
        .route("/frame/checkout", get(frame::checkout).post(frame::checkout_of_session))
        .route("/frame/wallet", get(frame::wallet).post(frame::wallet))
        .route("/frame/refused.js", get(frame::refused_script))
        .route("/challenge-done", get(challenge_done::page))
        .route("/challenge-done.js", get(challenge_done::script))
        .route("/challenge-done.css", get(challenge_done::style))
        .route("/assets/{*path}", get(statics::asset))
        .route("/embed.js", get(statics::embed))
        .route(receive_event::PATH, post(receive_event::receive_event))
        .route("/embed.d.ts", get(statics::embed_types))
        .route("/script-inventory.json", get(statics::inventory))
        .route("/address/{name}", get(statics::address_rules))
        .route("/pictures/{name}", get(statics::picture))
}

/// The whole server as a service.
pub fn router(app: App, settings: HttpSettings) -> Router {
    let limiter = Arc::new(Limiter::new(&settings));
    let state = HttpState { app, settings: Arc::new(settings), limiter };
    let (api, description) = described().split_for_parts();
    api.merge(pages(&description))
        .fallback(|| async { Told::of_status(StatusCode::NOT_FOUND) })
        .method_not_allowed_fallback(|| async { Told::of_status(StatusCode::METHOD_NOT_ALLOWED) })
        // The last one added is the first to see a request.
        .layer(from_fn_with_state(state.clone(), guard::guard))
        .layer(from_fn_with_state(state.clone(), limits::limit))
        .layer(from_fn_with_state(state.clone(), envelope::envelope))
        .with_state(state)
}
