//! Puts something to a client's credit: a promise of the organization's, and no money that came in.

use paydesk_domain::id::{CreditId, OutboxId};
use paydesk_domain::money::{Currency, Money};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::create_invoice::AMOUNT_MAX;
use crate::app::erase_client::refuse_erased;
use crate::app::read_credits::view;
use crate::app::take_payment::book;
use crate::app::{App, AppError, event_types, text};
use crate::store::{CreditRow, OrgTx};
use crate::wire::{CreditView, NewCredit};

/// How long the reason may be.
const REASON_CHARACTERS_MAX: usize = 200;

impl App {
    /// Gives credit. It is never taken back.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn create_credit(
        &self,
        mut tx: OrgTx,
        new: NewCredit,
    ) -> Result<(OrgTx, CreditView), AppError> {
        let now = self.mint.now_ms();
        let currency: Currency =
            new.currency.parse().map_err(|_| AppError::invalid("currency", "Three letters, such as CAD."))?;
        if !(1..=AMOUNT_MAX).contains(&new.amount) {
            return Err(AppError::invalid("amount", format!("Minor units, 1 to {AMOUNT_MAX}.")));
        }
        if tx.find_account(&new.client).await?.is_none() {
            return Err(AppError::invalid("client", "There is no such client of yours."));
        }
        refuse_erased(&mut tx, &new.client).await?;
        let row = CreditRow {
            id: self.mint.id(CreditId::new)?.as_str().to_owned(),
            account_id: new.client,
            amount: new.amount,
            currency: currency.code().to_owned(),
            reason: text::required("reason", &new.reason, REASON_CHARACTERS_MAX)?,
            created_at_ms: now,
            available: new.amount,
        };
        tx.insert_credit(&row).await?;
        let credit = format!("client_credit:{}", row.account_id);
        let given = Money::new(row.amount, currency);
        book(&mut tx, &self.mint, "credit_granted", &row.id, given, ["credits_granted", &credit]).await?;
        // Why it was given may name somebody: what is in the audit log cannot be taken out again.
        let detail = json!({"account": row.account_id, "amount": row.amount, "currency": row.currency});
        note(&mut tx, &self.mint, Action::CreditCreated, &row.id, detail)?;
        let id = self.mint.id(OutboxId::new)?;
        let told = event_types::credit(&row);
        tx.insert_outbox(id.as_str(), event_types::CREDIT_CREATED, &row.id, &told, now).await?;
        Ok((tx, view(row)))
    }
}
