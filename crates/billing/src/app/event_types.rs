//! The events that organizations are told about, and what each of them says.

use paydesk_domain::wire::billing::PaymentStatus;
use serde_json::{Value, json};

use crate::app::view::{payment_status, receipt_number};
use crate::app::{AppError, text};
use crate::store::{
    ActionItemRow, CreditRow, CreditUseRow, EndpointRow, EventRow, MethodRow, PaymentRow, PlanRow,
    PlannedRow, RefundRow,
};

/// A card paid.
pub const PAYMENT_SUCCEEDED: &str = "payment.succeeded";
/// A bank was asked for a payment.
pub const PAYMENT_SUBMITTED: &str = "payment.submitted";
/// A bank's money came.
pub const PAYMENT_SETTLED: &str = "payment.settled";
/// A bank refused a payment, or took its money back.
pub const PAYMENT_RETURNED: &str = "payment.returned";
/// A debit was called off before the bank was asked.
pub const PAYMENT_CANCELED: &str = "payment.canceled";
/// An organization gave a client credit.
pub const CREDIT_CREATED: &str = "credit.created";
/// Credit paid lines of an invoice.
pub const CREDIT_USED: &str = "credit.used";
/// Money is on its way back.
pub const REFUND_PENDING: &str = "refund.pending";
/// Money went back, or a debit was called back.
pub const REFUND_SUCCEEDED: &str = "refund.succeeded";
/// Money did not go back: refused, not sent, or it did not arrive.
pub const REFUND_FAILED: &str = "refund.failed";
/// A payer agreed to be debited.
pub const MANDATE_ACCEPTED: &str = "mandate.accepted";
/// An agreement to be debited ended.
pub const MANDATE_ENDED: &str = "mandate.ended";
/// What was agreed to with a purchase has begun: installments, or a subscription.
pub const PLAN_STARTED: &str = "plan.started";
/// Nothing is to come of a plan any more.
pub const PLAN_COMPLETED: &str = "plan.completed";
/// Somebody ended a plan.
pub const PLAN_ENDED: &str = "plan.ended";
/// What is to come of a plan is charged to another method.
pub const PLAN_UPDATED: &str = "plan.updated";
/// A planned payment was paid.
pub const PLANNED_PAID: &str = "planned_payment.paid";
/// A planned payment failed. Later ones still run.
pub const PLANNED_FAILED: &str = "planned_payment.failed";
/// A planned payment was not charged, as what it is for was paid in another way.
pub const PLANNED_SKIPPED: &str = "planned_payment.skipped";
/// A planned payment has another day or amount.
pub const PLANNED_UPDATED: &str = "planned_payment.updated";
/// A planned payment was called off.
pub const PLANNED_CANCELED: &str = "planned_payment.canceled";
/// An admin saved a method to a client's wallet.
pub const METHOD_SAVED_BY_ADMIN: &str = "payment_method.saved_by_admin";
/// An admin brought a client's saved card up to date.
pub const METHOD_UPDATED_BY_ADMIN: &str = "payment_method.updated_by_admin";
/// A card that may be charged is not what it was, as its bank told.
pub const METHOD_UPDATED_BY_BANK: &str = "payment_method.updated_by_bank";
/// Its bank has closed a card that might be charged.
pub const METHOD_CLOSED: &str = "payment_method.closed";
/// A client lets an organization charge a method that was in their wallet.
pub const AUTHORIZATION_GIVEN: &str = "authorization.given";
/// A client lets an organization charge a saved method no more.
pub const AUTHORIZATION_REVOKED: &str = "authorization.revoked";
/// The client is to be told of something: send it to them.
pub const NOTIFICATION_REQUESTED: &str = "notification.requested";
/// Somebody must look at something.
pub const ACTION_ITEM_OPENED: &str = "action_item.opened";
/// An endpoint is told nothing any more.
pub const ENDPOINT_DISABLED: &str = "webhook_endpoint.disabled";
/// Stands for every type, those that come later as well.
pub const EVERY: &str = "*";

/// Every type there is. A test looks for types that are written and not listed here.
pub const ALL: &[&str] = &[
    PAYMENT_SUCCEEDED,
    PAYMENT_SUBMITTED,
    PAYMENT_SETTLED,
    PAYMENT_RETURNED,
    PAYMENT_CANCELED,
    CREDIT_CREATED,
    CREDIT_USED,
    REFUND_PENDING,
    REFUND_SUCCEEDED,
    REFUND_FAILED,
    MANDATE_ACCEPTED,
    MANDATE_ENDED,
    PLAN_STARTED,
    PLAN_COMPLETED,
    PLAN_ENDED,
    PLAN_UPDATED,
    PLANNED_PAID,
    PLANNED_FAILED,
    PLANNED_SKIPPED,
    PLANNED_UPDATED,
    PLANNED_CANCELED,
    METHOD_SAVED_BY_ADMIN,
    METHOD_UPDATED_BY_ADMIN,
    METHOD_UPDATED_BY_BANK,
    METHOD_CLOSED,
    AUTHORIZATION_GIVEN,
    AUTHORIZATION_REVOKED,
    NOTIFICATION_REQUESTED,
    ACTION_ITEM_OPENED,
    ENDPOINT_DISABLED,
];

/// The type that tells of a payment in its present state.
pub fn of_payment(row: &PaymentRow) -> &'static str {
    match payment_status(row) {
        PaymentStatus::Succeeded => PAYMENT_SUCCEEDED,
        PaymentStatus::Submitted => PAYMENT_SUBMITTED,
        PaymentStatus::Settled => PAYMENT_SETTLED,
        PaymentStatus::Returned => PAYMENT_RETURNED,
        PaymentStatus::Canceled => PAYMENT_CANCELED,
    }
}

/// What an event about an action item says.
pub fn action_item(row: &ActionItemRow) -> Value {
    json!({
        "id": row.id,
        "kind": row.kind,
        "account": row.account_id,
        "subject": row.subject,
        "amount": row.amount,
        "currency": row.currency,
        "code": row.code,
    })
}

/// What an event about a plan says.
pub fn plan(row: &PlanRow) -> Value {
    json!({
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "account": row.account_id,
        "invoice": row.invoice_id,
        "payment_method": row.method_id,
        "currency": row.currency,
    })
}

/// What an event about a planned payment says.
pub fn planned(row: &PlannedRow) -> Value {
    json!({
        "id": row.id,
        "plan": row.plan_id,
        "account": row.account_id,
        "invoice": row.invoice_id,
        "payment_method": row.method_id,
        "charge": row.attempt_id,
        "amount": row.amount,
        "currency": row.currency,
        "due_on": row.due_on,
        "status": row.status,
        "because": row.because,
    })
}

/// What an event about a permission to charge a method says: nothing but what the organization was shown of the method.
pub fn authorization(id: &str, method: &MethodRow, because: Option<&str>) -> Value {
    json!({
        "id": id,
        "login": method.login_id,
        "payment_method": method.id,
        "kind": method.kind,
        "brand": method.brand,
        "last4": method.last4,
        "because": because,
    })
}

/// What an event says about a card of which its bank told.
pub fn told_by_bank(method: &MethodRow) -> Value {
    json!({
        "id": method.id,
        "login": method.login_id,
        "kind": method.kind,
        "brand": method.brand,
        "last4": method.last4,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "closed_at": method.closed_at_ms.map(text::time),
    })
}

/// What an event about a mandate says.
pub fn mandate(id: &str, account: &str) -> Value {
    json!({ "id": id, "account": account })
}

/// What an event about a payment says.
pub fn payment(row: &PaymentRow) -> Value {
    json!({
        "id": row.id,
        "account": row.account_id,
        "invoice": row.invoice_id,
        "attempt": row.attempt_id,
        "kind": row.kind,
        "status": row.status,
        "return_code": row.return_code,
        "amount": row.amount,
        "currency": row.currency,
        "brand": row.brand,
        "last4": row.last4,
        "paid_at": text::time(row.paid_at_ms),
        "receipt": row.receipt_id,
        "receipt_number": receipt_number(row.receipt_number),
    })
}

/// What an event about credit that was given says. Why it was is the organization's own affair.
pub fn credit(row: &CreditRow) -> Value {
    json!({ "id": row.id, "account": row.account_id, "amount": row.amount, "currency": row.currency })
}

/// What an event about credit that was used says. A receipt it has where credit alone paid; else that of the payment is for both.
pub fn credit_used(row: &CreditUseRow, amount: i64, receipt: Option<(&str, i64)>) -> Value {
    json!({
        "id": row.id,
        "account": row.account_id,
        "invoice": row.invoice_id,
        "attempt": row.attempt_id,
        "amount": amount,
        "currency": row.currency,
        "receipt": receipt.map(|(id, _)| id),
        "receipt_number": receipt.map(|(_, number)| receipt_number(number)),
    })
}

/// The type that tells of a refund in its present state.
pub fn of_refund(row: &RefundRow) -> &'static str {
    match row.status.as_str() {
        "succeeded" => REFUND_SUCCEEDED,
        "failed" | "refused" | "failed_before_send" => REFUND_FAILED,
        _ => REFUND_PENDING,
    }
}

/// What an event about a refund says.
pub fn refund(row: &RefundRow) -> Value {
    let has_failed = of_refund(row) == REFUND_FAILED;
    json!({
        "id": row.id,
        "payment": row.payment_id,
        "account": row.account_id,
        "invoice": row.invoice_id,
        "kind": row.kind,
        "status": row.status,
        "code": row.detail.as_ref().filter(|_| has_failed),
        "continues": row.continues,
        "continued_by": row.continued_by,
        "amount": row.amount,
        "currency": row.currency,
    })
}

/// What `webhook_endpoint.disabled` says.
pub fn endpoint_disabled(endpoint: &str, reason: &str, delivery: &str, now_ms: i64) -> Value {
    json!({
        "id": endpoint,
        "reason": reason,
        "delivery": delivery,
        "disabled_at": text::time(now_ms),
    })
}

/// The data of an event. One that is older than the keeping of data has its subject alone.
pub fn data(row: &EventRow) -> Value {
    let kept = row.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
    kept.unwrap_or_else(|| json!({ "id": row.subject }))
}

/// Reads which types an endpoint listens to; all of them when none is named.
///
/// # Errors
/// A refusal of `events`.
pub fn read_wanted(types: &[String]) -> Result<Vec<String>, AppError> {
    if types.is_empty() || types.iter().any(|name| name == EVERY) {
        return Ok(vec![EVERY.to_owned()]);
    }
    let mut wanted = types.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    match wanted.iter().find(|name| !ALL.contains(&name.as_str())) {
        Some(_) => {
            let known = ALL.join(", ");
            Err(AppError::invalid(
                "events",
                format!("Types of events, or \"*\" for all. There are: {known}."),
            ))
        }
        None => Ok(wanted),
    }
}

/// The types that an endpoint listens to.
pub fn wanted(row: &EndpointRow) -> Vec<String> {
    serde_json::from_str(&row.events).unwrap_or_default()
}

/// Whether an endpoint listens to a type.
pub fn listens(row: &EndpointRow, topic: &str) -> bool {
    wanted(row).iter().any(|name| name == EVERY || name == topic)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.into_iter().flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// Positive control: taking a type out of `ALL` fails this, if it is written as a text anywhere (tried with
    /// `"payment.refunded"` in a call).
    #[test]
    fn every_type_that_is_written_is_listed() {
        let mut calls = 0;
        for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let program = text.split("#[cfg(test)]").next().unwrap();
            for call in program.split(".insert_outbox(").skip(1) {
                calls += 1;
                let arguments = call.split(';').next().unwrap();
                let literals = arguments.split('"').skip(1).step_by(2);
                for name in literals.filter(|literal| literal.contains('.')) {
                    assert!(ALL.contains(&name), "{name} in {}", file.display());
                }
            }
        }
        assert!(calls >= 2, "the calls are found at all");
    }

    /// Positive control: a type that is taken out of the table fails this (tried).
    #[test]
    fn every_type_is_documented() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/WEBHOOKS.md");
        let text = std::fs::read_to_string(path).unwrap();
        let table: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        for name in ALL {
            let rows =
                table.iter().filter(|row| row.split('|').nth(1).unwrap().contains(&format!("`{name}`")));
            assert_eq!(rows.count(), 1, "{name} in docs/WEBHOOKS.md");
        }
    }

    #[test]
    fn reads_which_types_are_wanted() {
        let read = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            read_wanted(&names).ok()
        };
        assert_eq!(read(&[]), Some(vec!["*".to_owned()]));
        assert_eq!(read(&["payment.succeeded", "*"]), Some(vec!["*".to_owned()]));
        assert_eq!(read(&[PAYMENT_SUCCEEDED, PAYMENT_SUCCEEDED]), Some(vec![PAYMENT_SUCCEEDED.to_owned()]));
        assert_eq!(read(&["payment.suceeded"]), None);
        let row = EndpointRow { events: "[\"payment.succeeded\"]".to_owned(), ..EndpointRow::default() };
        assert!(listens(&row, PAYMENT_SUCCEEDED) && !listens(&row, ENDPOINT_DISABLED));
        let row = EndpointRow { events: "[\"*\"]".to_owned(), ..EndpointRow::default() };
        assert!(listens(&row, ENDPOINT_DISABLED));
    }
}
