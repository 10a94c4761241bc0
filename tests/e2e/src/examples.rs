//! Serves the pages of `examples/` as their organization's own server would: a session for whoever asks, and a strict policy.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// What the server knows.
#[derive(Clone, Debug, Default)]
pub struct Shop {
    /// The pay origin.
    pub pay: Arc<OnceLock<String>>,
    /// The session for the next page that asks.
    pub session: Arc<Mutex<String>>,
}

impl Shop {
    /// The session that pages get from now on.
    pub fn offer(&self, session: &str) {
        session.clone_into(&mut self.session.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Its pages: `/examples/NAME/`, and what they ask it for.
    pub fn router(self) -> Router {
        Router::new()
            .route(
                "/examples/{name}/",
                get(|state, Path(name): Path<String>| file(state, name, "index.html".into())),
            )
            .route(
                "/examples/{name}/{file}",
                get(|state, Path((name, path)): Path<(String, String)>| file(state, name, path)),
            )
            .route("/checkout-session", get(session))
            .with_state(self)
    }
}

async fn session(State(shop): State<Shop>) -> String {
    shop.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

async fn file(State(shop): State<Shop>, name: String, file: String) -> Response {
    let is_plain = |part: &str| !part.contains(['/', '\\']) && part != "..";
    let Some(folder) = std::env::var_os("PAYDESK_EXAMPLES").map(PathBuf::from) else {
        return (StatusCode::NOT_FOUND, "PAYDESK_EXAMPLES is not set: run cargo xtask test e2e")
            .into_response();
    };
    let path = folder.join(&name).join(&file);
    let bytes = match std::fs::read(path) {
        Ok(bytes) if is_plain(&name) && is_plain(&file) => bytes,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let kind = match file.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let pay = shop.pay.get().cloned().unwrap_or_default();
    // A page that is itself wasm may compile it; the checkout asks its page for nothing of that.
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {pay}; frame-src {pay}; connect-src 'self'; base-uri 'none'; \
         form-action {pay}; frame-ancestors 'none'"
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (headers, text.replace("https://pay.example", &pay)).into_response(),
        Err(error) => (headers, error.into_bytes()).into_response(),
    }
}
