//! Takes a card in: checks it, seals its number, and notes what may be shown. The security code ends here.

use crate::cards::check::check_card;
use crate::cards::script_of;
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{BillingDetails, Card, CheckResult, Checks, Instrument, PaymentMethod, Token};
use crate::store::Tx;

use super::find::take_token;

/// Reads `number`, `exp_month`, `exp_year` and `cvc` of a group.
pub fn card_of_node(tx: &Tx<'_>, node: &Node<'_>) -> Result<Card, ApiError> {
    let number = node.required("number")?;
    let month = node.integer("exp_month")?.ok_or_else(|| ApiError::missing(&node.name_of("exp_month")))?;
    let year = node.integer("exp_year")?.ok_or_else(|| ApiError::missing(&node.name_of("exp_year")))?;
    card_of_number(tx, number, month, year, node.text("cvc")?)
}

/// A card from its parts.
pub fn card_of_number(
    tx: &Tx<'_>,
    number: &str,
    month: i64,
    year: i64,
    cvc: Option<&str>,
) -> Result<Card, ApiError> {
    let checked =
        check_card(number, month, year, cvc, tx.context.now).map_err(|decline| ApiError::card(&decline))?;
    let (script, funding) = script_of(&checked.pan.reveal());
    let id = tx.id("card");
    let vault = tx.context.vault;
    let sealed = vault.seal(&checked.pan, &id, tx.context.ids);
    let sealed = sealed.map_err(|_| ApiError::api(500, "The vault did not take the card."))?;
    Ok(Card {
        brand: checked.pan.brand(),
        last4: checked.pan.last4(),
        exp_month: checked.expiry.month(),
        exp_year: checked.expiry.year(),
        funding: funding.kind.to_owned(),
        country: funding.country.to_owned(),
        fingerprint: vault.fingerprint(&checked.pan),
        sealed,
        script,
        checks: Checks { cvc: checked.has_cvc.then_some(CheckResult::Unchecked), ..Checks::default() },
        set_up: false,
        closed: false,
        known_as: Vec::new(),
        id,
    })
}

/// Reads the `card` of a payment method, raw or by token, and who is billed by the token.
pub fn card_of_group(tx: &mut Tx<'_>, node: &Node<'_>) -> Result<(Card, BillingDetails), ApiError> {
    let Some(id) = node.text("token")? else {
        node.allow(&["number", "exp_month", "exp_year", "cvc", "networks"])?;
        return Ok((card_of_node(tx, node)?, BillingDetails::default()));
    };
    node.allow(&["token"])?;
    let param = node.name_of("token");
    let is_card = |token: &Token| matches!(token.instrument, Instrument::Card(_));
    if tx.book().tokens.row(id).is_some_and(|token| !is_card(token)) {
        return Err(ApiError::invalid("This token is not of a card.").param(param));
    }
    let token = take_token(tx, id, &param)?;
    match token.instrument {
        Instrument::Card(card) => Ok((card, token.billing)),
        Instrument::Bank(_) => Err(ApiError::invalid("This token is not of a card.").param(param)),
    }
}

/// What was given of an address waits to be checked; what was not given cannot be.
pub fn note_address_checks(method: &mut PaymentMethod) {
    let waits = |part: &Option<String>| part.as_ref().map(|_| CheckResult::Unchecked);
    let (line, postal_code) =
        (waits(&method.billing.address.line1), waits(&method.billing.address.postal_code));
    if let Some(card) = method.card_mut() {
        card.checks.line = line;
        card.checks.postal_code = postal_code;
    }
}
