//! What payers and organizations ask for, prepared beforehand, so that a short life is spent on charges alone.

use std::time::Duration;

use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

use crate::world::{Reply, STORE, World, address, answer, attempt_id, fresh};

/// The ways to be charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A payer with a new card.
    Card,
    /// A payer whose bank asks them to prove who they are: a third do, a third call it off, a third go away.
    Asked,
    /// A payer with a saved card.
    Saved,
    /// A payer with a bank account, under a mandate.
    Debit,
    /// A saved card without its payer.
    Merchant,
    /// Money back, of a card.
    Refund,
    /// Money back, of a debit that has settled.
    DebitRefund,
    /// A debit called back while it is under way, or refunded if it has settled by then.
    CallBack,
}

/// Those with a payer.
pub const CONFIRMS: [Kind; 4] = [Kind::Card, Kind::Asked, Kind::Saved, Kind::Debit];
/// All that charge.
pub const CHARGES: [Kind; 5] = [Kind::Card, Kind::Asked, Kind::Saved, Kind::Debit, Kind::Merchant];
/// All that give back.
pub const REFUNDS: [Kind; 3] = [Kind::Refund, Kind::DebitRefund, Kind::CallBack];
/// All of them.
pub const ALL: [Kind; 8] = [
    Kind::Card,
    Kind::Asked,
    Kind::Saved,
    Kind::Debit,
    Kind::Merchant,
    Kind::Refund,
    Kind::DebitRefund,
    Kind::CallBack,
];

/// How much of a debit may be given back: an organization's cap as it is at first, minor units.
const DEBIT_REFUND_MAX: i64 = 50_000;
/// When a debit settles that is to be called back, in seconds: most lives are over by then, and some are not, so that those
/// that are asked late find it settled.
const CALL_BACK_WITHIN_S: u64 = 45;
/// How long a debit may take to be known as settled.
const SETTLES_WITHIN: Duration = Duration::from_secs(60);

/// A request that moves money. Asked again, it is the same request.
#[derive(Clone, Debug)]
pub struct Work {
    path: String,
    secret: String,
    key: String,
    body: Value,
}

/// What was asked for, and what was answered, if anything was.
#[derive(Clone, Debug)]
pub struct Told {
    pub work: Work,
    pub reply: Option<Reply>,
}

impl World {
    /// Prepares a request. Needs a life, and a processor without faults.
    pub async fn prepare(&self, kind: Kind, random: &mut ChaCha20Rng) -> Work {
        if REFUNDS.contains(&kind) {
            return self.prepare_refund(kind, random).await;
        }
        let wallet = &self.wallets[random.random_range(0..self.wallets.len())];
        let amount = random.random_range(100..100_000);
        let invoice = self.invoice(&wallet.client, amount).await;
        if kind == Kind::Merchant {
            let body = json!({"invoice": invoice, "payment_method": wallet.card, "reason": "unscheduled"});
            return Work { path: "/v1/charges".to_owned(), secret: self.key.clone(), key: fresh("k-"), body };
        }
        let session = json!({"invoice": invoice, "allowed_origin": STORE});
        let session = self.write("/v1/checkout_sessions", session).await.made();
        let secret = session["secret"].as_str().unwrap().to_owned();
        let key = attempt_id();
        let mut body = json!({"attempt_id": key, "amount": amount, "currency": "CAD"});
        let more = match kind {
            Kind::Card => {
                json!({"token": self.account.token("4242424242424242").await, "billing_address": address()})
            }
            Kind::Asked => {
                json!({"token": self.account.token("4000002760003184").await, "billing_address": address()})
            }
            Kind::Debit => json!({
                "token": self.account.bank_account().await, "billing_address": address(), "method_kind": "pad",
                "mandate": self.mandate(&secret).await,
            }),
            _ => json!({"saved_method": wallet.card}),
        };
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Work { path: "/v1/checkout/confirm".to_owned(), secret, key, body }
    }

    /// Something is paid, of which all or a part is to go back.
    async fn prepare_refund(&self, kind: Kind, random: &mut ChaCha20Rng) -> Work {
        let mut paid = None;
        // On a busy machine the processor may not be heard in time.
        while paid.is_none() {
            if kind == Kind::CallBack {
                let order =
                    json!({"type": "debit", "outcome": "settle", "settle_after_s": CALL_BACK_WITHIN_S});
                let on = ["payment_intents.create"];
                let slow = json!({"match": "every", "on": on, "times": 1, "action": order});
                self.account.faults(&[slow]).await;
            }
            let pays = if kind == Kind::Refund { Kind::Saved } else { Kind::Debit };
            let told = self.ask(Box::pin(self.prepare(pays, random)).await).await;
            paid = told.order().filter(|(_, status)| *status == "succeeded").map(|(id, _)| id.to_owned());
            self.account.faults(&[]).await;
        }
        let charge = self.read(&format!("/v1/charges/{}", paid.unwrap_or_default())).await;
        let (payment, amount) = (charge["payment"].as_str().unwrap(), charge["amount"].as_i64().unwrap());
        let most = if kind == Kind::Refund { amount } else { amount.min(DEBIT_REFUND_MAX) };
        if kind == Kind::DebitRefund {
            self.has_settled(payment).await;
        }
        let body = match kind {
            Kind::CallBack => json!({}),
            _ if most == amount && random.random_bool(0.5) => json!({}),
            _ => json!({"amount": random.random_range(1..=most)}),
        };
        let path = format!("/v1/payments/{payment}/refunds");
        Work { path, secret: self.key.clone(), key: fresh("k-"), body }
    }

    /// Waits until a debit is known to have settled.
    async fn has_settled(&self, payment: &str) {
        let settles = async {
            while self.read(&format!("/v1/payments/{payment}")).await["status"] != "settled" {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(SETTLES_WITHIN, settles).await.expect("it settles");
    }

    /// What a payer agrees to who was shown the mandate.
    async fn mandate(&self, secret: &str) -> Value {
        let request = self.http.get(format!("{}/v1/checkout/mandate", self.origin)).bearer_auth(secret);
        let shown = answer(request.header("paydesk-parent-origin", STORE)).await.unwrap();
        assert_eq!(shown.status, 200, "{}", shown.json);
        json!({"version": shown.text("/version"), "locale": shown.text("/locale"), "holder": "personal"})
    }

    /// Sends a request.
    pub async fn ask(&self, work: Work) -> Told {
        let request = self.http.post(format!("{}{}", self.origin, work.path)).bearer_auth(&work.secret);
        let request = request.header("idempotency-key", &work.key).header("paydesk-parent-origin", STORE);
        let reply = answer(request.json(&work.body)).await;
        if let Some(url) =
            reply.as_ref().map(|reply| reply.text("/challenge/url")).filter(|url| !url.is_empty())
        {
            self.is_asked(&work, url).await;
        }
        Told { work, reply }
    }

    /// What a payer does whom their bank asks. Nobody hears what comes of it: the books and the processor are compared.
    async fn is_asked(&self, work: &Work, url: &str) {
        match work.body["amount"].as_i64().unwrap() % 3 {
            0 => {
                let _ = self.http.post(url).form(&[("answer", "complete")]).send().await;
            }
            1 => {
                let request = self.http.post(format!("{}/v1/checkout/attempt/cancel", self.origin));
                let request = request.bearer_auth(&work.secret).header("idempotency-key", &work.key);
                let request = request.header("paydesk-parent-origin", STORE);
                answer(request.json(&json!({"attempt_id": work.key}))).await;
            }
            _ => {}
        }
    }
}

impl Work {
    /// The same at a later time.
    pub fn due(mut self, at: &str) -> Self {
        self.body["due_at"] = json!(at);
        self
    }
}

impl Told {
    /// The attempt or refund that the answer is about, and how it stood then.
    pub fn order(&self) -> Option<(&str, &str)> {
        let reply = self.reply.as_ref().filter(|reply| reply.status < 300)?;
        Some((reply.text("/id"), reply.text("/status")))
    }
}
