//! Keeps a bank account for later debits: with the payer's consent, and verified where that is asked.

use serde_json::Value;

use super::confirm::{refuse, succeed};
use crate::banks::part::Part;
use crate::cards::decline::Decline;
use crate::error::ApiError;
use crate::model::{
    BankAccount, Errand, MandateScope, MandateStatus, PaymentMethod, SetupIntent, SetupStatus,
};
use crate::ops::consent::{Asker, Consent, covering_mandate, put_mandate};
use crate::ops::microdeposits;
use crate::store::{Change, Tx};

/// Keeps an account, or asks for its verification first.
///
/// # Errors
/// 400 without the payer's consent, 402 when no microdeposits can be sent.
pub fn keep_account(
    tx: &mut Tx<'_>,
    mut intent: SetupIntent,
    method: PaymentMethod,
    account: &BankAccount,
    consent: &Consent,
) -> Result<Value, ApiError> {
    let scope = MandateScope::MultiUse;
    let mandate = covering_mandate(tx, Asker::Setup, consent, &method, scope, &intent.terms)?;
    intent.mandate = Some(mandate.id.clone());
    if !intent.terms.by_microdeposits || account.verified {
        put_mandate(tx, mandate, MandateStatus::Active);
        return Ok(succeed(tx, intent, method));
    }
    if account.part == Part::NoMicrodeposits {
        intent.mandate = None;
        let error = ApiError::card(&Decline::by_code("payment_method_microdeposit_failed"));
        return Err(refuse(tx, intent, &method, error));
    }
    put_mandate(tx, mandate, MandateStatus::Pending);
    let verification = microdeposits::begin(tx);
    tx.never(&intent.id);
    let over_ms = tx.context.now.as_millisecond() + microdeposits::ANSWER_MS_MAX;
    tx.later(over_ms, &intent.id, Errand::Expire);
    intent.status = SetupStatus::Verifying(verification);
    let view = intent.view();
    tx.put(Change::SetupIntent(intent));
    tx.emit("setup_intent.requires_action", &view);
    Ok(view)
}
