//! What is bought to be paid later: the calls that the tests of installments and subscriptions share.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Reply, Stack, attempt_id, fresh};

impl Stack {
    /// Today, where the organization is.
    pub fn today(&self) -> Date {
        self.app.mint.now().to_zoned(TimeZone::get("America/Toronto").unwrap()).date()
    }

    /// The day so many days from today.
    pub fn in_days(&self, days: i64) -> String {
        self.today().checked_add(jiff::Span::new().days(days)).unwrap().to_string()
    }

    /// An installment configuration; its id.
    pub async fn configuration(&self, options: Value) -> String {
        let body = json!({"name": "Camps", "options": options});
        self.write("/v1/installment_configurations", body).await.expect(201).at("/id")
    }

    /// An invoice with these lines, and a session for it.
    pub async fn buy(&self, account: &str, items: Value) -> (String, String) {
        let body = json!({"account": account, "items": items});
        let invoice = self.write("/v1/invoices", body).await.expect(201).at("/id");
        let secret = self.session(&invoice).await;
        (invoice, secret)
    }

    /// The ways to pay that a session shows.
    pub async fn ways(&self, secret: &str) -> Vec<Value> {
        self.view(secret).await.expect(200).json()["plans"]["options"].as_array().unwrap().clone()
    }

    /// The body of a confirm with a saved card, for a way to pay as it was shown.
    pub fn choosing(&self, way: &Value, method: &str) -> Value {
        json!({
            "attempt_id": attempt_id(), "amount": way["due_now"], "currency": "CAD", "saved_method": method,
            "plan": {"option": way["id"], "schedule_hash": way["schedule_hash"]},
        })
    }

    /// The same with a new card that is saved.
    pub async fn choosing_new(&self, way: &Value, number: &str) -> Value {
        let mut body = self.with_card(number, way["due_now"].as_i64().unwrap()).await;
        body["plan"] = json!({"option": way["id"], "schedule_hash": way["schedule_hash"]});
        body["save"] = json!(true);
        body["consent_version"] = json!("save-card-1");
        body["consent_locale"] = json!("en");
        body
    }

    /// Planned payments, those that were planned first first.
    pub async fn planned(&self, query: &str) -> Vec<Value> {
        let reply = self.read(&format!("/v1/planned_payments?limit=100&{query}")).await.expect(200);
        let mut rows = reply.json()["data"].as_array().unwrap().clone();
        rows.reverse();
        rows
    }

    /// Plans, newest first.
    pub async fn plans_of(&self, account: &str) -> Vec<Value> {
        let reply = self.read(&format!("/v1/plans?account={account}")).await.expect(200);
        reply.json()["data"].as_array().unwrap().clone()
    }

    /// What each line of an invoice is covered with, top first.
    pub async fn covered(&self, invoice: &str) -> Vec<i64> {
        let view = self.read(&format!("/v1/invoices/{invoice}")).await.expect(200).json();
        let items = view["items"].as_array().unwrap();
        items.iter().map(|item| item["covered"].as_i64().unwrap()).collect()
    }

    /// Lets days pass here, and works after each.
    pub async fn days_pass(&self, days: u32) {
        for _ in 0..days {
            self.work_after(Duration::from_secs(86_400)).await;
        }
    }

    /// Lets days pass in which nobody works, then works.
    pub async fn asleep_for(&self, days: u64) {
        self.work_after(Duration::from_secs(86_400 * days)).await;
    }

    /// The types of what was told, oldest first.
    pub async fn told(&self) -> Vec<String> {
        let reply = self.read("/v1/events?limit=100").await.expect(200);
        let mut types: Vec<String> = reply.json()["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect();
        types.reverse();
        types
    }

    /// The organization's server changes something.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        let request = self.http.patch(format!("{}{path}", self.billing)).bearer_auth(&self.key);
        self.send(request.header("idempotency-key", fresh("k-")).json(&body)).await
    }
}
