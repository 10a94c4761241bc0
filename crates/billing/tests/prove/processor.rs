//! The sandbox processor as a program of its own, and what a test asks of one account there.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running processor. It ends with its owner.
pub struct Processor {
    pub url: String,
    http: reqwest::Client,
    _child: Child,
    _lines: Lines<BufReader<ChildStdout>>,
    _data: TempDir,
}

/// An account there: everybody's books begin empty.
#[derive(Clone)]
pub struct Account {
    pub url: String,
    name: String,
    http: reqwest::Client,
}

/// Money that moved, as the processor's journal has it.
#[derive(Clone, Debug)]
pub struct Moved {
    pub op: String,
    pub intent: String,
    pub attempt: String,
    pub refund: String,
    pub organization: String,
    pub amount: i64,
}

/// The program beside ours: the one of this build.
fn program() -> PathBuf {
    let beside = Path::new(env!("CARGO_BIN_EXE_paydesk-billing")).with_file_name("paydesk-sandbox");
    assert!(beside.is_file(), "{} is missing: cargo build -p paydesk-sandbox", beside.display());
    beside
}

impl Processor {
    pub async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--debit-settle-s", "1", "--refund-settle-s", "1"])
            // Many and quick, so that a server that is dead most of the time hears of everything in the end.
            .args(["--webhook-waits-ms", "100,200,400,800,1600,3200,6400", "--latency-ms", "2"])
            .arg("--data")
            .arg(data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("a ready line");
        let url = line.strip_prefix("paydesk-sandbox listening on ").expect("the ready line").to_owned();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        Self { url, http, _child: child, _lines: lines, _data: data }
    }

    /// An account that nobody else uses.
    pub fn account(&self, name: &str) -> Account {
        Account { url: self.url.clone(), name: format!("{name}0123456789abcdef"), http: self.http.clone() }
    }
}

impl Account {
    pub fn secret(&self) -> String {
        format!("sk_test_{}", self.name)
    }

    pub fn publishable(&self) -> String {
        format!("pk_test_{}", self.name)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Value {
        let reply = request.bearer_auth(self.secret()).send().await.unwrap();
        let (status, text) = (reply.status(), reply.text().await.unwrap());
        assert!(status.is_success(), "the processor answers {status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        self.send(self.http.post(format!("{}{path}", self.url)).form(form)).await
    }

    fn id(made: &Value) -> String {
        made["id"].as_str().unwrap().to_owned()
    }

    /// A token of a card, as a browser makes it.
    pub async fn token(&self, number: &str) -> String {
        let form = [
            ("card[number]", number),
            ("card[exp_month]", "3"),
            ("card[exp_year]", "2034"),
            ("card[cvc]", "123"),
        ];
        Self::id(&self.post("/v1/tokens", &form).await)
    }

    /// A card's method, as an organization brings it in that has it from elsewhere.
    pub async fn card(&self, number: &str) -> String {
        let token = self.token(number).await;
        Self::id(&self.post("/v1/payment_methods", &[("type", "card"), ("card[token]", &token)]).await)
    }

    /// A Canadian bank account whose debits settle.
    pub async fn bank_account(&self) -> String {
        let form = [
            ("type", "acss_debit"),
            ("acss_debit[account_number]", "000123456789"),
            ("acss_debit[institution_number]", "000"),
            ("acss_debit[transit_number]", "11000"),
            ("billing_details[name]", "Kim Roy"),
            ("billing_details[email]", "kim@example.org"),
        ];
        Self::id(&self.post("/v1/payment_methods", &form).await)
    }

    /// Has its events sent to a server; what they will be signed with.
    pub async fn tell(&self, origin: &str) -> String {
        let url = format!("{origin}/processor/webhooks");
        let made = self.post("/v1/webhook_endpoints", &[("url", &url), ("enabled_events[]", "*")]).await;
        made["secret"].as_str().unwrap().to_owned()
    }

    /// Orders these faults, and no others.
    pub async fn faults(&self, scenarios: &[Value]) {
        let url = format!("{}/sandbox/scenarios", self.url);
        self.send(self.http.delete(&url)).await;
        for scenario in scenarios {
            self.send(self.http.post(&url).json(scenario)).await;
        }
    }

    /// Everything that moved money, oldest first.
    pub async fn journal(&self) -> Vec<Moved> {
        let text =
            |row: &Value, at: &str| row.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut moved: Vec<Moved> = Vec::new();
        loop {
            let url = format!("{}/sandbox/journal?limit=1000&after={}", self.url, moved.len());
            let page = self.send(self.http.get(url)).await;
            moved.extend(page["data"].as_array().unwrap().iter().map(|row| Moved {
                op: text(row, "/op"),
                intent: text(row, "/payment_intent"),
                attempt: text(row, "/metadata/attempt"),
                refund: text(row, "/metadata/refund"),
                organization: text(row, "/metadata/organization"),
                amount: row["amount"].as_i64().unwrap(),
            }));
            if page["has_more"] == json!(false) {
                return moved;
            }
        }
    }
}
