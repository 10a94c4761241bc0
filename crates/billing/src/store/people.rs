//! The lists of people and of accounts, by what could be charged and by where people take part.
//!
//! `chargeable` of a row (migration 19) is what its login's wallet comes to for this organization, whatever the day. It has few values,
//! so that PostgreSQL reads the newest rows of each value that is wanted from the index, and puts them together: a page costs the same
//! whether everybody has a card, or nobody, or the last one alone. SQLite goes through the index of the other filter.

use crate::store::StoreError;
use crate::store::dialect::Engine;
use crate::store::enrolments::ListedPersonRow;
use crate::store::macros::{fetch_all, statements};
use crate::store::rows::AccountRow;
use crate::store::tx::{OrgTx, Page, Tx};

/// The month part of `chargeable`; what is above it says which bank accounts there are.
pub const MONTHS: i64 = 1_000_000;

/// A list ends where this begins: ids are letters.
const BEFORE_THE_FIRST_PAGE: &str = "z";

// `$4` and `$6`: whether a card, and a bank account, is wanted (1), is not wanted (0), or is not asked about (-1). `$5`: this month. `$7`:
// which bank accounts count.
macro_rules! is_wanted {
    ($code:literal) => {
        concat!(
            "($4 < 0 OR $4 = CASE WHEN ",
            $code,
            " % 1000000 >= $5 THEN 1 ELSE 0 END) \
             AND ($6 < 0 OR $6 = CASE WHEN ((",
            $code,
            " / 1000000) & $7) <> 0 THEN 1 ELSE 0 END)"
        )
    };
}

// The ids of a page. `$keys` is what the index begins with, `$also` what is looked at besides.
macro_rules! ids {
    (postgres, $table:literal, $id:literal, $keys:literal, $also:expr) => {
        concat!(
            "WITH RECURSIVE codes AS ((SELECT t.chargeable AS code FROM ", $table, " t WHERE t.org_id = $1", $keys,
            " ORDER BY t.chargeable LIMIT 1) UNION ALL SELECT (SELECT t.chargeable FROM ", $table, " t WHERE t.org_id = $1", $keys,
            " AND t.chargeable > c.code ORDER BY t.chargeable LIMIT 1) FROM codes c WHERE c.code IS NOT NULL) \
            SELECT s.id FROM codes c CROSS JOIN LATERAL (SELECT DISTINCT t.", $id, " AS id FROM ", $table,
            " t WHERE t.org_id = $1", $keys, " AND t.chargeable = c.code AND t.", $id, " < $2", $also,
            " ORDER BY t.", $id, " DESC LIMIT $3) s WHERE c.code IS NOT NULL AND ", is_wanted!("c.code"),
            " ORDER BY s.id DESC LIMIT $3"
        )
    };
    (sqlite, $table:literal, $id:literal, $keys:literal, $also:expr) => {
        concat!(
            "SELECT DISTINCT t.", $id, " AS id FROM ", $table, " t WHERE t.org_id = $1", $keys, " AND t.", $id, " < $2", $also,
            " AND ", is_wanted!("t.chargeable"), " ORDER BY t.", $id, " DESC LIMIT $3"
        )
    };
}

macro_rules! people_of {
    ($ids:expr) => {
        concat!(
            "SELECT p.id, p.name, p.account_id, a.name AS account_name, a.email, a.reference, p.chargeable FROM (", $ids, ") l \
            JOIN people p ON p.org_id = $1 AND p.id = l.id JOIN accounts a ON a.org_id = $1 AND a.id = p.account_id ORDER BY p.id DESC"
        )
    };
}

macro_rules! lists {
    ($engine:ident) => {
        statements! {
            LIST_CHARGEABLE_ACCOUNTS = concat!("SELECT a.id, a.login_id, a.name, a.email, a.reference, a.created_at_ms, \
                a.billing_address, a.chargeable FROM (", ids!($engine, "accounts", "id", "", ""), ") l \
                JOIN accounts a ON a.org_id = $1 AND a.id = l.id ORDER BY a.id DESC");
            LIST_CHARGEABLE_PEOPLE = people_of!(ids!($engine, "people", "id", "", ""));
            PEOPLE_IN_PROGRAM = people_of!(ids!($engine, "enrolments", "person_id", " AND t.program = $8", ""));
            PEOPLE_IN_ACTIVITY = people_of!(ids!($engine, "enrolments", "person_id", " AND t.activity = $8", ""));
            PEOPLE_IN_BOTH = people_of!(ids!($engine, "enrolments", "person_id", " AND t.program = $8 AND t.activity = $9", ""));
            MEMBERS = people_of!(ids!($engine, "memberships", "person_id", " AND t.membership = $8",
                " AND t.from_on <= $9 AND t.until_on >= $9"));
            MEMBERS_IN_PROGRAM = people_of!(ids!($engine, "member_enrolments", "person_id", " AND t.membership = $8 AND t.program = $9",
                " AND t.from_on <= $10 AND t.until_on >= $10"));
            MEMBERS_IN_ACTIVITY = people_of!(ids!($engine, "member_enrolments", "person_id", " AND t.membership = $8 AND t.activity = $9",
                " AND t.from_on <= $10 AND t.until_on >= $10"));
            MEMBERS_IN_BOTH = people_of!(ids!($engine, "member_enrolments", "person_id",
                " AND t.membership = $8 AND t.program = $9 AND t.activity = $10", " AND t.from_on <= $11 AND t.until_on >= $11"));
        }
    };
}

pub(crate) mod sqlite {
    //! SQLite reads a list in its order, from the index of its filter.
    use super::statements;

    lists!(sqlite);
}

pub(crate) mod postgres {
    //! PostgreSQL reads the newest of each value of `chargeable`.
    use super::statements;

    lists!(postgres);
}

// A client is named by what few share, so that all else is looked at row by row.
macro_rules! named {
    ($by:literal) => {
        concat!(
            "SELECT p.id, p.name, p.account_id, a.name AS account_name, a.email, a.reference, p.chargeable FROM accounts a \
            JOIN people p ON p.org_id = $1 AND p.account_id = a.id WHERE a.org_id = $1 AND p.id < $2 AND ", is_wanted!("p.chargeable"),
            " AND ", $by, " AND ($10 = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.org_id = $1 AND m.person_id = p.id \
                AND m.membership = $10 AND m.from_on <= $11 AND m.until_on >= $11)) \
            AND (($12 = '' AND $13 = '') OR EXISTS (SELECT 1 FROM enrolments e WHERE e.org_id = $1 AND e.person_id = p.id \
                AND ($12 = '' OR e.program = $12) AND ($13 = '' OR e.activity = $13))) ORDER BY p.id DESC LIMIT $3"
        )
    };
}

macro_rules! accounts_named {
    ($by:literal) => {
        concat!(
            "SELECT a.id, a.login_id, a.name, a.email, a.reference, a.created_at_ms, a.billing_address, a.chargeable FROM accounts a \
            WHERE a.org_id = $1 AND a.id < $2 AND ", is_wanted!("a.chargeable"), " AND ", $by, " ORDER BY a.id DESC LIMIT $3"
        )
    };
}

statements! {
    LIST_ACCOUNTS = "SELECT id, login_id, name, email, reference, created_at_ms, billing_address, chargeable FROM accounts \
        WHERE org_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    ACCOUNTS_BY_EMAIL = accounts_named!("a.email = $8 AND ($9 = '' OR a.reference = $9)");
    ACCOUNTS_BY_REFERENCE = accounts_named!("$8 = '' AND a.reference = $9");
    LIST_PEOPLE_OF_ALL = "SELECT p.id, p.name, p.account_id, a.name AS account_name, a.email, a.reference, p.chargeable FROM people p \
        JOIN accounts a ON a.org_id = $1 AND a.id = p.account_id WHERE p.org_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3";
    PEOPLE_BY_EMAIL = named!("a.email = $8 AND ($9 = '' OR a.reference = $9)");
    PEOPLE_BY_REFERENCE = named!("$8 = '' AND a.reference = $9");
}

/// The statements of this file for an engine.
pub(crate) fn lists(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => sqlite::ALL,
        Engine::Postgres => postgres::ALL,
    }
}

/// What is asked about a wallet. A day is part of it: a card's last month ends.
#[derive(Clone, Copy, Debug)]
pub struct WalletFilter {
    /// Whether there is to be a card that can be charged, or is to be none.
    pub card: Option<bool>,
    /// The same about a bank account.
    pub bank: Option<bool>,
    /// Twelve times the year, and the month.
    pub month: i64,
    /// The bank accounts that count: 1 for ACH, 2 for PAD, or none of them.
    pub banks: i64,
}

/// Which people are wanted. An empty filter lets everything through.
#[derive(Clone, Debug)]
pub struct PeopleFilter {
    /// What they have on file.
    pub wallet: WalletFilter,
    /// Who take part in something of this program.
    pub program: String,
    /// Who take part in this activity.
    pub activity: String,
    /// Who are members of this.
    pub membership: String,
    /// On this day.
    pub today: String,
    /// Who are in the account of the client with this address.
    pub email: String,
    /// Who are in the account with this number.
    pub reference: String,
}

/// Whether something is asked, as statements take it.
fn asked(wanted: Option<bool>) -> i64 {
    wanted.map_or(-1, i64::from)
}

fn before(page: &Page) -> &str {
    if page.after.is_empty() { BEFORE_THE_FIRST_PAGE } else { &page.after }
}

/// Reads a list with the statement of this engine: page, wallet, and what the filter needs.
macro_rules! fetch_list {
    ($scope:expr, $row:ty, $name:ident, $page:expr, $wallet:expr $(, $bind:expr)* $(,)?) => {{
        let sql = match &$scope.tx {
            Tx::Sqlite(_) => sqlite::$name,
            Tx::Postgres(_) => postgres::$name,
        };
        fetch_all!($scope, $row, sql, &$scope.org, before($page), $page.limit, asked($wallet.card), $wallet.month,
            asked($wallet.bank), $wallet.banks $(, $bind)*)
    }};
}

impl OrgTx {
    /// Lists accounts, newest first. An empty filter lets everything through.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_accounts(
        &mut self,
        page: &Page,
        wallet: &WalletFilter,
        email: &str,
        reference: &str,
    ) -> Result<Vec<AccountRow>, StoreError> {
        if email.is_empty() && reference.is_empty() {
            if wallet.card.is_none() && wallet.bank.is_none() {
                return fetch_all!(self, AccountRow, LIST_ACCOUNTS, &self.org, before(page), page.limit);
            }
            return fetch_list!(self, AccountRow, LIST_CHARGEABLE_ACCOUNTS, page, wallet);
        }
        let sql = if email.is_empty() { ACCOUNTS_BY_REFERENCE } else { ACCOUNTS_BY_EMAIL };
        fetch_all!(
            self,
            AccountRow,
            sql,
            &self.org,
            before(page),
            page.limit,
            asked(wallet.card),
            wallet.month,
            asked(wallet.bank),
            wallet.banks,
            email,
            reference
        )
    }

    /// Lists people, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_listed_people(
        &mut self,
        page: &Page,
        filter: &PeopleFilter,
    ) -> Result<Vec<ListedPersonRow>, StoreError> {
        let PeopleFilter { wallet, program, activity, membership, today, email, reference } = filter;
        if !(email.is_empty() && reference.is_empty()) {
            return self.list_people_of_named(page, filter).await;
        }
        match (program.is_empty(), activity.is_empty(), membership.is_empty()) {
            (true, true, true) if wallet.card.is_none() && wallet.bank.is_none() => {
                fetch_all!(self, ListedPersonRow, LIST_PEOPLE_OF_ALL, &self.org, before(page), page.limit)
            }
            (true, true, true) => fetch_list!(self, ListedPersonRow, LIST_CHARGEABLE_PEOPLE, page, wallet),
            (false, true, true) => {
                fetch_list!(self, ListedPersonRow, PEOPLE_IN_PROGRAM, page, wallet, program)
            }
            (true, false, true) => {
                fetch_list!(self, ListedPersonRow, PEOPLE_IN_ACTIVITY, page, wallet, activity)
            }
            (false, false, true) => {
                fetch_list!(self, ListedPersonRow, PEOPLE_IN_BOTH, page, wallet, program, activity)
            }
            (true, true, false) => {
                fetch_list!(self, ListedPersonRow, MEMBERS, page, wallet, membership, today)
            }
            (false, true, false) => {
                fetch_list!(
                    self,
                    ListedPersonRow,
                    MEMBERS_IN_PROGRAM,
                    page,
                    wallet,
                    membership,
                    program,
                    today
                )
            }
            (true, false, false) => {
                fetch_list!(
                    self,
                    ListedPersonRow,
                    MEMBERS_IN_ACTIVITY,
                    page,
                    wallet,
                    membership,
                    activity,
                    today
                )
            }
            (false, false, false) => {
                fetch_list!(
                    self,
                    ListedPersonRow,
                    MEMBERS_IN_BOTH,
                    page,
                    wallet,
                    membership,
                    program,
                    activity,
                    today
                )
            }
        }
    }

    async fn list_people_of_named(
        &mut self,
        page: &Page,
        filter: &PeopleFilter,
    ) -> Result<Vec<ListedPersonRow>, StoreError> {
        let wallet = &filter.wallet;
        let sql = if filter.email.is_empty() { PEOPLE_BY_REFERENCE } else { PEOPLE_BY_EMAIL };
        fetch_all!(
            self,
            ListedPersonRow,
            sql,
            &self.org,
            before(page),
            page.limit,
            asked(wallet.card),
            wallet.month,
            asked(wallet.bank),
            wallet.banks,
            &filter.email,
            &filter.reference,
            &filter.membership,
            &filter.today,
            &filter.program,
            &filter.activity
        )
    }
}
