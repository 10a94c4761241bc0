//! A bank has corrected an account: a notice of change.
//!
//! Nacha's rules ask whoever debits an account to make the correction within six banking days, or before the next debit
//! (general knowledge of them, to be confirmed with the processor). The processor has made it where it counts:
//! the method keeps its name, and its next debit goes to the corrected account. What is left are the records: the wallet
//! is corrected here, and each organization that has debited the account is asked to correct its own.

use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::open_action_item::Subject;
use crate::app::record_outcome::Applied;
use crate::app::{App, AppError};
use crate::store::OwnerRow;

/// What is new of an account.
#[derive(Clone, Debug)]
pub(super) struct Correction {
    /// The processor's name for the method.
    pub reference: String,
    /// The last digits.
    pub last4: String,
    /// The bank's name.
    pub bank: String,
    /// The bank's number.
    pub routing_number: Option<String>,
}

impl App {
    /// Keeps a correction for everybody who has debited the account. `None` when nobody here has.
    pub(super) async fn correct_account(&self, new: &Correction) -> Result<Option<Applied>, AppError> {
        let debited_by = self.store.debited_by(&self.settings.vault, &new.reference).await?;
        let mut applied = None;
        for owner in debited_by {
            applied = self.correct_for(&owner, new).await?.or(applied);
        }
        Ok(applied)
    }

    /// The same for one organization, by its newest debit of the account.
    async fn correct_for(&self, owner: &OwnerRow, new: &Correction) -> Result<Option<Applied>, AppError> {
        let Some(tenant) = self.tenant_of(&owner.org_id) else {
            return Ok(None);
        };
        let mut tx = tenant.write().await?;
        let row = tx.find_attempt(&owner.id).await?;
        let row = row.ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
        tx.act_for_login(&row.login_id).await?;
        let detail = json!({"attempt": row.id, "from": {"last4": row.last4, "bank": row.brand},
            "to": {"last4": new.last4, "bank": new.bank, "routing_number": new.routing_number}});
        match tx.method_by_reference(&row.login_id, &row.vault, &new.reference).await? {
            Some(method) => {
                tx.correct_method(&row.login_id, &method.id, &new.last4, &new.bank).await?;
                note(&mut tx, &self.mint, Action::MethodCorrected, &method.id, detail)?;
                let (id, account, currency) = (method.id, row.account_id, row.currency);
                let about = Subject { id, account, amount: 0, currency };
                self.open_item(&mut tx, "account_corrected", about, None).await?;
            }
            // It was good for one debit, and nothing will be debited from it: what was corrected is kept all the same.
            None => note(&mut tx, &self.mint, Action::MethodCorrected, &row.id, detail)?,
        }
        tx.commit().await?;
        Ok(Some(Applied::Changed))
    }
}
