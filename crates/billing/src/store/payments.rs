//! Payments with their receipts and allocations, and the books.

use crate::store::attempts::{DueRow, DueWork};
use crate::store::db::Store;
use crate::store::inserts::{Insert, insert_rows};
use crate::store::macros::{execute, fetch_all, fetch_optional};
use crate::store::rows::{AllocationRow, LedgerEntryRow, NumberRow, PaymentEventRow, PaymentRow};
use crate::store::tx::{OrgTx, Page};
use crate::store::{StoreError, sql};

pub(crate) static ENTRIES: Insert = Insert::new(sql::INSERT_ENTRY);
pub(crate) static TRANSACTIONS: Insert = Insert::new(sql::CLOSE_TRANSACTION);

/// A payment to write, with its receipt and the first entry of its history.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The row as it will be read.
    pub row: PaymentRow,
    /// When the processor is asked about it, if nothing is heard until then.
    pub check_at_ms: Option<i64>,
}

/// A line that a payment covers, or no longer covers.
#[derive(Clone, Debug)]
pub struct NewAllocation {
    /// Its id.
    pub id: String,
    /// The payment.
    pub payment_id: String,
    /// The invoice that the line belongs to.
    pub invoice_id: String,
    /// The line.
    pub item_id: String,
    /// Minor units; below zero when it is taken away again.
    pub amount: i64,
    /// Why: `payment`, `refund`, `refund_failed` or `return`.
    pub reason: &'static str,
}

/// A transaction of the books: lines that sum to zero.
#[derive(Clone, Debug)]
pub struct Booking {
    /// `led_…`.
    pub id: String,
    /// What it is for, such as `payment`.
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    /// When.
    pub at_ms: i64,
    /// Each line with its id.
    pub lines: Vec<(String, LedgerEntryRow)>,
}

/// How a debit moves on.
#[derive(Clone, Debug, Default)]
pub struct PaymentMove {
    /// The state that it is in.
    pub from: &'static str,
    /// The state that it comes to.
    pub to: &'static str,
    /// Why the bank sent it back.
    pub return_code: Option<String>,
    /// When it settled.
    pub settled_at_ms: Option<i64>,
    /// When it came back or was called off.
    pub ended_at_ms: Option<i64>,
    /// When the processor is asked about it next.
    pub check_at_ms: Option<i64>,
}

/// Which payments are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// What was paid.
    pub invoice: String,
    /// Who paid.
    pub account: String,
}

impl Store {
    /// Debits of every organization of which nothing was heard and about which the processor is to be asked now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_checks(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, sql::DUE_CHECKS, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Moves a debit on, if it is still where `step` starts. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_payment(&mut self, id: &str, step: &PaymentMove) -> Result<bool, StoreError> {
        let PaymentMove { from, to, return_code, settled_at_ms, ended_at_ms, check_at_ms } = step;
        let changed = execute!(
            self,
            sql::MOVE_PAYMENT,
            &self.org,
            id,
            *from,
            *to,
            return_code,
            *settled_at_ms,
            *ended_at_ms,
            *check_at_ms
        )?;
        Ok(changed == 1)
    }

    /// What was given back of a payment, minor units.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refunded_of(&mut self, payment: &str) -> Result<i64, StoreError> {
        Ok(fetch_optional!(self, NumberRow, sql::REFUNDED_OF, &self.org, payment)?
            .map_or(0, |row| row.number))
    }

    /// Notes what became of a payment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_payment_event(
        &mut self,
        payment: &str,
        event: &PaymentEventRow,
    ) -> Result<(), StoreError> {
        let PaymentEventRow { kind, code, amount, at_ms } = event;
        execute!(self, sql::ADD_PAYMENT_EVENT, &self.org, payment, kind, code, *amount, *at_ms)?;
        Ok(())
    }

    /// What became of a payment, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_payment_events(&mut self, payment: &str) -> Result<Vec<PaymentEventRow>, StoreError> {
        fetch_all!(self, PaymentEventRow, sql::LIST_PAYMENT_EVENTS, &self.org, payment)
    }

    /// Takes the next look at a debit, if it is due. Answers whether nobody else has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postpone_check(&mut self, id: &str, next_ms: i64, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::POSTPONE_CHECK, &self.org, id, next_ms, now_ms)? == 1)
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

    /// Books when this commits. The lines must sum to zero, or nothing of it commits.
    pub fn book(&mut self, booking: Booking) {
        self.booked.push(booking);
    }

    /// Writes what was booked. Part of the commit.
    pub(crate) async fn append_booked(&mut self) -> Result<(), StoreError> {
        let booked = std::mem::take(&mut self.booked);
        let lines: Vec<&(String, LedgerEntryRow)> =
            booked.iter().flat_map(|booking| &booking.lines).collect();
        let org = &self.org;
        insert_rows!(self, ENTRIES, lines, line => org, &line.0, &line.1.transaction_id,
            &line.1.account, line.1.amount, &line.1.currency);
        insert_rows!(self, TRANSACTIONS, booked, booking => org, &booking.id, booking.kind.as_str(),
            &booking.subject, booking.at_ms);
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
