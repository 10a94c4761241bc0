//! How things may be paid in parts, and what was agreed to: written with the try that begins it.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::{OrgTx, Page};

macro_rules! plan_columns {
    () => {
        "id, kind, status, account_id, login_id, invoice_id, item_id, attempt_id, method_id, currency, terms, \
         schedule_hash, created_at_ms, began_at_ms, ended_at_ms, ended_because"
    };
}

statements! {
    INSERT_CONFIGURATION = "INSERT INTO installment_configurations (org_id, id, name, options, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5)";
    FIND_CONFIGURATION = "SELECT id, name, options, created_at_ms FROM installment_configurations \
        WHERE org_id = $1 AND id = $2";
    LIST_CONFIGURATIONS = "SELECT id, name, options, created_at_ms FROM installment_configurations \
        WHERE org_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3";
    INSERT_ITEM_TERMS = "INSERT INTO item_terms (org_id, item_id, invoice_id, configuration_id, ends_on, subscription, price) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LIST_ITEM_TERMS = "SELECT item_id, configuration_id, ends_on, subscription, price FROM item_terms \
        WHERE org_id = $1 AND invoice_id = $2";
    INSERT_PLAN = "INSERT INTO plans (org_id, id, kind, status, account_id, login_id, invoice_id, item_id, attempt_id, method_id, \
        currency, terms, schedule_hash, created_at_ms) VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    FIND_PLAN = concat!("SELECT ", plan_columns!(), " FROM plans WHERE org_id = $1 AND id = $2");
    // Waits for everybody else who is about to change what is to come of a plan. One text for both engines: it changes nothing.
    LOCK_PLAN = "UPDATE plans SET status = status WHERE org_id = $1 AND id = $2";
    LIST_PLANS = concat!("SELECT ", plan_columns!(), " FROM plans WHERE org_id = $1 AND ($2 = '' OR id < $2) \
        AND ($3 = '' OR account_id = $3) AND ($4 = '' OR status = $4) ORDER BY id DESC LIMIT $5");
    PLANS_OF_ATTEMPT = concat!("SELECT ", plan_columns!(), " FROM plans WHERE org_id = $1 AND attempt_id = $2 AND status = 'pending' \
        ORDER BY id");
    PLANS_ON_METHOD = concat!("SELECT ", plan_columns!(), " FROM plans WHERE org_id = $1 AND login_id = $2 AND method_id = $3 \
        AND status IN ('pending', 'active') ORDER BY id");
    // Also those of which something has failed: that may get another day.
    PLANS_TO_MOVE = concat!("SELECT ", plan_columns!(), " FROM plans WHERE org_id = $1 AND login_id = $2 AND method_id = $3 \
        AND (status IN ('pending', 'active') OR (status = 'completed' AND EXISTS (SELECT 1 FROM planned_payments p \
        WHERE p.org_id = plans.org_id AND p.plan_id = plans.id AND p.status = 'failed'))) ORDER BY id");
    PLANS_OF_INVOICE = concat!("SELECT ", plan_columns!(), " FROM plans WHERE org_id = $1 AND invoice_id = $2 AND status <> 'void' \
        ORDER BY id");
    BEGIN_PLAN = "UPDATE plans SET status = 'active', method_id = $3, began_at_ms = $4 \
        WHERE org_id = $1 AND id = $2 AND status = 'pending'";
    VOID_PLANS = concat!("UPDATE plans SET status = 'void', ended_at_ms = $3, ended_because = $4 \
        WHERE org_id = $1 AND attempt_id = $2 AND status = 'pending' RETURNING ", plan_columns!());
    END_PLAN = "UPDATE plans SET status = $3, ended_at_ms = $4, ended_because = $5 \
        WHERE org_id = $1 AND id = $2 AND status = 'active'";
    MOVE_PLAN = "UPDATE plans SET method_id = $3 WHERE org_id = $1 AND id = $2";
    // One that has failed may get another day.
    MOVE_PAYMENTS_OF_PLAN = "UPDATE planned_payments SET method_id = $3 \
        WHERE org_id = $1 AND plan_id = $2 AND status IN ('planned', 'failed')";
    REOPEN_PLAN = "UPDATE plans SET status = 'active', ended_at_ms = NULL, ended_because = NULL \
        WHERE org_id = $1 AND id = $2 AND status = 'completed'";
    COMPLETE_PLAN = concat!("UPDATE plans SET status = 'completed', ended_at_ms = $3, ended_because = 'completed' \
        WHERE org_id = $1 AND id = $2 AND status = 'active' AND NOT EXISTS (SELECT 1 FROM planned_payments p \
        WHERE p.org_id = $1 AND p.plan_id = $2 AND p.status IN ('planned', 'charging', 'processing')) RETURNING ",
        plan_columns!());
    INSERT_ATTEMPT_LINE = "INSERT INTO attempt_lines (org_id, attempt_id, item_id, amount) VALUES ($1, $2, $3, $4)";
}

row! {
    /// The ways in which an organization lets something be paid in parts.
    ConfigurationRow {
        /// `icf_…`.
        id: String,
        /// What the organization calls it.
        name: String,
        /// The options, as JSON.
        options: String,
        /// When it was made.
        created_at_ms: i64,
    }
}

row! {
    /// How a line of an invoice may be paid.
    ItemTermsRow {
        /// `itm_…`.
        item_id: String,
        /// The installments that are offered for it.
        configuration_id: Option<String>,
        /// The last day of the activity, as 2026-12-31.
        ends_on: Option<String>,
        /// The terms of the subscription that it begins, as JSON.
        subscription: Option<String>,
        /// What a whole period costs, minor units.
        price: Option<i64>,
    }
}

row! {
    /// What was agreed to.
    PlanRow {
        /// `pln_…`.
        id: String,
        /// `installments` or `subscription`.
        kind: String,
        /// `pending`, `active`, `completed`, `ended` or `void`.
        status: String,
        /// Who pays.
        account_id: String,
        /// Whose wallet pays.
        login_id: String,
        /// What was bought with it.
        invoice_id: String,
        /// The line that a subscription began with.
        item_id: Option<String>,
        /// The try that begins it.
        attempt_id: String,
        /// The method that is charged later.
        method_id: Option<String>,
        /// ISO 4217.
        currency: String,
        /// What was agreed to, as JSON.
        terms: String,
        /// The hash of what was shown.
        schedule_hash: String,
        /// When it was agreed to.
        created_at_ms: i64,
        /// When it began.
        began_at_ms: Option<i64>,
        /// When it ended.
        ended_at_ms: Option<i64>,
        /// Why it ended.
        ended_because: Option<String>,
    }
}

/// Which plans are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct PlanFilter {
    /// Who pays.
    pub account: String,
    /// Where they stand.
    pub status: String,
}

impl OrgTx {
    /// Writes a configuration.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_configuration(&mut self, row: &ConfigurationRow) -> Result<(), StoreError> {
        let ConfigurationRow { id, name, options, created_at_ms } = row;
        execute!(self, INSERT_CONFIGURATION, &self.org, id, name, options, *created_at_ms)?;
        Ok(())
    }

    /// Finds a configuration.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_configuration(&mut self, id: &str) -> Result<Option<ConfigurationRow>, StoreError> {
        fetch_optional!(self, ConfigurationRow, FIND_CONFIGURATION, &self.org, id)
    }

    /// Lists configurations, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_configurations(&mut self, page: &Page) -> Result<Vec<ConfigurationRow>, StoreError> {
        fetch_all!(self, ConfigurationRow, LIST_CONFIGURATIONS, &self.org, &page.after, page.limit)
    }

    /// Writes how a line of an invoice may be paid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_item_terms(&mut self, invoice: &str, row: &ItemTermsRow) -> Result<(), StoreError> {
        let ItemTermsRow { item_id, configuration_id, ends_on, subscription, price } = row;
        execute!(
            self,
            INSERT_ITEM_TERMS,
            &self.org,
            item_id,
            invoice,
            configuration_id,
            ends_on,
            subscription,
            *price
        )?;
        Ok(())
    }

    /// How the lines of an invoice may be paid: those that may be paid in another way than at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_item_terms(&mut self, invoice: &str) -> Result<Vec<ItemTermsRow>, StoreError> {
        fetch_all!(self, ItemTermsRow, LIST_ITEM_TERMS, &self.org, invoice)
    }

    /// Writes a plan that waits for the try that begins it.
    ///
    /// # Errors
    /// When the database fails; a unique violation when there is one for the same already.
    pub async fn insert_plan(&mut self, row: &PlanRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_PLAN,
            &self.org,
            &row.id,
            &row.kind,
            &row.account_id,
            &row.login_id,
            &row.invoice_id,
            &row.item_id,
            &row.attempt_id,
            &row.method_id,
            &row.currency,
            &row.terms,
            &row.schedule_hash,
            row.created_at_ms
        )?;
        Ok(())
    }

    /// Finds a plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_plan(&mut self, id: &str) -> Result<Option<PlanRow>, StoreError> {
        fetch_optional!(self, PlanRow, FIND_PLAN, &self.org, id)
    }

    /// Waits for everybody else who is about to change what is to come of a plan. Where a transaction takes an invoice's lock or a
    /// number of the organization as well, it takes those first. Answers whether there is such a plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_plan(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, LOCK_PLAN, &self.org, id)? == 1)
    }

    /// Lists plans, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_plans(&mut self, page: &Page, filter: &PlanFilter) -> Result<Vec<PlanRow>, StoreError> {
        let PlanFilter { account, status } = filter;
        fetch_all!(self, PlanRow, LIST_PLANS, &self.org, &page.after, account, status, page.limit)
    }

    /// The plans that wait for a try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plans_of_attempt(&mut self, attempt: &str) -> Result<Vec<PlanRow>, StoreError> {
        fetch_all!(self, PlanRow, PLANS_OF_ATTEMPT, &self.org, attempt)
    }

    /// The plans that have begun, or wait for a try, and are charged to a method.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plans_on_method(&mut self, login: &str, method: &str) -> Result<Vec<PlanRow>, StoreError> {
        fetch_all!(self, PlanRow, PLANS_ON_METHOD, &self.org, login, method)
    }

    /// The plans of which something may still be charged to a method.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plans_to_move(&mut self, login: &str, method: &str) -> Result<Vec<PlanRow>, StoreError> {
        fetch_all!(self, PlanRow, PLANS_TO_MOVE, &self.org, login, method)
    }

    /// The plans that were agreed to for an invoice, those that came to nothing left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plans_of_invoice(&mut self, invoice: &str) -> Result<Vec<PlanRow>, StoreError> {
        fetch_all!(self, PlanRow, PLANS_OF_INVOICE, &self.org, invoice)
    }

    /// Begins a plan that waited. Answers whether it did wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_plan(
        &mut self,
        id: &str,
        method: Option<&str>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, BEGIN_PLAN, &self.org, id, method, now_ms)? == 1)
    }

    /// Charges another method for what is to come of a plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_plan(&mut self, id: &str, method: &str) -> Result<(), StoreError> {
        execute!(self, MOVE_PLAN, &self.org, id, method)?;
        execute!(self, MOVE_PAYMENTS_OF_PLAN, &self.org, id, method)?;
        Ok(())
    }

    /// Ends the plans that wait for a try which has come to nothing, and answers which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_plans(
        &mut self,
        attempt: &str,
        because: &str,
        now_ms: i64,
    ) -> Result<Vec<PlanRow>, StoreError> {
        fetch_all!(self, PlanRow, VOID_PLANS, &self.org, attempt, now_ms, because)
    }

    /// Ends a plan that is active. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_plan(&mut self, id: &str, because: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, END_PLAN, &self.org, id, "ended", now_ms, because)? == 1)
    }

    /// Completes a plan of which nothing is to come any more. `None` when something is, or it was over before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn complete_plan(&mut self, id: &str, now_ms: i64) -> Result<Option<PlanRow>, StoreError> {
        fetch_optional!(self, PlanRow, COMPLETE_PLAN, &self.org, id, now_ms)
    }

    /// Something is to come again of a plan that was complete.
    ///
    /// # Errors
    /// When the database fails; a unique violation when another plan has taken its place.
    pub async fn reopen_plan(&mut self, id: &str) -> Result<(), StoreError> {
        execute!(self, REOPEN_PLAN, &self.org, id)?;
        Ok(())
    }

    /// Says which line a try is meant to pay, and how much of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_attempt_line(
        &mut self,
        attempt: &str,
        item: &str,
        amount: i64,
    ) -> Result<(), StoreError> {
        execute!(self, INSERT_ATTEMPT_LINE, &self.org, attempt, item, amount)?;
        Ok(())
    }
}
