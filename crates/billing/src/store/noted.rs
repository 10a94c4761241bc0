//! What a transaction has noted and not written yet. It is written together, before anything else is asked and when the
//! transaction commits: what was asked sees it, and who writes much asks the database few times.

use serde_json::{Value, json};

use crate::store::attempts::Outcome;
use crate::store::inserts::{Insert, insert_rows};
use crate::store::macros::{execute, fetch_optional};
use crate::store::payments::{NewAllocation, NewPayment};
use crate::store::rows::NumberRow;
use crate::store::tx::{OrgTx, Tx};
use crate::store::{DeliveryRow, StoreError, deliveries, dialect, several, sql};

pub(crate) static PAYMENTS: Insert = Insert::new(sql::INSERT_PAYMENT);
pub(crate) static RECEIPTS: Insert = Insert::new(sql::INSERT_RECEIPT);
pub(crate) static PAYMENT_EVENTS: Insert = Insert::new(sql::INSERT_PAYMENT_EVENT);
pub(crate) static ALLOCATIONS: Insert = Insert::new(sql::INSERT_ALLOCATION);
pub(crate) static DELIVERIES: Insert = Insert::new(deliveries::sql::INSERT_DELIVERY);

/// What is to be written, in the order in which it is.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// Outcomes of attempts that are locked, each with its fence.
    outcomes: Vec<(String, i64, Outcome)>,
    /// The number of the last receipt, where one was taken.
    receipts: Option<i64>,
    payments: Vec<NewPayment>,
    allocations: Vec<(NewAllocation, i64)>,
    /// Sessions, each with the attempt that completes it.
    sessions: Vec<(String, String)>,
    /// Invoices that are paid, and since when.
    paid: Vec<String>,
    paid_at_ms: i64,
    pub(crate) deliveries: Vec<DeliveryRow>,
}

impl Noted {
    const fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
            && self.receipts.is_none()
            && self.payments.is_empty()
            && self.allocations.is_empty()
            && self.sessions.is_empty()
            && self.paid.is_empty()
            && self.deliveries.is_empty()
    }
}

impl OrgTx {
    /// Writes an outcome of an attempt that this transaction has locked and that has this fence. Should it have another one
    /// all the same, nothing of the transaction is written.
    pub fn record_outcome(&mut self, id: &str, fence: i64, outcome: Outcome) {
        self.noted.outcomes.push((id.to_owned(), fence, outcome));
    }

    /// The next number of a receipt. The organization's row stays locked until the transaction ends, and a transaction that
    /// is given up gives its number back: no gaps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_receipt_number(&mut self) -> Result<i64, StoreError> {
        let last = match self.noted.receipts {
            Some(last) => last,
            None => self.lock_receipts().await?,
        };
        let next = last.saturating_add(1);
        self.noted.receipts = Some(next);
        Ok(next)
    }

    /// Locks the organization's row before any number is taken, where other locks may come in between; the last number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_receipts(&mut self) -> Result<i64, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => dialect::sqlite::LOCK_RECEIPTS,
            Tx::Postgres(_) => dialect::postgres::LOCK_RECEIPTS,
        };
        // What else was noted has no part in this number.
        let row = fetch_optional!(@ self, NumberRow, sql, &self.org)?;
        row.map(|row| row.number).ok_or(StoreError::Unreadable("organization"))
    }

    /// Writes a payment with its receipt and the beginning of its history. The transaction fails with a unique violation
    /// when the attempt or the processor's charge has a payment already.
    pub fn insert_payment(&mut self, new: NewPayment) {
        self.noted.payments.push(new);
    }

    /// Writes a line that a payment covers, or no longer covers. The transaction fails when more would be taken away than
    /// was covered.
    pub fn insert_allocation(&mut self, new: NewAllocation, now_ms: i64) {
        self.noted.allocations.push((new, now_ms));
    }

    /// Completes a session, once.
    pub fn complete_session(&mut self, id: &str, attempt: &str) {
        self.noted.sessions.push((id.to_owned(), attempt.to_owned()));
    }

    /// Closes the action items about tries to pay an invoice that is paid by now.
    pub fn close_paid_items(&mut self, invoice: &str, now_ms: i64) {
        self.noted.paid.push(invoice.to_owned());
        self.noted.paid_at_ms = now_ms;
    }

    /// Writes what was noted. Every statement on an organization's rows does this first.
    pub(crate) async fn settle(&mut self) -> Result<(), StoreError> {
        if self.noted.is_empty() {
            return Ok(());
        }
        let noted = std::mem::take(&mut self.noted);
        // Rarely anything is noted where this is asked, so that it does not make every future larger.
        Box::pin(self.write_noted(noted)).await
    }

    async fn write_noted(&mut self, noted: Noted) -> Result<(), StoreError> {
        let Noted { outcomes, receipts, payments, allocations, sessions, paid, paid_at_ms, deliveries } =
            noted;
        self.write_outcomes(&outcomes).await?;
        if let Some(receipts) = receipts {
            execute!(@ self, sql::SET_RECEIPTS, &self.org, receipts)?;
        }
        self.write_payments(&payments).await?;
        let org = &self.org;
        insert_rows!(self, ALLOCATIONS, allocations, new => org, &new.0.id, &new.0.payment_id, &new.0.invoice_id,
            &new.0.item_id, new.0.amount, new.0.reason, new.1);
        insert_rows!(self, DELIVERIES, deliveries, row => org, &row.id, &row.event_id, &row.endpoint_id, row.replay,
            &row.status, row.due_at_ms, row.created_at_ms);
        self.complete_sessions(&sessions).await?;
        if !paid.is_empty() {
            let paid: Vec<&str> = paid.iter().map(String::as_str).collect();
            match &mut self.tx {
                Tx::Sqlite(tx) => {
                    let query = sqlx::query(several::sqlite::CLOSE_PAID_ITEMS).bind(&self.org);
                    query.bind(several::list(&paid)).bind(paid_at_ms).execute(&mut **tx).await?;
                }
                Tx::Postgres(tx) => {
                    let query = sqlx::query(several::postgres::CLOSE_PAID_ITEMS).bind(&self.org);
                    query.bind(&paid).bind(paid_at_ms).execute(&mut **tx).await?;
                }
            }
        }
        Ok(())
    }

    async fn write_outcomes(&mut self, outcomes: &[(String, i64, Outcome)]) -> Result<(), StoreError> {
        let mut written = 0;
        match &mut self.tx {
            Tx::Sqlite(tx) => {
                for (id, fence, outcome) in outcomes {
                    let reading = outcome.reading.as_ref();
                    let challenge = outcome.challenge.as_ref();
                    let query = sqlx::query(dialect::sqlite::RECORD_OUTCOME)
                        .bind(&self.org)
                        .bind(id)
                        .bind(fence)
                        .bind(outcome.status)
                        .bind(&outcome.processor_reference)
                        .bind(&outcome.decline_code)
                        .bind(&outcome.failure)
                        .bind(outcome.due_at_ms)
                        .bind(outcome.decided_at_ms)
                        .bind(reading.map(|reading| &reading.after))
                        .bind(reading.map(|reading| reading.began_at_ms))
                        .bind(challenge.map(|challenge| &challenge.url))
                        .bind(challenge.map(|challenge| challenge.until_ms))
                        .bind(is_given_up(outcome));
                    written += query.execute(&mut **tx).await?.rows_affected();
                }
            }
            Tx::Postgres(_) if outcomes.is_empty() => {}
            Tx::Postgres(tx) => {
                let ids: Vec<&str> = outcomes.iter().map(|(id, ..)| id.as_str()).collect();
                let rows: Vec<Value> = outcomes.iter().map(outcome_row).collect();
                let query = sqlx::query(dialect::postgres::RECORD_OUTCOMES).bind(&self.org).bind(ids);
                written += query.bind(json!(rows).to_string()).execute(&mut **tx).await?.rows_affected();
            }
        }
        if usize::try_from(written) == Ok(outcomes.len()) { Ok(()) } else { Err(StoreError::FenceMoved) }
    }

    async fn write_payments(&mut self, payments: &[NewPayment]) -> Result<(), StoreError> {
        let org = &self.org;
        insert_rows!(self, PAYMENTS, payments, new => org, &new.row.id, &new.row.account_id, &new.row.invoice_id,
            &new.row.attempt_id, &new.row.kind, &new.row.status, new.row.amount, &new.row.currency,
            &new.row.processor_reference, &new.row.brand, &new.row.last4, &new.row.mandate_id, new.row.paid_at_ms,
            new.check_at_ms);
        insert_rows!(self, RECEIPTS, payments, new => org, &new.row.receipt_id, &new.row.id, new.row.receipt_number,
            new.row.paid_at_ms);
        insert_rows!(self, PAYMENT_EVENTS, payments, new => org, &new.row.id, 1_i64, &new.row.status, None::<String>,
            new.row.amount, new.row.paid_at_ms);
        Ok(())
    }

    async fn complete_sessions(&mut self, sessions: &[(String, String)]) -> Result<(), StoreError> {
        match &mut self.tx {
            Tx::Sqlite(tx) => {
                for (session, attempt) in sessions {
                    let query = sqlx::query(dialect::sqlite::COMPLETE_SESSION).bind(&self.org);
                    query.bind(session).bind(attempt).execute(&mut **tx).await?;
                }
            }
            Tx::Postgres(_) if sessions.is_empty() => {}
            Tx::Postgres(tx) => {
                let ids: Vec<&str> = sessions.iter().map(|(session, _)| session.as_str()).collect();
                let row =
                    |(session, attempt): &(String, String)| json!({"id": session, "completed_by": attempt});
                let rows: Vec<Value> = sessions.iter().map(row).collect();
                let query = sqlx::query(dialect::postgres::COMPLETE_SESSIONS).bind(&self.org).bind(ids);
                query.bind(json!(rows).to_string()).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }
}

fn outcome_row((id, fence, outcome): &(String, i64, Outcome)) -> Value {
    let Outcome {
        status,
        processor_reference,
        decline_code,
        failure,
        due_at_ms,
        decided_at_ms,
        reading,
        challenge,
    } = outcome;
    json!({
        "id": id,
        "fence": fence,
        "status": status,
        "processor_reference": processor_reference,
        "decline_code": decline_code,
        "failure": failure,
        "due_at_ms": due_at_ms,
        "decided_at_ms": decided_at_ms,
        "look_up_after": reading.as_ref().map(|reading| &reading.after),
        "look_up_began_at_ms": reading.as_ref().map(|reading| reading.began_at_ms),
        "challenge_url": challenge.as_ref().map(|challenge| &challenge.url),
        "challenge_until_ms": challenge.as_ref().map(|challenge| challenge.until_ms),
        "challenge_given_up": is_given_up(outcome),
    })
}

/// 1 where a challenge is given up, as the column has it.
fn is_given_up(outcome: &Outcome) -> i64 {
    i64::from(outcome.challenge.as_ref().is_some_and(|challenge| challenge.given_up))
}
