//! The store's client of the billing API: what an organization's own server would have.

use std::time::Duration;

use serde_json::Value;

use crate::DemoError;

/// A server with its base URL and what it wants to see in `Authorization`.
#[derive(Clone)]
pub struct Api {
    name: &'static str,
    base_url: String,
    authorization: String,
    /// The embedding page, when this side plays the browser.
    parent_origin: Option<String>,
    http: reqwest::Client,
}

impl Api {
    /// A client that gives up after ten seconds and follows no redirects.
    pub fn new(name: &'static str, base_url: &str, secret: &str) -> Result<Self, DemoError> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|source| DemoError::Unreachable { what: name.to_owned(), source })?;
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self { name, base_url, authorization: format!("Bearer {secret}"), parent_origin: None, http })
    }

    /// The same, as a browser in a frame of `origin`.
    pub fn embedded_by(mut self, origin: &str) -> Self {
        self.parent_origin = Some(origin.to_owned());
        self
    }

    /// Reads a resource.
    pub async fn read(&self, path: &str) -> Result<Value, DemoError> {
        self.send(path, self.http.get(self.url(path))).await
    }

    /// Writes a resource. The same key is the same write.
    pub async fn write(&self, path: &str, key: &str, body: &Value) -> Result<Value, DemoError> {
        self.send(path, self.http.post(self.url(path)).header("idempotency-key", key).json(body)).await
    }

    /// Posts a form.
    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, DemoError> {
        self.send(path, self.http.post(self.url(path)).form(form)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    async fn send(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Value, DemoError> {
        let what = format!("{} {path}", self.name);
        let mut request = request.header("authorization", &self.authorization);
        if let Some(origin) = &self.parent_origin {
            request = request.header("paydesk-parent-origin", origin);
        }
        let unreachable = |source| DemoError::Unreachable { what: what.clone(), source };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(unreachable)?;
        if status >= 400 {
            return Err(DemoError::Refused { what, status, body });
        }
        serde_json::from_str(&body).map_err(|_| DemoError::Unexpected {
            what,
            field: "JSON".to_owned(),
            body,
        })
    }
}

/// A text inside an answer, by JSON pointer.
pub fn text(answer: &Value, pointer: &str) -> Result<String, DemoError> {
    let found = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| missing(answer, pointer))
}

/// A whole number inside an answer, by JSON pointer.
pub fn number(answer: &Value, pointer: &str) -> Result<i64, DemoError> {
    answer.pointer(pointer).and_then(Value::as_i64).ok_or_else(|| missing(answer, pointer))
}

fn missing(answer: &Value, pointer: &str) -> DemoError {
    DemoError::Unexpected { what: "a server".to_owned(), field: pointer.to_owned(), body: answer.to_string() }
}
