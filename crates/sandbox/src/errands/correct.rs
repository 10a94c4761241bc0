//! A bank corrects an account: a notice of change came with a debit.

use crate::banks::check::ACH_LENGTHS;
use crate::banks::fate::Correction;
use crate::banks::{AccountNumber, part_of};
use crate::model::{BankAccount, BankPlace};
use crate::store::{Change, Tx};

/// Corrects the account of a method. It is told of without the notice's code, for which the dialect has no place.
pub fn correct(tx: &mut Tx<'_>, payment_method: &str, correction: &Correction) {
    let Some(mut method) = tx.book().payment_methods.row(payment_method).cloned() else {
        return;
    };
    let Some(account) = method.bank_mut() else {
        return;
    };
    if let (Some(new), BankPlace::Us { routing_number, .. }) =
        (&correction.routing_number, &mut account.place)
    {
        new.clone_into(routing_number);
    }
    renumber(tx, account, correction.last4.as_deref());
    let view = method.view();
    tx.put(Change::PaymentMethod(method));
    tx.emit("payment_method.automatically_updated", &view);
}

/// Gives an account other last digits. A number whose key is gone stays as it is, and closed: only what may be shown
/// changes.
fn renumber(tx: &Tx<'_>, account: &mut BankAccount, last4: Option<&str>) {
    let vault = tx.context.vault;
    let number = vault.open_account(&account.sealed, &account.id).ok().flatten();
    let number = match (number, last4) {
        (Some(number), Some(digits)) => number.with_last(digits),
        (number, _) => number,
    };
    if let Some(digits) = last4 {
        digits.clone_into(&mut account.last4);
    }
    let Some(number) = number.filter(|number: &AccountNumber| ACH_LENGTHS.contains(&number.reveal().len()))
    else {
        return;
    };
    if let Ok(sealed) = vault.seal_account(&number, &account.id, tx.context.ids) {
        account.sealed = sealed;
        account.part = part_of(number.reveal());
        account.fingerprint = vault.account_fingerprint(&account.place.bank(), &number);
    }
}
