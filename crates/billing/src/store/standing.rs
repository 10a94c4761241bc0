//! Where attempts stand: everything that an outcome of theirs is decided by, read for many at once.

use sqlx::FromRow;

use crate::store::StoreError;
use crate::store::macros::{fetch_among, row};
use crate::store::rows::AttemptRow;
use crate::store::tx::OrgTx;

/// Where an attempt stands. Its row is locked, and its invoice is taken to be: none of it changes until the transaction
/// changes it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The attempt.
    pub attempt: AttemptRow,
    /// The lines of its invoice, top first.
    pub lines: Vec<OpenLineRow>,
    /// Whether plans wait for it.
    pub plans_wait: bool,
    /// Whether it was made of a planned payment.
    pub is_planned: bool,
}

row! {
    /// A line of an invoice as a payment finds it.
    OpenLineRow {
        /// The attempt that would pay it.
        attempt_id: String,
        /// `itm_…`.
        id: String,
        /// Minor units.
        amount: i64,
        /// What payments have covered of it, minor units.
        covered: i64,
        /// What of this payment is meant for it, minor units.
        meant: i64,
    }
}

impl<'r, R> FromRow<'r, R> for Standing
where
    R: sqlx::Row,
    AttemptRow: FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let (waiting, planned): (i64, i64) = (row.try_get("plans_waiting")?, row.try_get("planned")?);
        let attempt = AttemptRow::from_row(row)?;
        Ok(Self { attempt, lines: Vec::new(), plans_wait: waiting > 0, is_planned: planned > 0 })
    }
}

impl OrgTx {
    /// Where these attempts stand, in the order of their ids; what is not there is left out. Their invoices are locked before,
    /// and nobody else changes the attempts themselves until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_standings(&mut self, attempts: &[&str]) -> Result<Vec<Standing>, StoreError> {
        let mut standings = fetch_among!(self, Standing, LOCK_STANDINGS, [attempts])?;
        let invoices: Vec<&str> =
            standings.iter().map(|standing| standing.attempt.invoice_id.as_str()).collect();
        let mut lines = self.open_lines(attempts, &invoices).await?.into_iter().peekable();
        // Both are in the database's order of the attempts, which need not be that of their bytes.
        for standing in &mut standings {
            while let Some(line) = lines.next_if(|line| line.attempt_id == standing.attempt.id) {
                standing.lines.push(line);
            }
        }
        Ok(standings)
    }

    /// The lines of the invoices of attempts as the payments of these find them, by attempt, top first. The invoices are named,
    /// so that their lines are found by them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_lines(
        &mut self,
        attempts: &[&str],
        invoices: &[&str],
    ) -> Result<Vec<OpenLineRow>, StoreError> {
        fetch_among!(self, OpenLineRow, OPEN_LINES, [attempts, invoices])
    }
}
