//! The Payment Action Center: what a human must look at, opened once and closed once.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, statements};
use crate::store::rows::ActionItemRow;
use crate::store::tx::{OrgTx, Page};

macro_rules! item_columns {
    () => {
        "id, kind, account_id, subject, amount, currency, code, created_at_ms, closed_at_ms, closed_because"
    };
}

statements! {
    OPEN_ITEM = "INSERT INTO action_items (org_id, id, kind, account_id, subject, amount, currency, code, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    FIND_ITEM_TO_ACT_ON = concat!("SELECT ", item_columns!(), " FROM action_items WHERE org_id = $1 AND id = $2");
    LIST_ITEMS_TO_ACT_ON = concat!("SELECT ", item_columns!(), " FROM action_items WHERE org_id = $1 AND ($2 = '' OR id < $2) \
        AND ($3 = '' OR account_id = $3) AND ($4 = '' OR kind = $4) AND (closed_at_ms IS NULL) = ($5 = 1) \
        ORDER BY id DESC LIMIT $6");
    CLOSE_ITEM = "UPDATE action_items SET closed_at_ms = $3, closed_because = $4 \
        WHERE org_id = $1 AND id = $2 AND closed_at_ms IS NULL";
    CLOSE_ITEMS_ABOUT = "UPDATE action_items SET closed_at_ms = $4, closed_because = $5 \
        WHERE org_id = $1 AND subject = $2 AND kind = $3 AND closed_at_ms IS NULL";
    CLOSE_ITEMS_OF_PLANNED = "UPDATE action_items SET closed_at_ms = $4, closed_because = 'planned_again' \
        WHERE org_id = $1 AND closed_at_ms IS NULL AND kind IN ('charge_failed', 'debit_failed') AND (subject = $2 \
        OR subject IN (SELECT a.id FROM attempts a WHERE a.org_id = $1 AND a.origin_id = $3))";
    CLOSE_ITEMS_OF_PLAN = "UPDATE action_items SET closed_at_ms = $3, closed_because = 'another_method' \
        WHERE org_id = $1 AND closed_at_ms IS NULL AND kind IN ('plan_without_method', 'plan_to_take_over', 'card_closed') AND subject = $2";
}

/// Which action items are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct ActionItemFilter {
    /// Whose account.
    pub account: String,
    /// What kind.
    pub kind: String,
    /// Those that are closed, instead of those that are open.
    pub closed: bool,
}

impl OrgTx {
    /// Opens an action item, unless there is an open one of this kind about the same thing. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_action_item(&mut self, row: &ActionItemRow) -> Result<bool, StoreError> {
        let opened = execute!(
            self,
            OPEN_ITEM,
            &self.org,
            &row.id,
            &row.kind,
            &row.account_id,
            &row.subject,
            row.amount,
            &row.currency,
            &row.code,
            row.created_at_ms
        )?;
        Ok(opened == 1)
    }

    /// Finds an action item.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_action_item(&mut self, id: &str) -> Result<Option<ActionItemRow>, StoreError> {
        fetch_optional!(self, ActionItemRow, FIND_ITEM_TO_ACT_ON, &self.org, id)
    }

    /// Lists action items, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_action_items(
        &mut self,
        page: &Page,
        filter: &ActionItemFilter,
    ) -> Result<Vec<ActionItemRow>, StoreError> {
        let ActionItemFilter { account, kind, closed } = filter;
        let open = i64::from(!closed);
        fetch_all!(
            self,
            ActionItemRow,
            LIST_ITEMS_TO_ACT_ON,
            &self.org,
            &page.after,
            account,
            kind,
            open,
            page.limit
        )
    }

    /// Closes an action item. Answers whether it was open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_action_item(
        &mut self,
        id: &str,
        because: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, CLOSE_ITEM, &self.org, id, now_ms, because)? == 1)
    }

    /// Closes the action item of a kind about something that has come right by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_items_about(
        &mut self,
        subject: &str,
        kind: &str,
        because: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, CLOSE_ITEMS_ABOUT, &self.org, subject, kind, now_ms, because)?;
        Ok(())
    }

    /// Closes the action items about a planned payment that failed and has another day: about itself, and about the tries of the
    /// charge that was made of it, whose first one is `origin`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_items_of_planned(
        &mut self,
        planned: &str,
        origin: Option<&str>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(self, CLOSE_ITEMS_OF_PLANNED, &self.org, planned, origin, now_ms)?;
        Ok(())
    }

    /// Closes the action items about a plan that has a saved method, again or at last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_items_of_plan(&mut self, plan: &str, now_ms: i64) -> Result<(), StoreError> {
        execute!(self, CLOSE_ITEMS_OF_PLAN, &self.org, plan, now_ms)?;
        Ok(())
    }
}
