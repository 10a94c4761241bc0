//! Debits a bank account: accepts the debit, fixes what will become of it, and leaves the rest to time.

use serde_json::Value;

use super::confirm::{Confirmation, keep_or_spend, new_charge, refuse};
use crate::banks::Rail;
use crate::banks::fate::{Ending, Fate};
use crate::banks::part::Part;
use crate::cards::decline::Decline;
use crate::config::milliseconds;
use crate::error::ApiError;
use crate::model::{
    BankAccount, Charge, ChargeState, Errand, IntentStatus, Mandate, MandateScope, MandateStatus, Operation,
    PaymentIntent, PaymentMethod,
};
use crate::ops::authorize::refuse_debit;
use crate::ops::consent::{Asker, covering_mandate, put_mandate};
use crate::ops::microdeposits;
use crate::store::{Change, Entry, Tx};

/// Debits an account, or asks for its verification first.
///
/// # Errors
/// 400 when it may not be debited, 402 when that is refused at once.
pub fn debit(
    tx: &mut Tx<'_>,
    intent: PaymentIntent,
    method: PaymentMethod,
    account: &BankAccount,
    how: &Confirmation<'_>,
) -> Result<Value, ApiError> {
    check_fit(&intent, account.rail())?;
    let mandate =
        covering_mandate(tx, Asker::Payment, &how.consent, &method, scope_of(&intent), &intent.terms)?;
    let must_verify = intent.terms.by_microdeposits && !account.verified;
    if must_verify && account.part == Part::NoMicrodeposits {
        let decline = Decline::by_code("payment_method_microdeposit_failed");
        return Err(refuse(tx, intent, &method, &decline));
    }
    if must_verify {
        return Ok(ask_for_verification(tx, intent, &method, mandate));
    }
    accept(tx, intent, method, account, mandate)
}

/// Accepts a debit of an account that needs no verification (any more).
///
/// # Errors
/// 402 when it is refused at once, 400 when a scenario orders what this rail does not have.
pub fn accept(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    method: PaymentMethod,
    account: &BankAccount,
    mandate: Mandate,
) -> Result<Value, ApiError> {
    if let Some(decline) = refuse_debit(tx, account)? {
        return Err(refuse(tx, intent, &method, &decline));
    }
    let rail = account.rail();
    let fate = match tx.ordered_debit.take() {
        Some(order) => order.fate(rail)?,
        None => account.part.fate(rail, account.is_company()),
    };
    let mut charge = new_charge(tx, &intent, &method, ChargeState::Pending);
    charge.mandate = Some(mandate.id.clone());
    let delay_s = account.part.delay_s();
    tx.put(Change::Charge(Box::new(charge.clone())));
    tx.journal(Entry::new(Operation::Submit, &charge, intent.amount, &intent.metadata));
    schedule(tx, &charge, rail, fate, delay_s);
    keep_or_spend(tx, &intent, method, false);
    use_mandate(tx, mandate);
    intent.status = IntentStatus::Processing;
    intent.latest_charge = Some(charge.id.clone());
    intent.mandate = charge.mandate.clone();
    intent.failure = None;
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("charge.pending", &charge.view());
    tx.emit("payment_intent.processing", &view);
    Ok(view)
}

/// Puts on the agenda what will become of a debit.
fn schedule(tx: &mut Tx<'_>, charge: &Charge, rail: Rail, fate: Fate, delay_s: i64) {
    let times = tx.context.times;
    let wait_ms = match fate.settle_after_s {
        Some(after_s) => after_s.saturating_mul(1_000),
        None => milliseconds(times.settle(rail)).saturating_add(delay_s * 1_000),
    };
    let settles_ms = tx.context.now.as_millisecond().saturating_add(wait_ms);
    match fate.ending {
        Ending::Settles => tx.later(settles_ms, &charge.id, Errand::Settle),
        Ending::Fails(refusal) => tx.later(settles_ms, &charge.id, Errand::Fail(refusal)),
        Ending::ComesBack { code, after_s } => {
            tx.later(settles_ms, &charge.id, Errand::Settle);
            let after_ms = after_s.map_or_else(|| milliseconds(times.come_back), |s| s.saturating_mul(1_000));
            tx.later(settles_ms.saturating_add(after_ms), &charge.id, Errand::SendBack(code));
        }
        Ending::Stays => {}
    }
    if let Some(correction) = fate.correction {
        let payment_method = charge.payment_method.clone();
        tx.later(settles_ms, &charge.id, Errand::Correct { payment_method, correction });
    }
}

/// Keeps a mandate that is new, and uses up one that is good for one debit.
fn use_mandate(tx: &mut Tx<'_>, mandate: Mandate) {
    let is_single = mandate.scope != MandateScope::MultiUse;
    put_mandate(tx, mandate.clone(), MandateStatus::Active);
    if is_single {
        put_mandate(tx, mandate, MandateStatus::Inactive);
    }
}

fn ask_for_verification(
    tx: &mut Tx<'_>,
    mut intent: PaymentIntent,
    method: &PaymentMethod,
    mandate: Mandate,
) -> Value {
    intent.mandate = Some(mandate.id.clone());
    let status = match tx.book().mandates.row(&mandate.id) {
        Some(known) => known.status,
        None => MandateStatus::Pending,
    };
    put_mandate(tx, mandate, status);
    let verification = microdeposits::begin(tx);
    tx.never(&intent.id);
    let over_ms = tx.context.now.as_millisecond() + microdeposits::ANSWER_MS_MAX;
    tx.later(over_ms, &intent.id, Errand::Expire);
    intent.payment_method = Some(method.id.clone());
    intent.status = IntentStatus::Verifying(verification);
    let view = intent.view();
    tx.put(Change::PaymentIntent(intent));
    tx.emit("payment_intent.requires_action", &view);
    view
}

fn scope_of(intent: &PaymentIntent) -> MandateScope {
    match intent.setup_future_usage {
        Some(_) => MandateScope::MultiUse,
        None => MandateScope::SingleUse { amount: intent.amount, currency: intent.currency.clone() },
    }
}

fn check_fit(intent: &PaymentIntent, rail: Rail) -> Result<(), ApiError> {
    if intent.manual_capture {
        let message = format!("The payment method type {} does not support manual capture.", rail.kind());
        return Err(ApiError::invalid(message).param("capture_method"));
    }
    super::check_currency(&[rail.kind().to_owned()], &intent.currency)
}
