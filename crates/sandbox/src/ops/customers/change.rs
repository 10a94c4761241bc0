//! Makes, changes and deletes customers.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::form::Node;
use crate::model::{Address, Customer, Ownership};
use crate::ops::authorize::authorize_keeping;
use crate::ops::billing::merge_address;
use crate::ops::payment_methods::{keep, release, spent};
use crate::ops::sources::attach_source;
use crate::ops::{Access, Call, Verb, find};
use crate::store::{Change, PageRequest, Tx};

/// Makes a customer, with a method or a source if one is given.
pub const CREATE: Verb =
    Verb { name: "customers.create", access: Access::Secret, moves_money: false, run: create };
/// Changes a customer.
pub const UPDATE: Verb =
    Verb { name: "customers.update", access: Access::Secret, moves_money: false, run: update };
/// Deletes a customer and lets their methods go.
pub const DELETE: Verb =
    Verb { name: "customers.delete", access: Access::Secret, moves_money: false, run: delete };

const PARAMS: [&str; 10] = [
    "address",
    "description",
    "email",
    "name",
    "phone",
    "metadata",
    "invoice_settings",
    "source",
    "expand",
    "preferred_locales",
];

fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = PARAMS.to_vec();
    params.push("payment_method");
    node.allow(&params)?;
    let mut customer = Customer { id: tx.id("cus"), created: tx.now_s(), ..Customer::default() };
    merge(tx, &node, &mut customer)?;
    if let Some(id) = node.text("payment_method")? {
        let method = find::payment_method_param(tx, id)?;
        match method.ownership {
            Ownership::Free => {}
            Ownership::Customer(_) => {
                let message = "The payment method you provided has already been attached to a customer.";
                return Err(ApiError::invalid(message).param("payment_method"));
            }
            Ownership::Spent => return Err(spent()),
        }
        authorize_keeping(tx, &method.instrument)?;
        keep(tx, method, &customer.id);
    }
    if let Some(token) = node.text("source")? {
        attach_source(tx, &mut customer, token)?;
    }
    let view = customer.view();
    tx.put(Change::Customer(customer));
    tx.emit("customer.created", &view);
    Ok(view)
}

fn update(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    let mut params = PARAMS.to_vec();
    params.push("default_source");
    node.allow(&params)?;
    let mut customer = find::customer(tx, call.id())?;
    merge(tx, &node, &mut customer)?;
    if let Some(source) = node.text("default_source")? {
        let method = find::payment_method_param(tx, source)?;
        if method.customer() != Some(&customer.id) {
            return Err(ApiError::no_such("source", source, "default_source"));
        }
        customer.default_source = Some(source.to_owned());
    }
    if let Some(token) = node.text("source")? {
        attach_source(tx, &mut customer, token)?;
    }
    let view = customer.view();
    tx.put(Change::Customer(customer));
    tx.emit("customer.updated", &view);
    Ok(view)
}

fn merge(tx: &mut Tx<'_>, node: &Node<'_>, customer: &mut Customer) -> Result<(), ApiError> {
    node.update("description", &mut customer.description)?;
    node.update("email", &mut customer.email)?;
    node.update("name", &mut customer.name)?;
    node.update("phone", &mut customer.phone)?;
    node.merge_metadata(&mut customer.metadata)?;
    if let Some(address) = node.group("address")? {
        merge_address(&address, customer.address.get_or_insert_with(Address::default))?;
    }
    if let Some(settings) = node.group("invoice_settings")? {
        settings.allow(&["default_payment_method"])?;
        if let Some(id) = settings.text("default_payment_method")? {
            let method = find::payment_method_param(tx, id)?;
            if method.customer() != Some(&customer.id) {
                let message = "The customer does not have a payment method with this ID.";
                return Err(ApiError::invalid(message).param("invoice_settings[default_payment_method]"));
            }
        }
        settings.update("default_payment_method", &mut customer.default_payment_method)?;
    }
    Ok(())
}

fn delete(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&[])?;
    let customer = find::customer(tx, call.id())?;
    let list = format!("customer={}", customer.id);
    loop {
        let some = PageRequest { limit: 100, ..PageRequest::default() };
        let page = tx.book().payment_methods.page(Some(&list), some, |_| true);
        let methods: Vec<_> = page.map(|page| page.rows.into_iter().cloned().collect()).unwrap_or_default();
        if methods.is_empty() {
            break;
        }
        for method in methods {
            release(tx, method);
        }
    }
    let view = customer.view();
    let Customer { id, created, .. } = customer;
    tx.put(Change::Customer(Customer { id: id.clone(), created, deleted: true, ..Customer::default() }));
    tx.emit("customer.deleted", &view);
    Ok(json!({ "id": id, "object": "customer", "deleted": true }))
}
