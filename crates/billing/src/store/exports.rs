//! What is stored of a client, as the rows of a file that the client, or their organization, can take along. Never a token, a hash
//! that opens something, or a secret. The statements say which columns, and by which names; the rows are read by these names.
//!
//! `$1` is the login or the organization, `$2` the account where there is one; then the cursor of the last row that was read, and how
//! many are wanted.

use serde_json::{Map, Value};

use crate::store::StoreError;
use crate::store::macros::{fetch_all, statements};
use crate::store::tx::OrgTx;

statements! {
    EXPORT_LOGIN = "SELECT l.id AS cursor, l.id, l.name, l.email, l.created_at_ms, l.last_login_at_ms FROM logins l \
        WHERE l.id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3";
    EXPORT_METHODS = "SELECT m.id AS cursor, m.id, m.kind, m.brand, m.last4, m.exp_month, m.exp_year, \
            m.billing_address AS billing_address_json, m.nickname, m.is_default, m.blocked_by, m.created_at_ms, m.removed_at_ms, m.closed_at_ms, \
            m.bank_told_at_ms, m.was_last4, m.was_exp_month, m.was_exp_year \
        FROM payment_methods m WHERE m.login_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3";
    EXPORT_AUTHORIZATIONS = "SELECT a.id AS cursor, a.id, a.org_id AS organization, a.method_id AS method, \
            a.consent_version, a.consent_hash, a.consent_locale, t.text AS consent_text, a.accepted_at_ms, a.actor AS given_by, \
            a.address AS network_address, a.user_agent, a.revoked_at_ms, a.plans_continue \
        FROM authorizations a \
        LEFT JOIN consent_texts t ON t.org_id = a.org_id AND t.login_id = a.login_id AND t.hash = a.consent_hash \
        WHERE a.login_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3";
    EXPORT_BACKUPS = "SELECT b.id AS cursor, b.id, b.org_id AS organization, b.method_id AS method, b.consent_version, b.consent_hash, \
            b.consent_locale, t.text AS consent_text, b.accepted_at_ms, b.actor AS given_by, b.address AS network_address, b.user_agent, \
            b.ended_at_ms FROM backups b \
        LEFT JOIN consent_texts t ON t.org_id = b.org_id AND t.login_id = b.login_id AND t.hash = b.consent_hash \
        WHERE b.login_id = $1 AND b.id > $2 ORDER BY b.id LIMIT $3";
    // What was saved or brought up to date in the wallet, and what became of it.
    EXPORT_SAVING = "SELECT w.id AS cursor, w.id, w.org_id AS organization, w.session_id AS session, w.kind, w.brand, w.last4, w.status, \
            w.refusal, w.method_id AS method, w.billing_address AS billing_address_json, w.nickname, w.address AS network_address, \
            w.created_at_ms FROM wallet_verifications w WHERE w.login_id = $1 AND w.id > $2 ORDER BY w.id LIMIT $3";
    EXPORT_MANDATES = "SELECT d.id AS cursor, d.id, d.org_id AS organization, d.account_id AS account, d.method_id AS method, d.kind, \
            d.scope, d.holder_type, d.currency, d.amount_max, d.text_version, d.text_hash, d.locale, d.text, d.accepted_at_ms, \
            d.actor AS given_by, d.address AS network_address, d.user_agent, d.ended_at_ms, d.ended_because \
        FROM mandates d WHERE d.login_id = $1 AND d.id > $2 ORDER BY d.id LIMIT $3";
    EXPORT_DEVICES = "SELECT v.id AS cursor, v.id, v.user_agent, v.created_at_ms, v.used_at_ms, v.expires_at_ms FROM wallet_devices v \
        WHERE v.login_id = $1 AND v.id > $2 ORDER BY v.id LIMIT $3";
    EXPORT_ENTRIES = "SELECT e.id AS cursor, e.id, e.at_ms, e.action, e.method_id AS method, e.detail AS detail_json, \
            e.session_id AS session, e.address AS network_address FROM wallet_entries e \
        WHERE e.login_id = $1 AND e.id > $2 ORDER BY e.id LIMIT $3";
    EXPORT_MAILS = "SELECT s.id AS cursor, s.id, s.kind, s.status, s.created_at_ms, s.done_at_ms FROM mails s \
        WHERE s.login_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3";
    // The accounts of a login, with whichever organization. The transaction acts for the wallet.
    ACCOUNTS_OF_LOGIN = "SELECT a.org_id || ' ' || a.id AS cursor, a.org_id AS organization, a.id FROM accounts a \
        WHERE a.login_id = $1 AND a.org_id || ' ' || a.id > $2 ORDER BY a.org_id || ' ' || a.id LIMIT $3";
    EXPORT_ACCOUNT = "SELECT a.id AS cursor, a.id, a.login_id AS login, o.org_id AS organization, o.name AS organization_name, o.contact AS organization_contact, \
            a.name, a.email, a.reference, a.billing_address AS billing_address_json, a.created_at_ms \
        FROM accounts a JOIN organizations o ON o.org_id = a.org_id \
        WHERE a.org_id = $1 AND a.id = $2 AND a.id > $3 ORDER BY a.id LIMIT $4";
    EXPORT_PEOPLE = "SELECT p.id AS cursor, p.id, p.name FROM people p \
        WHERE p.org_id = $1 AND p.account_id = $2 AND p.id > $3 ORDER BY p.id LIMIT $4";
    EXPORT_ENROLMENTS = "SELECT e.person_id || ' ' || e.program || ' ' || e.activity AS cursor, e.person_id AS person, e.program, \
            e.activity FROM people p JOIN enrolments e ON e.org_id = p.org_id AND e.person_id = p.id \
        WHERE p.org_id = $1 AND p.account_id = $2 AND e.person_id || ' ' || e.program || ' ' || e.activity > $3 \
        ORDER BY e.person_id || ' ' || e.program || ' ' || e.activity LIMIT $4";
    EXPORT_MEMBERSHIPS = "SELECT m.person_id || ' ' || m.membership || ' ' || m.from_on AS cursor, m.person_id AS person, m.membership, \
            m.from_on, m.until_on FROM people p JOIN memberships m ON m.org_id = p.org_id AND m.person_id = p.id \
        WHERE p.org_id = $1 AND p.account_id = $2 AND m.person_id || ' ' || m.membership || ' ' || m.from_on > $3 \
        ORDER BY m.person_id || ' ' || m.membership || ' ' || m.from_on LIMIT $4";
    EXPORT_INVOICES = "SELECT i.id AS cursor, i.id, i.number, i.currency, i.total, i.created_at_ms FROM invoices i \
        WHERE i.org_id = $1 AND i.account_id = $2 AND i.id > $3 ORDER BY i.id LIMIT $4";
    EXPORT_ITEMS = "SELECT n.id AS cursor, n.id, n.invoice_id AS invoice, n.position, n.description, n.participant, n.amount \
        FROM invoices i JOIN invoice_items n ON n.org_id = i.org_id AND n.invoice_id = i.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND n.id > $3 ORDER BY n.id LIMIT $4";
    EXPORT_TRIES = "SELECT t.id AS cursor, t.id, t.invoice_id AS invoice, t.kind, t.initiation, t.amount, t.currency, t.credit, \
            t.method_id AS method, t.mandate_id AS mandate, t.brand, t.last4, t.status, t.decline_code, t.created_at_ms, t.decided_at_ms \
        FROM invoices i JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND t.id > $3 ORDER BY t.id LIMIT $4";
    // For the client alone: what they typed is not an organization's to take along where it is not theirs to see.
    EXPORT_TYPED = "SELECT t.id AS cursor, t.id AS \"try\", t.billing_address AS billing_address_json, t.consent_version, t.consent_locale, \
            t.consented_at_ms, t.consent_address AS network_address, t.consent_user_agent AS user_agent \
        FROM invoices i JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND t.id > $3 \
        AND (t.billing_address IS NOT NULL OR t.consent_version IS NOT NULL) ORDER BY t.id LIMIT $4";
    EXPORT_VERIFIED = "SELECT t.id AS cursor, t.id AS \"try\", t.invoice_id AS invoice, t.kind, t.brand, t.last4, t.status, t.created_at_ms, \
            t.billing_address AS billing_address_json, t.consent_version, t.consent_locale, t.consented_at_ms, \
            t.consent_address AS network_address, t.consent_user_agent AS user_agent \
        FROM invoices i JOIN setups t ON t.org_id = i.org_id AND t.invoice_id = i.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND t.id > $3 ORDER BY t.id LIMIT $4";
    EXPORT_PAYMENTS = "SELECT p.id AS cursor, p.id, p.invoice_id AS invoice, p.attempt_id AS \"try\", p.kind, p.status, p.amount, p.currency, \
            p.brand, p.last4, p.mandate_id AS mandate, p.return_code, p.paid_at_ms, p.settled_at_ms, p.ended_at_ms, \
            r.id AS receipt, r.number AS receipt_number \
        FROM invoices i JOIN payments p ON p.org_id = i.org_id AND p.invoice_id = i.id \
        JOIN receipts r ON r.org_id = p.org_id AND r.payment_id = p.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND p.id > $3 ORDER BY p.id LIMIT $4";
    EXPORT_REFUNDS = "SELECT f.id AS cursor, f.id, f.payment_id AS payment, f.invoice_id AS invoice, f.kind, f.amount, f.currency, f.status, \
            f.created_at_ms, f.decided_at_ms \
        FROM invoices i JOIN payments p ON p.org_id = i.org_id AND p.invoice_id = i.id \
        JOIN refunds f ON f.org_id = p.org_id AND f.payment_id = p.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND f.id > $3 ORDER BY f.id LIMIT $4";
    EXPORT_CREDITS = "SELECT c.id AS cursor, c.id, c.amount, c.currency, c.created_at_ms FROM credits c \
        WHERE c.org_id = $1 AND c.account_id = $2 AND c.id > $3 ORDER BY c.id LIMIT $4";
    EXPORT_CREDIT_USES = "SELECT u.id AS cursor, u.id, u.invoice_id AS invoice, u.amount, u.currency, u.status, u.receipt_id AS receipt, \
            u.receipt_number, u.created_at_ms, u.decided_at_ms \
        FROM invoices i JOIN credit_uses u ON u.org_id = i.org_id AND u.invoice_id = i.id \
        WHERE i.org_id = $1 AND i.account_id = $2 AND u.id > $3 ORDER BY u.id LIMIT $4";
    EXPORT_PLANS = "SELECT p.id AS cursor, p.id, p.kind, p.status, p.invoice_id AS invoice, p.currency, p.terms AS terms_json, \
            p.created_at_ms, p.began_at_ms, p.ended_at_ms, p.ended_because FROM plans p \
        WHERE p.org_id = $1 AND p.account_id = $2 AND p.id > $3 ORDER BY p.id LIMIT $4";
    EXPORT_PLANNED = "SELECT d.id AS cursor, d.id, d.plan_id AS plan, d.invoice_id AS invoice, d.amount, d.currency, d.due_on, d.status, \
            d.created_at_ms, d.ended_at_ms FROM planned_payments d \
        WHERE d.org_id = $1 AND d.account_id = $2 AND d.id > $3 ORDER BY d.id LIMIT $4";
    EXPORT_PLAN_METHODS = "SELECT m.id AS cursor, m.id, p.id AS plan, m.brand, m.last4, m.exp_month, m.exp_year, \
            m.billing_address AS billing_address_json, m.consent_version, m.consent_locale, m.accepted_at_ms, \
            m.address AS network_address, m.user_agent \
        FROM plans p JOIN plan_methods m ON m.org_id = p.org_id AND m.attempt_id = p.attempt_id \
        WHERE p.org_id = $1 AND p.account_id = $2 AND m.id > $3 ORDER BY m.id LIMIT $4";
    // What an organization may charge; of its reason for a credit the client is told nothing.
    EXPORT_CREDIT_REASONS = "SELECT c.id AS cursor, c.id AS credit, c.reason FROM credits c \
        WHERE c.org_id = $1 AND c.account_id = $2 AND c.id > $3 ORDER BY c.id LIMIT $4";
    EXPORT_MAY_CHARGE = "SELECT m.id AS cursor, m.id, m.kind, m.brand, m.last4, m.exp_month, m.exp_year, a.id AS \"authorization\", \
            a.accepted_at_ms AS authorized_at_ms \
        FROM accounts c JOIN organizations o ON o.org_id = c.org_id \
        JOIN authorizations a ON a.org_id = c.org_id AND a.login_id = c.login_id AND a.revoked_at_ms IS NULL \
        JOIN payment_methods m ON m.login_id = a.login_id AND m.id = a.method_id AND m.removed_at_ms IS NULL AND m.vault = o.vault \
        WHERE c.org_id = $1 AND c.id = $2 AND m.id > $3 ORDER BY m.id LIMIT $4";
    EXPORT_GIVEN = "SELECT a.id AS cursor, a.id, a.consent_version, a.consent_hash, a.consent_locale, t.text AS consent_text, \
            a.accepted_at_ms, a.actor AS given_by, a.address AS network_address, a.user_agent, a.revoked_at_ms, a.plans_continue \
        FROM accounts c JOIN authorizations a ON a.org_id = c.org_id AND a.login_id = c.login_id \
        LEFT JOIN consent_texts t ON t.org_id = a.org_id AND t.login_id = a.login_id AND t.hash = a.consent_hash \
        WHERE c.org_id = $1 AND c.id = $2 AND a.id > $3 ORDER BY a.id LIMIT $4";
    EXPORT_GIVEN_MANDATES = "SELECT d.id AS cursor, d.id, d.kind, d.scope, d.holder_type, d.currency, d.amount_max, d.text_version, \
            d.text_hash, d.locale, d.text, d.accepted_at_ms, d.actor AS given_by, d.address AS network_address, d.user_agent, \
            d.ended_at_ms, d.ended_because FROM mandates d \
        WHERE d.org_id = $1 AND d.account_id = $2 AND d.id > $3 ORDER BY d.id LIMIT $4";
}

/// A part of a file: its name there, and the statement that reads its rows.
#[derive(Clone, Copy, Debug)]
pub struct ExportPart {
    /// The name of the list.
    pub name: &'static str,
    sql: &'static str,
}

const fn part(name: &'static str, sql: &'static str) -> ExportPart {
    ExportPart { name, sql }
}

/// The login itself: one row.
pub const LOGIN: ExportPart = part("login", EXPORT_LOGIN);

/// What is a login's own, whichever organization it is with.
pub const WALLET: [ExportPart; 8] = [
    part("methods", EXPORT_METHODS),
    part("authorizations", EXPORT_AUTHORIZATIONS),
    part("backups", EXPORT_BACKUPS),
    part("mandates", EXPORT_MANDATES),
    part("saving", EXPORT_SAVING),
    part("devices", EXPORT_DEVICES),
    part("entries", EXPORT_ENTRIES),
    part("mails", EXPORT_MAILS),
];

/// The accounts of a login, with whichever organization: where the rest is read.
pub const ACCOUNTS: ExportPart = part("accounts", ACCOUNTS_OF_LOGIN);

/// An account itself: one row.
pub const ACCOUNT: ExportPart = part("account", EXPORT_ACCOUNT);

/// What an organization has of an account, and both may take along.
pub const SHARED: [ExportPart; 12] = [
    part("people", EXPORT_PEOPLE),
    part("enrolments", EXPORT_ENROLMENTS),
    part("memberships", EXPORT_MEMBERSHIPS),
    part("invoices", EXPORT_INVOICES),
    part("invoice_items", EXPORT_ITEMS),
    part("tries", EXPORT_TRIES),
    part("payments", EXPORT_PAYMENTS),
    part("refunds", EXPORT_REFUNDS),
    part("credits", EXPORT_CREDITS),
    part("credit_uses", EXPORT_CREDIT_USES),
    part("plans", EXPORT_PLANS),
    part("planned_payments", EXPORT_PLANNED),
];

/// What the client takes along besides.
pub const CLIENTS_OWN: [ExportPart; 3] = [
    part("typed", EXPORT_TYPED),
    part("verifications", EXPORT_VERIFIED),
    part("plan_methods", EXPORT_PLAN_METHODS),
];

/// What the organization takes along besides.
pub const ORGANIZATIONS_OWN: [ExportPart; 4] = [
    part("credit_reasons", EXPORT_CREDIT_REASONS),
    part("methods", EXPORT_MAY_CHARGE),
    part("authorizations", EXPORT_GIVEN),
    part("mandates", EXPORT_GIVEN_MANDATES),
];

/// A row, with the names of its columns.
#[derive(Clone, Debug, Default)]
pub struct ExportRow(pub Map<String, Value>);

impl ExportRow {
    /// Where the next page begins.
    pub fn cursor(&self) -> &str {
        self.text("cursor")
    }

    /// A text of it, or an empty one.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl<'r, R> sqlx::FromRow<'r, R> for ExportRow
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        use sqlx::Column as _;
        let mut fields = Map::new();
        for (at, column) in row.columns().iter().enumerate() {
            // What is stored is a text or a whole number.
            let value = match row.try_get::<Option<String>, _>(at) {
                Ok(text) => text.map_or(Value::Null, Value::from),
                Err(_) => row.try_get::<Option<i64>, _>(at)?.map_or(Value::Null, Value::from),
            };
            fields.insert(column.name().to_owned(), value);
        }
        Ok(Self(fields))
    }
}

impl OrgTx {
    /// Rows of what is a login's own, after a cursor. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_of_login(
        &mut self,
        part: ExportPart,
        login: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<ExportRow>, StoreError> {
        fetch_all!(self, ExportRow, part.sql, login, after, limit)
    }

    /// Rows of what the organization has of an account, after a cursor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_of_account(
        &mut self,
        part: ExportPart,
        account: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<ExportRow>, StoreError> {
        fetch_all!(self, ExportRow, part.sql, &self.org, account, after, limit)
    }
}
