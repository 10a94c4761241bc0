//! A bank sends a settled debit back: the money is gone, and a dispute says why.

use super::{charge_and_intent, refund};
use crate::banks::ReturnCode;
use crate::model::{ChargeState, Dispute, MandateStatus, Operation, Refund, RefundStatus};
use crate::ops::consent::set_mandate_status;
use crate::store::{Change, Entry, PageRequest, Tx};

/// Sends a settled debit back, once.
pub fn send_back(tx: &mut Tx<'_>, charge: &str, code: &ReturnCode) {
    let Some((mut charge, intent)) = charge_and_intent(tx, charge) else {
        return;
    };
    let ChargeState::Captured { amount, .. } = charge.state else {
        return;
    };
    if charge.dispute.is_some() {
        return;
    }
    stop_refunds(tx, &charge.id);
    // What a stopped refund has given back to the charge must stay.
    charge = tx.book().charges.row(&charge.id).cloned().unwrap_or(charge);
    let dispute = Dispute {
        id: tx.id("du"),
        created: tx.now_s(),
        amount,
        currency: charge.currency.clone(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        kind: charge.instrument.kind().to_owned(),
        code: code.clone(),
    };
    charge.dispute = Some(dispute.id.clone());
    tx.put(Change::Charge(Box::new(charge.clone())));
    let entry = Entry::new(Operation::Return, &charge, amount, &intent.metadata);
    tx.journal(Entry { code: Some(code.as_str()), ..entry });
    if code.ends_consent() {
        set_mandate_status(tx, charge.mandate.as_deref(), MandateStatus::Inactive);
    }
    let view = dispute.view();
    tx.put(Change::Dispute(dispute));
    tx.emit("charge.dispute.created", &view);
    tx.emit("charge.dispute.funds_withdrawn", &view);
    tx.emit("charge.dispute.closed", &view);
}

/// Refunds that are still on their way do not leave any more: the payer's bank has taken the money already.
fn stop_refunds(tx: &mut Tx<'_>, charge: &str) {
    let all = PageRequest { limit: usize::MAX - 1, ..PageRequest::default() };
    let is_pending = |refund: &Refund| refund.status == RefundStatus::Pending;
    let page = tx.book().refunds.page(Some(&format!("charge={charge}")), all, is_pending);
    let pending: Vec<String> =
        page.map(|page| page.rows.iter().map(|refund| refund.id.clone()).collect()).unwrap_or_default();
    for id in pending {
        tx.never(&id);
        refund::fail(tx, &id, "charge_for_pending_refund_disputed");
    }
}
