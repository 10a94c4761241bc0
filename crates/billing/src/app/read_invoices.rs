//! Reads invoices.

use paydesk_domain::balance::Reconciliation;

use crate::app::read_clients::{cut, page};
use crate::app::view::payable_now;
use crate::app::{App, AppError, text};
use crate::store::{InvoiceFilter, InvoiceRow, ItemRow, OrgTx, Tenant};
use crate::wire::{InvoicesQuery, List, OwnInvoiceView, OwnItemView};

impl App {
    /// One invoice.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_invoice(&self, tenant: &Tenant, id: &str) -> Result<OwnInvoiceView, AppError> {
        invoice(&mut tenant.read().await?, id).await
    }

    /// A page of invoices.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_invoices(
        &self,
        tenant: &Tenant,
        query: InvoicesQuery,
    ) -> Result<List<OwnInvoiceView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = InvoiceFilter {
            account: query.account.unwrap_or_default(),
            number: query.number.unwrap_or_default(),
        };
        let mut tx = tenant.read().await?;
        let rows = tx.list_invoices(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            data.push(view(&mut tx, row).await?);
        }
        Ok(List { data, next_cursor })
    }
}

/// One invoice, within a transaction.
pub(super) async fn invoice(tx: &mut OrgTx, id: &str) -> Result<OwnInvoiceView, AppError> {
    let row = tx.find_invoice(id).await?.ok_or_else(AppError::not_found)?;
    view(tx, row).await
}

async fn view(tx: &mut OrgTx, row: InvoiceRow) -> Result<OwnInvoiceView, AppError> {
    let item = |item: ItemRow| OwnItemView {
        id: item.id,
        description: item.description,
        participant: item.participant,
        amount: item.amount,
        covered: item.covered,
    };
    let planned = tx.planned_sum(&row.id).await?;
    let items = tx.list_items(&row.id).await?.into_iter().map(item).collect();
    Ok(OwnInvoiceView {
        items,
        total: row.total,
        paid: row.paid,
        balance: row.total.saturating_sub(row.paid),
        pending: row.pending,
        payable_now: payable_now(&row),
        reconciliation: Reconciliation::of_invoice(row.total, row.paid, planned).as_str().to_owned(),
        created_at: text::time(row.created_at_ms),
        id: row.id,
        account: row.account_id,
        number: row.number,
        currency: row.currency,
    })
}
