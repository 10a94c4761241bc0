//! HTTP: converts and delegates. No rule of the business and no SQL lives here.

pub mod auth;
pub mod body;
pub mod buckets;
pub mod challenge_done;
pub mod consent_document;
pub mod docs;
mod download;
pub mod envelope;
pub mod error;
pub mod frame;
pub mod guard;
pub mod limits;
pub mod peer;
pub mod router;
pub mod routes;
pub mod statics;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::http::limits::Limiter;

pub use router::{openapi, router};

/// What HTTP needs to know besides the application.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The built widget: frame page, script, styles. Without it there is only the API.
    pub static_dir: Option<PathBuf>,
    /// Whether `X-Forwarded-For` is believed.
    pub trusted_proxy: bool,
    /// Whether browsers are told to come back over TLS only.
    pub hsts: bool,
    /// How many bytes a request body may have.
    pub body_bytes_max: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How many requests may be under way at once.
    pub concurrent_max: usize,
    /// How many requests a network address may make in a minute; 0 for any number.
    pub per_address_per_minute: u32,
    /// How many requests a session may make in a minute; 0 for any number.
    pub per_session_per_minute: u32,
    /// How many requests an organization's key may make in a minute; 0 for any number.
    pub per_key_per_minute: u32,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            static_dir: None,
            trusted_proxy: false,
            hsts: false,
            body_bytes_max: 64 * 1024,
            request_timeout: Duration::from_secs(30),
            concurrent_max: 512,
            per_address_per_minute: 600,
            per_session_per_minute: 120,
            per_key_per_minute: 6_000,
        }
    }
}

/// What the handlers share.
#[derive(Clone, Debug)]
pub struct HttpState {
    /// The use cases.
    pub app: App,
    /// The settings.
    pub settings: Arc<HttpSettings>,
    /// Who made how many requests.
    pub limiter: Arc<Limiter>,
}
