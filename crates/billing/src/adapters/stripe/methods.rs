//! Customers and methods: tokens become methods, methods are kept under customers.

use paydesk_domain::address::Address;
use paydesk_domain::method_kind::MethodKind;

use crate::adapters::stripe::answers;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::ports::processor::{Attachment, Exchange, NewCustomer, ProcessorError, StoredMethod};

pub(super) async fn create_customer(
    client: &Client,
    key: &str,
    customer: NewCustomer<'_>,
) -> Result<String, ProcessorError> {
    let form = Form::default().with_some("name", Some(customer.name)).with("metadata[login]", customer.login);
    match client.post("/v1/customers", key, form).await? {
        Answer::Done(json) => answers::id(&json),
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

/// A bank account's token is a method already: the browser made it, with a key that can do no more than that. One that
/// hangs on a customer is somebody's, and not ours to take.
pub(super) async fn take_account(
    client: &Client,
    kind: MethodKind,
    token: &str,
) -> Result<Exchange, ProcessorError> {
    Ok(match read(client, token).await? {
        Some(found) if found.kind() == kind && found.customer.is_none() => Exchange::Method(found),
        _ => Exchange::Unusable,
    })
}

pub(super) async fn exchange_token(
    client: &Client,
    key: &str,
    token: &str,
    address: &Address,
) -> Result<Exchange, ProcessorError> {
    let form = billing(Form::default().with("type", "card").with("card[token]", token), address);
    exchanged(client.post("/v1/payment_methods", key, form).await?)
}

pub(super) fn billing(form: Form, address: &Address) -> Form {
    form.with_some("billing_details[address][line1]", Some(&address.line1))
        .with_some("billing_details[address][line2]", address.line2.as_deref())
        .with_some("billing_details[address][city]", address.city.as_deref())
        .with_some("billing_details[address][state]", address.region.as_deref())
        .with_some("billing_details[address][postal_code]", address.postal_code.as_deref())
        .with_some("billing_details[address][country]", Some(&address.country))
}

/// The older way: a customer for this one token, and the card under it.
pub(super) async fn add_source(client: &Client, key: &str, token: &str) -> Result<Exchange, ProcessorError> {
    let customer = match client.post("/v1/customers", &format!("{key}.customer"), Form::default()).await? {
        Answer::Done(json) => answers::id(&json)?,
        Answer::Refused(refusal) => return Err(refusal.rejected()),
    };
    let form = Form::default().with("source", token);
    exchanged(client.post(&format!("/v1/customers/{customer}/sources"), key, form).await?)
}

fn exchanged(answer: Answer) -> Result<Exchange, ProcessorError> {
    match answer {
        Answer::Done(json) => Ok(Exchange::Method(answers::method(&json)?)),
        Answer::Refused(refusal) => match refusal.decline() {
            Some(decline) => Ok(Exchange::Declined(decline)),
            None if is_about_the_token(refusal.status, &refusal.code, &refusal.param) => {
                Ok(Exchange::Unusable)
            }
            None => Err(refusal.rejected()),
        },
    }
}

/// A token that was used or never was: `resource_missing` or `token_already_used`, or an error about the parameter.
fn is_about_the_token(status: u16, code: &str, param: &str) -> bool {
    matches!(code, "resource_missing" | "token_already_used" | "invalid_token" | "token_in_use")
        || (matches!(status, 400 | 404) && param.contains("token"))
}

pub(super) async fn attach(
    client: &Client,
    key: &str,
    method: &str,
    customer: &str,
) -> Result<Attachment, ProcessorError> {
    let form = Form::default().with("customer", customer);
    match client.post(&format!("/v1/payment_methods/{method}/attach"), key, form).await? {
        Answer::Done(_) => Ok(Attachment::Attached),
        Answer::Refused(refusal) => {
            refusal.decline().map(Attachment::Declined).ok_or_else(|| refusal.rejected())
        }
    }
}

pub(super) async fn read(client: &Client, method: &str) -> Result<Option<StoredMethod>, ProcessorError> {
    // The name becomes part of a path: nothing but what such names are made of.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if method.is_empty() || method.len() > 128 || !method.bytes().all(is_name) {
        return Ok(None);
    }
    match client.get(&format!("/v1/payment_methods/{method}"), &Form::default()).await? {
        Answer::Done(json) => answers::method(&json).map(Some),
        Answer::Refused(refusal) if refusal.status == 404 || refusal.code == "resource_missing" => Ok(None),
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}
