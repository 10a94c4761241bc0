//! A processor on a free port, and a client that speaks its forms.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use paydesk_sandbox::clock::{Clock, ManualClock};
use paydesk_sandbox::{Config, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The secret key of the tests' account.
pub const SECRET: &str = "sk_test_rusttests01234567";
/// Its publishable key.
pub const PUBLISHABLE: &str = "pk_test_rusttests01234567";

/// The two types of bank account.
pub const ACH: &str = "us_bank_account";
pub const PAD: &str = "acss_debit";

/// A US account whose debits settle.
pub const ACH_FORM: [(&str, &str); 6] = [
    ("type", ACH),
    ("us_bank_account[account_number]", "000123456789"),
    ("us_bank_account[routing_number]", "110000000"),
    ("us_bank_account[account_holder_type]", "individual"),
    ("us_bank_account[account_type]", "checking"),
    ("billing_details[name]", "Ann Example"),
];

/// A Canadian one.
pub const PAD_FORM: [(&str, &str); 6] = [
    ("type", PAD),
    ("acss_debit[account_number]", "000123456789"),
    ("acss_debit[institution_number]", "000"),
    ("acss_debit[transit_number]", "11000"),
    ("billing_details[name]", "Ann Example"),
    ("billing_details[email]", "ann@example.org"),
];

/// The payer's consent, as a server sends it.
pub const CONSENT: [(&str, &str); 3] = [
    ("mandate_data[customer_acceptance][type]", "online"),
    ("mandate_data[customer_acceptance][online][ip_address]", "203.0.113.7"),
    ("mandate_data[customer_acceptance][online][user_agent]", "Test/1.0"),
];

/// A day, in seconds.
pub const DAY_S: i64 = 24 * 60 * 60;

/// A running processor.
pub struct Running {
    /// `http://127.0.0.1:…`
    pub url: String,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    folder: Arc<TempDir>,
}

/// One answer.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Running {
    /// Starts one in a new folder.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one that is set up differently.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), change).await
    }

    async fn start_in(folder: Arc<TempDir>, change: impl FnOnce(&mut Config)) -> Self {
        let start = "2026-11-23T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let mut config = Config::new(folder.path().join("data"));
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        config.clock = shared;
        change(&mut config);
        Self { clock, ..Self::serve(Sandbox::open(config).unwrap(), folder).await }
    }

    /// Serves one that was opened elsewhere; its clock is not the one here.
    pub async fn serve(sandbox: Sandbox, folder: Arc<TempDir>) -> Self {
        let clock = Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            sandbox.serve(listener, async { drop(stopped.await) }).await.unwrap();
        });
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap();
        Self { url, clock, http, stop: Some(stop), task, folder }
    }

    /// Stops it gracefully, and starts another on what it has written.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    pub async fn restart_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::clone(&self.folder);
        self.stop().await;
        Self::start_in(folder, change).await
    }

    /// Stops it gracefully.
    pub async fn stop(mut self) -> Arc<TempDir> {
        self.stop.take().unwrap().send(()).unwrap();
        // Connections that are kept alive would be waited for.
        drop(self.http);
        until("a graceful end", self.task).await.unwrap();
        wait_for_lock(&self.folder.path().join("data/sandbox.log")).await;
        self.folder
    }

    /// Where it keeps its data.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// `POST` with the secret key.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        self.post_with(path, form, &[]).await
    }

    /// `POST` with the secret key and further headers.
    pub async fn post_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answered {
        self.try_post(path, form, headers).await.unwrap()
    }

    /// `POST` that may go unanswered.
    pub async fn try_post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Result<Answered, reqwest::Error> {
        let mut request = self.http.post(format!("{}{path}", self.url)).bearer_auth(SECRET).form(form);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Self::read(request).await
    }

    /// `POST` with this key in the form, as a browser sends it.
    pub async fn post_as(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answered {
        let form: Vec<_> = [("key", key)].into_iter().chain(form.iter().copied()).collect();
        Self::read(self.http.post(format!("{}{path}", self.url)).form(&form)).await.unwrap()
    }

    /// `GET` with the secret key.
    pub async fn get(&self, path: &str) -> Answered {
        Self::read(self.http.get(format!("{}{path}", self.url)).bearer_auth(SECRET)).await.unwrap()
    }

    /// `DELETE` with the secret key.
    pub async fn delete(&self, path: &str) -> Answered {
        Self::read(self.http.delete(format!("{}{path}", self.url)).bearer_auth(SECRET)).await.unwrap()
    }

    /// Any request.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// Orders a fault.
    pub async fn order(&self, scenario: Value) -> Answered {
        let url = format!("{}/sandbox/scenarios", self.url);
        let ordered = Self::read(self.http.post(url).bearer_auth(SECRET).json(&scenario)).await.unwrap();
        assert_eq!(ordered.status, 200, "{}", ordered.body);
        ordered
    }

    pub async fn read(request: reqwest::RequestBuilder) -> Result<Answered, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        Ok(Answered { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    /// A card's method, by its number.
    pub async fn method(&self, number: &str) -> String {
        let cvc = if number.starts_with('3') && number.len() == 15 { "1234" } else { "123" };
        let form = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "3"),
            ("card[exp_year]", "2030"),
            ("card[cvc]", cvc),
        ];
        self.post("/v1/payment_methods", &form).await.id()
    }

    /// A customer with this card attached: customer and method.
    pub async fn customer_with(&self, number: &str) -> (String, String) {
        let customer = self.post("/v1/customers", &[("name", "Ann Example")]).await.id();
        let method = self.method(number).await;
        let attached =
            self.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await;
        assert_eq!(attached.status, 200, "{}", attached.body);
        (customer, method)
    }

    /// Charges a stored card while its owner is away.
    pub async fn charge(&self, customer: &str, method: &str, key: &str) -> Answered {
        self.try_charge(customer, method, key).await.unwrap()
    }

    /// The same, where the answer may be lost.
    pub async fn try_charge(
        &self,
        customer: &str,
        method: &str,
        key: &str,
    ) -> Result<Answered, reqwest::Error> {
        let form = [
            ("amount", "1250"),
            ("currency", "cad"),
            ("customer", customer),
            ("payment_method", method),
            ("off_session", "true"),
            ("confirm", "true"),
            ("metadata[attempt]", key),
        ];
        self.try_post("/v1/payment_intents", &form, &[("idempotency-key", key)]).await
    }

    /// A form with another value in one of its fields, or with one more.
    pub fn with<'a>(form: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
        let others = form.iter().copied().filter(|(other, _)| *other != name);
        others.chain([(name, value)]).collect()
    }

    /// A method of this type and account number, kept for a new customer with the payer's consent: customer and
    /// method.
    pub async fn customer_with_account(&self, kind: &str, number: &str) -> (String, String) {
        let customer = self.post("/v1/customers", &[("name", "Ann Example")]).await.id();
        let field = format!("{kind}[account_number]");
        let form = if kind == ACH { &ACH_FORM } else { &PAD_FORM };
        let method = self.post("/v1/payment_methods", &Self::with(form, &field, number)).await.id();
        let setup = [
            ("customer", customer.as_str()),
            ("payment_method", method.as_str()),
            ("payment_method_types[0]", kind),
            ("confirm", "true"),
        ];
        let setup = self.post("/v1/setup_intents", &[&setup[..], &CONSENT].concat()).await;
        assert_eq!(setup.text("/status"), "succeeded", "{}", setup.body);
        (customer, method)
    }

    /// Debits a kept account while its owner is away.
    pub async fn debit(&self, customer: &str, method: &str, key: &str, more: &[(&str, &str)]) -> Answered {
        let kind = self.get(&format!("/v1/payment_methods/{method}")).await.text("/type").to_owned();
        let form = [
            ("amount", "4200"),
            ("currency", if kind == ACH { "usd" } else { "cad" }),
            ("customer", customer),
            ("payment_method", method),
            ("payment_method_types[0]", kind.as_str()),
            ("off_session", "true"),
            ("confirm", "true"),
            ("metadata[attempt]", key),
        ];
        let form = [&form[..], more].concat();
        self.post_with("/v1/payment_intents", &form, &[("idempotency-key", key)]).await
    }

    /// Moves the processor's clock ahead, and lets happen what is due then.
    pub async fn advance_s(&self, seconds: i64) -> Answered {
        let body = serde_json::json!({ "advance_s": seconds });
        let request = self.http.post(format!("{}/sandbox/clock", self.url)).bearer_auth(SECRET).json(&body);
        let moved = Self::read(request).await.unwrap();
        assert_eq!(moved.status, 200, "{}", moved.body);
        moved
    }

    /// The kinds of the events that followed this one, oldest first.
    pub async fn events_after(&self, event: &str) -> Vec<Value> {
        let page = self.get(&format!("/v1/events?limit=100&ending_before={event}")).await;
        let mut events = page.body["data"].as_array().unwrap().clone();
        events.reverse();
        events
    }

    /// The id of the newest event.
    pub async fn last_event(&self) -> String {
        self.get("/v1/events?limit=1").await.text("/data/0/id").to_owned()
    }

    /// What the journal has done, with its statuses and codes.
    pub async fn ops(&self) -> Vec<String> {
        let word = |row: &Value, name: &str| row[name].as_str().map(str::to_owned);
        let row = |row: &Value| {
            let words = [word(row, "op"), word(row, "status"), word(row, "code")];
            words.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        self.journal().await.iter().map(row).collect()
    }

    /// All rows of the journal.
    pub async fn journal(&self) -> Vec<Value> {
        self.get("/sandbox/journal?limit=1000").await.body["data"].as_array().unwrap().clone()
    }
}

impl Answered {
    /// The object's id.
    pub fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["id"].as_str().unwrap().to_owned()
    }

    /// A text in the body, by JSON pointer.
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or("")
    }

    /// Type, code and decline code of an error.
    pub fn error(&self) -> (u16, &str, &str, &str) {
        (self.status, self.text("/error/type"), self.text("/error/code"), self.text("/error/decline_code"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// Waits until something has happened, and fails when it does not.
pub async fn until<T>(what: &str, happened: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(Duration::from_secs(20), happened).await;
    waited.unwrap_or_else(|_| panic!("{what} did not happen within 20 seconds"))
}

/// The log's thread lets go of the file a moment after the processor has ended.
async fn wait_for_lock(log: &Path) {
    let file = std::fs::File::open(log).unwrap();
    let free = async {
        while file.try_lock().is_err() {
            tokio::task::yield_now().await;
        }
    };
    until("the end of the log's thread", free).await;
}
