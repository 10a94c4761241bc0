//! Reads payments and receipts.

use paydesk_domain::balance::Reconciliation;
use paydesk_domain::wire::billing::PaymentStatus;

use crate::app::find_try::BY_CREDIT;
use crate::app::read_clients::{cut, page};
use crate::app::view::{brand, receipt_number};
use crate::app::{App, AppError, text};
use crate::store::{
    AllocationRow, CreditAllocationRow, CreditUseRow, OrgTx, PaymentEventRow, PaymentFilter, PaymentRow,
    Tenant,
};
use crate::wire::{
    AllocationView, CreditAllocationView, CreditUseView, List, OwnReceiptView, PaymentEventView, PaymentView,
    PaymentsQuery,
};

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
        let Some(row) = tx.payment_of_receipt(id).await? else {
            let used = tx.credit_of_receipt(id).await?.ok_or_else(AppError::not_found)?;
            return receipt_of_credit(&mut tx, used).await;
        };
        let credit = match tx.credit_of_try(&row.attempt_id).await? {
            Some(used) => Some(credit_use(&mut tx, &used).await?),
            None => None,
        };
        let allocations = allocations(&mut tx, &row.id).await?;
        let history = tx.list_payment_events(&row.id).await?.into_iter().map(event).collect();
        Ok(OwnReceiptView {
            id: row.receipt_id,
            number: receipt_number(row.receipt_number),
            payment: row.id,
            invoice: row.invoice_id,
            account: row.account_id,
            amount: row.amount,
            currency: row.currency,
            paid_at: text::time(row.paid_at_ms),
            brand: brand(&row.kind, row.brand.as_deref()),
            last4: row.last4,
            kind: row.kind,
            status: row.status,
            credit,
            history,
            allocations,
        })
    }
}

/// The receipt of what credit alone paid.
async fn receipt_of_credit(tx: &mut OrgTx, row: CreditUseRow) -> Result<OwnReceiptView, AppError> {
    let credit = Some(credit_use(tx, &row).await?);
    let at = text::time(row.created_at_ms);
    let applied =
        PaymentEventView { kind: row.status.clone(), code: None, amount: row.amount, at: at.clone() };
    Ok(OwnReceiptView {
        id: row.receipt_id.unwrap_or_default(),
        number: receipt_number(row.receipt_number.unwrap_or_default()),
        payment: row.id,
        invoice: row.invoice_id,
        account: row.account_id,
        amount: 0,
        currency: row.currency,
        paid_at: at,
        brand: None,
        last4: None,
        kind: BY_CREDIT.to_owned(),
        status: PaymentStatus::Succeeded.as_str().to_owned(),
        credit,
        history: vec![applied],
        allocations: Vec::new(),
    })
}

async fn credit_use(tx: &mut OrgTx, row: &CreditUseRow) -> Result<CreditUseView, AppError> {
    let view = |row: CreditAllocationRow| CreditAllocationView {
        credit: row.credit_id,
        item: row.item_id,
        description: row.description,
        amount: row.amount,
    };
    let allocations = tx.list_credit_allocations(&row.id).await?.into_iter().map(view).collect();
    Ok(CreditUseView { id: row.id.clone(), status: row.status.clone(), amount: row.amount, allocations })
}

async fn view(tx: &mut OrgTx, row: PaymentRow) -> Result<PaymentView, AppError> {
    let allocations = allocations(tx, &row.id).await?;
    let refunded = tx.refunded_of(&row.id).await?;
    let matched: i64 = allocations.iter().map(|line| line.amount).sum();
    Ok(PaymentView {
        id: row.id,
        account: row.account_id,
        invoice: row.invoice_id,
        attempt: row.attempt_id,
        amount: row.amount,
        currency: row.currency,
        processor_reference: row.processor_reference,
        brand: brand(&row.kind, row.brand.as_deref()),
        last4: row.last4,
        kind: row.kind,
        status: row.status,
        return_code: row.return_code,
        mandate: row.mandate_id,
        refunded,
        reconciliation: Reconciliation::of_payment(row.amount, refunded, matched).as_str().to_owned(),
        settled_at: row.settled_at_ms.map(text::time),
        ended_at: row.ended_at_ms.map(text::time),
        paid_at: text::time(row.paid_at_ms),
        receipt: row.receipt_id,
        allocations,
    })
}

fn event(row: PaymentEventRow) -> PaymentEventView {
    PaymentEventView { kind: row.kind, code: row.code, amount: row.amount, at: text::time(row.at_ms) }
}

async fn allocations(tx: &mut OrgTx, payment: &str) -> Result<Vec<AllocationView>, AppError> {
    let view = |row: AllocationRow| AllocationView {
        item: row.item_id,
        description: row.description,
        amount: row.amount,
    };
    Ok(tx.list_allocations(payment).await?.into_iter().map(view).collect())
}
