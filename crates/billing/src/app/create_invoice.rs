//! Makes an invoice with its items, and books what is owed.

use paydesk_domain::id::{InvoiceId, InvoiceItemId};
use paydesk_domain::money::{Currency, Money};
use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::erase_client::refuse_erased;
use crate::app::take_payment::book;
use crate::app::{App, AppError, read_invoices, text};
use crate::store::{self, ItemTermsRow, OrgTx, OrganizationRow};
use crate::wire::{NewInvoice, NewItem, OwnInvoiceView};

const ITEMS_MAX: usize = 100;
/// 10 million in a currency with two decimals: far above any invoice, far below where sums overflow.
pub(super) const AMOUNT_MAX: i64 = 1_000_000_000;

impl App {
    /// Makes an invoice.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn create_invoice(
        &self,
        mut tx: OrgTx,
        new: NewInvoice,
    ) -> Result<(OrgTx, OwnInvoiceView), AppError> {
        let now = self.mint.now_ms();
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let currency: Currency = new
            .currency
            .unwrap_or_else(|| organization.currency.clone())
            .parse()
            .map_err(|_| AppError::invalid("currency", "Three letters, such as CAD."))?;
        if tx.find_account(&new.account).await?.is_none() {
            return Err(AppError::invalid("account", "There is no such client of yours."));
        }
        refuse_erased(&mut tx, &new.account).await?;
        let number = text::optional("number", new.number.as_deref(), 40)?;
        if new.items.is_empty() || new.items.len() > ITEMS_MAX {
            return Err(AppError::invalid("items", format!("1 to {ITEMS_MAX} lines.")));
        }
        let (items, terms, total) = self.read_items(&mut tx, &organization, new.items, currency).await?;
        let number = match number {
            Some(number) => number,
            None => format!("INV-{:06}", tx.next_invoice_number().await?),
        };
        let id = self.mint.id(InvoiceId::new)?.as_str().to_owned();
        let (account_id, currency) = (new.account, currency.code().to_owned());
        let receivable = format!("receivable:{account_id}");
        let row =
            store::NewInvoice { id: id.clone(), account_id, number, currency, total: total.minor(), items };
        tx.insert_invoice(row, now).await.map_err(|error| {
            if error.is_unique_violation() {
                AppError::invalid("number", "An invoice with this number exists already.")
            } else {
                error.into()
            }
        })?;
        for line in terms {
            tx.insert_item_terms(&id, &line).await?;
        }
        book(&mut tx, &self.mint, "invoice", &id, total, [&receivable, "income"]).await?;
        let view = read_invoices::invoice(&mut tx, &id).await?;
        let detail = json!({"account": view.account, "amount": view.total, "currency": view.currency});
        note(&mut tx, &self.mint, Action::InvoiceCreated, &id, detail)?;
        Ok((tx, view))
    }

    /// The lines, how some of them may be paid, and their sum.
    async fn read_items(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        items: Vec<NewItem>,
        currency: Currency,
    ) -> Result<(Vec<store::NewItem>, Vec<ItemTermsRow>, Money), AppError> {
        let (mut total, mut terms) = (Money::zero(currency), Vec::new());
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            if !(0..=AMOUNT_MAX).contains(&item.amount) {
                let detail = format!("Minor units, 0 to {AMOUNT_MAX}.");
                return Err(AppError::invalid(format!("items[{index}].amount"), detail));
            }
            let id = self.mint.id(InvoiceItemId::new)?.as_str().to_owned();
            let line = self.line_terms(tx, organization, &format!("items[{index}]"), &item, &id).await?;
            terms.extend(line.row);
            total = total
                .checked_add(Money::new(line.amount, currency))
                .map_err(|_| AppError::invalid("items", "The sum is too large."))?;
            read.push(store::NewItem {
                id,
                description: text::required("items.description", &item.description, 500)?,
                participant: text::optional("items.participant", item.participant.as_deref(), 200)?,
                amount: line.amount,
            });
        }
        if !total.is_positive() {
            let detail = "The sum of the lines must be above zero.";
            return Err(AppError::param(ErrorCode::NothingToPay, "items", detail));
        }
        Ok((read, terms, total))
    }
}
