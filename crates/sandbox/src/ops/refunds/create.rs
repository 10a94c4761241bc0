//! Gives money back.

use serde_json::Value;

use crate::banks::part::Part;
use crate::cards::script::Script;
use crate::config::milliseconds;
use crate::error::{ApiError, printable};
use crate::form::Node;
use crate::model::{Charge, ChargeState, Errand, Instrument, Operation, Refund, RefundStatus};
use crate::ops::{Access, Call, Verb};
use crate::scenario::RefundOutcome;
use crate::store::{Change, Entry, Tx};

/// Gives money back.
pub const CREATE: Verb = Verb { name: "refunds.create", access: Access::Secret, moves_money: true, run };

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["payment_intent", "charge", "amount", "reason", "metadata", "expand"])?;
    let reason =
        node.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?.map(str::to_owned);
    let mut charge = charge_of(tx, &node)?;
    let id = &charge.id;
    if charge.dispute.is_some() {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(ApiError::invalid(message).code("charge_disputed"));
    }
    if charge.state == ChargeState::Pending {
        let message = format!("Charge {id} cannot be refunded yet: it has not settled.");
        return Err(ApiError::invalid(message).code("charge_not_refundable"));
    }
    if charge.amount_refunded > 0 && charge.refundable() == 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(ApiError::invalid(message).code("charge_already_refunded"));
    }
    let amount = node.integer("amount")?.unwrap_or_else(|| charge.refundable());
    if node.has("amount") && amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::invalid(message).code("parameter_invalid_integer").param("amount"));
    }
    if charge.refundable() == 0 {
        let message = format!("Charge {id} cannot be refunded: no money was taken with it.");
        return Err(ApiError::invalid(message).code("charge_not_refundable"));
    }
    if amount > charge.refundable() {
        let left = charge.refundable();
        let message =
            format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).");
        return Err(ApiError::invalid(message).param("amount"));
    }
    let (status, later) = course_of(tx, &charge);
    let mut refund = Refund {
        id: tx.id("re"),
        created: tx.now_s(),
        amount,
        currency: charge.currency.clone(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        kind: charge.instrument.kind().to_owned(),
        status,
        reason,
        metadata: Default::default(),
    };
    node.merge_metadata(&mut refund.metadata)?;
    charge.amount_refunded += amount;
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.put(Change::Refund(refund.clone()));
    let entry = Entry::new(Operation::Refund, &charge, amount, &refund.metadata);
    tx.journal(Entry { refund: Some(&refund.id), status: refund.status.as_str(), ..entry });
    if let Some((at_ms, errand)) = later {
        tx.later(at_ms, &refund.id, errand);
    }
    let view = refund.view();
    tx.emit("refund.created", &view);
    tx.emit("charge.refunded", &charge.view());
    Ok(view)
}

/// How a refund begins, and what becomes of it later, when. One to a bank account takes its time, as does one that a
/// scenario orders.
fn course_of(tx: &mut Tx<'_>, charge: &Charge) -> (RefundStatus, Option<(i64, Errand)>) {
    let now_ms = tx.context.now.as_millisecond();
    let usual_ms = milliseconds(tx.context.times.refund);
    let fails = |reason: &str| Errand::FailRefund { reason: reason.to_owned() };
    if let Some(order) = tx.ordered_refund.take() {
        let after_ms = order.after_s.map_or(usual_ms, |after_s| after_s.saturating_mul(1_000));
        let errand = match order.outcome {
            RefundOutcome::Settle => Errand::SettleRefund,
            RefundOutcome::Fail => fails(&order.reason),
        };
        return (RefundStatus::Pending, Some((now_ms.saturating_add(after_ms), errand)));
    }
    let (status, errand) = match &charge.instrument {
        Instrument::Card(card) => match card.script {
            Script::PendingRefund => (RefundStatus::Pending, Errand::SettleRefund),
            Script::RefundFails => (RefundStatus::Succeeded, fails("expired_or_canceled_card")),
            _ => return (RefundStatus::Succeeded, None),
        },
        Instrument::Bank(account) if account.part == Part::RefundFails => {
            (RefundStatus::Pending, fails("declined"))
        }
        Instrument::Bank(_) => (RefundStatus::Pending, Errand::SettleRefund),
    };
    (status, Some((now_ms.saturating_add(usual_ms), errand)))
}

/// The charge that is meant: by its own id, or the one that an intent ended in.
fn charge_of(tx: &Tx<'_>, node: &Node<'_>) -> Result<Charge, ApiError> {
    let book = tx.book();
    match (node.text("charge")?, node.text("payment_intent")?) {
        (Some(_), Some(_)) => {
            Err(ApiError::invalid("You may only specify one of these parameters: charge, payment_intent."))
        }
        (Some(id), None) => {
            book.charges.row(id).cloned().ok_or_else(|| ApiError::no_such("charge", id, "charge").status(404))
        }
        (None, Some(id)) => {
            let intent = book.payment_intents.row(id);
            let intent = intent
                .ok_or_else(|| ApiError::no_such("payment_intent", id, "payment_intent").status(404))?;
            let charge = intent.latest_charge.as_deref().and_then(|id| book.charges.row(id));
            charge.cloned().ok_or_else(|| {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    printable(id)
                );
                ApiError::invalid(message).param("payment_intent")
            })
        }
        (None, None) => Err(ApiError::missing("payment_intent")),
    }
}
