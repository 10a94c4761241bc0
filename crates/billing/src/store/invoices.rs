//! Invoices and their items.

use crate::store::macros::{execute, fetch_all, fetch_optional};
use crate::store::rows::{InvoiceRow, ItemRow};
use crate::store::tx::{OrgTx, Page};
use crate::store::{StoreError, sql};

/// What an invoice begins with.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    /// `inv_…`.
    pub id: String,
    /// Who owes it.
    pub account_id: String,
    /// The number printed on it.
    pub number: String,
    /// ISO 4217.
    pub currency: String,
    /// The sum of the items, minor units.
    pub total: i64,
    /// Its lines, top first.
    pub items: Vec<NewItem>,
}

/// A line of an invoice.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// `itm_…`.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// Who takes part.
    pub participant: Option<String>,
    /// Minor units.
    pub amount: i64,
}

/// Which invoices are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct InvoiceFilter {
    /// Who owes them.
    pub account: String,
    /// The number printed on them.
    pub number: String,
}

impl OrgTx {
    /// Writes an invoice with its items.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the number is taken.
    pub async fn insert_invoice(&mut self, new: NewInvoice, now_ms: i64) -> Result<(), StoreError> {
        let NewInvoice { id, account_id, number, currency, total, items } = new;
        execute!(self, sql::INSERT_INVOICE, &self.org, &id, account_id, number, currency, total, now_ms)?;
        for (position, item) in (0_i64..).zip(items) {
            let NewItem { id: item_id, description, participant, amount } = item;
            execute!(
                self,
                sql::INSERT_ITEM,
                &self.org,
                item_id,
                &id,
                position,
                description,
                participant,
                amount
            )?;
        }
        Ok(())
    }

    /// Finds an invoice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_invoice(&mut self, id: &str) -> Result<Option<InvoiceRow>, StoreError> {
        fetch_optional!(self, InvoiceRow, sql::FIND_INVOICE, &self.org, id)
    }

    /// Lists invoices, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_invoices(
        &mut self,
        page: &Page,
        filter: &InvoiceFilter,
    ) -> Result<Vec<InvoiceRow>, StoreError> {
        let InvoiceFilter { account, number } = filter;
        fetch_all!(self, InvoiceRow, sql::LIST_INVOICES, &self.org, &page.after, account, number, page.limit)
    }

    /// Lists the items of an invoice, top first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_items(&mut self, invoice: &str) -> Result<Vec<ItemRow>, StoreError> {
        fetch_all!(self, ItemRow, sql::LIST_ITEMS, &self.org, invoice)
    }
}
