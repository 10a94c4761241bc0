//! HTTP to the processor: one client, built once, with time-outs, without redirects and without a proxy.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::{Host, Url};

use crate::adapters::stripe::answers::Refusal;
use crate::ports::processor::ProcessorError;
use crate::secret::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that rest longer than this are closed: the other side may have forgotten them.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// No answer that is read here is longer than a page of a hundred charges.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The version of the dialect whose answers are read here.
const DIALECT: &str = "2024-06-20";

/// The HTTP client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// `base_url` is not an origin.
    #[error("processor.base_url must be an origin such as https://api.stripe.com, without a path")]
    BaseUrl,
    /// TLS cannot be set up.
    #[error("the HTTP client for the processor cannot be made: {0}")]
    Tls(#[from] rustls::Error),
}

/// The way to one account.
#[derive(Debug)]
pub struct Client {
    http: HyperClient<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
    base_url: String,
    secret_key: Secret,
}

/// What the processor said.
#[derive(Debug)]
pub(super) enum Answer {
    /// 2xx.
    Done(Value),
    /// 4xx, in the processor's words: nothing was done, or the bank refused.
    Refused(Refusal),
}

/// A form: keys may be nested, as in `card[token]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(String);

impl Form {
    /// Adds a field.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        self
    }

    /// Adds a field that may be absent.
    pub(super) fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) if !value.is_empty() => self.with(name, value),
            _ => self,
        }
    }
}

#[cfg(test)]
impl Form {
    /// The fields as a person reads them, one after the other.
    pub(super) fn readable(&self) -> String {
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let fields: Vec<String> = self.0.split('&').map(decoded).collect();
        fields.join(" ")
    }
}

impl Client {
    pub(super) fn new(base_url: &str, secret_key: Secret, timeout: Duration) -> Result<Self, ClientError> {
        let url = Url::parse(base_url).map_err(|_| ClientError::BaseUrl)?;
        // Over plain HTTP the secret key could be read on the way: only to the machine itself.
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let safe = url.scheme() == "https" || (url.scheme() == "http" && local);
        if !safe || url.path() != "/" || url.query().is_some() {
            return Err(ClientError::BaseUrl);
        }
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let http = HyperClient::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        Ok(Self { http, timeout, base_url: url.origin().ascii_serialization(), secret_key })
    }

    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Posts a form. The same key is the same request.
    pub(super) async fn post(&self, path: &str, key: &str, form: Form) -> Result<Answer, ProcessorError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{path}", self.base_url))
            .header("idempotency-key", key)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.0.into()).await
    }

    /// Removes. The same key is the same request.
    pub(super) async fn delete(&self, path: &str, key: &str) -> Result<Answer, ProcessorError> {
        let request = Request::builder()
            .method(Method::DELETE)
            .uri(format!("{}{path}", self.base_url))
            .header("idempotency-key", key);
        self.send(request, Bytes::new()).await
    }

    /// Reads. `query` is a form.
    pub(super) async fn get(&self, path: &str, query: &Form) -> Result<Answer, ProcessorError> {
        let separator = if query.0.is_empty() { "" } else { "?" };
        let request = Request::builder().uri(format!("{}{path}{separator}{}", self.base_url, query.0));
        self.send(request, Bytes::new()).await
    }

    async fn send(
        &self,
        request: axum::http::request::Builder,
        body: Bytes,
    ) -> Result<Answer, ProcessorError> {
        let request = request
            .header(header::AUTHORIZATION, format!("Bearer {}", self.secret_key.reveal()))
            .header(header::USER_AGENT, "paydesk-billing")
            .header("stripe-version", DIALECT)
            .body(Full::new(body))
            .map_err(|_| ProcessorError::NotSent("not a request".to_owned()))?;
        tokio::time::timeout(self.timeout, self.exchange(request))
            .await
            .unwrap_or_else(|_| Err(ProcessorError::Unknown("no answer in time".to_owned())))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, ProcessorError> {
        let response = self.http.request(request).await.map_err(|error| {
            // Only a connection that was never made is certain not to have carried the request. The error's own
            // text is not kept: it may name what was asked for.
            if error.is_connect() {
                ProcessorError::NotSent("no connection".to_owned())
            } else {
                ProcessorError::Unknown("the connection broke".to_owned())
            }
        })?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body =
            body.map_err(|_| ProcessorError::Unknown("the answer is too long or broke off".to_owned()))?;
        let json: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null);
        match status {
            200..=299 if json.is_object() => Ok(Answer::Done(json)),
            400..=499 => Refusal::read(status, &json),
            _ => Err(ProcessorError::Unknown(format!("HTTP {status}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded() {
        let form =
            Form::default().with("card[token]", "tok_1").with_some("a", None).with("city", "Montréal & Co");
        assert_eq!(form.0, "card%5Btoken%5D=tok%5F1&city=Montr%C3%A9al%20%26%20Co");
    }

    #[test]
    fn wants_an_origin() {
        for bad in ["api.stripe.com", "ftp://x", "https://x/v1", "https://x/?a=1", "http://processor.example"]
        {
            let made = Client::new(bad, Secret::new(String::new()), CONNECT_TIMEOUT);
            assert!(matches!(made, Err(ClientError::BaseUrl)), "{bad}");
        }
    }
}
