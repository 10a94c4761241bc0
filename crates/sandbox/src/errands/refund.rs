//! A refund arrives, or comes back.

use crate::model::{Charge, Metadata, Operation, Refund, RefundStatus};
use crate::store::{Change, Entry, Tx};

/// Lets a refund arrive that is on its way.
pub fn settle(tx: &mut Tx<'_>, refund: &str) {
    let Some((mut refund, charge)) = refund_and_charge(tx, refund) else {
        return;
    };
    if refund.status != RefundStatus::Pending {
        return;
    }
    refund.status = RefundStatus::Succeeded;
    note(tx, Operation::RefundSettle, &charge, &refund);
    let view = refund.view();
    tx.put(Change::Refund(refund));
    tx.emit("refund.updated", &view);
}

/// Fails a refund, which may have counted as succeeded: its money is the merchant's again, and can be given
/// back anew.
pub fn fail(tx: &mut Tx<'_>, refund: &str, reason: &str) {
    let Some((mut refund, mut charge)) = refund_and_charge(tx, refund) else {
        return;
    };
    if matches!(refund.status, RefundStatus::Failed { .. }) {
        return;
    }
    refund.status = RefundStatus::Failed { reason: reason.to_owned() };
    charge.amount_refunded -= refund.amount;
    tx.put(Change::Charge(Box::new(charge.clone())));
    note(tx, Operation::RefundFail, &charge, &refund);
    let view = refund.view();
    tx.put(Change::Refund(refund));
    tx.emit("refund.updated", &view);
    tx.emit("refund.failed", &view);
}

fn note(tx: &mut Tx<'_>, op: Operation, charge: &Charge, refund: &Refund) {
    let metadata: &Metadata = &refund.metadata;
    let entry = Entry::new(op, charge, refund.amount, metadata);
    tx.journal(Entry { refund: Some(&refund.id), ..entry });
}

fn refund_and_charge(tx: &Tx<'_>, refund: &str) -> Option<(Refund, Charge)> {
    let refund = tx.book().refunds.row(refund)?.clone();
    let charge = tx.book().charges.row(&refund.charge)?.clone();
    Some((refund, charge))
}
