//! What is left to do at the processor about methods that their clients changed or removed.

use crate::store::StoreError;
use crate::store::attempts::{DueRow, DueWork};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::OrgTx;

statements! {
    INSERT_TASK = "INSERT INTO method_tasks (org_id, id, login_id, method_id, kind, status, due_at_ms, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6)";
    DUE_TASKS = "SELECT org_id, id, status FROM method_tasks WHERE status = 'waiting' AND due_at_ms <= $1 \
        ORDER BY due_at_ms LIMIT $2";
    // Found by its key, not among all that is due: see the attempts in sql.rs.
    CLAIM_TASK = "UPDATE method_tasks SET fence = fence + 1, due_at_ms = $3 WHERE org_id = $1 AND id = $2 \
        AND status || '' = 'waiting' AND due_at_ms <= $4 RETURNING id, login_id, method_id, kind, fence, created_at_ms";
    FINISH_TASK = "UPDATE method_tasks SET status = $4, fence = fence + 1 WHERE org_id = $1 AND id = $2 AND fence = $3";
}

row! {
    /// Something that is left to do about a method.
    MethodTaskRow {
        /// `mtk_…`.
        id: String,
        /// Whose wallet.
        login_id: String,
        /// The method.
        method_id: String,
        /// `address` or `removal`.
        kind: String,
        /// Who may write what became of it: it rises with every claim.
        fence: i64,
        /// When it was written.
        created_at_ms: i64,
    }
}

impl Store {
    /// What is to be done now, of every organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_method_tasks(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_TASKS, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Writes down what is left to do, from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_method_task(&mut self, row: &MethodTaskRow) -> Result<(), StoreError> {
        let MethodTaskRow { id, login_id, method_id, kind, created_at_ms, .. } = row;
        execute!(self, INSERT_TASK, &self.org, id, login_id, method_id, kind, *created_at_ms)?;
        Ok(())
    }

    /// Claims what is due, until then. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_method_task(
        &mut self,
        id: &str,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<Option<MethodTaskRow>, StoreError> {
        fetch_optional!(self, MethodTaskRow, CLAIM_TASK, &self.org, id, until_ms, now_ms)
    }

    /// Writes that nothing is left to do, where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_method_task(
        &mut self,
        id: &str,
        fence: i64,
        status: &str,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH_TASK, &self.org, id, fence, status)? == 1)
    }
}
