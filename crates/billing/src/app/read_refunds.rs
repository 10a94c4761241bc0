//! Reads refunds.

use crate::app::read_clients::{cut, page};
use crate::app::record_refund::state;
use crate::app::refund_taking::Taking;
use crate::app::{App, AppError, text};
use crate::store::{RefundFilter, RefundRow, Tenant};
use crate::wire::{List, RefundLineView, RefundView, RefundsQuery};

impl App {
    /// One refund.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_refund(&self, tenant: &Tenant, id: &str) -> Result<RefundView, AppError> {
        view(tenant.read().await?.find_refund(id).await?.ok_or_else(AppError::not_found)?)
    }

    /// A page of refunds.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_refunds(
        &self,
        tenant: &Tenant,
        query: RefundsQuery,
    ) -> Result<List<RefundView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = RefundFilter {
            payment: query.payment.unwrap_or_default(),
            account: query.account.unwrap_or_default(),
        };
        let rows = tenant.read().await?.list_refunds(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(view).collect::<Result<_, _>>()?, next_cursor })
    }
}

/// A refund as its organization sees it.
fn view(row: RefundRow) -> Result<RefundView, AppError> {
    let taking = Taking::stored(&row)?.unwrap_or_default();
    let held = state(&row)?.holds_its_amount();
    let line =
        |line: crate::app::refund_taking::TakenLine| RefundLineView { item: line.item, amount: line.amount };
    Ok(RefundView {
        id: row.id,
        payment: row.payment_id,
        account: row.account_id,
        invoice: row.invoice_id,
        kind: row.kind,
        status: row.status,
        amount: row.amount,
        currency: row.currency,
        reason: row.reason,
        lines: taking.lines.into_iter().map(line).collect(),
        code: row.detail.filter(|_| !held),
        continues: row.continues,
        continued_by: row.continued_by,
        processor_reference: row.processor_reference,
        created_at: text::time(row.created_at_ms),
        decided_at: row.decided_at_ms.map(text::time),
    })
}
