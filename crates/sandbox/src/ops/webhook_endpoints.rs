//! Webhook endpoints: where events are sent. Only to this machine.

use serde_json::{Value, json};

use super::paging::{LIST_PARAMS, list};
use super::{Access, Call, Verb};
use crate::error::ApiError;
use crate::form::Node;
use crate::model::WebhookEndpoint;
use crate::store::{Change, Tx};
use crate::webhooks::loopback_url;

/// Makes one; its secret is told this once.
pub const CREATE: Verb = verb("webhook_endpoints.create", create);
/// Reads one.
pub const RETRIEVE: Verb = verb("webhook_endpoints.retrieve", retrieve);
/// Changes one.
pub const UPDATE: Verb = verb("webhook_endpoints.update", update);
/// Takes one away.
pub const DELETE: Verb = verb("webhook_endpoints.delete", delete);
/// Lists all.
pub const LIST: Verb = verb("webhook_endpoints.list", list_all);

const fn verb(name: &'static str, run: fn(&mut Tx<'_>, &Call) -> Result<Value, ApiError>) -> Verb {
    Verb { name, access: Access::Secret, moves_money: false, run }
}

/// More than any test needs, and few enough that telling them all costs nothing.
const ENDPOINTS_MAX: usize = 16;

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["url", "enabled_events", "description", "metadata", "expand", "api_version", "connect"])?;
    if tx.book().webhook_endpoints.len() >= ENDPOINTS_MAX {
        return Err(ApiError::invalid("You have reached the maximum of 16 webhook endpoints."));
    }
    if !node.has("enabled_events") {
        return Err(ApiError::missing("enabled_events"));
    }
    let mut endpoint = WebhookEndpoint {
        id: tx.id("we"),
        created: tx.now_s(),
        url: node.required("url")?.to_owned(),
        secret: format!("whsec_{}", tx.context.ids.letters(32)),
        enabled_events: Vec::new(),
        description: None,
        disabled: false,
        metadata: Default::default(),
    };
    merge(&node, &mut endpoint)?;
    let view = endpoint.view(true);
    tx.put(Change::WebhookEndpoint(endpoint));
    Ok(view)
}

fn merge(node: &Node<'_>, endpoint: &mut WebhookEndpoint) -> Result<(), ApiError> {
    if let Some(url) = node.text("url")? {
        if loopback_url(url).is_none() {
            let message = "Invalid URL: this processor sends webhooks to this machine only, to http://localhost, \
                           http://127.0.0.1 or http://[::1].";
            return Err(ApiError::invalid(message).code("url_invalid").param("url"));
        }
        endpoint.url = url.to_owned();
    }
    if node.has("enabled_events") {
        let events = node.list("enabled_events")?;
        if events.is_empty() {
            return Err(ApiError::invalid("Invalid array").param("enabled_events"));
        }
        endpoint.enabled_events = events.into_iter().map(str::to_owned).collect();
    }
    if let Some(disabled) = node.boolean("disabled")? {
        endpoint.disabled = disabled;
    }
    node.update("description", &mut endpoint.description)?;
    node.merge_metadata(&mut endpoint.metadata)
}

fn find(tx: &Tx<'_>, id: &str) -> Result<WebhookEndpoint, ApiError> {
    let endpoint = tx.book().webhook_endpoints.row(id).cloned();
    endpoint.ok_or_else(|| ApiError::not_found("webhook endpoint", id, "webhook_endpoint"))
}

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    Ok(find(tx, call.id())?.view(false))
}

fn update(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["url", "enabled_events", "description", "metadata", "expand", "disabled"])?;
    let mut endpoint = find(tx, call.id())?;
    merge(&node, &mut endpoint)?;
    let view = endpoint.view(false);
    tx.put(Change::WebhookEndpoint(endpoint));
    Ok(view)
}

fn delete(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&[])?;
    let endpoint = find(tx, call.id())?;
    tx.put(Change::WebhookEndpointRemoved(endpoint.id.clone()));
    Ok(json!({ "id": endpoint.id, "object": "webhook_endpoint", "deleted": true }))
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&LIST_PARAMS)?;
    let view = |endpoint: &WebhookEndpoint| endpoint.view(false);
    list(&tx.book().webhook_endpoints, &node, "/v1/webhook_endpoints", None, |_| true, view)
}
