//! The sandbox processor as the tests use it: started, told what to do wrong, and asked what it has charged.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Program, listening};
use crate::{Context, Failure, place};

/// Both keys of the account that the tests use.
pub const SECRET_KEY: &str = "sk_test_endtoend0123456789";
/// The one that a browser may have.
pub const PUBLISHABLE_KEY: &str = "pk_test_endtoend0123456789";

/// A running sandbox.
#[derive(Debug)]
pub struct Sandbox {
    /// Its origin.
    pub url: String,
    /// The program.
    pub program: Program,
    http: reqwest::Client,
}

/// A card as somebody would type it.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// Digits only.
    pub number: &'static str,
    /// Two digits.
    pub month: &'static str,
    /// Four digits.
    pub year: &'static str,
    /// The security code.
    pub cvc: &'static str,
}

impl Sandbox {
    /// Starts it on a free port with its data in `folder`.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(folder: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(place::program("paydesk-sandbox")?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        let program = Program::start("paydesk-sandbox", &mut command, listening("paydesk-sandbox"))?;
        Ok(Self { url: program.ready.clone(), program, http: client()? })
    }

    /// Stores a card and returns its `pm_…`; one that has expired is stored and attached first and aged
    /// afterwards, since no processor takes an expired card.
    ///
    /// # Errors
    /// Where the sandbox refuses it.
    pub async fn store_card(&self, card: &Card, expired: bool) -> Result<String, Failure> {
        let token = self.token(card).await?;
        let form = [("type", "card"), ("card[token]", token.as_str())];
        let method = text(&self.post("/v1/payment_methods", &form, SECRET_KEY).await?, "/id")?;
        if expired {
            // Kept under a customer while it was good, as what comes from an older wallet would be.
            let customer =
                text(&self.post("/v1/customers", &[("name", "Camille")], SECRET_KEY).await?, "/id")?;
            let path = format!("/v1/payment_methods/{method}/attach");
            self.post(&path, &[("customer", customer.as_str())], SECRET_KEY).await?;
            let path = format!("/sandbox/payment_methods/{method}/expiry");
            self.post(&path, &[("exp_month", "8"), ("exp_year", "2024")], SECRET_KEY).await?;
        }
        Ok(method)
    }

    /// A card's token, as a browser gets it.
    ///
    /// # Errors
    /// Where the sandbox refuses the card.
    pub async fn token(&self, card: &Card) -> Result<String, Failure> {
        let form = [
            ("key", PUBLISHABLE_KEY),
            ("card[number]", card.number),
            ("card[exp_month]", card.month),
            ("card[exp_year]", card.year),
            ("card[cvc]", card.cvc),
        ];
        text(&self.post("/v1/tokens", &form, PUBLISHABLE_KEY).await?, "/id")
    }

    /// Makes it misbehave.
    ///
    /// # Errors
    /// Where it does not know the scenario.
    pub async fn misbehave(&self, scenario: Value) -> Result<(), Failure> {
        let path = "/sandbox/scenarios";
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY).json(&scenario);
        answered(path, request).await.map(drop)
    }

    /// How often each fault that was ordered a limited number of times will still happen.
    ///
    /// # Errors
    /// Where the sandbox does not answer.
    pub async fn faults_left(&self) -> Result<Vec<u64>, Failure> {
        let path = "/sandbox/scenarios";
        let answer =
            answered(path, self.http.get(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY)).await?;
        let scenarios = answer.pointer("/data").and_then(Value::as_array).context("a list of scenarios")?;
        Ok(scenarios
            .iter()
            .filter_map(|scenario| scenario.get("times_left").and_then(Value::as_u64))
            .collect())
    }

    /// All operations that moved money, oldest first.
    ///
    /// # Errors
    /// Where the sandbox does not answer.
    pub async fn journal(&self) -> Result<Vec<Value>, Failure> {
        let path = "/sandbox/journal?limit=1000";
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY);
        let answer = answered(path, request).await?;
        Ok(answer.pointer("/data").or(Some(&answer)).and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// The charges that took money.
    ///
    /// # Errors
    /// Where the sandbox does not answer.
    pub async fn charges(&self) -> Result<Vec<Value>, Failure> {
        let rows = self.journal().await?;
        let is = |row: &Value, name: &str, value: &str| row.get(name).and_then(Value::as_str) == Some(value);
        Ok(rows.into_iter().filter(|row| is(row, "op", "charge") && is(row, "status", "succeeded")).collect())
    }

    async fn post(&self, path: &str, form: &[(&str, &str)], key: &str) -> Result<Value, Failure> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(key).form(form);
        answered(path, request).await
    }
}

/// A client that gives up.
///
/// # Errors
/// Where the system has no randomness or the like.
pub fn client() -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().context("an HTTP client")
}

/// Sends a request, and takes everything but success as a failure that shows the answer.
///
/// # Errors
/// Where it is not answered with success and JSON.
pub async fn answered(what: &str, request: reqwest::RequestBuilder) -> Result<Value, Failure> {
    let response = request.send().await.context(what)?;
    let status = response.status();
    let body = response.text().await.context(what)?;
    if !status.is_success() {
        return Err(Failure::new(format!("{what}: {status}: {body}")));
    }
    if body.is_empty() {
        Ok(json!(null))
    } else {
        serde_json::from_str(&body).context(format!("{what}: {body}"))
    }
}

/// A text inside an answer.
///
/// # Errors
/// Where it is not there.
pub fn text(answer: &Value, pointer: &str) -> Result<String, Failure> {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .context(format!("{pointer} of {answer}"))
}
