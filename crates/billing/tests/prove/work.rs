//! What payers and organizations ask for, prepared beforehand, so that a short life is spent on charges alone.

use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

use crate::world::{Reply, STORE, World, address, answer, attempt_id, fresh};

/// The ways to be charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A payer with a new card.
    Card,
    /// A payer with a saved card.
    Saved,
    /// A payer with a bank account, under a mandate.
    Debit,
    /// A saved card without its payer.
    Merchant,
}

/// Those with a payer.
pub const CONFIRMS: [Kind; 3] = [Kind::Card, Kind::Saved, Kind::Debit];
/// All of them.
pub const ALL: [Kind; 4] = [Kind::Card, Kind::Saved, Kind::Debit, Kind::Merchant];

/// A request that asks for a charge. Asked again, it is the same request.
#[derive(Clone, Debug)]
pub struct Work {
    path: &'static str,
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
    /// Prepares a charge. Needs a life, and a processor without faults.
    pub async fn prepare(&self, kind: Kind, random: &mut ChaCha20Rng) -> Work {
        let wallet = &self.wallets[random.random_range(0..self.wallets.len())];
        let amount = random.random_range(100..100_000);
        let invoice = self.invoice(&wallet.client, amount).await;
        if kind == Kind::Merchant {
            let body = json!({"invoice": invoice, "payment_method": wallet.card, "reason": "unscheduled"});
            return Work { path: "/v1/charges", secret: self.key.clone(), key: fresh("k-"), body };
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
            Kind::Debit => json!({
                "token": self.account.bank_account().await, "billing_address": address(), "method_kind": "pad",
                "mandate": self.mandate(&secret).await,
            }),
            Kind::Saved | Kind::Merchant => json!({"saved_method": wallet.card}),
        };
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Work { path: "/v1/checkout/confirm", secret, key, body }
    }

    /// What a payer agrees to who was shown the mandate.
    async fn mandate(&self, secret: &str) -> Value {
        let request = self.http.get(format!("{}/v1/checkout/mandate", self.origin)).bearer_auth(secret);
        let shown = answer(request.header("paydesk-parent-origin", STORE)).await.unwrap();
        assert_eq!(shown.status, 200, "{}", shown.json);
        json!({"version": shown.text("/version"), "locale": shown.text("/locale"), "holder": "personal"})
    }

    /// Asks for a charge.
    pub async fn ask(&self, work: Work) -> Told {
        let request = self.http.post(format!("{}{}", self.origin, work.path)).bearer_auth(&work.secret);
        let request = request.header("idempotency-key", &work.key).header("paydesk-parent-origin", STORE);
        let reply = answer(request.json(&work.body)).await;
        Told { work, reply }
    }
}

impl Told {
    /// The attempt that the answer is about, and how it stood then.
    pub fn attempt(&self) -> Option<(&str, &str)> {
        let reply = self.reply.as_ref().filter(|reply| reply.status < 300)?;
        Some((reply.text("/id"), reply.text("/status")))
    }
}
