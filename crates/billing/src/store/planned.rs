//! Planned payments: each with its day, taken up once when that has come.

use crate::store::StoreError;
use crate::store::attempts::{DueRow, DueWork};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::rows::NumberRow;
use crate::store::tx::{OrgTx, Page};

macro_rules! planned_columns {
    () => {
        "id, plan_id, seq, initiation, account_id, login_id, method_id, invoice_id, amount, currency, lines, due_on, due_at_ms, \
         status, because, tries, attempt_id, created_at_ms, ended_at_ms"
    };
}

statements! {
    INSERT_PLANNED = "INSERT INTO planned_payments (org_id, id, plan_id, seq, initiation, account_id, login_id, method_id, invoice_id, \
        amount, currency, lines, due_on, due_at_ms, status, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'planned', $15)";
    FIND_PLANNED = concat!("SELECT ", planned_columns!(), " FROM planned_payments WHERE org_id = $1 AND id = $2");
    LIST_PLANNED = concat!("SELECT ", planned_columns!(), " FROM planned_payments WHERE org_id = $1 AND ($2 = '' OR id < $2) \
        AND ($3 = '' OR account_id = $3) AND ($4 = '' OR method_id = $4) AND ($5 = '' OR plan_id = $5) \
        AND ($6 = '' OR status = $6) ORDER BY id DESC LIMIT $7");
    PLANNED_OF_ATTEMPT = concat!("SELECT ", planned_columns!(), " FROM planned_payments WHERE org_id = $1 AND attempt_id = $2");
    DUE_PLANNED = "SELECT org_id, id, status FROM planned_payments WHERE status = 'planned' AND due_at_ms <= $1 \
        ORDER BY due_at_ms LIMIT $2";
    // By its key, not through the queue: see the statements about attempts.
    CLAIM_PLANNED = "UPDATE planned_payments SET status = 'charging', because = NULL, tries = tries + 1 \
        WHERE org_id = $1 AND id = $2 AND status || '' = 'planned' AND due_at_ms <= $3";
    POSTPONE_PLANNED = "UPDATE planned_payments SET due_at_ms = $3 \
        WHERE org_id = $1 AND id = $2 AND status || '' = 'planned' AND due_at_ms <= $4";
    CHARGE_PLANNED = "UPDATE planned_payments SET attempt_id = $3, invoice_id = $4, lines = $5 WHERE org_id = $1 AND id = $2";
    // Its plan may have moved to another method while it was charged: what is to come of it, by whoever tries again, is that one's.
    MOVE_PLANNED = "UPDATE planned_payments SET status = $3, because = $4, ended_at_ms = $5, \
        method_id = CASE WHEN $3 IN ('failed', 'charging') THEN (SELECT p.method_id FROM plans p \
            WHERE p.org_id = $1 AND p.id = planned_payments.plan_id) ELSE method_id END WHERE org_id = $1 AND id = $2";
    CHANGE_PLANNED = "UPDATE planned_payments SET status = 'planned', because = NULL, ended_at_ms = NULL, amount = $3, lines = $4, \
        due_on = $5, due_at_ms = $6 WHERE org_id = $1 AND id = $2 AND status || '' IN ('planned', 'failed')";
    CANCEL_PLANNED = "UPDATE planned_payments SET status = 'canceled', because = $3, ended_at_ms = $4 \
        WHERE org_id = $1 AND id = $2 AND status || '' IN ('planned', 'failed')";
    CANCEL_PLANNED_OF = concat!("UPDATE planned_payments SET status = 'canceled', because = $3, ended_at_ms = $4 \
        WHERE org_id = $1 AND plan_id = $2 AND status || '' = 'planned' RETURNING ", planned_columns!());
    // What was agreed to with a try: the first day to come, all that is charged then, and whether a plan keeps its own card.
    NEXT_OF_ATTEMPT = "SELECT d.due_on, CAST(SUM(d.amount) AS BIGINT) AS amount, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM plans k JOIN plan_methods m ON m.org_id = k.org_id AND m.id = k.method_id \
            WHERE k.org_id = $1 AND k.attempt_id = $2 AND k.status = 'active') AS kept \
        FROM plans p JOIN planned_payments d ON d.org_id = p.org_id AND d.plan_id = p.id \
        WHERE p.org_id = $1 AND p.attempt_id = $2 AND d.status || '' = 'planned' GROUP BY d.due_on ORDER BY d.due_on LIMIT 1";
    PLANNED_SUM = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS number FROM planned_payments \
        WHERE org_id = $1 AND invoice_id = $2 AND status = 'planned'";
}

row! {
    /// One payment of a plan.
    PlannedRow {
        /// `ppm_…`.
        id: String,
        /// The plan.
        plan_id: String,
        /// Counts up within the plan, from 0.
        seq: i64,
        /// `installment` or `recurring`.
        initiation: String,
        /// Who pays.
        account_id: String,
        /// Whose wallet pays.
        login_id: String,
        /// The method that is charged.
        method_id: Option<String>,
        /// What is paid; none for a period that is not invoiced yet.
        invoice_id: Option<String>,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// Which lines it pays, as JSON.
        lines: String,
        /// The day where the organization is, as 2026-12-31.
        due_on: String,
        /// When it is taken up.
        due_at_ms: i64,
        /// `planned`, `charging`, `processing`, `paid`, `failed`, `skipped` or `canceled`.
        status: String,
        /// Why it failed, was skipped or canceled.
        because: Option<String>,
        /// How often a charge was made of it.
        tries: i64,
        /// The first try of the newest charge.
        attempt_id: Option<String>,
        /// When it was planned.
        created_at_ms: i64,
        /// When it ended.
        ended_at_ms: Option<i64>,
    }
}

row! {
    /// What comes next of what was agreed to with a try.
    NextRow {
        /// The day where the organization is, as 2026-12-31.
        due_on: String,
        /// All that is charged on that day, minor units.
        amount: i64,
        /// How many of the plans keep a card of their own.
        kept: i64,
    }
}

/// Which planned payments are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct PlannedFilter {
    /// Who pays.
    pub account: String,
    /// What is charged.
    pub method: String,
    /// What they belong to.
    pub plan: String,
    /// Where they stand.
    pub status: String,
}

impl Store {
    /// Planned payments of every organization whose day has come, the longest waiting first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_planned(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_PLANNED, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Writes a planned payment.
    ///
    /// # Errors
    /// When the database fails; a unique violation when its plan has one of this number, or of this day.
    pub async fn insert_planned(&mut self, row: &PlannedRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_PLANNED,
            &self.org,
            &row.id,
            &row.plan_id,
            row.seq,
            &row.initiation,
            &row.account_id,
            &row.login_id,
            &row.method_id,
            &row.invoice_id,
            row.amount,
            &row.currency,
            &row.lines,
            &row.due_on,
            row.due_at_ms,
            row.created_at_ms
        )?;
        Ok(())
    }

    /// Finds a planned payment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_planned(&mut self, id: &str) -> Result<Option<PlannedRow>, StoreError> {
        fetch_optional!(self, PlannedRow, FIND_PLANNED, &self.org, id)
    }

    /// Lists planned payments, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_planned(
        &mut self,
        page: &Page,
        filter: &PlannedFilter,
    ) -> Result<Vec<PlannedRow>, StoreError> {
        let PlannedFilter { account, method, plan, status } = filter;
        fetch_all!(
            self,
            PlannedRow,
            LIST_PLANNED,
            &self.org,
            &page.after,
            account,
            method,
            plan,
            status,
            page.limit
        )
    }

    /// The planned payment that a charge was made of, by the charge's first try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_of_attempt(&mut self, origin: &str) -> Result<Option<PlannedRow>, StoreError> {
        fetch_optional!(self, PlannedRow, PLANNED_OF_ATTEMPT, &self.org, origin)
    }

    /// What comes next of what was agreed to with a try; `None` where nothing does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_of_attempt(&mut self, attempt: &str) -> Result<Option<NextRow>, StoreError> {
        fetch_optional!(self, NextRow, NEXT_OF_ATTEMPT, &self.org, attempt)
    }

    /// Takes up a planned payment whose day has come. Answers whether nobody else has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_planned(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, CLAIM_PLANNED, &self.org, id, now_ms)? == 1)
    }

    /// Looks at a planned payment later. Its day stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postpone_planned(
        &mut self,
        id: &str,
        due_at_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, POSTPONE_PLANNED, &self.org, id, due_at_ms, now_ms)?;
        Ok(())
    }

    /// Notes which charge was made of a planned payment, for which invoice and lines.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn charge_planned(&mut self, row: &PlannedRow) -> Result<(), StoreError> {
        execute!(self, CHARGE_PLANNED, &self.org, &row.id, &row.attempt_id, &row.invoice_id, &row.lines)?;
        Ok(())
    }

    /// Moves a planned payment on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_planned(
        &mut self,
        id: &str,
        status: &str,
        because: Option<&str>,
        ended_at_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        execute!(self, MOVE_PLANNED, &self.org, id, status, because, ended_at_ms)?;
        Ok(())
    }

    /// Writes another day or amount of a planned payment that is still to come, or that has failed and is to come again.
    /// Answers whether it was one.
    ///
    /// # Errors
    /// When the database fails; a unique violation when its plan has another one on this day.
    pub async fn change_planned(&mut self, row: &PlannedRow) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            CHANGE_PLANNED,
            &self.org,
            &row.id,
            row.amount,
            &row.lines,
            &row.due_on,
            row.due_at_ms
        )?;
        Ok(changed == 1)
    }

    /// Calls a planned payment off that is still to come, or that has failed. Answers whether it was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_planned(&mut self, id: &str, because: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, CANCEL_PLANNED, &self.org, id, because, now_ms)? == 1)
    }

    /// Calls everything off that is still to come of a plan, and answers what that was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_planned_of(
        &mut self,
        plan: &str,
        because: &str,
        now_ms: i64,
    ) -> Result<Vec<PlannedRow>, StoreError> {
        fetch_all!(self, PlannedRow, CANCEL_PLANNED_OF, &self.org, plan, because, now_ms)
    }

    /// What is planned to come in for an invoice, minor units.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_sum(&mut self, invoice: &str) -> Result<i64, StoreError> {
        Ok(fetch_optional!(self, NumberRow, PLANNED_SUM, &self.org, invoice)?.map_or(0, |row| row.number))
    }
}
