//! Tries that are planned: each is made once, or found to be needless.

use crate::store::StoreError;
use crate::store::attempts::{DueRow, DueWork};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, statements};
use crate::store::rows::NumberRow;
use crate::store::tx::OrgTx;

statements! {
    PLAN_RETRY = "INSERT INTO retries (org_id, attempt_id, due_at_ms, created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    PLANNED_RETRY = "SELECT due_at_ms AS number FROM retries WHERE org_id = $1 AND attempt_id = $2 AND done_at_ms IS NULL";
    DUE_RETRIES = "SELECT org_id, attempt_id AS id, 'planned' AS status FROM retries \
        WHERE done_at_ms IS NULL AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    FINISH_RETRY = "UPDATE retries SET done_at_ms = $3, made = $4, obsolete_because = $5 \
        WHERE org_id = $1 AND attempt_id = $2 AND done_at_ms IS NULL";
    POSTPONE_RETRY = "UPDATE retries SET due_at_ms = $3 WHERE org_id = $1 AND attempt_id = $2 AND done_at_ms IS NULL";
}

impl Store {
    /// Planned tries of every organization whose time has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_retries(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_RETRIES, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Plans another try after a failed attempt. There is one at most for each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan_retry(&mut self, attempt: &str, due_at_ms: i64, now_ms: i64) -> Result<(), StoreError> {
        execute!(self, PLAN_RETRY, &self.org, attempt, due_at_ms, now_ms)?;
        Ok(())
    }

    /// When the next try after an attempt is due, if one is planned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_retry(&mut self, attempt: &str) -> Result<Option<i64>, StoreError> {
        Ok(fetch_optional!(self, NumberRow, PLANNED_RETRY, &self.org, attempt)?.map(|row| row.number))
    }

    /// Ends a plan: with the attempt that was made, or with the reason why none was. Answers whether it was open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_retry(
        &mut self,
        attempt: &str,
        made: Option<&str>,
        obsolete_because: Option<&str>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH_RETRY, &self.org, attempt, now_ms, made, obsolete_because)? == 1)
    }

    /// Puts a planned try off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postpone_retry(&mut self, attempt: &str, due_at_ms: i64) -> Result<(), StoreError> {
        execute!(self, POSTPONE_RETRY, &self.org, attempt, due_at_ms)?;
        Ok(())
    }
}
