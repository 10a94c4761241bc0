//! What happens by itself at its time, one errand a file: it is carried out as calls are, without a caller.

mod correct;
mod expire;
mod fail;
mod refund;
mod send_back;
mod settle;

use crate::model::{Charge, Due, Errand, PaymentIntent};
use crate::store::Tx;

/// Carries an errand out. What it is about may have ended otherwise: then there is nothing to do.
pub fn carry_out(tx: &mut Tx<'_>, due: &Due) {
    match &due.errand {
        Errand::Settle => settle::settle(tx, &due.about),
        Errand::Fail(refusal) => fail::fail(tx, &due.about, refusal),
        Errand::SendBack(code) => send_back::send_back(tx, &due.about, code),
        Errand::Correct { payment_method, correction } => correct::correct(tx, payment_method, correction),
        Errand::SettleRefund => refund::settle(tx, &due.about),
        Errand::FailRefund { reason } => refund::fail(tx, &due.about, reason),
        Errand::Expire => expire::expire(tx, &due.about),
    }
}

/// A charge and its intent.
fn charge_and_intent(tx: &Tx<'_>, charge: &str) -> Option<(Charge, PaymentIntent)> {
    let charge = tx.book().charges.row(charge)?.clone();
    let intent = tx.book().payment_intents.row(&charge.payment_intent)?.clone();
    Some((charge, intent))
}
