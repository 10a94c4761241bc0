//! Where events are sent.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Metadata;

/// A webhook endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// `we_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Where; on this machine.
    pub url: String,
    /// What signs the letters, `whsec_…`.
    pub secret: String,
    /// Kinds of events, or `*`.
    pub enabled_events: Vec<String>,
    /// The caller's words.
    pub description: Option<String>,
    /// Told of nothing while disabled.
    pub disabled: bool,
    /// The caller's notes.
    pub metadata: Metadata,
}

impl WebhookEndpoint {
    /// Whether it is told of this kind.
    pub fn listens_to(&self, kind: &str) -> bool {
        !self.disabled && self.enabled_events.iter().any(|enabled| enabled == "*" || enabled == kind)
    }

    /// As it reads in an answer. The secret is told once, when the endpoint is made.
    pub fn view(&self, with_secret: bool) -> Value {
        let mut view = json!({
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": null,
            "application": null,
            "created": self.created,
            "description": self.description,
            "enabled_events": self.enabled_events,
            "livemode": false,
            "metadata": self.metadata,
            "status": if self.disabled { "disabled" } else { "enabled" },
            "url": self.url,
        });
        if let (true, Some(view)) = (with_secret, view.as_object_mut()) {
            view.insert("secret".to_owned(), json!(self.secret));
        }
        view
    }
}
