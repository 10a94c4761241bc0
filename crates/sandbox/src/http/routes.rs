//! Which path and method is which verb.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, get, on};

use super::envelope::{respond, serve, unrecognized};
use super::{challenge, clock, cors, own};
use crate::engine::{Answer, Engine};
use crate::ops::{
    Verb, charges, customers, disputes, events, helpers, mandates, payment_intents, payment_methods, refunds,
    setup_intents, sources, tokens, webhook_endpoints,
};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const DELETE: MethodFilter = MethodFilter::DELETE;

const ROUTES: &[(MethodFilter, &str, Verb)] = &[
    (POST, "/v1/tokens", tokens::CREATE),
    (GET, "/v1/tokens/{token}", tokens::RETRIEVE),
    (POST, "/v1/payment_methods", payment_methods::CREATE),
    (GET, "/v1/payment_methods", payment_methods::LIST),
    (GET, "/v1/payment_methods/{method}", payment_methods::RETRIEVE),
    (POST, "/v1/payment_methods/{method}", payment_methods::UPDATE),
    (POST, "/v1/payment_methods/{method}/attach", payment_methods::ATTACH),
    (POST, "/v1/payment_methods/{method}/detach", payment_methods::DETACH),
    (POST, "/v1/customers", customers::CREATE),
    (GET, "/v1/customers", customers::LIST),
    (GET, "/v1/customers/{customer}", customers::RETRIEVE),
    (POST, "/v1/customers/{customer}", customers::UPDATE),
    (DELETE, "/v1/customers/{customer}", customers::DELETE),
    (GET, "/v1/customers/{customer}/payment_methods", payment_methods::LIST_OF_CUSTOMER),
    (GET, "/v1/customers/{customer}/payment_methods/{method}", payment_methods::RETRIEVE_OF_CUSTOMER),
    (POST, "/v1/customers/{customer}/sources", sources::CREATE),
    (GET, "/v1/customers/{customer}/sources", sources::LIST),
    (GET, "/v1/customers/{customer}/sources/{source}", sources::RETRIEVE),
    (POST, "/v1/customers/{customer}/sources/{source}", sources::UPDATE),
    (DELETE, "/v1/customers/{customer}/sources/{source}", sources::DELETE),
    (POST, "/v1/setup_intents", setup_intents::CREATE),
    (GET, "/v1/setup_intents", setup_intents::LIST),
    (GET, "/v1/setup_intents/{intent}", setup_intents::RETRIEVE),
    (POST, "/v1/setup_intents/{intent}/confirm", setup_intents::CONFIRM),
    (POST, "/v1/setup_intents/{intent}/cancel", setup_intents::CANCEL),
    (POST, "/v1/setup_intents/{intent}/verify_microdeposits", setup_intents::VERIFY_MICRODEPOSITS),
    (GET, "/v1/mandates/{mandate}", mandates::RETRIEVE),
    (POST, "/v1/payment_intents", payment_intents::CREATE),
    (GET, "/v1/payment_intents", payment_intents::LIST),
    (GET, "/v1/payment_intents/search", payment_intents::SEARCH),
    (GET, "/v1/payment_intents/{intent}", payment_intents::RETRIEVE),
    (POST, "/v1/payment_intents/{intent}", payment_intents::UPDATE),
    (POST, "/v1/payment_intents/{intent}/confirm", payment_intents::CONFIRM),
    (POST, "/v1/payment_intents/{intent}/capture", payment_intents::CAPTURE),
    (POST, "/v1/payment_intents/{intent}/cancel", payment_intents::CANCEL),
    (POST, "/v1/payment_intents/{intent}/verify_microdeposits", payment_intents::VERIFY_MICRODEPOSITS),
    (GET, "/v1/charges", charges::LIST),
    (GET, "/v1/charges/{charge}", charges::RETRIEVE),
    (POST, "/v1/refunds", refunds::CREATE),
    (GET, "/v1/refunds", refunds::LIST),
    (GET, "/v1/refunds/{refund}", refunds::RETRIEVE),
    (POST, "/v1/refunds/{refund}", refunds::UPDATE),
    (GET, "/v1/disputes", disputes::LIST),
    (GET, "/v1/disputes/{dispute}", disputes::RETRIEVE),
    (GET, "/v1/events", events::LIST),
    (GET, "/v1/events/{event}", events::RETRIEVE),
    (POST, "/v1/webhook_endpoints", webhook_endpoints::CREATE),
    (GET, "/v1/webhook_endpoints", webhook_endpoints::LIST),
    (GET, "/v1/webhook_endpoints/{endpoint}", webhook_endpoints::RETRIEVE),
    (POST, "/v1/webhook_endpoints/{endpoint}", webhook_endpoints::UPDATE),
    (DELETE, "/v1/webhook_endpoints/{endpoint}", webhook_endpoints::DELETE),
    (POST, "/sandbox/payment_methods/{method}/expiry", helpers::SET_EXPIRY),
    (POST, "/sandbox/payment_methods/{method}/bank_news", helpers::TELL_OF_CARD),
    (POST, "/sandbox/intents/{intent}/authenticate", helpers::AUTHENTICATE),
];

/// Everything that the processor answers.
pub fn router(engine: &Arc<Engine>) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/challenge/{intent}/{secret}", challenge::page(engine))
        .route("/sandbox/clock", clock::clock(engine))
        .route("/sandbox/journal", own::journal(engine))
        .route("/sandbox/scenarios", own::scenarios(engine))
        .route("/sandbox/scenarios/{scenario}", own::scenario(engine));
    for (method, path, verb) in ROUTES {
        router = router.route(path, handler(Arc::clone(engine), *method, *verb));
    }
    let lost = Arc::clone(engine);
    let lost_too = Arc::clone(engine);
    router
        .fallback(async move |request: Request| not_found(&lost, request))
        .method_not_allowed_fallback(async move |request: Request| not_found(&lost_too, request))
        .layer(from_fn(cors::open_to_all))
}

fn handler(engine: Arc<Engine>, method: MethodFilter, verb: Verb) -> MethodRouter {
    on(method, move |request: Request| serve(Arc::clone(&engine), verb, request))
}

fn not_found(engine: &Engine, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    respond(&Answer::error(&unrecognized(&parts)), &engine.ids.id("req"), None)
}
