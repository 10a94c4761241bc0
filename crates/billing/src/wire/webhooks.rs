//! Requests and answers about events and the endpoints that are told about them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A server of yours that is to be told about events.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// Where it is: https, port 443, a public server.
    pub url: String,
    /// What you call it.
    pub description: Option<String>,
    /// The types of events that it is told about; all of them, and those that come later, when absent or `["*"]`.
    pub events: Option<Vec<String>>,
}

/// What is to change about an endpoint. What is absent stays as it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedEndpoint {
    /// Where it is.
    pub url: Option<String>,
    /// What you call it; nothing when empty.
    pub description: Option<String>,
    /// The types of events that it is told about; `["*"]` for all.
    pub events: Option<Vec<String>>,
    /// Whether it is told anything. Enabled again, it gets what has waited for it.
    pub enabled: Option<bool>,
}

/// A request without fields.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A server that is told about events.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EndpointView {
    /// `whe_…`.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// What you call it.
    pub description: Option<String>,
    /// The types of events that it is told about; `*` is all of them.
    pub events: Vec<String>,
    /// Whether it is told anything.
    pub enabled: bool,
    /// Why not: `requested` by you, `gone` after it answered 410, `exhausted` after every try of a delivery failed.
    pub disabled_reason: Option<String>,
    /// Since when.
    pub disabled_at: Option<String>,
    /// When it was made. It is told what happens after that.
    pub created_at: String,
}

/// An endpoint that was made. The secret is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedEndpoint {
    /// The endpoint.
    pub endpoint: EndpointView,
    /// `whsec_…`: what messages to it are signed with.
    pub secret: String,
}

/// An endpoint's new secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RotatedSecret {
    /// `whe_…`.
    pub id: String,
    /// `whsec_…`: what messages to it are signed with from now on.
    pub secret: String,
    /// Until when they are signed with the secrets before it as well.
    pub previous_ends_at: Option<String>,
}

/// An endpoint that is gone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeletedEndpoint {
    /// `whe_…`.
    pub id: String,
    /// True.
    pub deleted: bool,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// `out_…`: the `webhook-id` of every message that tells it.
    pub id: String,
    /// What kind of thing, `payment.succeeded`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub timestamp: String,
    /// What it happened to: an id.
    pub subject: String,
    /// Its data, as it was then.
    pub data: serde_json::Value,
}

/// Which events.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// Whom an event is to be told once more.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The endpoint, `whe_…`; every enabled one that listens to its type when absent.
    pub endpoint: Option<String>,
}

/// An event on its way once more.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// One to each endpoint.
    pub deliveries: Vec<DeliveryView>,
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// `whd_…`.
    pub id: String,
    /// What it tells, `out_…`.
    pub event: String,
    /// Whom it tells, `whe_…`.
    pub endpoint: String,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// True when it was asked for once more.
    pub replay: bool,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next, while it waits.
    pub next_try_at: Option<String>,
    /// When it was tried last.
    pub last_try_at: Option<String>,
    /// The HTTP status of the last answer.
    pub last_status: Option<i64>,
    /// Why the last try failed: `status`, `redirect`, `gone`, `timed_out`, `name_unknown`, `address_refused`,
    /// `url_refused`, `not_reached`, `tls_failed` or `broken`.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When nothing more was to be done about it.
    pub done_at: Option<String>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It will be tried, unless its endpoint stays disabled.
    Waiting,
    /// The endpoint answered 2xx.
    Delivered,
    /// It was given up. It can be replayed.
    Failed,
}
