//! Who has a card or a bank account on file is who could be charged now: the filters' answer is held against the charges themselves,
//! through everything that can happen to methods, permissions and mandates, also at the same time.

use std::time::Duration;

use paydesk_billing::store::{MandateRow, MethodRow, NewAuthorization, NewMethod, OrgTx, Tenant};
use paydesk_domain::id::OrganizationId;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::histories::Dice;
use crate::support::{Database, Engine, Stack, fresh, on_both, organization, scale};

on_both! {
    the_filters_answer_what_a_charge_would_be_allowed_for;
    whoever_changes_a_wallet_at_the_same_time_sees_the_other;
    many_changes_at_once_come_to_what_is_so;
}

const CLIENTS: usize = 5;
const MOVES: usize = 60;
/// After so many moves everything is compared.
const COMPARED_EVERY: usize = 12;
/// This month, with how many months before or after a card may expire.
const EXPIRIES: [i64; 4] = [-1, 0, 1, 30];

/// An organization, and its accounts by client.
struct Side {
    tenant: Tenant,
    key: String,
    accounts: Vec<Vec<String>>,
}

/// Two organizations of one platform with the same clients, and everything that was ever in their wallets.
struct World {
    stack: Stack,
    sides: Vec<Side>,
    logins: Vec<String>,
    methods: Vec<MethodRow>,
    /// By side: permissions and mandates.
    given: Vec<(usize, String)>,
    mandates: Vec<(usize, String)>,
    dice: Dice,
}

impl World {
    async fn new(engine: Engine, seed: u64) -> Self {
        let mut options = crate::support::StackOptions::default();
        options.http.per_key_per_minute = 0;
        let stack = Stack::start_with(engine, options).await;
        let (other, other_key) = organization(&stack.app, "Sister club").await;
        let side = |id: &OrganizationId, key: &str| Side {
            tenant: stack.app.store.organization(id.clone()),
            key: key.to_owned(),
            accounts: vec![Vec::new(); CLIENTS],
        };
        let sides = vec![side(&stack.organization, &stack.key), side(&other, &other_key)];
        let mut world = Self {
            stack,
            sides,
            logins: Vec::new(),
            methods: vec![],
            given: vec![],
            mandates: vec![],
            dice: Dice(seed),
        };
        for client in 0..CLIENTS {
            let made = world
                .stack
                .write("/v1/clients", json!({"login": {"name": "Kim"}, "people": [{"name": "Lou"}]}));
            let made = made.await.expect(201);
            world.logins.push(made.at("/login"));
            world.sides[0].accounts[client].push(made.at("/id"));
            for _ in 0..3 {
                let method = world.new_method(client, 0).await;
                world.authorize(0, &method).await;
                world.mandate(0, client, &method).await;
            }
        }
        world
    }

    /// This month in the organizations' time zone, as a card's last one is counted.
    fn month(&self) -> i64 {
        use paydesk_billing::clock::Clock as _;
        let today = self.stack.clock.now().in_tz("America/Toronto").unwrap().date();
        i64::from(today.year()) * 12 + i64::from(today.month())
    }

    /// A client, and the side of one of their organizations, where there is an account.
    fn somewhere(&mut self) -> (usize, usize) {
        let client = self.dice.below(CLIENTS);
        let side = self.dice.below(2);
        (client, if self.sides[side].accounts[client].is_empty() { 0 } else { side })
    }

    async fn begin(&self, side: usize, login: &str) -> OrgTx {
        let mut tx = self.sides[side].tenant.write().await.unwrap();
        tx.act_for_login(login).await.unwrap();
        tx
    }

    async fn moves(&mut self) {
        let (client, side) = self.somewhere();
        let login = self.logins[client].clone();
        match self.dice.below(19) {
            0..=4 | 12..=14 => {
                let method = self.new_method(client, side).await;
                if self.dice.below(4) > 0 {
                    self.authorize(side, &method).await;
                }
                if method.kind != "card" && self.dice.below(4) > 0 {
                    self.mandate(side, client, &method).await;
                }
            }
            11 | 15 | 16 => {
                if let Some(method) = self.method_of(&login) {
                    self.authorize(side, &method).await;
                    self.mandate(side, client, &method).await;
                }
            }
            5 if !self.given.is_empty() => {
                let (side, id) = self.given[self.dice.below(self.given.len())].clone();
                let mut tx = self.sides[side].tenant.write().await.unwrap();
                tx.revoke_authorization(&id, self.dice.below(2) == 0, 1).await.unwrap();
                tx.commit().await.unwrap();
            }
            17 if !self.mandates.is_empty() => {
                let (side, id) = self.mandates[self.dice.below(self.mandates.len())].clone();
                let mut tx = self.sides[side].tenant.write().await.unwrap();
                tx.end_mandate(&id, "payer", 1).await.unwrap();
                tx.commit().await.unwrap();
            }
            6 => {
                if let Some(method) = self.method_of(&login) {
                    let mut tx = self.begin(side, &login).await;
                    tx.block_method(&login, &method.vault, &method.reference, "R02").await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
            7 => {
                if let Some(method) = self.method_of(&login).filter(|method| method.kind == "card") {
                    let (month, year) = self.expiry();
                    let renewed =
                        MethodRow { exp_month: Some(month), exp_year: Some(year), ..method.clone() };
                    let mut tx = self.begin(side, &login).await;
                    let is_there = tx.renew_method(&method.reference, &renewed).await.unwrap();
                    tx.commit().await.unwrap();
                    let kept = self.methods.iter_mut().find(|kept| kept.id == method.id).unwrap();
                    kept.version += i64::from(is_there);
                }
            }
            // All of them, or it is soon another one that counts.
            18 => {
                let closed_at_ms = (self.dice.below(3) > 0).then_some(1);
                let mut tx = self.begin(side, &login).await;
                let cards = |method: &&mut MethodRow| method.login_id == login && method.kind == "card";
                for card in self.methods.iter_mut().filter(cards) {
                    let told = MethodRow { closed_at_ms, ..card.clone() };
                    card.version += i64::from(tx.hear_of_card(&told, "", 1).await.unwrap());
                }
                tx.commit().await.unwrap();
            }
            8 => {
                if let Some(method) = self.method_of(&login) {
                    let mut tx = self.begin(side, &login).await;
                    tx.remove_method(&method, 1).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
            9 => {
                // A client of the one becomes one of the other, or gets another account.
                let body =
                    json!({"login": {"id": login}, "account": {"name": "Kim"}, "people": [{"name": "Lou"}]});
                let of = &mut self.sides[self.dice.below(2)];
                let made = self.stack.write_as(&of.key, &fresh("k-"), "/v1/clients", &body).await.expect(201);
                of.accounts[client].push(made.at("/id"));
            }
            10 => {
                let mut tx = self.sides[side].tenant.write().await.unwrap();
                let mut row = tx.find_organization().await.unwrap().unwrap();
                match self.dice.below(2) {
                    0 => row.vault = ["default", "other"][usize::from(row.vault == "default")].to_owned(),
                    _ => {
                        row.currency =
                            ["CAD", "CAD", "CAD", "USD", "USD", "EUR"][self.dice.below(6)].to_owned()
                    }
                }
                tx.change_organization(&row).await.unwrap();
                tx.commit().await.unwrap();
            }
            _ => self.stack.clock.advance(Duration::from_secs(86_400 * 6)),
        }
    }

    fn method_of(&mut self, login: &str) -> Option<MethodRow> {
        let own: Vec<&MethodRow> = self.methods.iter().filter(|method| method.login_id == login).collect();
        let count = own.len();
        (count > 0).then(|| own[self.dice.below(count)].clone())
    }

    fn expiry(&mut self) -> (i64, i64) {
        let months = self.month() - 1 + EXPIRIES[self.dice.below(EXPIRIES.len())];
        (months % 12 + 1, months / 12)
    }

    async fn new_method(&mut self, client: usize, side: usize) -> MethodRow {
        let kind = ["card", "card", "ach", "pad"][self.dice.below(4)];
        let expiry = (kind == "card").then(|| self.expiry());
        let row = MethodRow {
            id: fresh("pm_"),
            login_id: self.logins[client].clone(),
            vault: ["default", "default", "default", "default", "default", "other"][self.dice.below(6)]
                .to_owned(),
            customer: "cus_1".to_owned(),
            reference: fresh("pm_"),
            kind: kind.to_owned(),
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            exp_month: expiry.map(|expiry| expiry.0),
            exp_year: expiry.map(|expiry| expiry.1),
            billing_address: "{}".to_owned(),
            version: 1,
            ..MethodRow::default()
        };
        let mut tx = self.begin(side, &row.login_id).await;
        tx.insert_method(NewMethod { row: row.clone(), created_at_ms: 1 }).await.unwrap();
        tx.commit().await.unwrap();
        self.methods.push(row.clone());
        row
    }

    async fn authorize(&mut self, side: usize, method: &MethodRow) {
        let mut tx = self.begin(side, &method.login_id).await;
        let new = authorization(method);
        let id = new.id.clone();
        if tx.insert_authorization(new, 1).await.unwrap() {
            self.given.push((side, id));
        }
        tx.commit().await.unwrap();
    }

    async fn mandate(&mut self, side: usize, client: usize, method: &MethodRow) {
        let account = self.sides[side].accounts[client].first().cloned();
        let mut tx = self.sides[side].tenant.write().await.unwrap();
        if method.kind == "card" || tx.standing_mandate(&method.id).await.unwrap().is_some() {
            return;
        }
        let standing = self.dice.below(4) > 0;
        let row = MandateRow {
            id: fresh("man_"),
            login_id: method.login_id.clone(),
            account_id: account.unwrap(),
            method_id: standing.then(|| method.id.clone()),
            kind: method.kind.clone(),
            scope: "standing".to_owned(),
            holder_type: "personal".to_owned(),
            currency: "CAD".to_owned(),
            ..MandateRow::default()
        };
        let id = row.id.clone();
        tx.insert_mandate(row).await.unwrap();
        if !standing && self.dice.below(2) == 0 {
            tx.stand_for(&id, &method.id).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.mandates.push((side, id));
    }

    /// What may be charged, by trying to charge each method of the client: a card, a bank account.
    async fn allowed(&self, side: usize, client: usize, account: &str) -> (bool, bool) {
        let key = &self.sides[side].key;
        let write = async |path: &str, body: Value| self.stack.write_as(key, &fresh("k-"), path, &body).await;
        let mut allowed = (false, false);
        for method in self.methods.iter().filter(|method| method.login_id == self.logins[client]) {
            let items = json!([{"description": "Late fee", "amount": 500}]);
            let invoice =
                write("/v1/invoices", json!({"account": account, "items": items})).await.expect(201);
            let charge = json!({
                "invoice": invoice.at("/id"), "payment_method": method.id, "reason": "unscheduled",
                "due_at": "2090-01-01T00:00:00Z",
            });
            let told = write("/v1/charges", charge).await;
            match (told.status, method.kind.as_str()) {
                (201, "card") => allowed.0 = true,
                (201, _) => allowed.1 = true,
                (422, _) => {}
                _ => panic!("{}", told.text),
            }
        }
        allowed
    }

    /// Every filter of both lists, against what may be charged. Answers with how many have each.
    async fn compare(&self) -> [usize; 3] {
        let mut seen = [0; 3];
        for (side, of) in self.sides.iter().enumerate() {
            let mut wanted: Vec<(String, (bool, bool))> = Vec::new();
            for client in 0..CLIENTS {
                for account in &of.accounts[client] {
                    wanted.push((account.clone(), self.allowed(side, client, account).await));
                }
            }
            for (_, (card, bank)) in &wanted {
                seen[0] += usize::from(*card);
                seen[1] += usize::from(*bank);
                seen[2] += usize::from(!card && !bank);
            }
            wanted.sort_by(|one, other| other.0.cmp(&one.0));
            for card in [None, Some(true), Some(false)] {
                for bank in [None, Some(true), Some(false)] {
                    let mut query = "limit=100".to_owned();
                    for (name, asked) in [("saved_card", card), ("saved_echeck", bank)] {
                        query.extend(asked.map(|asked| format!("&{name}={asked}")));
                    }
                    let fits = |has: &(bool, bool)| {
                        card.is_none_or(|is| is == has.0) && bank.is_none_or(|is| is == has.1)
                    };
                    let expected: Vec<&str> =
                        wanted.iter().filter(|(_, has)| fits(has)).map(|(id, _)| id.as_str()).collect();
                    for (list, field) in [("clients", "id"), ("people", "account")] {
                        let told = self
                            .stack
                            .read_as(&of.key, &format!("/v1/{list}?{query}"))
                            .await
                            .expect(200)
                            .json();
                        let mut rows: Vec<(&str, (bool, bool))> = told["data"]
                            .as_array()
                            .unwrap()
                            .iter()
                            .map(|row| {
                                let has = (row["saved_card"] == true, row["saved_echeck"] == true);
                                (row[field].as_str().unwrap(), has)
                            })
                            .collect();
                        rows.sort_by(|one, other| other.0.cmp(one.0));
                        let ids: Vec<&str> = rows.iter().map(|row| row.0).collect();
                        assert_eq!(ids, expected, "{list}?{query} of side {side}");
                        assert!(rows.iter().all(|(_, has)| fits(has)), "and each row says so: {told}");
                    }
                }
            }
        }
        seen
    }
}

fn authorization(method: &MethodRow) -> NewAuthorization {
    NewAuthorization {
        id: fresh("aut_"),
        login_id: method.login_id.clone(),
        method_id: method.id.clone(),
        consent_version: "save-card-1".to_owned(),
        consent_hash: String::new(),
        consent_locale: "en".to_owned(),
        accepted_at_ms: 1,
        actor: "payer".to_owned(),
        admin_id: None,
        address: None,
        user_agent: None,
    }
}

/// Whatever happens to wallets, permissions, mandates, organizations and the calendar, the lists name those whom a charge would be
/// accepted from. Positive controls (tried, each fails this): without `blocked_by` or `closed_at_ms` in the view `chargeable_methods`; without the
/// trigger on `mandates`; with `>` for `>=` where the month is compared.
async fn the_filters_answer_what_a_charge_would_be_allowed_for(engine: Engine) {
    let mut seen = [0; 3];
    for seed in 0..scale(3, 40) {
        let mut world = World::new(engine, u64::try_from(seed).unwrap() + 1).await;
        for step in 1..=MOVES {
            world.moves().await;
            if step % COMPARED_EVERY == 0 {
                let now = world.compare().await;
                for (all, now) in seen.iter_mut().zip(now) {
                    *all += now;
                }
            }
        }
    }
    assert!(seen.iter().all(|times| *times > 5), "each of them was there to be seen: {seen:?}");
}

/// What is kept, beside what is so: every row of every table, with what its account's login can be charged for now.
async fn wrong_rows(database: &Database) -> Vec<String> {
    // Not by the view of the migration: row-level security binds its owner, whoever asks.
    let now = "(SELECT COALESCE(MAX(CASE WHEN m.kind = 'card' THEN m.exp_year * 12 + m.exp_month ELSE 0 END), 0) \
        + COALESCE(MAX(CASE WHEN m.kind = 'ach' THEN 1000000 ELSE 0 END), 0) \
        + COALESCE(MAX(CASE WHEN m.kind = 'pad' THEN 2000000 ELSE 0 END), 0) \
        FROM authorizations u JOIN payment_methods m ON m.login_id = u.login_id AND m.id = u.method_id \
        WHERE u.org_id = a.org_id AND u.login_id = a.login_id AND u.revoked_at_ms IS NULL AND m.removed_at_ms IS NULL \
        AND m.blocked_by IS NULL AND m.closed_at_ms IS NULL AND m.vault = (SELECT o.vault FROM organizations o WHERE o.org_id = a.org_id) \
        AND (m.kind = 'card' OR EXISTS (SELECT 1 FROM mandates d WHERE d.org_id = a.org_id AND d.method_id = m.id \
            AND d.scope = 'standing' AND d.ended_at_ms IS NULL)))";
    let wrong = |what: &str, rows: &str, name: &str| {
        format!(
            "SELECT '{what} ' || a.id || ': ' || {name}.chargeable || ' for ' || {now} FROM accounts a {rows} \
            WHERE {name}.chargeable <> {now}"
        )
    };
    let people = "JOIN people p ON p.org_id = a.org_id AND p.account_id = a.id";
    let taking_part =
        |table: &str| format!("{people} JOIN {table} t ON t.org_id = p.org_id AND t.person_id = p.id");
    let rows = [
        wrong("account", "", "a"),
        wrong("person of", people, "p"),
        wrong("enrolment in", &taking_part("enrolments"), "t"),
        wrong("membership in", &taking_part("memberships"), "t"),
        wrong("both in", &taking_part("member_enrolments"), "t"),
    ]
    .join(" UNION ALL ");
    database.read_past_everybody(rows.leak()).await.unwrap()
}

/// Waits until somebody waits for somebody else in this database, or need not; a little where that cannot be asked.
async fn waits_or_is_done<T>(task: &tokio::task::JoinHandle<T>, database: &Database, engine: Engine) {
    if engine == Engine::Sqlite {
        return tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    while !task.is_finished() {
        let waiting = "SELECT COUNT(*) AS number FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let row = sqlx::query(waiting).fetch_one(&mut connection).await.unwrap();
        if row.get::<i64, _>("number") > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A permission that is being given, while another card is removed; one that is being given while somebody is enrolled; and a card that
/// is being brought up to date by one organization while another is let charge it. The control on PostgreSQL is in the test: where
/// nobody holds the other back, the first of these loses the permission.
async fn whoever_changes_a_wallet_at_the_same_time_sees_the_other(engine: Engine) {
    let mut world = World::new(engine, 7).await;
    let [first, second] = [0, 1].map(|client| world.logins[client].clone());
    let card = |login: &str| (login.to_owned(), fresh("pm_"));
    let mut cards = Vec::new();
    for (login, id) in [card(&first), card(&first), card(&second), card(&second)] {
        let row = MethodRow {
            reference: id.clone(),
            id,
            login_id: login,
            vault: "default".to_owned(),
            customer: "cus_1".to_owned(),
            kind: "card".to_owned(),
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            exp_month: Some(3),
            exp_year: Some(2034),
            billing_address: "{}".to_owned(),
            version: 1,
            ..MethodRow::default()
        };
        let mut tx = world.begin(0, &row.login_id).await;
        tx.insert_method(NewMethod { row: row.clone(), created_at_ms: 1 }).await.unwrap();
        tx.commit().await.unwrap();
        cards.push(row);
    }
    let removed_while_given = async |world: &mut World, given: &MethodRow, removed: &MethodRow| {
        world.authorize(0, removed).await;
        let mut giving = world.begin(0, &given.login_id).await;
        giving.insert_authorization(authorization(given), 1).await.unwrap();
        let (tenant, row) = (world.sides[0].tenant.clone(), removed.clone());
        let removing = tokio::spawn(async move {
            let mut tx = tenant.write().await.unwrap();
            tx.act_for_login(&row.login_id).await.unwrap();
            assert!(tx.remove_method(&row, 1).await.unwrap());
            tx.commit().await.unwrap();
        });
        waits_or_is_done(&removing, &world.stack.database, engine).await;
        giving.commit().await.unwrap();
        removing.await.unwrap();
    };
    removed_while_given(&mut world, &cards[0], &cards[1]).await;
    assert_eq!(wrong_rows(&world.stack.database).await, Vec::<String>::new());
    let client = world.sides[0].accounts[0][0].clone();
    let shown = world.stack.read(&format!("/v1/clients/{client}")).await.expect(200);
    assert_eq!(shown.at("/saved_card"), "true");

    // Somebody is enrolled while the only permission is taken back.
    let person = shown.at("/people/0/id");
    let (side, given) = world.given[0].clone();
    assert_eq!(side, 0);
    let live = world
        .stack
        .database
        .read_past_everybody("SELECT id FROM authorizations WHERE revoked_at_ms IS NULL ORDER BY id");
    let live = live.await.unwrap().into_iter().find(|id| *id != given).unwrap();
    let mut taking_back = world.sides[0].tenant.write().await.unwrap();
    assert!(taking_back.revoke_authorization(&live, false, 1).await.unwrap());
    let (http, url, key) = (
        world.stack.http.clone(),
        format!("{}/v1/people/{person}", world.stack.billing),
        world.stack.key.clone(),
    );
    let enrolling = tokio::spawn(async move {
        let body = json!({"enrolments": [{"program": "Swimming", "activity": "Level 3"}], "memberships": [{"membership": "Pass"}]});
        let request = http.patch(url).bearer_auth(key).header("idempotency-key", fresh("k-")).json(&body);
        request.send().await.unwrap().status().as_u16()
    });
    waits_or_is_done(&enrolling, &world.stack.database, engine).await;
    taking_back.commit().await.unwrap();
    assert_eq!(enrolling.await.unwrap(), 200);
    assert_eq!(wrong_rows(&world.stack.database).await, Vec::<String>::new());

    // Another organization is let charge a card that the first one brings up to date.
    let body = json!({"login": {"id": second}, "account": {"name": "Kim"}});
    let made =
        world.stack.write_as(&world.sides[1].key, &fresh("k-"), "/v1/clients", &body).await.expect(201);
    world.sides[1].accounts[1].push(made.at("/id"));
    let mut giving = world.begin(1, &second).await;
    giving.insert_authorization(authorization(&cards[2]), 1).await.unwrap();
    let (tenant, row) = (world.sides[0].tenant.clone(), cards[2].clone());
    let renewing = tokio::spawn(async move {
        let mut tx = tenant.write().await.unwrap();
        tx.act_for_login(&row.login_id).await.unwrap();
        let renewed = MethodRow { exp_year: Some(2041), ..row.clone() };
        assert!(tx.renew_method(&row.reference, &renewed).await.unwrap());
        tx.commit().await.unwrap();
    });
    waits_or_is_done(&renewing, &world.stack.database, engine).await;
    giving.commit().await.unwrap();
    renewing.await.unwrap();
    assert_eq!(wrong_rows(&world.stack.database).await, Vec::<String>::new());

    if engine == Engine::Postgres {
        let mut connection = PgConnection::connect(&world.stack.database.url).await.unwrap();
        let no_hold = "CREATE OR REPLACE FUNCTION hold_chargeable(org TEXT, login TEXT, alone BOOLEAN) RETURNS BOOLEAN \
            LANGUAGE sql AS 'SELECT true'";
        sqlx::query(no_hold).execute(&mut connection).await.unwrap();
        let (given, removed) = (cards[3].clone(), MethodRow { version: 2, ..cards[2].clone() });
        removed_while_given(&mut world, &given, &removed).await;
        let wrong = wrong_rows(&world.stack.database).await;
        assert!(!wrong.is_empty(), "the control: without it the permission would be lost");
    }
}

/// Many at once: no deadlock, nothing lost.
async fn many_changes_at_once_come_to_what_is_so(engine: Engine) {
    let mut world = World::new(engine, 11).await;
    for _ in 0..60 {
        world.moves().await;
    }
    let methods: Vec<MethodRow> = world.methods.clone();
    let mut tasks = Vec::new();
    for task in 0..6 {
        let (tenants, methods) = ([0, 1].map(|side| world.sides[side].tenant.clone()), methods.clone());
        let known: Vec<Vec<bool>> = world
            .sides
            .iter()
            .map(|side| side.accounts.iter().map(|accounts| !accounts.is_empty()).collect())
            .collect();
        let (logins, accounts) =
            (world.logins.clone(), [0, 1].map(|side| world.sides[side].accounts.clone()));
        tasks.push(tokio::spawn(async move {
            let mut dice = Dice(100 + task);
            for _ in 0..scale(30, 300) {
                let method = methods[dice.below(methods.len())].clone();
                let client = logins.iter().position(|login| *login == method.login_id).unwrap();
                let side = if known[1][client] { dice.below(2) } else { 0 };
                let mut tx = tenants[side].write().await.unwrap();
                tx.act_for_login(&method.login_id).await.unwrap();
                match dice.below(5) {
                    0 | 1 => drop(tx.insert_authorization(authorization(&method), 1).await.unwrap()),
                    2 => {
                        let live = tx.live_authorization(&method.login_id, &method.id).await.unwrap();
                        if let Some(live) = live {
                            tx.revoke_authorization(&live.id, false, 1).await.unwrap();
                        }
                    }
                    3 if method.kind == "card" => {
                        let year = 2020 + i64::try_from(dice.below(20)).unwrap();
                        let renewed =
                            MethodRow { exp_month: Some(3), exp_year: Some(year), ..method.clone() };
                        tx.renew_method(&method.reference, &renewed).await.unwrap();
                    }
                    _ => {
                        let account = accounts[side][client][0].clone();
                        tx.insert_person(&fresh("per_"), &account, "Lou").await.unwrap();
                    }
                }
                tokio::time::sleep(Duration::from_millis(u64::try_from(dice.below(3)).unwrap())).await;
                tx.commit().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(wrong_rows(&world.stack.database).await, Vec::<String>::new());
}

/// No charge reckons anew what can be charged, so that none is slower for it. The positive control: saving a card does.
#[tokio::test(flavor = "multi_thread")]
async fn a_charge_reckons_nothing() {
    if !Database::postgres_is_wanted() {
        return;
    }
    let stack = Stack::start(Engine::Postgres).await;
    let account = stack.signed_in().await;
    let card = stack.saved_card(&account, "4242424242424242").await;
    let debit = stack.debit_of(&account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let mut connection = PgConnection::connect(&stack.database.url).await.unwrap();
    for broken in [
        "reckon_chargeable(org TEXT, login TEXT) RETURNS void",
        "hold_chargeable(org TEXT, login TEXT, alone BOOLEAN) RETURNS BOOLEAN",
    ] {
        let broken = format!(
            "CREATE OR REPLACE FUNCTION {broken} LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''reckoned''; END'"
        );
        sqlx::query(sqlx::AssertSqlSafe(broken)).execute(&mut connection).await.unwrap();
    }
    let secret = stack.session(&stack.invoice(&account, &[100]).await).await;
    let paid = stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
    let bank = stack.read("/v1/mandates").await.at("/data/0/payment_method");
    for method in [&card, &bank] {
        let charge = stack.charge_saved(&stack.invoice(&account, &[100]).await, method, "unscheduled").await;
        stack.work().await;
        assert_eq!(stack.read(&format!("/v1/charges/{charge}")).await.at("/status"), "succeeded");
    }
    let body = json!({
        "processor_payment_method": stack.stored_card("5555555555554444").await, "billing_address": crate::support::address(),
        "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
    });
    stack.write(&format!("/v1/clients/{account}/payment_methods"), body).await.expect(500);
}
