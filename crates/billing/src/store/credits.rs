//! Account credit: what was given, what tries hold of it, and which lines it covers.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::{IdRow, OrgTx, Page, Tx};

macro_rules! credit_columns {
    () => {
        "c.id, c.account_id, c.amount, c.currency, c.reason, c.created_at_ms, \
         c.amount - (SELECT CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) FROM credit_parts p \
            JOIN credit_uses u ON u.org_id = p.org_id AND u.id = p.use_id \
            WHERE p.org_id = c.org_id AND p.credit_id = c.id AND u.status = 'held') \
         - (SELECT CAST(COALESCE(SUM(a.amount), 0) AS BIGINT) FROM credit_allocations a \
            WHERE a.org_id = c.org_id AND a.credit_id = c.id) AS available \
         FROM credits c"
    };
}

macro_rules! use_columns {
    () => {
        "id, attempt_id, session_id, account_id, login_id, invoice_id, amount, currency, status, request_hash, \
         receipt_id, receipt_number, created_at_ms FROM credit_uses"
    };
}

statements! {
    INSERT_CREDIT = "INSERT INTO credits (org_id, id, account_id, amount, currency, reason, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_CREDIT_ACCOUNT = "INSERT INTO credit_accounts (org_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    FIND_CREDIT = concat!("SELECT ", credit_columns!(), " WHERE c.org_id = $1 AND c.id = $2");
    LIST_CREDITS = concat!("SELECT ", credit_columns!(), " WHERE c.org_id = $1 AND ($2 = '' OR c.id < $2) \
        AND ($3 = '' OR c.account_id = $3) ORDER BY c.id DESC LIMIT $4");
    CREDITS_OF = concat!("SELECT ", credit_columns!(), " WHERE c.org_id = $1 AND c.account_id = $2 AND c.currency = $3 \
        ORDER BY c.created_at_ms, c.id");
    INSERT_CREDIT_USE = "INSERT INTO credit_uses (org_id, id, attempt_id, session_id, account_id, login_id, invoice_id, amount, \
        currency, status, request_hash, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'held', $10, $11)";
    INSERT_CREDIT_PART = "INSERT INTO credit_parts (org_id, use_id, credit_id, amount) VALUES ($1, $2, $3, $4)";
    USE_OF_TRY = concat!("SELECT ", use_columns!(), " WHERE org_id = $1 AND attempt_id = $2");
    USE_OF_RECEIPT = concat!("SELECT ", use_columns!(), " WHERE org_id = $1 AND receipt_id = $2");
    NEWEST_ALONE = concat!("SELECT ", use_columns!(), " WHERE org_id = $1 AND session_id = $2 AND receipt_id IS NOT NULL \
        ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    PAID_ALONE = concat!("SELECT ", use_columns!(), " WHERE org_id = $1 AND invoice_id = $2 AND receipt_id IS NOT NULL \
        ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    // Oldest first, as the credits are.
    PARTS_OF_USE = "SELECT p.credit_id, p.amount FROM credit_parts p \
        JOIN credits c ON c.org_id = p.org_id AND c.id = p.credit_id \
        WHERE p.org_id = $1 AND p.use_id = $2 ORDER BY c.created_at_ms, c.id";
    DECIDE_CREDIT_USE = "UPDATE credit_uses SET status = $3, receipt_id = $4, receipt_number = $5, decided_at_ms = $6 \
        WHERE org_id = $1 AND id = $2 AND status = 'held'";
    INSERT_CREDIT_ALLOCATION = "INSERT INTO credit_allocations (org_id, id, use_id, credit_id, invoice_id, item_id, amount, \
        created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIST_CREDIT_ALLOCATIONS = "SELECT a.credit_id, a.item_id, a.amount, i.description FROM credit_allocations a \
        JOIN invoice_items i ON i.org_id = a.org_id AND i.id = a.item_id \
        JOIN credits c ON c.org_id = a.org_id AND c.id = a.credit_id \
        WHERE a.org_id = $1 AND a.use_id = $2 ORDER BY i.position, c.created_at_ms, c.id";
}

mod locks {
    //! PostgreSQL locks the account's row. SQLite has one writer at a time.
    pub(super) const SQLITE: &str =
        "SELECT account_id AS id FROM credit_accounts WHERE org_id = $1 AND account_id = $2";
    pub(super) const POSTGRES: &str =
        "SELECT account_id AS id FROM credit_accounts WHERE org_id = $1 AND account_id = $2 FOR UPDATE";
}

/// The statements in which the engines differ.
pub(crate) fn statements(engine: crate::store::Engine) -> [(&'static str, &'static str); 1] {
    let sql = match engine {
        crate::store::Engine::Sqlite => locks::SQLITE,
        crate::store::Engine::Postgres => locks::POSTGRES,
    };
    [("LOCK_CREDIT", sql)]
}

row! {
    /// Credit that was given.
    CreditRow {
        /// `crd_…`.
        id: String,
        /// Whose it is.
        account_id: String,
        /// What was given, minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// Why.
        reason: String,
        /// When.
        created_at_ms: i64,
        /// What is left of it and held by no try, minor units.
        available: i64,
    }
}

row! {
    /// The credit of one try.
    CreditUseRow {
        /// `cru_…`.
        id: String,
        /// The try.
        attempt_id: String,
        /// The session that it came through.
        session_id: String,
        /// Whose credit it is.
        account_id: String,
        /// Their login.
        login_id: String,
        /// What is paid.
        invoice_id: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// `held`, `applied` or `released`.
        status: String,
        /// What the request asked for.
        request_hash: String,
        /// `rcp_…`, where credit alone paid.
        receipt_id: Option<String>,
        /// Counts up per organization, together with those of payments.
        receipt_number: Option<i64>,
        /// When it was held.
        created_at_ms: i64,
    }
}

row! {
    /// What a try holds of one credit.
    CreditPartRow {
        /// `crd_…`.
        credit_id: String,
        /// Minor units.
        amount: i64,
    }
}

row! {
    /// Which line a credit covers, and by how much.
    CreditAllocationRow {
        /// `crd_…`.
        credit_id: String,
        /// `itm_…`.
        item_id: String,
        /// Minor units.
        amount: i64,
        /// What the line is for.
        description: String,
    }
}

/// A line that a credit covers from now on.
#[derive(Clone, Debug)]
pub struct NewCreditAllocation {
    /// Its id.
    pub id: String,
    /// The use of which it is a part.
    pub use_id: String,
    /// The credit.
    pub credit_id: String,
    /// The invoice that the line belongs to.
    pub invoice_id: String,
    /// The line.
    pub item_id: String,
    /// Minor units.
    pub amount: i64,
}

/// What becomes of credit that was held.
#[derive(Clone, Debug, Default)]
pub struct CreditDecision {
    /// `applied` or `released`.
    pub status: &'static str,
    /// The receipt and its number, where credit alone paid.
    pub receipt: Option<(String, i64)>,
}

/// Which credits are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct CreditFilter {
    /// Whose.
    pub account: String,
}

impl OrgTx {
    /// Writes a credit. What is `available` of it is counted, not written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_credit(&mut self, row: &CreditRow) -> Result<(), StoreError> {
        let CreditRow { id, account_id, amount, currency, reason, created_at_ms, available: _ } = row;
        execute!(self, INSERT_CREDIT_ACCOUNT, &self.org, account_id)?;
        execute!(self, INSERT_CREDIT, &self.org, id, account_id, *amount, currency, reason, *created_at_ms)?;
        Ok(())
    }

    /// Finds a credit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_credit(&mut self, id: &str) -> Result<Option<CreditRow>, StoreError> {
        fetch_optional!(self, CreditRow, FIND_CREDIT, &self.org, id)
    }

    /// Lists credits, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_credits(
        &mut self,
        page: &Page,
        filter: &CreditFilter,
    ) -> Result<Vec<CreditRow>, StoreError> {
        fetch_all!(self, CreditRow, LIST_CREDITS, &self.org, &page.after, &filter.account, page.limit)
    }

    /// Waits for everybody else who is about to hold credit of an account. Answers whether it ever had any. Taken after the
    /// invoice's lock, before any number of the organization's; whoever applies or releases what is held needs no lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_credit(&mut self, account: &str) -> Result<bool, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => locks::SQLITE,
            Tx::Postgres(_) => locks::POSTGRES,
        };
        Ok(fetch_optional!(self, IdRow, sql, &self.org, account)?.is_some())
    }

    /// The credits of an account in one currency that have something left, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credits_of(&mut self, account: &str, currency: &str) -> Result<Vec<CreditRow>, StoreError> {
        let mut rows = fetch_all!(self, CreditRow, CREDITS_OF, &self.org, account, currency)?;
        rows.retain(|row| row.available > 0);
        Ok(rows)
    }

    /// Writes that a try holds credit, and of which credits.
    ///
    /// # Errors
    /// When the database fails, or when more is held than is left.
    pub async fn hold_credit(
        &mut self,
        row: &CreditUseRow,
        parts: &[CreditPartRow],
    ) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_CREDIT_USE,
            &self.org,
            &row.id,
            &row.attempt_id,
            &row.session_id,
            &row.account_id,
            &row.login_id,
            &row.invoice_id,
            row.amount,
            &row.currency,
            &row.request_hash,
            row.created_at_ms
        )?;
        for part in parts {
            execute!(self, INSERT_CREDIT_PART, &self.org, &row.id, &part.credit_id, part.amount)?;
        }
        Ok(())
    }

    /// The credit of a try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credit_of_try(&mut self, attempt: &str) -> Result<Option<CreditUseRow>, StoreError> {
        fetch_optional!(self, CreditUseRow, USE_OF_TRY, &self.org, attempt)
    }

    /// The credit that a receipt is for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credit_of_receipt(&mut self, receipt: &str) -> Result<Option<CreditUseRow>, StoreError> {
        fetch_optional!(self, CreditUseRow, USE_OF_RECEIPT, &self.org, receipt)
    }

    /// The newest try of a session that credit alone paid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_paid_by_credit(&mut self, session: &str) -> Result<Option<CreditUseRow>, StoreError> {
        fetch_optional!(self, CreditUseRow, NEWEST_ALONE, &self.org, session)
    }

    /// The newest try at an invoice that credit alone paid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paid_by_credit(&mut self, invoice: &str) -> Result<Option<CreditUseRow>, StoreError> {
        fetch_optional!(self, CreditUseRow, PAID_ALONE, &self.org, invoice)
    }

    /// What a try holds of each credit, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credit_parts(&mut self, use_id: &str) -> Result<Vec<CreditPartRow>, StoreError> {
        fetch_all!(self, CreditPartRow, PARTS_OF_USE, &self.org, use_id)
    }

    /// Decides what becomes of credit that is held. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_credit(
        &mut self,
        use_id: &str,
        decision: CreditDecision,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let CreditDecision { status, receipt } = decision;
        let (receipt, number) = receipt.unzip();
        let changed = execute!(self, DECIDE_CREDIT_USE, &self.org, use_id, status, &receipt, number, now_ms)?;
        Ok(changed == 1)
    }

    /// Writes a line that a credit covers.
    ///
    /// # Errors
    /// When the database fails, or when more is applied than was held.
    pub async fn insert_credit_allocation(
        &mut self,
        new: &NewCreditAllocation,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let NewCreditAllocation { id, use_id, credit_id, invoice_id, item_id, amount } = new;
        let sql = INSERT_CREDIT_ALLOCATION;
        execute!(self, sql, &self.org, id, use_id, credit_id, invoice_id, item_id, *amount, now_ms)?;
        Ok(())
    }

    /// Lists what the credit of a try covers, top line first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_credit_allocations(
        &mut self,
        use_id: &str,
    ) -> Result<Vec<CreditAllocationRow>, StoreError> {
        fetch_all!(self, CreditAllocationRow, LIST_CREDIT_ALLOCATIONS, &self.org, use_id)
    }
}
