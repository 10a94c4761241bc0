//! The time to verify an account is over.

use crate::model::{IntentStatus, SetupStatus};
use crate::ops::microdeposits::TIMEOUT;
use crate::ops::{payment_intents, setup_intents};
use crate::store::Tx;

/// Gives up the verification that an intent waits for.
pub fn expire(tx: &mut Tx<'_>, intent: &str) {
    let payment = tx.book().payment_intents.row(intent).cloned();
    if let Some(payment) = payment.filter(|intent| matches!(intent.status, IntentStatus::Verifying(_))) {
        payment_intents::give_up(tx, payment, TIMEOUT);
        return;
    }
    let setup = tx.book().setup_intents.row(intent).cloned();
    if let Some(setup) = setup.filter(|intent| matches!(intent.status, SetupStatus::Verifying(_))) {
        setup_intents::give_up(tx, setup, TIMEOUT);
    }
}
