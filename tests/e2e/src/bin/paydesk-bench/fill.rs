//! Writes attempts by the thousand, as the engine would have left them.

use std::time::SystemTime;

use paydesk_e2e::{Context, Failure};

/// What an invoice of the fill comes to, in cents.
const TOTAL: u32 = 1_000;
const MINUTE_MS: i64 = 60_000;
/// Far from the numbers of what is confirmed over HTTP meanwhile.
const FIRST: u32 = 1_000_000_000;

/// Where the attempts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Written and due.
    Due,
    /// Being sent by a process that is gone, whose lease has run out.
    Abandoned,
    /// Being sent by a process whose lease still runs.
    Leased,
    /// Sent, the answer lost, and to be looked up now.
    Doubtful,
    /// Long over, each invoice tried four times.
    Finished,
}

/// Knows which numbers are taken.
#[derive(Debug)]
pub struct Filler {
    accounts: Vec<String>,
    next: u32,
}

impl Filler {
    /// Fills the accounts evenly.
    pub const fn new(accounts: Vec<String>) -> Self {
        Self { accounts, next: FIRST }
    }

    /// The statements that write so many attempts, each account's share of them. All of them together are one
    /// transaction: whoever is at work sees all or none.
    pub fn statements(&mut self, count: u32, standing: Standing) -> Result<Vec<String>, Failure> {
        let share = count / u32::try_from(self.accounts.len()).context("few accounts")?;
        let mut statements = Vec::new();
        let accounts = self.accounts.clone();
        for account in &accounts {
            let (from, to) = (self.next, self.next + share - 1);
            self.next = to + 1;
            statements.extend(one_account(account, from, to, standing)?);
        }
        Ok(statements)
    }
}

fn one_account(account: &str, from: u32, to: u32, standing: Standing) -> Result<Vec<String>, Failure> {
    let now = now_ms()?;
    // Each invoice of what is finished was tried four times.
    let tries = if standing == Standing::Finished { 4 } else { 1 };
    let (first, last) = (from / tries, to / tries);
    let series = |from, to| {
        format!(
            "WITH RECURSIVE series(n) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n < {to})"
        )
    };
    let invoice = spelled("inv", &format!("(n / {tries})"));
    let invoices = format!(
        "INSERT INTO invoices (org_id, id, account_id, number, currency, total, created_at_ms) {} \
         SELECT a.org_id, {}, a.id, 'B' || n, 'CAD', {TOTAL}, {now} FROM accounts a, series WHERE a.id = '{account}'",
        series(first, last),
        spelled("inv", "n"),
    );
    let items = format!(
        "INSERT INTO invoice_items (org_id, id, invoice_id, position, description, amount) {} \
         SELECT a.org_id, {}, {}, 1, 'Swimming, level 3', {TOTAL} FROM accounts a, series WHERE a.id = '{account}'",
        series(first, last),
        spelled("itm", "n"),
        spelled("inv", "n"),
    );
    let state = state(standing, now);
    let (id, origin) = (spelled("att", "n"), spelled("att", &format!("(n / {tries} * {tries})")));
    let attempts = format!(
        "INSERT INTO attempts (org_id, id, origin_id, kind, initiation, account_id, login_id, invoice_id, amount, currency, \
         method_id, vault, customer, processor_method, brand, last4, exp_month, exp_year, save, request_hash, \
         idempotency_key, network_transaction_id, created_at_ms, {}) {} \
         SELECT a.org_id, {id}, {origin}, m.kind, 'installment', a.id, a.login_id, {invoice}, {TOTAL}, 'CAD', \
         m.id, m.vault, m.customer, m.reference, m.brand, m.last4, m.exp_month, m.exp_year, 0, 'fill ' || n, \
         {id} || '.charge', m.network_transaction_id, {now}, {} \
         FROM accounts a JOIN payment_methods m ON m.login_id = a.login_id, series WHERE a.id = '{account}'",
        state.columns,
        series(from, to),
        state.values,
    );
    Ok(vec![invoices, items, attempts])
}

struct State {
    columns: &'static str,
    values: String,
}

fn state(standing: Standing, now: i64) -> State {
    let sent = "status, fence, lease_owner, leased_until_ms, due_at_ms, first_sent_at_ms, sent_at_ms";
    let before = now - 2 * MINUTE_MS;
    let after = now + MINUTE_MS;
    match standing {
        Standing::Due => {
            State { columns: "status, due_at_ms", values: format!("'created', {}", now - MINUTE_MS) }
        }
        Standing::Abandoned => {
            let expired = now - MINUTE_MS;
            State {
                columns: sent,
                values: format!("'sending', 1, 'gone', {expired}, {expired}, {before}, {before}"),
            }
        }
        Standing::Leased => State {
            columns: sent,
            values: format!("'sending', 1, 'elsewhere', {after}, {after}, {now}, {now}"),
        },
        Standing::Doubtful => {
            State { columns: sent, values: format!("'in_doubt', 2, NULL, NULL, {now}, {before}, {before}") }
        }
        Standing::Finished => State {
            columns: "status, decline_code, fence, due_at_ms, first_sent_at_ms, sent_at_ms, decided_at_ms",
            values: format!("'declined', 'generic_decline', 2, {before}, {before}, {before}, {before}"),
        },
    }
}

/// An id of a number, the same in both dialects: its digits, written in the letters that ids are made of.
fn spelled(prefix: &str, number: &str) -> String {
    let padded =
        format!("substr('{zeros}' || {number}, length('{zeros}' || {number}) - 29)", zeros = "0".repeat(30));
    let letters = "0123456789".chars().zip("bcdfghjkmn".chars());
    let replaced =
        letters.fold(padded, |text, (digit, letter)| format!("replace({text}, '{digit}', '{letter}')"));
    format!("'{prefix}_' || {replaced}")
}

#[expect(clippy::disallowed_methods, reason = "what is due is due by the machine's clock")]
fn now_ms() -> Result<i64, Failure> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock")?;
    i64::try_from(since.as_millis()).context("the clock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_given_once_and_shared_out() {
        let mut filler = Filler::new(vec!["acc_a".to_owned(), "acc_b".to_owned()]);
        for _ in 0..2 {
            assert_eq!(filler.statements(10, Standing::Due).unwrap().len(), 6);
        }
        assert_eq!(filler.next, FIRST + 20);
    }
}
