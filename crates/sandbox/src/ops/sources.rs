//! The older way to keep a card: as a customer's source.

use serde_json::{Value, json};

use super::authorize::authorize_keeping;
use super::find::{customer, new_method, take_token};
use super::paging::{LIST_PARAMS, list};
use super::payment_methods::{keep, release};
use super::{Access, Call, Verb};
use crate::cards::check::check_expiry;
use crate::error::ApiError;
use crate::model::{Customer, Instrument, PaymentMethod};
use crate::store::{Change, Tx};

/// Keeps a token's card.
pub const CREATE: Verb =
    Verb { name: "sources.create", access: Access::Secret, moves_money: false, run: create };
/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "sources.retrieve", access: Access::Secret, moves_money: false, run: retrieve };
/// Changes the expiry and who is billed.
pub const UPDATE: Verb =
    Verb { name: "sources.update", access: Access::Secret, moves_money: false, run: update };
/// Lets one go.
pub const DELETE: Verb =
    Verb { name: "sources.delete", access: Access::Secret, moves_money: false, run: delete };
/// Lists a customer's.
pub const LIST: Verb =
    Verb { name: "sources.list", access: Access::Secret, moves_money: false, run: list_all };

fn view(method: &PaymentMethod) -> Value {
    let Some(card) = method.card() else {
        // Never listed or found here.
        return method.view();
    };
    let mut view = card.source_view(&method.billing, method.customer());
    if let Some(view) = view.as_object_mut() {
        view.insert("id".to_owned(), json!(method.id));
        view.insert("metadata".to_owned(), json!(method.metadata));
    }
    view
}

/// Keeps a token's card for a customer, as their default if they have none yet. The customer is not put.
pub fn attach_source(
    tx: &mut Tx<'_>,
    customer: &mut Customer,
    token: &str,
) -> Result<PaymentMethod, ApiError> {
    let unused = tx.book().tokens.row(token).filter(|token| !token.used).cloned();
    if let Some(token) = &unused {
        if matches!(token.instrument, Instrument::Bank(_)) {
            let message = "This processor keeps no bank accounts as sources: use a SetupIntent.";
            return Err(ApiError::invalid(message).param("source"));
        }
        authorize_keeping(tx, &token.instrument)?;
    }
    let token = take_token(tx, token, "source")?;
    let mut method = new_method(tx, token.instrument);
    if unused.is_none() {
        authorize_keeping(tx, &method.instrument)?;
    }
    if let Some(card) = method.card() {
        method.id = card.id.clone();
    }
    method.billing = token.billing;
    let id = method.id.clone();
    method.instrument.known_as_mut().push(id);
    let method = keep(tx, method, &customer.id);
    customer.default_source.get_or_insert_with(|| method.id.clone());
    Ok(method)
}

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["source", "metadata", "expand"])?;
    let mut customer = customer(tx, call.id())?;
    let mut method = attach_source(tx, &mut customer, node.required("source")?)?;
    if node.has("metadata") {
        node.merge_metadata(&mut method.metadata)?;
        tx.put(Change::PaymentMethod(method.clone()));
    }
    tx.put(Change::Customer(customer));
    let view = view(&method);
    tx.emit("customer.source.created", &view);
    Ok(view)
}

fn find_source(tx: &Tx<'_>, call: &Call) -> Result<PaymentMethod, ApiError> {
    let customer = customer(tx, call.id())?;
    let method = tx.book().payment_methods.row(call.second_id());
    let is_theirs =
        |method: &&PaymentMethod| method.card().is_some() && method.customer() == Some(&customer.id);
    let method = method.filter(is_theirs).cloned();
    method.ok_or_else(|| ApiError::not_found("source", call.second_id(), "id"))
}

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    Ok(view(&find_source(tx, call)?))
}

fn update(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&[
        "exp_month",
        "exp_year",
        "name",
        "metadata",
        "expand",
        "address_city",
        "address_country",
        "address_line1",
        "address_line2",
        "address_state",
        "address_zip",
    ])?;
    let mut method = find_source(tx, call)?;
    super::billing::merge_card_address(&node, &mut method.billing)?;
    node.merge_metadata(&mut method.metadata)?;
    if let Some(card) = method.card_mut() {
        let month = node.integer("exp_month")?.unwrap_or_else(|| i64::from(card.exp_month));
        let year = node.integer("exp_year")?.unwrap_or_else(|| i64::from(card.exp_year));
        let expiry = check_expiry(month, year).map_err(|decline| ApiError::card(&decline))?;
        (card.exp_month, card.exp_year) = (expiry.month(), expiry.year());
    }
    let view = view(&method);
    tx.put(Change::PaymentMethod(method));
    tx.emit("customer.source.updated", &view);
    Ok(view)
}

fn delete(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let method = find_source(tx, call)?;
    let mut customer = customer(tx, call.id())?;
    let view = view(&method);
    if customer.default_source.as_deref() == Some(&method.id) {
        customer.default_source = None;
        tx.put(Change::Customer(customer));
    }
    let id = release(tx, method).id;
    tx.emit("customer.source.deleted", &view);
    Ok(json!({ "id": id, "object": "card", "deleted": true }))
}

fn list_all(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = LIST_PARAMS.to_vec();
    params.push("object");
    node.allow(&params)?;
    let customer = customer(tx, call.id())?;
    let (url, key) = (format!("/v1/customers/{}/sources", customer.id), format!("customer={}", customer.id));
    let is_source = |method: &PaymentMethod| method.card().is_some();
    list(&tx.book().payment_methods, &node, &url, Some(&key), is_source, view)
}
