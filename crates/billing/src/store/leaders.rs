//! Who leads: work that only one process does at a time, such as reading the processor's events.

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::macros::{execute, statements};

statements! {
    LEAD = "INSERT INTO leaders (task, owner, fence, leads_until_ms) VALUES ($1, $2, 1, $3) ON CONFLICT (task) DO UPDATE \
        SET owner = excluded.owner, leads_until_ms = excluded.leads_until_ms, \
        fence = leaders.fence + CASE WHEN leaders.owner = excluded.owner THEN 0 ELSE 1 END \
        WHERE leaders.owner = excluded.owner OR leaders.leads_until_ms <= $4";
    STEP_DOWN = "UPDATE leaders SET leads_until_ms = 0 WHERE task = $1 AND owner = $2";
}

impl Store {
    /// Takes or keeps the lead of a task until `until_ms`. Answers whether `owner` leads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lead(
        &self,
        task: &str,
        owner: &str,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut door = self.work_door().await?;
        let led = execute!(door, LEAD, task, owner, until_ms, now_ms)? == 1;
        door.commit().await?;
        Ok(led)
    }

    /// Gives the lead back, so that another process need not wait for it to run out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn step_down(&self, task: &str, owner: &str) -> Result<(), StoreError> {
        let mut door = self.work_door().await?;
        execute!(door, STEP_DOWN, task, owner)?;
        door.commit().await
    }
}
