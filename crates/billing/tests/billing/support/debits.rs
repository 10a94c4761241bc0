//! A payer who pays by bank debit, and what the processor did with debits.

use serde_json::{Value, json};

use super::stack::{PROCESSOR_PUBLIC, PROCESSOR_SECRET, Stack, address, attempt_id};

/// A debit that is about to be confirmed.
pub struct Debit {
    pub account: String,
    pub invoice: String,
    pub secret: String,
    pub body: Value,
    pub mandate_text: String,
}

impl Debit {
    pub fn attempt(&self) -> &str {
        self.body["attempt_id"].as_str().unwrap()
    }
}

impl Stack {
    /// A bank account's token, made as a browser makes it. `kind` is `ach` or `pad`.
    pub async fn bank_token(&self, kind: &str, number: &str) -> String {
        let mut form = vec![
            ("key", PROCESSOR_PUBLIC.to_owned()),
            ("billing_details[name]", "Kim Roy".to_owned()),
            ("billing_details[email]", "kim@example.org".to_owned()),
        ];
        form.extend(match kind {
            "ach" => vec![
                ("type", "us_bank_account".to_owned()),
                ("us_bank_account[account_number]", number.to_owned()),
                ("us_bank_account[routing_number]", "110000000".to_owned()),
                ("us_bank_account[account_holder_type]", "individual".to_owned()),
                ("us_bank_account[account_type]", "checking".to_owned()),
            ],
            _ => vec![
                ("type", "acss_debit".to_owned()),
                ("acss_debit[account_number]", number.to_owned()),
                ("acss_debit[institution_number]", "000".to_owned()),
                ("acss_debit[transit_number]", "11000".to_owned()),
            ],
        });
        let request = self.http.post(format!("{}/v1/payment_methods", self.processor)).form(&form);
        self.send(request).await.expect(200).at("/id")
    }

    /// An invoice in the currency of a rail, a session for it, and the body of a confirm that debits a new account.
    pub async fn debit(&self, kind: &str, number: &str, amounts: &[i64], save: bool) -> Debit {
        let account = self.client().await;
        self.debit_of(&account, kind, number, amounts, save).await
    }

    /// The same for an account that is there.
    pub async fn debit_of(
        &self,
        account: &str,
        kind: &str,
        number: &str,
        amounts: &[i64],
        save: bool,
    ) -> Debit {
        let currency = if kind == "ach" { "USD" } else { "CAD" };
        let items: Vec<Value> =
            amounts.iter().map(|amount| json!({"description": "Swimming", "amount": amount})).collect();
        let body = json!({"account": account, "items": items, "currency": currency});
        let invoice = self.write("/v1/invoices", body).await.expect(201).at("/id");
        let secret = self.session(&invoice).await;
        let path = format!("/v1/checkout/mandate?save={save}");
        let text = self.send(self.browser(reqwest::Method::GET, &secret, &path)).await.expect(200);
        let mut body = json!({
            "attempt_id": attempt_id(), "amount": amounts.iter().sum::<i64>(), "currency": currency,
            "method_kind": kind, "token": self.bank_token(kind, number).await, "billing_address": address(),
            "mandate": {"version": text.at("/version"), "locale": text.at("/locale"), "holder": "personal"},
            "save": save,
        });
        if save {
            body["consent_version"] = json!("save-bank-1");
            body["consent_locale"] = json!("en");
        }
        Debit { account: account.to_owned(), invoice, secret, body, mandate_text: text.at("/text") }
    }

    /// What the processor did with debits, in order.
    pub async fn debit_journal(&self) -> Vec<String> {
        let url = format!("{}/sandbox/journal?limit=1000", self.processor);
        let reply = self.send(self.http.get(url).bearer_auth(PROCESSOR_SECRET)).await.expect(200);
        let rows = reply.json()["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["op"].as_str().unwrap().to_owned()).collect()
    }
}
