//! Changing what is kept of a saved method, and letting methods go.

use crate::adapters::stripe::answers;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::methods::billing;
use crate::ports::processor::{Changed, MethodChange, ProcessorError};

pub(super) async fn change_method(
    client: &Client,
    change: MethodChange<'_>,
) -> Result<Changed, ProcessorError> {
    let form = match change.expiry {
        Some((month, year)) => Form::default()
            .with("card[exp_month]", &month.to_string())
            .with("card[exp_year]", &year.to_string()),
        None => Form::default(),
    };
    let form = match change.address {
        Some(address) => billing(form, address),
        None => form,
    };
    changed(client.post(&format!("/v1/payment_methods/{}", change.method), change.key, form).await?)
}

/// The older way: the card under its customer.
pub(super) async fn change_source(
    client: &Client,
    change: MethodChange<'_>,
) -> Result<Changed, ProcessorError> {
    let form = match change.expiry {
        Some((month, year)) => {
            Form::default().with("exp_month", &month.to_string()).with("exp_year", &year.to_string())
        }
        None => Form::default(),
    };
    let form = match change.address {
        Some(address) => form
            .with_some("address_line1", Some(&address.line1))
            .with_some("address_line2", address.line2.as_deref())
            .with_some("address_city", address.city.as_deref())
            .with_some("address_state", address.region.as_deref())
            .with_some("address_zip", address.postal_code.as_deref())
            .with_some("address_country", Some(&address.country)),
        None => form,
    };
    let path = format!("/v1/customers/{}/sources/{}", change.customer, change.method);
    changed(client.post(&path, change.key, form).await?)
}

fn changed(answer: Answer) -> Result<Changed, ProcessorError> {
    match answer {
        Answer::Done(json) => Ok(Changed::Method(answers::method(&json)?)),
        Answer::Refused(refusal) => match refusal.decline() {
            Some(decline) => Ok(Changed::Declined(decline)),
            None if is_gone(refusal.status, &refusal.code) => Ok(Changed::Unknown),
            None => Err(refusal.rejected()),
        },
    }
}

pub(super) async fn detach(client: &Client, key: &str, method: &str) -> Result<(), ProcessorError> {
    let path = format!("/v1/payment_methods/{method}/detach");
    match client.post(&path, key, Form::default()).await? {
        Answer::Done(_) => Ok(()),
        Answer::Refused(refusal) if is_gone(refusal.status, &refusal.code) => Ok(()),
        // It hangs on no customer any more: somebody was quicker.
        Answer::Refused(refusal) if refusal.status == 400 && refusal.param == "payment_method" => Ok(()),
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

pub(super) async fn remove_source(
    client: &Client,
    key: &str,
    method: &str,
    customer: &str,
) -> Result<(), ProcessorError> {
    match client.delete(&format!("/v1/customers/{customer}/sources/{method}"), key).await? {
        Answer::Done(_) => Ok(()),
        Answer::Refused(refusal) if is_gone(refusal.status, &refusal.code) => Ok(()),
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

fn is_gone(status: u16, code: &str) -> bool {
    status == 404 || code == "resource_missing"
}
