//! Mails to clients: written with what causes them, claimed by whoever sends them. They are the login's own.

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::OrgTx;

statements! {
    LOGIN_MAIL = "SELECT id, email FROM logins WHERE id = $1";
    INSERT_MAIL = "INSERT INTO mails (login_id, id, kind, about, sealed, status, due_at_ms, until_ms, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $6) ON CONFLICT DO NOTHING";
    // Each new one takes the login's old ones with it, so that the table does not grow for ever.
    FORGET_MAILS = "DELETE FROM mails WHERE login_id = $1 AND done_at_ms < $2";
    DUE_MAILS = "SELECT login_id, id FROM mails WHERE status = 'waiting' AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    // Found by its key, not among all that is due: see the attempts in sql.rs.
    CLAIM_MAIL = "UPDATE mails SET fence = fence + 1, tries = tries + 1, due_at_ms = $3 WHERE login_id = $1 AND id = $2 \
        AND status || '' = 'waiting' AND due_at_ms <= $4 RETURNING id, login_id, sealed, tries, fence, until_ms, created_at_ms";
    // What is over says nothing any more.
    RECORD_MAIL = "UPDATE mails SET status = $4, due_at_ms = $5, last_error = $6, done_at_ms = $7, \
        sealed = CASE WHEN $4 = 'waiting' THEN sealed ELSE NULL END WHERE login_id = $1 AND id = $2 AND fence = $3";
    // One organization of those that planned something: the others are read in its transaction.
    EXPIRING_CARDS = "SELECT m.id, m.login_id, MIN(p.org_id) AS org_id FROM payment_methods m \
        JOIN planned_payments p ON p.login_id = m.login_id AND p.method_id = m.id AND p.status = 'planned' \
        WHERE m.exp_year = $1 AND m.exp_month = $2 AND m.removed_at_ms IS NULL AND m.kind = 'card' AND m.id > $3 \
        AND NOT EXISTS (SELECT 1 FROM mails s WHERE s.login_id = m.login_id AND s.about = $4 || m.id) \
        GROUP BY m.id, m.login_id ORDER BY m.id LIMIT $5";
}

row! {
    /// Where a login's mails go.
    LoginMailRow {
        /// `log_…`.
        id: String,
        /// The address, if anybody told one.
        email: Option<String>,
    }
}

row! {
    /// A mail that is due.
    DueMail {
        /// Whose it is.
        login_id: String,
        /// `mai_…`.
        id: String,
    }
}

row! {
    /// A mail that was claimed.
    MailRow {
        /// `mai_…`.
        id: String,
        /// Whose it is.
        login_id: String,
        /// What it says, sealed.
        sealed: Option<String>,
        /// How often it was tried, this time included.
        tries: i64,
        /// Who may write what became of it: it rises with every claim.
        fence: i64,
        /// Later than this it is not worth sending.
        until_ms: i64,
        /// When it was written.
        created_at_ms: i64,
    }
}

row! {
    /// A card that expires, with something planned on it.
    ExpiringRow {
        /// `pm_…`.
        id: String,
        /// Whose it is.
        login_id: String,
        /// An organization that planned it.
        org_id: String,
    }
}

/// A mail that is to be sent.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// Whose it is.
    pub login_id: String,
    /// `mai_…`.
    pub id: String,
    /// What kind of mail.
    pub kind: &'static str,
    /// Of what there is to be one alone.
    pub about: Option<String>,
    /// What it says, sealed.
    pub sealed: String,
    /// When it was written: it is due at once.
    pub now_ms: i64,
    /// Later than this it is not worth sending.
    pub until_ms: i64,
}

/// What became of a try.
#[derive(Clone, Debug)]
pub struct MailOutcome {
    /// `waiting`, `sent` or `given_up`.
    pub status: &'static str,
    /// When it is tried again.
    pub due_at_ms: i64,
    /// Why it was not sent, in a word.
    pub last_error: Option<String>,
    /// When it was over.
    pub done_at_ms: Option<i64>,
}

impl OrgTx {
    /// Where a login's mails go. The transaction must act for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_mail(&mut self, login: &str) -> Result<Option<String>, StoreError> {
        Ok(fetch_optional!(self, LoginMailRow, LOGIN_MAIL, login)?.and_then(|row| row.email))
    }

    /// Writes a mail, unless there is one about the same, and forgets those of the login that were over before `old_ms`. The
    /// transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_mail(&mut self, new: NewMail, old_ms: i64) -> Result<bool, StoreError> {
        execute!(self, FORGET_MAILS, &new.login_id, old_ms)?;
        let NewMail { login_id, id, kind, about, sealed, now_ms, until_ms } = new;
        Ok(execute!(self, INSERT_MAIL, login_id, id, kind, about, sealed, now_ms, until_ms)? == 1)
    }
}

impl Store {
    /// What is to be sent now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_mails(&self, now_ms: i64, limit: i64) -> Result<Vec<DueMail>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_all!(door, DueMail, DUE_MAILS, now_ms, limit)
    }

    /// Claims what is due, until then. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_mail(
        &self,
        due: &DueMail,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<Option<MailRow>, StoreError> {
        let mut door = self.login_door(&due.login_id).await?;
        let claimed = fetch_optional!(door, MailRow, CLAIM_MAIL, &due.login_id, &due.id, until_ms, now_ms)?;
        door.commit().await?;
        Ok(claimed)
    }

    /// Writes what became of a try, where the fence still matches. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_mail(&self, row: &MailRow, outcome: MailOutcome) -> Result<bool, StoreError> {
        let mut door = self.login_door(&row.login_id).await?;
        let MailOutcome { status, due_at_ms, last_error, done_at_ms } = outcome;
        let recorded = execute!(
            door,
            RECORD_MAIL,
            &row.login_id,
            &row.id,
            row.fence,
            status,
            due_at_ms,
            last_error,
            done_at_ms
        )?;
        door.commit().await?;
        Ok(recorded == 1)
    }

    /// Cards that expire at the end of a month, with something planned on them, of which no mail tells that is about `about` and the
    /// card; those after the card `after`, by their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expiring_cards(
        &self,
        (year, month): (i64, i64),
        after: &str,
        about: &str,
        limit: i64,
    ) -> Result<Vec<ExpiringRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_all!(door, ExpiringRow, EXPIRING_CARDS, year, month, after, about, limit)
    }
}
