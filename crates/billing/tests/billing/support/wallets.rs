//! A client who looks after their wallet, and the organizations that have to do with it.

use paydesk_domain::id::OrganizationId;
use reqwest::Method;
use serde_json::{Value, json};

use super::stack::{PROCESSOR_SECRET, STORE, Stack, address, fresh, organization};
use super::{Engine, Letter, Reply};

/// Another organization that knows the same client.
pub struct Sister {
    pub organization: OrganizationId,
    pub key: String,
    pub account: String,
}

/// A client with a wallet session, and a second organization that knows them as well.
pub struct Keeper {
    pub stack: Stack,
    pub account: String,
    pub sister: Sister,
    pub secret: String,
}

impl Keeper {
    pub async fn start(engine: Engine) -> Self {
        Self::on(Stack::start(engine).await).await
    }

    pub async fn on(stack: Stack) -> Self {
        let account = stack.signed_in().await;
        let sister = stack.sister(&account).await;
        let secret = stack.wallet_session(&account).await;
        Self { stack, account, sister, secret }
    }

    /// The wallet.
    pub async fn wallet(&self) -> Value {
        self.stack.wallet(&self.secret).await.expect(200).json()
    }

    /// A method of the wallet.
    pub async fn method(&self, id: &str) -> Value {
        let wallet = self.wallet().await;
        let all = ["cards", "accounts"].map(|shelf| wallet[shelf]["methods"].as_array().unwrap().clone());
        all.concat().into_iter().find(|method| method["id"] == id).expect("it is in the wallet")
    }
}

impl Stack {
    /// A client who has signed in.
    pub async fn signed_in(&self) -> String {
        let login =
            json!({"name": "Kim Roy", "email": "kim@example.org", "last_login_at": "2026-01-05T15:00:00Z"});
        self.write("/v1/clients", json!({"login": login})).await.expect(201).at("/id")
    }

    /// Another organization of the platform, which knows the client of an account too.
    pub async fn sister(&self, account: &str) -> Sister {
        let login = self.read(&format!("/v1/clients/{account}")).await.at("/login");
        let (organization, key) = organization(&self.app, "Sister club").await;
        let body = json!({"login": {"id": login}, "account": {"name": "Kim"}});
        let made = self.write_as(&key, &fresh("k-"), "/v1/clients", &body).await.expect(201);
        Sister { organization, key, account: made.at("/id") }
    }

    /// What opens a wallet, as its client is told who has confirmed who they are.
    pub async fn wallet_session(&self, client: &str) -> String {
        self.confirm_wallet(&self.unconfirmed_session(client).await).await
    }

    /// The secret of a wallet session, as its organization's server has it.
    pub async fn unconfirmed_session(&self, client: &str) -> String {
        let body = json!({"client": client, "allowed_origin": STORE});
        self.write("/v1/wallet_sessions", body).await.expect(201).at("/secret")
    }

    /// Does what a client does to open their wallet: reads the mail, and enters the code. Answers with what opens it.
    pub async fn confirm_wallet(&self, secret: &str) -> String {
        // The mail that comes now is the last one.
        self.clock.advance(std::time::Duration::from_millis(1));
        let sent = self.ask_for_code(secret, json!({})).await.expect(200);
        assert_eq!(sent.at("/state"), "code_sent");
        let code = self.code().await;
        let confirmed = self.give_code(secret, json!({"code": code})).await.expect(200);
        assert_eq!(confirmed.at("/state"), "confirmed");
        confirmed.at("/access")
    }

    pub async fn ask_for_code(&self, secret: &str, body: Value) -> Reply {
        self.send(self.browser(Method::POST, secret, "/v1/wallet/confirmation").json(&body)).await
    }

    pub async fn give_code(&self, secret: &str, body: Value) -> Reply {
        self.send(self.browser(Method::POST, secret, "/v1/wallet/confirmation/code").json(&body)).await
    }

    /// The code that was mailed last.
    pub async fn code(&self) -> String {
        let letters = self.mailbox().await;
        let code = letters.iter().rev().find_map(Letter::code);
        code.unwrap_or_else(|| panic!("no code in {} letters", letters.len()))
    }

    pub async fn wallet(&self, secret: &str) -> Reply {
        self.send(self.browser(Method::GET, secret, "/v1/wallet")).await
    }

    /// A card in the processor's vault that is in no wallet.
    pub async fn stored_card(&self, number: &str) -> String {
        let form = [("type", "card".to_owned()), ("card[token]", self.token(number).await)];
        let made =
            self.http.post(format!("{}/v1/payment_methods", self.processor)).bearer_auth(PROCESSOR_SECRET);
        self.send(made.form(&form)).await.expect(200).at("/id")
    }

    /// Brings such a card into an account's wallet, and lets the organization of this key charge it.
    pub async fn bring_in(&self, key: &str, account: &str, stored: &str) -> String {
        let body = json!({
            "processor_payment_method": stored, "billing_address": address(),
            "consent": {"version": "save-card-1", "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
        });
        let path = format!("/v1/clients/{account}/payment_methods");
        self.write_as(key, &fresh("k-"), &path, &body).await.expect(201).at("/id")
    }

    /// A purchase of 200.00 in a quarter and three installments of 50.00, with a saved card.
    pub async fn installments_with(&self, account: &str, method: &str) -> String {
        let configuration = self.configuration(crate::installments::quarter_then_three()).await;
        let items =
            json!([{"description": "Camp", "amount": 20_000, "installment_configuration": configuration}]);
        let (invoice, secret) = self.buy(account, items).await;
        let way = self.ways(&secret).await[1].clone();
        let body = self.choosing(&way, method);
        assert_eq!(self.confirm(&secret, &body).await.expect(200).at("/status"), "succeeded");
        invoice
    }
}
