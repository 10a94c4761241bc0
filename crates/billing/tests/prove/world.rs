//! One organization on one database, with one account at the processor: what a trial works on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::books::Books;
use crate::database::{Database, Engine};
use crate::life::{Life, run};
use crate::processor::{Account, Moved, Processor};

/// The page that embeds the checkout.
pub const STORE: &str = "http://localhost:4000";

/// How long things take in a trial.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub call_ms: u64,
    pub lease_ms: u64,
    /// How long a charge may exist before a look-up finds it, as the processor promises. It may take far longer: then
    /// nothing but its key keeps it from being made twice.
    pub visible_ms: u64,
    pub look_up_ms: u64,
    pub look_up_ms_max: u64,
    /// Calls at once.
    pub calls_max: u32,
}

/// So short that whatever a crash interrupted is taken up at once.
pub const QUICK: Times = Times {
    call_ms: 300,
    lease_ms: 750,
    visible_ms: 250,
    look_up_ms: 50,
    look_up_ms_max: 200,
    calls_max: 64,
};

/// What a trial works on.
pub struct World {
    pub folder: Arc<TempDir>,
    pub origin: String,
    pub organization: String,
    pub key: String,
    pub account: Account,
    pub http: reqwest::Client,
    pub database: Arc<Database>,
    /// Clients, each with a saved card.
    pub wallets: Vec<Wallet>,
}

/// A client and their saved card.
pub struct Wallet {
    pub client: String,
    pub card: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub json: Value,
}

impl Reply {
    pub fn text(&self, at: &str) -> &str {
        self.json.pointer(at).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn made(self) -> Value {
        assert_eq!(self.status, 201, "{}", self.json);
        self.json
    }
}

/// A port that is free now. The server has the same one in each of its lives, so that the processor finds it again.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl World {
    pub async fn make(engine: Engine, processor: &Processor, name: &str, times: Times) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let database = Arc::new(Database::fresh(engine).await);
        let origin = format!("http://127.0.0.1:{}", free_port());
        let account = processor.account(name);
        let secret = account.tell(&origin).await;
        let database_and_limits = format!("database_url = \"{}\"\n{}", database.url, times.configuration());
        configure(folder.path(), &origin, &database_and_limits, &account, &secret);
        let (organization, key) = create_organization(folder.path()).await;
        let http =
            reqwest::Client::builder().no_proxy().user_agent("Mozilla/5.0").timeout(Duration::from_secs(30));
        let http = http.build().unwrap();
        Self { folder, origin, organization, key, account, http, database, wallets: Vec::new() }
    }

    /// Another organization beside this one, in the same database and at the same account of the processor.
    pub async fn beside(&self) -> Self {
        let (organization, key) = create_organization(self.folder.path()).await;
        let (folder, database, http) = (self.folder.clone(), self.database.clone(), self.http.clone());
        let (origin, account) = (self.origin.clone(), self.account.clone());
        Self { folder, origin, organization, key, account, http, database, wallets: Vec::new() }
    }

    /// What the processor's journal has of this organization. What is of none is everybody's.
    pub async fn journal(&self) -> Vec<Moved> {
        let journal = self.account.journal().await.into_iter();
        journal.filter(|row| row.organization.is_empty() || row.organization == self.organization).collect()
    }

    /// Clients with a saved card each. Needs a life.
    pub async fn open_wallets(&mut self, count: usize) {
        for _ in 0..count {
            let made = self.make_one("/v1/clients", json!({"login": {"name": "Kim Roy"}})).await;
            let client = made["id"].as_str().unwrap().to_owned();
            let body = json!({
                "processor_payment_method": self.account.card("4242424242424242").await, "billing_address": address(),
                "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
            });
            let made = self.make_one(&format!("/v1/clients/{client}/payment_methods"), body).await;
            self.wallets.push(Wallet { client, card: made["id"].as_str().unwrap().to_owned() });
        }
    }

    pub async fn live(&self, place: Option<&str>) -> Life {
        Life::start(self.folder.path(), "serve", place).await
    }

    pub async fn books(&self) -> Books {
        Books::of(&self.database.url, &self.organization).await
    }

    pub async fn workers_books(&self) -> Books {
        Books::of_all(&self.database.url).await
    }

    /// The organization's server writes.
    pub async fn write(&self, path: &str, body: Value) -> Reply {
        let request = self.http.post(format!("{}{path}", self.origin)).bearer_auth(&self.key);
        answer(request.header("idempotency-key", fresh("k-")).json(&body)).await.expect("an answer")
    }

    /// The organization's server makes what a trial begins with. On a busy machine the processor may be too slow for it
    /// once: then nothing was made.
    pub async fn make_one(&self, path: &str, body: Value) -> Value {
        for _ in 0..9 {
            let reply = self.write(path, body.clone()).await;
            if reply.status != 503 {
                return reply.made();
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        self.write(path, body).await.made()
    }

    /// The organization's server reads.
    pub async fn read(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.origin)).bearer_auth(&self.key);
        let reply = answer(request).await.expect("an answer");
        assert_eq!(reply.status, 200, "{}", reply.json);
        reply.json
    }

    /// An invoice of two lines for a client.
    pub async fn invoice(&self, client: &str, amount: i64) -> String {
        let items = json!([{"description": "Swimming", "amount": amount - 50}, {"description": "Towel", "amount": 50}]);
        let made = self.make_one("/v1/invoices", json!({"account": client, "items": items})).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Whether every chain of the audit log is whole, and what is said of it.
    pub async fn audit(&self) -> (bool, String) {
        let (whole, out, error) = run(self.folder.path(), &["audit", "verify"]).await;
        (whole, format!("{out}{error}"))
    }
}

/// Waits until nothing is due any more; what is still undecided when it should not be.
pub async fn settle(world: &World, within: Duration) -> Vec<String> {
    let waiting = [
        "attempts WHERE status IN ('created', 'sending', 'in_doubt')",
        "refunds WHERE status IN ('created', 'sending', 'in_doubt', 'pending')",
        "payments WHERE status = 'submitted'",
        "processor_events WHERE status = 'received'",
    ];
    let mut books = world.workers_books().await;
    let mut left = Vec::new();
    for round in 0..within.as_millis() / 100 {
        left.clear();
        for rest in waiting {
            match books.count(rest).await {
                0 => {}
                count => left.push(format!("after {within:?} there are still {count} {rest}")),
            }
        }
        if left.is_empty() {
            return left;
        }
        if round % 10 == 0 {
            // Whoever took an event and died has had it long enough.
            books.execute("UPDATE processor_events SET due_at_ms = 0 WHERE status = 'received'").await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    left
}

/// Sends a request; none where nobody answers to the end.
pub async fn answer(request: reqwest::RequestBuilder) -> Option<Reply> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let text = response.text().await.ok()?;
    Some(Reply { status, json: serde_json::from_str(&text).unwrap_or(Value::Null) })
}

pub fn address() -> Value {
    json!({"line1": "120 Rue du Parc", "city": "Montréal", "region": "QC", "postal_code": "H2X 1Y4", "country": "CA"})
}

pub fn fresh(prefix: &str) -> String {
    format!("{prefix}{}", paydesk_domain::id::spell(random()))
}

/// An attempt's id, as a browser makes it.
pub fn attempt_id() -> String {
    use paydesk_billing::clock::{Clock as _, SystemClock};
    paydesk_domain::id::AttemptId::new(SystemClock.now(), random()).as_str().to_owned()
}

/// Ids are no choices: two trials from one seed must not have the same.
fn random() -> u128 {
    use paydesk_billing::clock::{Entropy as _, SystemEntropy};
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes).unwrap();
    u128::from_be_bytes(bytes)
}

impl Times {
    fn configuration(self) -> String {
        let Self { call_ms, lease_ms, visible_ms, look_up_ms, look_up_ms_max, calls_max } = self;
        format!(
            "[limits]\nper_address_per_minute = 0\nper_session_per_minute = 0\nper_key_per_minute = 0\n\
             confirm_wait_ms = 1500\nchallenge_ms = 1000\ncharges_concurrent_max = {calls_max}\n[recovery]\npoll_ms = 1500\nsweep_ms = 40\n\
             first_look_up_ms = {look_up_ms}\nlook_up_pause_ms_max = {look_up_ms_max}\n\
             visibility_lag_ms = {visible_ms}\nlease_ms = {lease_ms}\ncall_timeout_ms = {call_ms}\n"
        )
    }
}

fn configure(
    folder: &Path,
    origin: &str,
    database_and_limits: &str,
    account: &Account,
    webhook_secret: &str,
) {
    let listen = origin.strip_prefix("http://").unwrap();
    let text = format!(
        "listen = \"{listen}\"\n{database_and_limits}[processor]\nkind = \"stripe\"\n\
         base_url = \"{}\"\nsecret_key = \"{}\"\npublishable_key = \"{}\"\nwebhook_secret = \"{webhook_secret}\"\n",
        account.url,
        account.secret(),
        account.publishable(),
    );
    std::fs::write(folder.join("billing.toml"), text).unwrap();
}

/// An organization, and its key.
async fn create_organization(folder: &Path) -> (String, String) {
    let facts =
        "org create --name Riverside --currency CAD --time-zone America/Toronto --locale en --country CA";
    let mut create: Vec<&str> = facts.split(' ').collect();
    create.extend(["--contact", "12 Rue de la Rive", "--allowed-origin", STORE]);
    let organization = made(folder, &create, "organization").await;
    let key = made(folder, &["key", "create", "--organization", &organization], "key").await;
    (organization, key)
}

/// Makes something by a command; what it says of it.
async fn made(folder: &Path, arguments: &[&str], what: &str) -> String {
    let (done, out, error) = run(folder, arguments).await;
    assert!(done, "{error}");
    let made: Value = serde_json::from_str(&out).unwrap();
    made[what].as_str().unwrap().to_owned()
}
