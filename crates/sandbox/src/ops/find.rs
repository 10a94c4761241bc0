//! Looks up what a path or a parameter names.

use crate::banks::account_of_alias;
use crate::cards::number_of_alias;
use crate::error::ApiError;
use crate::keys::Power;
use crate::model::{
    Card, Customer, Instrument, Mandate, Ownership, PaymentIntent, PaymentMethod, SetupIntent, Token,
};
use crate::store::{Change, Tx};

use super::Call;
use super::bank_input::account_of_test;
use super::card_input::card_of_number;

/// The customer named in the path.
pub fn customer(tx: &Tx<'_>, id: &str) -> Result<Customer, ApiError> {
    existing_customer(tx, id).ok_or_else(|| ApiError::not_found("customer", id, "id"))
}

/// The customer named by a parameter.
pub fn customer_param(tx: &Tx<'_>, id: &str) -> Result<Customer, ApiError> {
    existing_customer(tx, id).ok_or_else(|| ApiError::no_such("customer", id, "customer"))
}

fn existing_customer(tx: &Tx<'_>, id: &str) -> Option<Customer> {
    tx.book().customers.row(id).filter(|customer| !customer.deleted).cloned()
}

/// The payment method named in the path. `pm_card_visa`, `pm_usBankAccount_success` and their like are made
/// when they are named.
pub fn payment_method(tx: &mut Tx<'_>, id: &str) -> Result<PaymentMethod, ApiError> {
    match existing_method(tx, id)? {
        Some(method) => Ok(method),
        None => Err(ApiError::not_found("PaymentMethod", id, "payment_method")),
    }
}

/// The payment method named by a parameter.
pub fn payment_method_param(tx: &mut Tx<'_>, id: &str) -> Result<PaymentMethod, ApiError> {
    payment_method(tx, id).map_err(|error| error.status(400))
}

fn existing_method(tx: &mut Tx<'_>, id: &str) -> Result<Option<PaymentMethod>, ApiError> {
    if let Some(method) = tx.book().payment_methods.row(id) {
        return Ok(Some(method.clone()));
    }
    let card = number_of_alias(id).filter(|_| id.starts_with("pm_card_"));
    let mut instrument = match (card, account_of_alias(id)) {
        (Some(number), _) => Instrument::Card(card_of_alias(tx, number)?),
        (None, Some(test)) => Instrument::Bank(account_of_test(tx, test)?),
        (None, None) => return Ok(None),
    };
    instrument.known_as_mut().push(id.to_owned());
    let mut method = new_method(tx, instrument);
    if let Some(account) = method.bank_mut() {
        // What stands behind a short name needs no verification, and has an owner.
        account.verified = true;
        method.billing.name = Some("Jenny Rosen".to_owned());
        method.billing.email = Some("jenny@example.com".to_owned());
    }
    tx.put(Change::PaymentMethod(method.clone()));
    Ok(Some(method))
}

/// A payment method that nobody owns yet. It is not put into the book.
pub fn new_method(tx: &Tx<'_>, instrument: Instrument) -> PaymentMethod {
    let mut method = PaymentMethod {
        id: tx.id("pm"),
        created: tx.now_s(),
        ownership: Ownership::Free,
        billing: Default::default(),
        instrument,
        metadata: Default::default(),
    };
    let id = method.id.clone();
    method.instrument.known_as_mut().push(id);
    method
}

/// The mandate named by a parameter.
pub fn mandate_param(tx: &Tx<'_>, id: &str) -> Result<Mandate, ApiError> {
    tx.book().mandates.row(id).cloned().ok_or_else(|| ApiError::no_such("mandate", id, "mandate"))
}

/// Takes a token: it cannot be taken again. `tok_visa` and its like can be taken for ever.
pub fn take_token(tx: &mut Tx<'_>, id: &str, param: &str) -> Result<Token, ApiError> {
    if let Some(number) = number_of_alias(id).filter(|_| id.starts_with("tok_")) {
        let mut card = card_of_alias(tx, number)?;
        card.known_as.push(id.to_owned());
        let (created, billing) = (tx.now_s(), Default::default());
        return Ok(Token {
            id: id.to_owned(),
            created,
            used: true,
            instrument: Instrument::Card(card),
            billing,
        });
    }
    let Some(mut token) = tx.book().tokens.row(id).cloned() else {
        return Err(ApiError::no_such("token", id, param));
    };
    if token.used {
        let message = format!("You cannot use a Stripe token more than once: {id}.");
        return Err(ApiError::invalid(message).code("token_already_used").param(param));
    }
    token.used = true;
    tx.put(Change::Token(token.clone()));
    Ok(token)
}

/// The payment intent named in the path. A browser must know its client secret.
pub fn payment_intent(tx: &Tx<'_>, call: &Call) -> Result<PaymentIntent, ApiError> {
    let id = call.id();
    let intent = tx.book().payment_intents.row(id).cloned();
    let intent = intent.ok_or_else(|| ApiError::not_found("payment_intent", id, "intent"))?;
    check_client_secret(call, &intent.client_secret, "payment_intent")?;
    Ok(intent)
}

/// The setup intent named in the path. A browser must know its client secret.
pub fn setup_intent(tx: &Tx<'_>, call: &Call) -> Result<SetupIntent, ApiError> {
    let id = call.id();
    let intent = tx.book().setup_intents.row(id).cloned();
    let intent = intent.ok_or_else(|| ApiError::not_found("setupintent", id, "intent"))?;
    check_client_secret(call, &intent.client_secret, "setup_intent")?;
    Ok(intent)
}

fn check_client_secret(call: &Call, secret: &str, what: &str) -> Result<(), ApiError> {
    use subtle::ConstantTimeEq;
    match (call.node().text("client_secret")?, call.key.power) {
        (None, Power::Secret) => Ok(()),
        (None, Power::Publishable) => Err(ApiError::missing("client_secret")),
        (Some(given), _) if bool::from(given.as_bytes().ct_eq(secret.as_bytes())) => Ok(()),
        (Some(_), _) => {
            let message =
                format!("The client_secret provided does not match any associated {what} on this account.");
            Err(ApiError::invalid(message).code(format!("{what}_invalid_parameter")).param("client_secret"))
        }
    }
}

fn card_of_alias(tx: &Tx<'_>, number: &str) -> Result<Card, ApiError> {
    use jiff::tz::TimeZone;
    let next_year = tx.context.now.to_zoned(TimeZone::UTC).year() + 1;
    card_of_number(tx, number, 12, i64::from(next_year), Some("123"))
        .or_else(|_| card_of_number(tx, number, 12, i64::from(next_year), Some("1234")))
}
