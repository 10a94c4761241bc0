//! The two servers, and the calls that an organization's server, a browser and a test make.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use paydesk_billing::adapters::stripe::{Stripe, StripeSettings, TokenExchange};
use paydesk_billing::app::create_key::create_key;
use paydesk_billing::app::create_organization::create_organization;
use paydesk_billing::app::{App, Settings};
use paydesk_billing::clock::{Clock as _, ManualClock, SystemClock, SystemEntropy};
use paydesk_billing::http::{HttpSettings, router};
use paydesk_billing::secret::Secret;
use paydesk_billing::store::{Actor, NewOrganization};
use paydesk_billing::{run, server};
use paydesk_domain::card_testing::Limits;
use paydesk_domain::id::{AttemptId, OrganizationId};
use paydesk_sandbox::{Config as SandboxConfig, serve as serve_sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Database, Engine, Reply, file_mail};

pub const STORE: &str = "http://localhost:4000";
pub const PROCESSOR_SECRET: &str = "sk_test_billing0123456789";
pub const WEBHOOK_SECRET: &str = "whsec_ofthebillingtests";
pub const PROCESSOR_PUBLIC: &str = "pk_test_billing0123456789";

/// What a test may want otherwise.
pub struct StackOptions {
    pub settings: Settings,
    pub http: HttpSettings,
    pub visibility_lag: Duration,
    pub search_lag: Duration,
    /// Whether the processor delivers its events.
    pub webhooks: bool,
    /// Whether mail is sent, where the settings do not say how: into a folder.
    pub mail: bool,
    /// How long ago it begins: what is to be old by the database's own clock begins before.
    pub ago: Duration,
}

impl Default for StackOptions {
    fn default() -> Self {
        Self {
            // One address tries every refusal there is here.
            settings: Settings {
                confirm_wait: Duration::from_secs(20),
                card_testing: Limits::NONE,
                ..Settings::default()
            },
            http: HttpSettings {
                per_session_per_minute: 0,
                per_address_per_minute: 0,
                ..HttpSettings::default()
            },
            visibility_lag: Duration::from_secs(60),
            search_lag: Duration::ZERO,
            webhooks: false,
            mail: true,
            ago: Duration::ZERO,
        }
    }
}

/// A billing server and a sandbox processor.
pub struct Stack {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub billing: String,
    pub processor: String,
    pub organization: OrganizationId,
    pub key: String,
    pub http: reqwest::Client,
    pub database: Database,
    stop: CancellationToken,
    pub sandbox_data: TempDir,
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Stack {
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, StackOptions::default()).await
    }

    pub async fn start_with(engine: Engine, options: StackOptions) -> Self {
        let stop = CancellationToken::new();
        let sandbox_data = tempfile::tempdir().unwrap();
        let (listener, processor) = listen().await;
        let mut config = SandboxConfig::new(sandbox_data.path());
        config.search_lag = options.search_lag;
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(serve_sandbox(config, listener, stopped));

        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        let (billing_listener, billing) = listen().await;
        let webhook_secret = match options.webhooks {
            true => listened_to(&http, &processor, &format!("{billing}/processor/webhooks")).await,
            false => WEBHOOK_SECRET.to_owned(),
        };
        let database = Database::fresh(engine).await;
        let clock = ManualClock::new(SystemClock.now() - options.ago);
        let stripe = StripeSettings {
            base_url: processor.clone(),
            secret_key: Secret::new(PROCESSOR_SECRET.to_owned()),
            publishable_key: PROCESSOR_PUBLIC.to_owned(),
            timeout: options.settings.call_timeout,
            visibility_lag: options.visibility_lag,
            token_exchange: TokenExchange::PaymentMethods,
            // Two, as while one replaces another.
            webhook_secrets: [WEBHOOK_SECRET.to_owned(), webhook_secret].map(Secret::new).to_vec(),
        };
        let store = database.open().await;
        let mail = || options.mail.then(|| file_mail(sandbox_data.path()));
        let mail = options.settings.mail.clone().or_else(mail);
        let settings = Settings { public_origin: Some(billing.clone()), mail, ..options.settings };
        let stripe = Arc::new(Stripe::new(stripe).unwrap());
        let app = run::app(store, stripe, clock.clone(), Arc::new(SystemEntropy), settings, 64).unwrap();
        tokio::spawn(server::serve(billing_listener, None, router(app.clone(), options.http), stop.clone()));

        let (organization, key) = organization(&app, "Riverside Recreation").await;
        Self { app, clock, billing, processor, organization, key, http, database, stop, sandbox_data }
    }

    /// Another billing process on the same database.
    pub async fn second_process(&self) -> (App, String) {
        let store = self.database.open().await;
        let entropy = Arc::new(SystemEntropy);
        let processor = self.app.processor.clone();
        let app =
            run::app(store, processor, self.clock.clone(), entropy, self.app.settings.clone(), 64).unwrap();
        let (listener, billing) = listen().await;
        let service = router(
            app.clone(),
            HttpSettings { per_session_per_minute: 0, per_address_per_minute: 0, ..HttpSettings::default() },
        );
        tokio::spawn(server::serve(listener, None, service, self.stop.clone()));
        (app, billing)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        reply(request).await
    }

    /// Sends every one of them, a hundred at a time.
    pub async fn send_all(&self, requests: impl Iterator<Item = reqwest::RequestBuilder>) -> Vec<Reply> {
        let replies = self.send_until(requests.collect(), 100, 0, async {}).await;
        replies.into_iter().map(|reply| reply.expect("an answer")).collect()
    }

    /// The same, so many at a time, and something that ends when so many are answered: the others may have no answer.
    pub async fn send_until(
        &self,
        requests: Vec<reqwest::RequestBuilder>,
        at_once: usize,
        answered_min: usize,
        end: impl Future<Output = ()>,
    ) -> Vec<Option<Reply>> {
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let slots = Arc::new(tokio::sync::Semaphore::new(at_once));
        let send = |request: reqwest::RequestBuilder| {
            let (told, slots) = (told.clone(), slots.clone());
            tokio::spawn(async move {
                let _slot = slots.acquire_owned().await.unwrap();
                let reply = answer(request).await.ok();
                let _ = told.send(());
                reply
            })
        };
        let sent: Vec<_> = requests.into_iter().map(send).collect();
        for _ in 0..answered_min {
            heard.recv().await;
        }
        end.await;
        let mut replies = Vec::new();
        for task in sent {
            replies.push(task.await.unwrap());
        }
        replies
    }

    /// The organization's server writes.
    pub async fn write(&self, path: &str, body: Value) -> Reply {
        self.write_as(&self.key, &fresh("k-"), path, &body).await
    }

    pub async fn write_as(&self, key: &str, idempotency_key: &str, path: &str, body: &Value) -> Reply {
        let request = self.http.post(format!("{}{path}", self.billing)).bearer_auth(key);
        self.send(request.header("idempotency-key", idempotency_key).json(body)).await
    }

    /// The organization's server changes the organization's settings.
    pub async fn change(&self, body: Value) -> Reply {
        self.change_as(&self.key, &fresh("k-"), &body).await
    }

    pub async fn change_as(&self, key: &str, idempotency_key: &str, body: &Value) -> Reply {
        let request = self.http.patch(format!("{}/v1/organization", self.billing)).bearer_auth(key);
        self.send(request.header("idempotency-key", idempotency_key).json(body)).await
    }

    /// The organization's server reads.
    pub async fn read(&self, path: &str) -> Reply {
        self.read_as(&self.key, path).await
    }

    pub async fn read_as(&self, key: &str, path: &str) -> Reply {
        self.send(self.http.get(format!("{}{path}", self.billing)).bearer_auth(key)).await
    }

    pub async fn client(&self) -> String {
        let body = json!({"login": {"name": "Kim Roy", "email": "kim@example.org"}, "people": [{"name": "Kim Roy"}]});
        self.write("/v1/clients", body).await.expect(201).at("/id")
    }

    pub async fn invoice(&self, account: &str, amounts: &[i64]) -> String {
        let items: Vec<Value> =
            amounts.iter().map(|amount| json!({"description": "Swimming", "amount": amount})).collect();
        self.write("/v1/invoices", json!({"account": account, "items": items})).await.expect(201).at("/id")
    }

    /// A session's secret.
    pub async fn session(&self, invoice: &str) -> String {
        let body = json!({"invoice": invoice, "allowed_origin": STORE});
        self.write("/v1/checkout_sessions", body).await.expect(201).at("/secret")
    }

    /// An invoice of 62.50 and a session for it.
    pub async fn open(&self) -> (String, String) {
        let account = self.client().await;
        let invoice = self.invoice(&account, &[5_000, 1_250]).await;
        let secret = self.session(&invoice).await;
        (invoice, secret)
    }

    pub fn browser(&self, method: reqwest::Method, secret: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.billing));
        request.bearer_auth(secret).header("paydesk-parent-origin", STORE)
    }

    pub async fn view(&self, secret: &str) -> Reply {
        self.send(self.browser(reqwest::Method::GET, secret, "/v1/checkout")).await
    }

    pub async fn status(&self, secret: &str) -> Reply {
        self.send(self.browser(reqwest::Method::GET, secret, "/v1/checkout/status")).await
    }

    pub async fn confirm(&self, secret: &str, body: &Value) -> Reply {
        self.send(self.confirmation(secret, body)).await
    }

    pub fn confirmation(&self, secret: &str, body: &Value) -> reqwest::RequestBuilder {
        let key = body["attempt_id"].as_str().unwrap_or_default().to_owned();
        self.browser(reqwest::Method::POST, secret, "/v1/checkout/confirm")
            .header("idempotency-key", key)
            .json(body)
    }

    /// A card in an account's wallet that the organization may charge, brought in by its server.
    pub async fn saved_card(&self, account: &str, number: &str) -> String {
        self.saved_until(account, number, None).await
    }

    /// The same for a card that expires when the month ends, or has expired.
    pub async fn saved_until(&self, account: &str, number: &str, expiry: Option<(&str, &str)>) -> String {
        let stored = self.stored_card(number).await;
        if let Some((month, year)) = expiry {
            // Kept before it expires: no bank lets an expired card be kept.
            let made =
                self.http.post(format!("{}/v1/customers", self.processor)).bearer_auth(PROCESSOR_SECRET);
            let customer = self.send(made).await.expect(200).at("/id");
            let url = format!("{}/v1/payment_methods/{stored}/attach", self.processor);
            let attach = self.http.post(url).bearer_auth(PROCESSOR_SECRET).form(&[("customer", &customer)]);
            self.send(attach).await.expect(200);
            let url = format!("{}/sandbox/payment_methods/{stored}/expiry", self.processor);
            let form = [("exp_month", month), ("exp_year", year)];
            self.send(self.http.post(url).bearer_auth(PROCESSOR_SECRET).form(&form)).await.expect(200);
        }
        self.bring_in(&self.key, account, &stored).await
    }

    /// A charge of a saved method without its payer; its id.
    pub async fn charge_saved(&self, invoice: &str, method: &str, reason: &str) -> String {
        let body = json!({"invoice": invoice, "payment_method": method, "reason": reason});
        self.write("/v1/charges", body).await.expect(201).at("/id")
    }

    /// Works until nothing is due any more.
    pub async fn work(&self) {
        while self.app.sweep().await.unwrap() > 0 {}
    }

    /// Works after some time has passed.
    pub async fn work_after(&self, passed: Duration) {
        self.clock.advance(passed);
        self.work().await;
    }

    /// The events of a type, newest first.
    pub async fn events(&self, topic: &str) -> Vec<Value> {
        let reply = self.read(&format!("/v1/events?type={topic}")).await.expect(200);
        reply.json()["data"].as_array().unwrap().clone()
    }

    /// The open action items.
    pub async fn action_items(&self) -> Vec<Value> {
        let reply = self.read("/v1/action_items").await.expect(200);
        reply.json()["data"].as_array().unwrap().clone()
    }

    /// Lets time pass at the processor and here, in steps of a day at most, and works after each.
    pub async fn pass(&self, days: u32) {
        for _ in 0..days {
            let url = format!("{}/sandbox/clock", self.processor);
            let request = self.http.post(url).bearer_auth(PROCESSOR_SECRET);
            self.send(request.json(&json!({"advance_s": 86_400}))).await.expect(200);
            self.clock.advance(Duration::from_secs(86_400));
            self.app.poll_events().await.unwrap();
            self.work().await;
        }
    }

    /// An invoice's current balance, what is pending and what is payable now.
    pub async fn three_figures(&self, invoice: &str) -> (i64, i64, i64) {
        let view = self.read(&format!("/v1/invoices/{invoice}")).await.expect(200).json();
        let figure = |name: &str| view[name].as_i64().unwrap();
        (figure("balance"), figure("pending"), figure("payable_now"))
    }

    /// The payment of an attempt.
    pub async fn payment_of(&self, attempt: &str) -> Value {
        let charge = self.read(&format!("/v1/charges/{attempt}")).await.expect(200);
        self.read(&format!("/v1/payments/{}", charge.at("/payment"))).await.expect(200).json()
    }

    /// Every attempt at an invoice, oldest first.
    pub async fn attempts_of(&self, invoice: &str) -> Vec<Value> {
        let reply = self.read(&format!("/v1/charges?invoice={invoice}")).await.expect(200);
        let mut attempts = reply.json()["data"].as_array().unwrap().clone();
        attempts.reverse();
        attempts
    }

    /// The processor's intent of an attempt, with its newest charge.
    pub async fn intent_of(&self, attempt: &str) -> Value {
        let query = format!("query=metadata['attempt']:'{attempt}'&expand[]=data.latest_charge");
        let url = format!("{}/v1/payment_intents/search?{query}", self.processor);
        let reply = self.send(self.http.get(url).bearer_auth(PROCESSOR_SECRET)).await.expect(200);
        reply.json()["data"][0].clone()
    }

    /// Lifts every fault at the processor.
    pub async fn forget_scenarios(&self) {
        let url = format!("{}/sandbox/scenarios", self.processor);
        self.send(self.http.delete(url).bearer_auth(PROCESSOR_SECRET)).await.expect(200);
    }

    /// A token for a card, made as a browser makes it.
    pub async fn token(&self, number: &str) -> String {
        let form = [
            ("key", PROCESSOR_PUBLIC),
            ("card[number]", number),
            ("card[exp_month]", "3"),
            ("card[exp_year]", "2034"),
            ("card[cvc]", if number.len() == 15 { "1234" } else { "123" }),
        ];
        self.send(self.http.post(format!("{}/v1/tokens", self.processor)).form(&form))
            .await
            .expect(200)
            .at("/id")
    }

    /// The processor's name for a security code, made as a browser makes it.
    pub async fn cvc_token(&self, code: &str) -> String {
        let form = [("key", PROCESSOR_PUBLIC), ("cvc_update[cvc]", code)];
        let request = self.http.post(format!("{}/v1/tokens", self.processor)).form(&form);
        self.send(request).await.expect(200).at("/id")
    }

    /// The body of a confirm with a saved method.
    pub fn with_saved(&self, method: &str, amount: i64) -> Value {
        json!({"attempt_id": attempt_id(), "amount": amount, "currency": "CAD", "saved_method": method})
    }

    /// The body of a confirm with a new card.
    pub async fn with_card(&self, number: &str, amount: i64) -> Value {
        json!({
            "attempt_id": attempt_id(), "amount": amount, "currency": "CAD", "token": self.token(number).await,
            "billing_address": address(),
        })
    }

    /// Orders a fault at the processor.
    pub async fn scenario(&self, scenario: Value) {
        let request =
            self.http.post(format!("{}/sandbox/scenarios", self.processor)).bearer_auth(PROCESSOR_SECRET);
        let reply = self.send(request.json(&scenario)).await;
        assert!(reply.status < 300, "{}", reply.text);
    }

    /// Every charge of this account that the processor has made.
    pub async fn charges(&self) -> Vec<Value> {
        let url = format!("{}/sandbox/journal?limit=1000", self.processor);
        let reply = self.send(self.http.get(url).bearer_auth(PROCESSOR_SECRET)).await.expect(200);
        let rows = reply.json()["data"].as_array().unwrap().clone();
        rows.into_iter().filter(|row| row["op"] == "charge" && row["status"] == "succeeded").collect()
    }
}

/// Has the processor deliver every event to an address; the secret that it signs with.
async fn listened_to(http: &reqwest::Client, processor: &str, url: &str) -> String {
    let form = [("url", url), ("enabled_events[]", "*")];
    let request = http.post(format!("{processor}/v1/webhook_endpoints")).bearer_auth(PROCESSOR_SECRET);
    reply(request.form(&form)).await.expect(200).at("/secret")
}

pub async fn organization(app: &App, name: &str) -> (OrganizationId, String) {
    let new = NewOrganization {
        name: name.to_owned(),
        currency: "CAD".to_owned(),
        time_zone: "America/Toronto".to_owned(),
        locale: "en".to_owned(),
        country: "CA".to_owned(),
        vault: "default".to_owned(),
        contact: Some("12 Rue de la Rive, Montréal, 514 555-0100".to_owned()),
    };
    let by = Actor::CommandLine { user: "test".to_owned() };
    let origins = [STORE.to_owned()];
    let organization = create_organization(&app.store, &app.mint, by.clone(), new, &origins).await.unwrap();
    let key = create_key(&app.store, &app.mint, by, organization.clone()).await.unwrap();
    (organization, key.reveal().to_owned())
}

pub fn address() -> Value {
    json!({"line1": "120 Rue du Parc", "city": "Montréal", "region": "QC", "postal_code": "H2X 1Y4", "country": "CA"})
}

pub fn attempt_id() -> String {
    AttemptId::new(SystemClock.now(), random()).as_str().to_owned()
}

pub fn fresh(prefix: &str) -> String {
    format!("{prefix}{}", paydesk_domain::id::spell(random()))
}

fn random() -> u128 {
    use paydesk_billing::clock::Entropy as _;
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes).unwrap();
    u128::from_be_bytes(bytes)
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, origin)
}

async fn reply(request: reqwest::RequestBuilder) -> Reply {
    answer(request).await.unwrap()
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Reply { status, headers, text: response.text().await? })
}
