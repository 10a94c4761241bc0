//! Reads payments and receipts.

use paydesk_domain::card::Brand;

use crate::app::read_clients::{cut, page};
use crate::app::view::receipt_number;
use crate::app::{App, AppError, text};
use crate::store::{AllocationRow, OrgTx, PaymentFilter, PaymentRow, Tenant};
use crate::wire::{AllocationView, List, OwnReceiptView, PaymentView, PaymentsQuery};

impl App {
    /// One payment.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_payment(&self, tenant: &Tenant, id: &str) -> Result<PaymentView, AppError> {
        let mut tx = tenant.read().await?;
        let row = tx.find_payment(id).await?.ok_or_else(AppError::not_found)?;
        view(&mut tx, row).await
    }

    /// A page of payments.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_payments(
        &self,
        tenant: &Tenant,
        query: PaymentsQuery,
    ) -> Result<List<PaymentView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = PaymentFilter {
            invoice: query.invoice.unwrap_or_default(),
            account: query.account.unwrap_or_default(),
        };
        let mut tx = tenant.read().await?;
        let rows = tx.list_payments(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            data.push(view(&mut tx, row).await?);
        }
        Ok(List { data, next_cursor })
    }

    /// One receipt.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_receipt(&self, tenant: &Tenant, id: &str) -> Result<OwnReceiptView, AppError> {
        let mut tx = tenant.read().await?;
        let row = tx.payment_of_receipt(id).await?.ok_or_else(AppError::not_found)?;
        let allocations = allocations(&mut tx, &row.id).await?;
        Ok(OwnReceiptView {
            id: row.receipt_id,
            number: receipt_number(row.receipt_number),
            payment: row.id,
            invoice: row.invoice_id,
            account: row.account_id,
            amount: row.amount,
            currency: row.currency,
            paid_at: text::time(row.paid_at_ms),
            brand: row.brand.as_deref().map(Brand::parse),
            last4: row.last4,
            allocations,
        })
    }
}

async fn view(tx: &mut OrgTx, row: PaymentRow) -> Result<PaymentView, AppError> {
    let allocations = allocations(tx, &row.id).await?;
    Ok(PaymentView {
        id: row.id,
        account: row.account_id,
        invoice: row.invoice_id,
        attempt: row.attempt_id,
        amount: row.amount,
        currency: row.currency,
        processor_reference: row.processor_reference,
        brand: row.brand.as_deref().map(Brand::parse),
        last4: row.last4,
        paid_at: text::time(row.paid_at_ms),
        receipt: row.receipt_id,
        allocations,
    })
}

async fn allocations(tx: &mut OrgTx, payment: &str) -> Result<Vec<AllocationView>, AppError> {
    let view = |row: AllocationRow| AllocationView {
        item: row.item_id,
        description: row.description,
        amount: row.amount,
    };
    Ok(tx.list_allocations(payment).await?.into_iter().map(view).collect())
}
