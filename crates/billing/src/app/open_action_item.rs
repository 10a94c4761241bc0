//! Asks a human to look at something, once, and tells of it.

use paydesk_domain::id::{ActionItemId, OutboxId};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::{App, AppError, event_types};
use crate::store::{ActionItemRow, AttemptRow, OrgTx, RefundRow};

/// What an action item is about.
#[derive(Debug)]
pub(super) struct Subject {
    /// The attempt, the refund, the payment method, the planned payment or the plan.
    pub(super) id: String,
    /// Whose account.
    pub(super) account: String,
    /// How much it is about, minor units.
    pub(super) amount: i64,
    /// ISO 4217.
    pub(super) currency: String,
}

impl From<&AttemptRow> for Subject {
    fn from(row: &AttemptRow) -> Self {
        let (id, account, currency) = (row.id.clone(), row.account_id.clone(), row.currency.clone());
        Self { id, account, amount: row.amount, currency }
    }
}

impl From<&RefundRow> for Subject {
    fn from(row: &RefundRow) -> Self {
        let (id, account, currency) = (row.id.clone(), row.account_id.clone(), row.currency.clone());
        Self { id, account, amount: row.amount, currency }
    }
}

impl App {
    /// Opens an action item, unless one of its kind is open about the same already.
    pub(super) async fn open_item(
        &self,
        tx: &mut OrgTx,
        kind: &'static str,
        about: impl Into<Subject>,
        code: Option<&str>,
    ) -> Result<(), AppError> {
        let Subject { id, account, amount, currency } = about.into();
        let now = self.mint.now_ms();
        let item = ActionItemRow {
            id: self.mint.id(ActionItemId::new)?.as_str().to_owned(),
            kind: kind.to_owned(),
            account_id: account,
            subject: id,
            amount,
            currency,
            code: code.map(str::to_owned),
            created_at_ms: now,
            ..ActionItemRow::default()
        };
        if !tx.open_action_item(&item).await? {
            return Ok(());
        }
        let detail = json!({"kind": item.kind, "subject": item.subject, "code": item.code});
        note(tx, &self.mint, Action::ActionItemOpened, &item.id, detail)?;
        let id = self.mint.id(OutboxId::new)?;
        let told = event_types::action_item(&item);
        tx.insert_outbox(id.as_str(), event_types::ACTION_ITEM_OPENED, &item.id, &told, now).await?;
        Ok(())
    }
}
