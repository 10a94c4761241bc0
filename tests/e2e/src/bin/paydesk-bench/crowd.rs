//! Fills an organization with people by the million, on PostgreSQL: their clients' wallets, permissions, enrolments and memberships, and
//! what the migration's triggers would have kept beside them, which is compared with the wallets afterwards.

use paydesk_e2e::{Context, Failure};

use crate::sql::Sql;

/// People of each organization; two are in an account.
pub const PEOPLE: u32 = 1_000_000;
const ACCOUNTS: u32 = PEOPLE / 2;

/// An organization to fill.
#[derive(Clone, Copy, Debug)]
pub struct Crowd<'a> {
    /// `org_…`.
    pub organization: &'a str,
    /// Which numbers its ids are made of: the first one comes after so many.
    pub after: u32,
    /// Of 1,000 clients so many have a card, of which a fifth has expired.
    pub cards: u32,
    /// And so many a bank account.
    pub banks: u32,
}

/// The id of a number, as SQL.
fn spelled(prefix: &str, number: &str) -> String {
    format!("'{prefix}_' || translate(lpad(CAST({number} AS TEXT), 30, '0'), '0123456789', 'bcdfghjkmn')")
}

/// Of 1,000, by number and for a purpose, as SQL: the same each time.
fn of_thousand(purpose: &str, number: &str) -> String {
    format!("CAST(ABS(hashtextextended('{purpose}' || {number}, 0) % 1000) AS BIGINT)")
}

/// The id of a number, as it was written.
pub fn id(prefix: &str, number: u32) -> String {
    let digits = format!("{number:030}");
    let letters = digits.bytes().map(|digit| {
        let place = usize::from(digit.saturating_sub(b'0'));
        "bcdfghjkmn".chars().nth(place).unwrap_or('b')
    });
    format!("{prefix}_{}", letters.collect::<String>())
}

/// This month, as a card's last one is counted.
const THIS_MONTH: &str = "CAST(date_part('year', now()) * 12 + date_part('month', now()) AS BIGINT)";

/// What the client of a number has, as SQL.
struct Wallet {
    /// The last month of their card, if they have one: of this month less a year, and five years on.
    until: String,
    has_card: String,
    has_bank: String,
    /// What comes of both.
    chargeable: String,
}

impl Crowd<'_> {
    fn wallet(&self, number: &str) -> Wallet {
        let until = format!("({THIS_MONTH} - 12 + {} % 60)", of_thousand("month", number));
        let has_card = format!("{} < {}", of_thousand("card", number), self.cards);
        let has_bank = format!("{} < {}", of_thousand("bank", number), self.banks);
        let chargeable = format!(
            "(CASE WHEN {has_card} THEN {until} ELSE 0 END + CASE WHEN {has_bank} THEN 2000000 ELSE 0 END)"
        );
        Wallet { until, has_card, has_bank, chargeable }
    }

    /// The numbers of its people.
    pub const fn numbers(&self) -> (u32, u32) {
        (self.after * 2 + 1, self.after * 2 + PEOPLE)
    }

    /// Writes it. No trigger is at work meanwhile: each of a million rows would be looked at by itself.
    pub async fn fill(&self, sql: &mut Sql) -> Result<(), Failure> {
        sql.run("SET session_replication_role = replica".to_owned()).await?;
        sql.run_together(self.clients()).await?;
        sql.run_together(self.taking_part()).await?;
        sql.run("SET session_replication_role = origin".to_owned()).await.map(drop)
    }

    fn clients(&self) -> Vec<String> {
        let Self { organization, after, .. } = self;
        let series = format!("generate_series({}, {}) n", after + 1, after + ACCOUNTS);
        let (login, account) = (spelled("log", "n"), spelled("acc", "n"));
        let Wallet { until, has_card, has_bank, chargeable } = self.wallet("n");
        let method = |prefix: &str, has: &str, columns: &str, values: &str| {
            format!(
                "INSERT INTO payment_methods (login_id, id, vault, customer, reference, brand, last4, billing_address, created_at_ms, \
                 {columns}) SELECT {login}, {id}, o.vault, 'cus_1', {id}, 'visa', '4242', '{{}}', 0, {values} \
                 FROM {series}, organizations o WHERE o.org_id = '{organization}' AND {has}",
                id = spelled(prefix, "n"),
            )
        };
        let permission = |prefix: &str, method: &str, has: &str| {
            format!(
                "INSERT INTO authorizations (org_id, id, login_id, method_id, consent_version, consent_hash, consent_locale, \
                 accepted_at_ms, actor, created_at_ms) SELECT '{organization}', {}, {login}, {}, 'fill', 'fill', 'en', 0, 'payer', 0 \
                 FROM {series} WHERE {has}",
                spelled(prefix, "n"),
                spelled(method, "n"),
            )
        };
        let card_values = format!("'card', ({until} - 1) % 12 + 1, ({until} - 1) / 12");
        vec![
            format!(
                "INSERT INTO logins (id, name, created_at_ms) SELECT {login}, 'Client ' || n, 0 FROM {series}"
            ),
            format!(
                "INSERT INTO accounts (org_id, id, login_id, name, email, reference, created_at_ms, chargeable) \
                 SELECT '{organization}', {account}, {login}, 'Client ' || n, 'client.' || n || '@example.org', 'C-' || n, 0, \
                 {chargeable} FROM {series}"
            ),
            method("pmc", &has_card, "kind, exp_month, exp_year", &card_values),
            method("pmb", &has_bank, "kind", "'pad'"),
            permission("auc", "pmc", &has_card),
            permission("aub", "pmb", &has_bank),
            format!(
                "INSERT INTO mandates (org_id, id, login_id, account_id, method_id, kind, scope, holder_type, currency, text_version, \
                 text_hash, text, locale, accepted_at_ms, actor) SELECT '{organization}', {}, {login}, {account}, {}, 'pad', 'standing', \
                 'personal', 'CAD', 'fill', 'fill', '', 'en', 0, 'payer' FROM {series} WHERE {has_bank}",
                spelled("man", "n"),
                spelled("pmb", "n"),
            ),
        ]
    }

    /// Five programs of forty activities; one that half of all are in; one of a hundred thousand of whom nobody has a card, or everybody;
    /// and one of as many in which the oldest twenty alone have what the others lack. A season that half of all are members of.
    fn taking_part(&self) -> Vec<String> {
        let Self { organization, .. } = self;
        let (first, last) = self.numbers();
        let series = format!("generate_series({first}, {last}) n");
        let is_rare = self.cards < 500;
        let Wallet { chargeable, .. } = self.wallet("((n + 1) / 2)");
        let has_card = format!("{chargeable} % 1000000 >= {THIS_MONTH}");
        let usual = if is_rare { format!("NOT ({has_card})") } else { has_card };
        let person = spelled("per", "n");
        let enrol = |program: &str, activity: &str, who: &str| {
            format!(
                "INSERT INTO enrolments (org_id, person_id, program, activity, chargeable) \
                 SELECT '{organization}', {person}, {program}, {activity}, {chargeable} FROM {series} WHERE {who}"
            )
        };
        let member = |membership: &str, from: &str, until: &str, who: &str| {
            format!(
                "INSERT INTO memberships (org_id, person_id, membership, from_on, until_on, chargeable) \
                 SELECT '{organization}', {person}, '{membership}', '{from}', '{until}', {chargeable} FROM {series} WHERE {who}"
            )
        };
        let (program, activity) = (of_thousand("program", "n"), of_thousand("activity", "n"));
        vec![
            format!(
                "INSERT INTO people (org_id, id, account_id, name, chargeable) \
                 SELECT '{organization}', {person}, {}, 'Person ' || n, {chargeable} FROM {series}",
                spelled("acc", "((n + 1) / 2)"),
            ),
            enrol(
                &format!("'program-' || {program} % 5"),
                &format!("'activity-' || {program} % 5 || '-' || {activity} % 40"),
                "true",
            ),
            enrol("'everybody'", "'everybody'", "n % 2 = 0"),
            enrol("'alike'", "'alike'", &format!("n % 10 < 2 AND {usual}")),
            enrol(
                "'last'",
                "'last'",
                &format!("(n % 10 BETWEEN 2 AND 3 AND {usual}) OR (n < {first} + 4000 AND NOT ({usual}))"),
            ),
            member("season", "2026-01-01", "2999-12-31", "n % 2 = 1"),
            member("gold", "2026-01-01", "2999-12-31", "n % 50 < 2"),
            // What is over stands in the way of what is not, under the same name.
            member("gold", "2019-01-01", "2019-12-31", "n % 50 < 10"),
            format!(
                "INSERT INTO member_enrolments (org_id, person_id, program, activity, membership, from_on, until_on, chargeable) \
                 SELECT e.org_id, e.person_id, e.program, e.activity, m.membership, m.from_on, m.until_on, e.chargeable FROM enrolments e \
                 JOIN memberships m ON m.org_id = e.org_id AND m.person_id = e.person_id WHERE e.org_id = '{organization}'"
            ),
        ]
    }
}

/// Fails unless what is kept beside every account is what its wallet comes to.
pub async fn agrees(sql: &mut Sql) -> Result<(), Failure> {
    let wrong = sql
        .number(
            "SELECT COUNT(*) FROM accounts a LEFT JOIN (SELECT u.org_id, u.login_id, \
             MAX(CASE WHEN m.kind = 'card' THEN m.exp_year * 12 + m.exp_month ELSE 0 END) \
             + MAX(CASE WHEN m.kind = 'pad' THEN 2000000 ELSE 0 END) AS code FROM authorizations u \
             JOIN payment_methods m ON m.login_id = u.login_id AND m.id = u.method_id GROUP BY u.org_id, u.login_id) w \
             ON w.org_id = a.org_id AND w.login_id = a.login_id WHERE a.chargeable <> COALESCE(w.code, 0)",
        )
        .await?;
    (wrong == 0).then_some(()).context(format!("{wrong} accounts are filled wrong"))
}
