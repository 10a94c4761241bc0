//! Refunds: written before anything is sent, claimed with a lease and a fence, as attempts are.

use crate::store::StoreError;
use crate::store::attempts::{Claim, DueRow, DueWork};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::rows::NumberRow;
use crate::store::tx::{OrgTx, Page};

macro_rules! refund_columns {
    () => {
        "org_id, id, payment_id, account_id, invoice_id, kind, amount, currency, reason, lines, idempotency_key, status, \
         detail, processor_reference, fence, look_ups, created_at_ms, first_sent_at_ms, sent_at_ms, decided_at_ms, \
         continues, continued_by"
    };
}

statements! {
    INSERT_REFUND = "INSERT INTO refunds (org_id, id, payment_id, account_id, invoice_id, kind, amount, currency, reason, \
        lines, idempotency_key, status, fence, created_at_ms, first_sent_at_ms, sent_at_ms, lease_owner, leased_until_ms, \
        due_at_ms, continues) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    FIND_REFUND = concat!("SELECT ", refund_columns!(), " FROM refunds WHERE org_id = $1 AND id = $2");
    LIST_REFUNDS = concat!("SELECT ", refund_columns!(), " FROM refunds WHERE org_id = $1 AND ($2 = '' OR id < $2) \
        AND ($3 = '' OR payment_id = $3) AND ($4 = '' OR account_id = $4) ORDER BY id DESC LIMIT $5");
    // What is taken or reserved: everything but what certainly came to nothing.
    HELD_OF_PAYMENT = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS number FROM refunds WHERE org_id = $1 \
        AND payment_id = $2 AND status NOT IN ('failed', 'refused', 'failed_before_send')";
    UNDECIDED_OF_PAYMENT = concat!("SELECT ", refund_columns!(), " FROM refunds WHERE org_id = $1 AND payment_id = $2 \
        AND status IN ('created', 'sending', 'in_doubt') ORDER BY id");
    DUE_REFUNDS = "SELECT org_id, id, status FROM refunds \
        WHERE status IN ('created', 'sending', 'in_doubt', 'pending') AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    // Found by its key, not among all that wait: see the attempts in sql.rs.
    CLAIM_REFUND = concat!("UPDATE refunds SET status = 'sending', fence = fence + 1, lease_owner = $3, leased_until_ms = $4, \
        due_at_ms = $4, sent_at_ms = $5, first_sent_at_ms = COALESCE(first_sent_at_ms, $5) \
        WHERE org_id = $1 AND id = $2 AND status || '' = 'created' AND due_at_ms <= $5 RETURNING ", refund_columns!());
    CLAIM_REFUND_LOOK_UP = concat!("UPDATE refunds SET fence = fence + 1, lease_owner = $3, leased_until_ms = $4, \
        due_at_ms = $4, look_ups = look_ups + 1 \
        WHERE org_id = $1 AND id = $2 AND status || '' IN ('in_doubt', 'pending') AND due_at_ms <= $5 RETURNING ", refund_columns!());
    RECORD_REFUND = "UPDATE refunds SET status = $4, detail = $5, \
        processor_reference = COALESCE(processor_reference, $6), lines = COALESCE($7, lines), due_at_ms = $8, \
        decided_at_ms = $9, continued_by = COALESCE(continued_by, $10), lease_owner = NULL, leased_until_ms = NULL, fence = fence + 1 \
        WHERE org_id = $1 AND id = $2 AND fence = $3";
    EXPIRE_REFUND_LEASE = "UPDATE refunds SET status = 'in_doubt', fence = fence + 1, due_at_ms = $3, lease_owner = NULL, \
        leased_until_ms = NULL WHERE org_id = $1 AND id = $2 AND status || '' = 'sending' AND leased_until_ms <= $3";
    ASK_REFUND_AGAIN = "UPDATE refunds SET due_at_ms = $4, lease_owner = NULL, leased_until_ms = NULL \
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND status || '' = 'pending'";
    HAND_OVER_REFUND = "UPDATE refunds SET handed_over_at_ms = $3 \
        WHERE org_id = $1 AND id = $2 AND handed_over_at_ms IS NULL";
}

row! {
    /// One order to give money back.
    RefundRow {
        /// Whose it is.
        org_id: String,
        /// `ref_…`.
        id: String,
        /// The payment that it gives back.
        payment_id: String,
        /// Who paid.
        account_id: String,
        /// What was paid.
        invoice_id: String,
        /// `void`, `refund` or `cancel_debit`.
        kind: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// Why, in the words of whoever ordered it.
        reason: Option<String>,
        /// What it is taken from, as JSON: what was chosen at first, and what it was taken from once it is accepted.
        lines: Option<String>,
        /// The key that goes to the processor.
        idempotency_key: String,
        /// The name of its state.
        status: String,
        /// The processor's name for it, or why it came to nothing.
        detail: Option<String>,
        /// The processor's name for it, which stays when it fails later.
        processor_reference: Option<String>,
        /// Who may write the outcome: it rises with every claim.
        fence: i64,
        /// How often it was looked up.
        look_ups: i64,
        /// When it was ordered.
        created_at_ms: i64,
        /// When it was first sent.
        first_sent_at_ms: Option<i64>,
        /// When it was last sent.
        sent_at_ms: Option<i64>,
        /// When it came into a state that nobody need look up.
        decided_at_ms: Option<i64>,
        /// The void that it goes on with, because that came too late.
        continues: Option<String>,
        /// The refund that goes on with it, because it came too late.
        continued_by: Option<String>,
    }
}

/// What is written of a refund's outcome.
#[derive(Clone, Debug, Default)]
pub struct RefundUpdate {
    /// The name of the state it leads to.
    pub status: &'static str,
    /// The processor's name for it, or why it came to nothing.
    pub detail: Option<String>,
    /// The processor's name for it. The first one stays.
    pub processor_reference: Option<String>,
    /// What it was taken from; what is written stays where this is none.
    pub lines: Option<String>,
    /// When something is to be done about it next.
    pub due_at_ms: i64,
    /// When it was decided, if it was.
    pub decided_at_ms: Option<i64>,
    /// The refund that goes on with it. The first one stays.
    pub continued_by: Option<String>,
}

/// Which refunds are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct RefundFilter {
    /// What they give back.
    pub payment: String,
    /// Who paid.
    pub account: String,
}

impl Store {
    /// Refunds of every organization that somebody should look at now, the longest waiting first: those to send, those
    /// whose sender died, those whose answer was lost, those on their way of which nothing was heard.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_refunds(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_REFUNDS, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Writes a refund: one that whoever writes it sends at once, whose claim is committed with the intent, or one that is
    /// due for anybody.
    ///
    /// # Errors
    /// When the database fails, or more would be given back than was paid.
    pub async fn insert_refund(&mut self, row: &RefundRow, claim: Option<&Claim>) -> Result<(), StoreError> {
        let leased_until_ms = claim.map(|claim| claim.leased_until_ms);
        execute!(
            self,
            INSERT_REFUND,
            &self.org,
            &row.id,
            &row.payment_id,
            &row.account_id,
            &row.invoice_id,
            &row.kind,
            row.amount,
            &row.currency,
            &row.reason,
            &row.lines,
            &row.idempotency_key,
            &row.status,
            row.fence,
            row.created_at_ms,
            row.first_sent_at_ms,
            row.sent_at_ms,
            claim.map(|claim| claim.owner.as_str()),
            leased_until_ms,
            leased_until_ms.unwrap_or(row.created_at_ms),
            &row.continues
        )?;
        Ok(())
    }

    /// Finds a refund.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_refund(&mut self, id: &str) -> Result<Option<RefundRow>, StoreError> {
        fetch_optional!(self, RefundRow, FIND_REFUND, &self.org, id)
    }

    /// Lists refunds, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_refunds(
        &mut self,
        page: &Page,
        filter: &RefundFilter,
    ) -> Result<Vec<RefundRow>, StoreError> {
        let RefundFilter { payment, account } = filter;
        fetch_all!(self, RefundRow, LIST_REFUNDS, &self.org, &page.after, payment, account, page.limit)
    }

    /// What is given back of a payment or may be, minor units: every refund that did not certainly come to nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_of(&mut self, payment: &str) -> Result<i64, StoreError> {
        let row = fetch_optional!(self, NumberRow, HELD_OF_PAYMENT, &self.org, payment)?;
        Ok(row.map_or(0, |row| row.number))
    }

    /// The refunds of a payment whose outcome is not known yet, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undecided_refunds(&mut self, payment: &str) -> Result<Vec<RefundRow>, StoreError> {
        fetch_all!(self, RefundRow, UNDECIDED_OF_PAYMENT, &self.org, payment)
    }

    /// Claims a refund that is to be sent now. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_refund(
        &mut self,
        id: &str,
        claim: &Claim,
        now_ms: i64,
    ) -> Result<Option<RefundRow>, StoreError> {
        let Claim { owner, leased_until_ms } = claim;
        fetch_optional!(self, RefundRow, CLAIM_REFUND, &self.org, id, owner, *leased_until_ms, now_ms)
    }

    /// Claims a refund in doubt, or on its way, whose look-up is due. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_refund_look_up(
        &mut self,
        id: &str,
        claim: &Claim,
        now_ms: i64,
    ) -> Result<Option<RefundRow>, StoreError> {
        let Claim { owner, leased_until_ms } = claim;
        fetch_optional!(self, RefundRow, CLAIM_REFUND_LOOK_UP, &self.org, id, owner, *leased_until_ms, now_ms)
    }

    /// Writes what became of a refund where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_refund(
        &mut self,
        id: &str,
        fence: i64,
        update: RefundUpdate,
    ) -> Result<bool, StoreError> {
        let RefundUpdate {
            status,
            detail,
            processor_reference,
            lines,
            due_at_ms,
            decided_at_ms,
            continued_by,
        } = update;
        let changed = execute!(
            self,
            RECORD_REFUND,
            &self.org,
            id,
            fence,
            status,
            detail,
            processor_reference,
            lines,
            due_at_ms,
            decided_at_ms,
            continued_by
        )?;
        Ok(changed == 1)
    }

    /// Puts a refund whose sender has not come back in time in doubt. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_refund_lease(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, EXPIRE_REFUND_LEASE, &self.org, id, now_ms)? == 1)
    }

    /// Lets a refund that is still on its way fall due again, where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_refund_again(
        &mut self,
        id: &str,
        fence: i64,
        due_at_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ASK_REFUND_AGAIN, &self.org, id, fence, due_at_ms)? == 1)
    }

    /// Notes that a human was asked to look at a refund. Answers whether that is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over_refund(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, HAND_OVER_REFUND, &self.org, id, now_ms)? == 1)
    }
}
