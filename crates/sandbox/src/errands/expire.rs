//! The time to verify an account, or to answer the bank's question, is over.

use crate::model::{IntentStatus, SetupStatus};
use crate::ops::microdeposits::TIMEOUT;
use crate::ops::{payment_intents, setup_intents};
use crate::store::Tx;

/// Gives up what an intent waits for. A question that nobody answered counts as answered wrongly.
pub fn expire(tx: &mut Tx<'_>, intent: &str) {
    let payment = tx.book().payment_intents.row(intent).cloned();
    if let Some(asked) = payment.clone().filter(|intent| intent.status == IntentStatus::RequiresAction) {
        // What cannot be refused any more stays as it is.
        let _ = payment_intents::finish_authentication(tx, asked, false);
        return;
    }
    if let Some(payment) = payment.filter(|intent| matches!(intent.status, IntentStatus::Verifying(_))) {
        payment_intents::give_up(tx, payment, TIMEOUT);
        return;
    }
    let setup = tx.book().setup_intents.row(intent).cloned();
    if let Some(asked) = setup.clone().filter(|intent| intent.status == SetupStatus::RequiresAction) {
        let _ = setup_intents::finish_authentication(tx, asked, false);
        return;
    }
    if let Some(setup) = setup.filter(|intent| matches!(intent.status, SetupStatus::Verifying(_))) {
        setup_intents::give_up(tx, setup, TIMEOUT);
    }
}
