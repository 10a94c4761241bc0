//! `GET /healthz`, `GET /readyz` and `GET /metrics`

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::http::HttpState;
use crate::http::error::Told;

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "Alive.")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, description = "Ready."), (status = 503, description = "Not ready.")))]
pub async fn readyz(State(state): State<HttpState>) -> Response {
    match state.app.store.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Told::of_status(StatusCode::SERVICE_UNAVAILABLE).after(1).into_response()
        }
    }
}

/// What is counted, as Prometheus reads it.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, description = "The figures.")))]
pub async fn metrics(State(state): State<HttpState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.app.metrics.render())
        .into_response()
}
