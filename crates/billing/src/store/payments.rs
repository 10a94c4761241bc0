//! Payments with their receipts and allocations, and the books.

use crate::store::macros::{execute, fetch_all, fetch_optional};
use crate::store::rows::{AllocationRow, LedgerEntryRow, PaymentRow};
use crate::store::tx::{OrgTx, Page};
use crate::store::{StoreError, sql};

/// A payment to write, with its receipt.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The row as it will be read.
    pub row: PaymentRow,
    /// Which lines it covers: item and amount.
    pub allocations: Vec<(String, i64)>,
}

/// Which payments are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// What was paid.
    pub invoice: String,
    /// Who paid.
    pub account: String,
}

impl OrgTx {
    /// Writes a payment, its allocations and its receipt.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the attempt or the processor's charge has a payment already.
    pub async fn insert_payment(&mut self, new: NewPayment) -> Result<(), StoreError> {
        let row = new.row;
        execute!(
            self,
            sql::INSERT_PAYMENT,
            &self.org,
            &row.id,
            row.account_id,
            row.invoice_id,
            row.attempt_id,
            row.amount,
            row.currency,
            row.processor_reference,
            row.brand,
            row.last4,
            row.paid_at_ms
        )?;
        for (item, amount) in new.allocations {
            execute!(self, sql::INSERT_ALLOCATION, &self.org, &row.id, item, amount)?;
        }
        execute!(
            self,
            sql::INSERT_RECEIPT,
            &self.org,
            row.receipt_id,
            &row.id,
            row.receipt_number,
            row.paid_at_ms
        )?;
        Ok(())
    }

    /// Finds a payment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_payment(&mut self, id: &str) -> Result<Option<PaymentRow>, StoreError> {
        fetch_optional!(self, PaymentRow, sql::FIND_PAYMENT, &self.org, id)
    }

    /// The payment that an attempt led to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payment_of_attempt(&mut self, attempt: &str) -> Result<Option<PaymentRow>, StoreError> {
        fetch_optional!(self, PaymentRow, sql::PAYMENT_OF_ATTEMPT, &self.org, attempt)
    }

    /// The payment that a receipt is for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payment_of_receipt(&mut self, receipt: &str) -> Result<Option<PaymentRow>, StoreError> {
        fetch_optional!(self, PaymentRow, sql::PAYMENT_OF_RECEIPT, &self.org, receipt)
    }

    /// Lists payments, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_payments(
        &mut self,
        page: &Page,
        filter: &PaymentFilter,
    ) -> Result<Vec<PaymentRow>, StoreError> {
        let PaymentFilter { invoice, account } = filter;
        fetch_all!(self, PaymentRow, sql::LIST_PAYMENTS, &self.org, &page.after, invoice, account, page.limit)
    }

    /// Lists what a payment covers, top line first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_allocations(&mut self, payment: &str) -> Result<Vec<AllocationRow>, StoreError> {
        fetch_all!(self, AllocationRow, sql::LIST_ALLOCATIONS, &self.org, payment)
    }

    /// Writes one line of a transaction that is not closed yet.
    ///
    /// # Errors
    /// When the database fails, or the transaction is closed.
    pub async fn insert_entry(&mut self, id: &str, row: &LedgerEntryRow) -> Result<(), StoreError> {
        let LedgerEntryRow { transaction_id, account, amount, currency } = row;
        execute!(self, sql::INSERT_ENTRY, &self.org, id, transaction_id, account, *amount, currency)?;
        Ok(())
    }

    /// Closes a transaction. Its lines must sum to zero: the database itself refuses anything else, here on SQLite
    /// and at commit on PostgreSQL.
    ///
    /// # Errors
    /// When the database fails or refuses.
    pub async fn close_transaction(
        &mut self,
        id: &str,
        kind: &str,
        subject: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, sql::CLOSE_TRANSACTION, &self.org, id, kind, subject, now_ms)?;
        Ok(())
    }

    /// Every line of the books, in the order in which they were written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_entries(&mut self) -> Result<Vec<LedgerEntryRow>, StoreError> {
        fetch_all!(self, LedgerEntryRow, sql::LIST_ENTRIES, &self.org)
    }
}
