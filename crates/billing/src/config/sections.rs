//! The sections of the configuration and their defaults.

use paydesk_domain::card_testing::Limits;
use serde::Deserialize;

use crate::app::WebhookSettings;
use crate::http::HttpSettings;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProcessorConfig {
    pub(super) kind: String,
    pub(super) base_url: String,
    pub(super) secret_key: String,
    pub(super) publishable_key: String,
    /// What its webhooks are signed with; several, separated by commas, while one replaces another.
    #[serde(default)]
    pub(super) webhook_secret: String,
    #[serde(default = "default_vault")]
    pub(super) vault: String,
    #[serde(default)]
    pub(super) token_exchange: TokenExchangeConfig,
}

/// How a token becomes a method.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenExchangeConfig {
    #[default]
    PaymentMethods,
    CustomerSources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsConfig {
    pub(super) body_bytes_max: usize,
    pub(super) request_timeout_ms: u64,
    pub(super) concurrent_max: usize,
    pub(super) charges_concurrent_max: usize,
    pub(super) per_address_per_minute: u32,
    pub(super) per_session_per_minute: u32,
    pub(super) per_key_per_minute: u32,
    /// How many refused cards are borne of a session, a login and a network address before no more are tried for an hour.
    pub(super) card_refusals_per_session: u32,
    pub(super) card_refusals_per_login: u32,
    pub(super) card_refusals_per_address: u32,
    pub(super) confirm_wait_ms: u64,
    pub(super) session_slide_ms: u64,
    pub(super) session_max_ms: u64,
    /// How long a payer's bank may wait for their proof before the try is given up.
    pub(super) challenge_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RecoveryConfig {
    pub(super) first_look_up_ms: u64,
    pub(super) look_up_pause_ms_max: u64,
    pub(super) poll_ms: u64,
    pub(super) visibility_lag_ms: u64,
    pub(super) sweep_ms: u64,
    pub(super) lease_ms: u64,
    pub(super) call_timeout_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebhooksConfig {
    /// What endpoints' secrets are sealed with; several, separated by commas, while the first replaces the others.
    pub(super) secret_key: Option<String>,
    pub(super) allow_loopback_http: bool,
    pub(super) concurrent_max: usize,
    pub(super) per_endpoint_max: usize,
    pub(super) timeout_ms: u64,
    pub(super) retention_days: u32,
}

fn default_vault() -> String {
    "default".to_owned()
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let (http, card_testing) = (HttpSettings::default(), Limits::default());
        Self {
            body_bytes_max: http.body_bytes_max,
            request_timeout_ms: 30_000,
            concurrent_max: http.concurrent_max,
            charges_concurrent_max: 64,
            per_address_per_minute: http.per_address_per_minute,
            per_session_per_minute: http.per_session_per_minute,
            per_key_per_minute: http.per_key_per_minute,
            card_refusals_per_session: card_testing.session_max,
            card_refusals_per_login: card_testing.login_max,
            card_refusals_per_address: card_testing.network_max,
            confirm_wait_ms: 10_000,
            session_slide_ms: 30 * 60_000,
            session_max_ms: 24 * 60 * 60_000,
            challenge_ms: 15 * 60_000,
        }
    }
}

impl Default for RecoveryConfig {
    fn default() -> Self {
        Self {
            first_look_up_ms: 30_000,
            look_up_pause_ms_max: 60 * 60_000,
            poll_ms: 60_000,
            visibility_lag_ms: 60_000,
            sweep_ms: 1_000,
            lease_ms: 60_000,
            call_timeout_ms: 20_000,
        }
    }
}

impl Default for WebhooksConfig {
    fn default() -> Self {
        let WebhookSettings { concurrent_max, per_endpoint_max, .. } = WebhookSettings::default();
        Self {
            secret_key: None,
            allow_loopback_http: false,
            concurrent_max,
            per_endpoint_max,
            timeout_ms: 20_000,
            retention_days: 30,
        }
    }
}
