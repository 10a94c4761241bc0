//! The store's own server: its page, the checkout sessions that it asks for, and the results that it verifies.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::billing::{Api, number, text};
use crate::personas::{PERSONAS, Persona};
use crate::{DemoError, Stack, complain, outbox, playground, say, seed};

const PAGE: &str = include_str!("../static/index.html");
const ACCOUNT: &str = include_str!("../static/account.html");
const OUTBOX: &str = include_str!("../static/outbox.html");
const PLAYGROUND: &str = include_str!("../static/playground.html");

/// The store's server.
pub struct Store {
    /// The billing API with the organization's key.
    pub billing: Api,
    /// Where everything is.
    pub stack: Stack,
    /// This store's own origin, as a browser sees it.
    pub origin: String,
    /// The account of each persona.
    pub accounts: HashMap<String, String>,
    /// The checkout of each persona, so that a reload and a second tab show the same one.
    checkouts: Mutex<HashMap<&'static str, Checkout>>,
}

#[derive(Clone)]
struct Checkout {
    session: String,
    secret: String,
    invoice: Value,
    language: String,
}

/// Serves the store until the process is told to stop.
pub async fn serve(listen: &str, stack: Stack) -> Result<(), DemoError> {
    let io = |source| DemoError::Io { what: listen.to_owned(), source };
    let listener = TcpListener::bind(listen).await.map_err(io)?;
    let port = listener.local_addr().map_err(io)?.port();
    let origin = stack.origin.clone().unwrap_or_else(|| format!("http://localhost:{port}"));
    let seeded = seed::ensure(&stack, &origin).await?;
    let store = Arc::new(Store {
        billing: seeded.billing(&stack)?,
        origin: origin.clone(),
        accounts: seeded.accounts.into_iter().collect(),
        stack,
        checkouts: Mutex::default(),
    });
    let router = Router::new()
        .route("/", get(|store| page(store, PAGE)))
        .route("/account", get(|store| page(store, ACCOUNT)))
        .route("/outbox", get(|store| page(store, OUTBOX)))
        .route("/playground", get(|store| page(store, PLAYGROUND)))
        .route("/store/{file}", get(asset))
        .route("/api/personas", get(personas))
        .route("/api/checkout", post(checkout))
        .route("/api/result", get(result))
        .route("/api/wallet", post(wallet))
        .route("/api/outbox", get(mails))
        .route("/api/scene", post(playground::scene))
        .with_state(store);
    say(&format!("paydesk-demo-store listening on {origin}"));
    axum::serve(listener, router).with_graceful_shutdown(stopped()).await.map_err(io)
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    // Without a handler there is nothing to wait for but the interrupt itself.
    let _ = interrupted.await;
}

/// A page, under the policy that docs/EMBEDDING.md recommends to every embedding page.
async fn page(State(store): State<Arc<Store>>, html: &str) -> Response {
    let pay = store.stack.billing.trim_end_matches('/');
    let policy = format!(
        "default-src 'none'; script-src 'self' {pay}; frame-src {pay}; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action {pay}; frame-ancestors 'none'"
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    (headers, html.replace("%EMBED_URL%", &format!("{pay}/embed.js"))).into_response()
}

async fn asset(Path(file): Path<String>) -> Response {
    let (kind, text) = match file.as_str() {
        "store.css" => ("text/css; charset=utf-8", include_str!("../static/store.css")),
        "store.js" => ("text/javascript; charset=utf-8", include_str!("../static/store.js")),
        "page.js" => ("text/javascript; charset=utf-8", include_str!("../static/page.js")),
        "account.js" => ("text/javascript; charset=utf-8", include_str!("../static/account.js")),
        "outbox.js" => ("text/javascript; charset=utf-8", include_str!("../static/outbox.js")),
        "playground.css" => ("text/css; charset=utf-8", include_str!("../static/playground.css")),
        "playground.js" => ("text/javascript; charset=utf-8", include_str!("../static/playground.js")),
        "logo.svg" => ("image/svg+xml", include_str!("../static/logo.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], text).into_response()
}

async fn personas() -> Json<Value> {
    let list = PERSONAS
        .iter()
        .map(|persona| json!({"id": persona.id, "label": {"en": persona.label_en, "fr": persona.label_fr}}));
    Json(json!({"personas": list.collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
struct CheckoutRequest {
    persona: String,
    language: String,
    /// Leave the present cart and begin another.
    #[serde(default)]
    fresh: bool,
}

async fn checkout(State(store): State<Arc<Store>>, Json(request): Json<CheckoutRequest>) -> Response {
    let Some(persona) = Persona::find(&request.persona) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match store.checkout(persona, &request).await {
        Ok(checkout) => Json(json!({
            "session": checkout.session,
            "secret": checkout.secret,
            "payer": persona.name,
            "invoice": checkout.invoice,
        }))
        .into_response(),
        Err(error) => unavailable(&error),
    }
}

#[derive(Deserialize)]
struct WalletRequest {
    persona: String,
    language: String,
}

/// A wallet session for whoever is signed in: here, whoever was chosen.
async fn wallet(State(store): State<Arc<Store>>, Json(request): Json<WalletRequest>) -> Response {
    let Some(account) = store.accounts.get(&request.persona) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = json!({"client": account, "allowed_origin": store.origin, "locale": request.language});
    match store.billing.write("/v1/wallet_sessions", &fresh_key(), &body).await {
        Ok(made) => Json(json!({"secret": made["secret"]})).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// What was mailed: in a demo anybody may read it.
async fn mails(State(store): State<Arc<Store>>) -> Json<Value> {
    let mails = store.stack.mails.as_deref().map(outbox::mails).unwrap_or_default();
    Json(json!({"mails": mails}))
}

#[derive(Deserialize)]
struct ResultRequest {
    session: String,
}

/// What the page may call paid: the billing API's word for it, asked with the organization's key.
async fn result(State(store): State<Arc<Store>>, Query(request): Query<ResultRequest>) -> Response {
    match store.result(&request.session).await {
        Ok(result) => Json(result).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// What a page is told that nothing can be got for. The log says why.
pub fn unavailable(error: &DemoError) -> Response {
    complain(error);
    StatusCode::BAD_GATEWAY.into_response()
}

impl Store {
    async fn checkout(
        &self,
        persona: &'static Persona,
        request: &CheckoutRequest,
    ) -> Result<Checkout, DemoError> {
        let mut checkouts = self.checkouts.lock().await;
        let known = checkouts.get(persona.id).filter(|_| !request.fresh).cloned();
        let invoice = match known {
            Some(checkout) if checkout.language == request.language && self.is_usable(&checkout).await? => {
                return Ok(checkout);
            }
            Some(checkout) if !self.is_paid(&checkout).await? => checkout.invoice,
            _ => self.create_invoice(persona).await?,
        };
        let body = json!({"invoice": text(&invoice, "/id")?, "allowed_origin": self.origin, "locale": request.language});
        let created = self.billing.write("/v1/checkout_sessions", &fresh_key(), &body).await?;
        let checkout = Checkout {
            session: text(&created, "/session")?,
            secret: text(&created, "/secret")?,
            invoice,
            language: request.language.clone(),
        };
        checkouts.insert(persona.id, checkout.clone());
        Ok(checkout)
    }

    async fn create_invoice(&self, persona: &Persona) -> Result<Value, DemoError> {
        let account = self.accounts.get(persona.id).cloned().unwrap_or_default();
        let body = json!({"account": account, "currency": "CAD", "items": persona.items_json()});
        self.billing.write("/v1/invoices", &fresh_key(), &body).await
    }

    /// A paid session stays usable: it shows its receipt. An expired one is replaced.
    async fn is_usable(&self, checkout: &Checkout) -> Result<bool, DemoError> {
        Ok(text(&self.session(&checkout.session).await?, "/status")? != "expired")
    }

    async fn is_paid(&self, checkout: &Checkout) -> Result<bool, DemoError> {
        Ok(text(&self.session(&checkout.session).await?, "/status")? == "complete")
    }

    async fn session(&self, session: &str) -> Result<Value, DemoError> {
        self.billing.read(&format!("/v1/checkout_sessions/{session}")).await
    }

    async fn result(&self, session: &str) -> Result<Value, DemoError> {
        let invoice = text(&self.session(session).await?, "/invoice")?;
        let payments = self.billing.read(&format!("/v1/payments?invoice={invoice}")).await?;
        let invoice = self.billing.read(&format!("/v1/invoices/{invoice}")).await?;
        // With account credit, which is no payment, and perhaps of a part only.
        let paid = number(&invoice, "/paid")?;
        if paid == 0 {
            return Ok(json!({"paid": false}));
        }
        // There is none where credit covered all.
        let receipt_number = match payments.pointer("/data/0/receipt").and_then(Value::as_str) {
            Some(receipt) => {
                Some(text(&self.billing.read(&format!("/v1/receipts/{receipt}")).await?, "/number")?)
            }
            None => None,
        };
        Ok(json!({
            "paid": true,
            "amount": paid,
            "left": number(&invoice, "/payable_now")?,
            "currency": text(&invoice, "/currency")?,
            "receipt_number": receipt_number,
        }))
    }
}

/// A key for a write that is meant to be new.
pub fn fresh_key() -> String {
    use rand::TryRng as _;
    let mut bytes = [0; 16];
    // Without the system's randomness nothing of this program could run.
    let _ = rand::rngs::SysRng.try_fill_bytes(&mut bytes);
    paydesk_domain::id::spell(u128::from_be_bytes(bytes))
}
