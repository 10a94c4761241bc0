//! Asks "the bank" about a charge or about keeping a card or an account.

use crate::cards::check::{check_expiry, is_over};
use crate::cards::decline::Decline;
use crate::error::ApiError;
use crate::model::{BankAccount, Card, Instrument};
use crate::store::Tx;

/// What the bank says.
#[derive(Debug)]
pub enum Verdict {
    /// Yes; the network's reference is with it.
    Approved(String),
    /// No.
    Declined(Decline),
    /// Ask the payer first.
    NeedsAuthentication,
}

/// How the payer takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// They are there and can authenticate.
    OnSession,
    /// They are away.
    OffSession,
    /// They have just authenticated.
    Authenticated,
}

/// Asks for a charge.
pub fn authorize(tx: &mut Tx<'_>, card: &Card, presence: Presence) -> Result<Verdict, ApiError> {
    open_number(tx, card)?;
    if let Some(decline) = tx.ordered_decline.take() {
        return Ok(Verdict::Declined(decline));
    }
    if let Some(decline) = expired(tx, card).or_else(|| card.script.charge_decline()) {
        return Ok(Verdict::Declined(decline));
    }
    let wants = card.script.wants_authentication(presence == Presence::OffSession, card.set_up);
    if wants && presence != Presence::Authenticated {
        return Ok(Verdict::NeedsAuthentication);
    }
    if let (Presence::Authenticated, Some(decline)) = (presence, card.script.late_decline()) {
        return Ok(Verdict::Declined(decline));
    }
    Ok(Verdict::Approved(tx.context.ids.letters(15)))
}

/// Asks whether a card may be kept for later. Nobody can be asked about a bank account.
pub fn authorize_keeping(tx: &mut Tx<'_>, instrument: &Instrument) -> Result<(), ApiError> {
    let refused = match instrument {
        Instrument::Card(card) => {
            open_number(tx, card)?;
            let ordered = tx.ordered_decline.take();
            ordered.or_else(|| expired(tx, card)).or_else(|| card.script.attach_decline())
        }
        Instrument::Bank(account) => {
            open_account(tx, account)?;
            tx.ordered_decline.take()
        }
    };
    refused.map_or(Ok(()), |decline| Err(ApiError::card(&decline)))
}

/// What stands in the way of a debit before the account's bank hears of it.
pub fn refuse_debit(tx: &mut Tx<'_>, account: &BankAccount) -> Result<Option<Decline>, ApiError> {
    open_account(tx, account)?;
    Ok(tx.ordered_decline.take().or_else(|| account.part.limit()))
}

/// Opens the number of an account, as that of a card is opened.
fn open_account(tx: &Tx<'_>, account: &BankAccount) -> Result<(), ApiError> {
    match tx.context.vault.open_account(&account.sealed, &account.id) {
        Ok(Some(number)) if number.last4() == account.last4 => Ok(()),
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => Err(ApiError::api(500, "The vault's entry of this account does not fit it.")),
    }
}

fn expired(tx: &Tx<'_>, card: &Card) -> Option<Decline> {
    if card.closed {
        return Some(Decline::GENERIC);
    }
    let expiry = check_expiry(i64::from(card.exp_month), i64::from(card.exp_year)).ok()?;
    is_over(expiry, tx.context.now).then(|| Decline::by_code("expired_card"))
}

/// Opens the number, as a message to a network would need it, and sees that it is this card's. A number
/// sealed under a key that is gone stays closed: the card goes on by what was noted when it came in.
fn open_number(tx: &Tx<'_>, card: &Card) -> Result<(), ApiError> {
    match tx.context.vault.open(&card.sealed, &card.id) {
        Ok(Some(pan)) if pan.last4() == card.last4 => Ok(()),
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => Err(ApiError::api(500, "The vault's entry of this card does not fit it.")),
    }
}
