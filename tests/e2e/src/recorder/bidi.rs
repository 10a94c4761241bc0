//! The recorder in Firefox, by WebDriver BiDi: what every page, frame and worker asks the network for, and what is written to the
//! console of pages and frames (of workers it tells nothing there). A request that is to be blocked or held is intercepted before
//! it is sent.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{BODY_BYTES_MAX, Recorder, Request, text};
use crate::wire::Event;
use crate::{Context, Failure};

const EVENTS: [&str; 4] =
    ["network.beforeRequestSent", "network.responseCompleted", "network.fetchError", "log.entryAdded"];

impl Recorder {
    /// Has the browser tell everything, and keep what is sent and what comes back.
    pub(super) async fn subscribe(&self) -> Result<(), Failure> {
        let kept = json!({"dataTypes": ["request", "response"], "maxEncodedDataSize": BODY_BYTES_MAX});
        self.wire.ask("", "network.addDataCollector", kept).await?;
        self.wire.ask("", "session.subscribe", json!({"events": EVENTS})).await.map(drop)
    }

    /// Intercepts requests as long as some are to be blocked or held. Without that they go their way undelayed.
    ///
    /// What the browser has in its caches is asked for again meanwhile, or there would be nothing to intercept.
    pub(super) async fn intercept(&self) {
        let (wanted, intercept) = {
            let mut state = self.lock();
            let wanted = !(state.blocked.is_empty() && state.held.is_empty());
            let intercept = if wanted { state.intercept.clone() } else { state.intercept.take() };
            (wanted, intercept)
        };
        // A browser that is gone sends nothing; whoever asks it for anything else hears of that.
        match intercept {
            None if wanted => {
                let _ =
                    self.wire.ask("", "network.setCacheBehavior", json!({"cacheBehavior": "bypass"})).await;
                let phases = json!({"phases": ["beforeRequestSent"]});
                let added = self.wire.ask("", "network.addIntercept", phases).await.unwrap_or_default();
                self.lock().intercept = Some(text(&added, "/intercept"));
            }
            Some(intercept) if !wanted => {
                let _ = self.wire.ask("", "network.removeIntercept", json!({"intercept": intercept})).await;
                let _ =
                    self.wire.ask("", "network.setCacheBehavior", json!({"cacheBehavior": "default"})).await;
            }
            _ => {}
        }
    }

    /// Sends what was held on its way.
    pub(super) async fn let_go(&self) {
        let kept = std::mem::take(&mut self.lock().kept);
        for request in kept {
            // Its page may have gone.
            let _ = self.wire.ask("", "network.continueRequest", json!({"request": request})).await;
        }
    }

    /// Runs a script first in every page and frame.
    pub(super) async fn run_first_bidi(&self, script: &str) {
        let function = format!("() => {{ {script} }}");
        let _ = self.wire.ask("", "script.addPreloadScript", json!({"functionDeclaration": function})).await;
    }

    /// Takes in what the browser tells.
    pub(super) fn take_bidi(&self, event: &Event) -> Result<(), Failure> {
        let params = &event.params;
        match event.method.as_str() {
            "network.beforeRequestSent" => self.sent(params)?,
            "network.responseCompleted" => self.completed(params),
            // What a page has itself given up on, or left behind.
            "network.fetchError" if text(params, "/errorText").contains("NS_BINDING_ABORTED") => {}
            "network.fetchError" => {
                let (error, url) = (text(params, "/errorText"), text(params, "/request/url"));
                self.note("log.network", format!("error: {error} {url}"));
            }
            "log.entryAdded" => self.said(params),
            _ => {}
        }
        Ok(())
    }

    fn sent(&self, params: &Value) -> Result<(), Failure> {
        let sent = params.pointer("/request").context("a request")?;
        let mut headers = String::new();
        for header in sent.pointer("/headers").and_then(Value::as_array).into_iter().flatten() {
            // Writing into a string cannot fail.
            let _ = writeln!(headers, "{}: {}", text(header, "/name"), bytes(header));
        }
        let (id, url) = (text(sent, "/request"), text(sent, "/url"));
        let stopped = params.pointer("/isBlocked").and_then(Value::as_bool).unwrap_or_default();
        let verdict = {
            let mut state = self.lock();
            state.requests.push(Request {
                method: text(sent, "/method"),
                headers,
                kind: text(sent, "/initiatorType"),
                id: id.clone(),
                ..Request::to(&url)
            });
            let among = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, &url));
            if among(&state.blocked) {
                Some("network.failRequest")
            } else if among(&state.held) {
                state.kept.push(id.clone());
                None
            } else {
                Some("network.continueRequest")
            }
        };
        if let Some(verdict) = verdict
            && stopped
        {
            self.wire.tell("", verdict, json!({"request": id}));
        }
        let length = sent.pointer("/bodySize").and_then(Value::as_u64).unwrap_or_default();
        if length > 0 {
            let params = json!({"dataType": "request", "request": id});
            self.fetch_later("", "network.getData", params, id, |request, result| {
                request.body = bytes(result.pointer("/bytes").unwrap_or(&Value::Null));
            });
        }
        Ok(())
    }

    fn completed(&self, params: &Value) {
        let received = params.pointer("/response/bytesReceived").and_then(Value::as_u64).unwrap_or_default();
        self.lock().transferred += received;
        let (id, url) = (text(params, "/request/request"), text(params, "/request/url"));
        let status = params.pointer("/response/status").and_then(Value::as_u64).unwrap_or_default();
        if status >= 400 {
            self.note("log.network", format!("error: answered with {status} {url}"));
        }
        let by = text(params, "/request/initiatorType");
        if matches!(by.as_str(), "fetch" | "xmlhttprequest") {
            let params = json!({"dataType": "response", "request": id});
            self.fetch_later("", "network.getData", params, id, |request, result| {
                request.answer = bytes(result.pointer("/bytes").unwrap_or(&Value::Null));
            });
        }
    }

    fn said(&self, params: &Value) {
        let (kind, level, said) = (text(params, "/type"), text(params, "/level"), text(params, "/text"));
        let source = match (kind.as_str(), level.as_str()) {
            ("console", _) => {
                let arguments = params.pointer("/args").map(Value::to_string).unwrap_or_default();
                let method = text(params, "/method");
                let method = if method == "warn" { "warning" } else { &method };
                return self.note(&format!("console.{method}"), arguments);
            }
            // A policy that is broken is an error or a warning, as the browser likes; one that it finds odd is told as well.
            (_, _) if said.starts_with("Content-Security-Policy: The page’s settings") => {
                "issue.ContentSecurityPolicyIssue"
            }
            (_, "error") if is_of_the_network(&said) => "log.network",
            (_, "error") => "exception",
            _ => "log.other",
        };
        self.note(source, format!("{level}: {said}"));
    }
}

/// Whether the browser tells in its console what it has told as a request that failed.
fn is_of_the_network(said: &str) -> bool {
    said.contains("Cross-Origin Request Blocked") || said.starts_with("Loading failed for the ")
}

/// What BiDi wraps as bytes: a text, or base64 of what is none.
fn bytes(wrapped: &Value) -> String {
    use base64::Engine as _;
    let inner = wrapped.pointer("/value").filter(|inner| inner.is_object()).unwrap_or(wrapped);
    let value = text(inner, "/value");
    if text(inner, "/type") != "base64" {
        return value;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(&value).unwrap_or_default();
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Whether an address is what a pattern means: `*` stands for anything.
fn matches(pattern: &str, url: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == url;
    };
    let Some(url) = url.strip_prefix(first) else {
        return false;
    };
    rest.is_empty()
        || url.char_indices().any(|(at, _)| matches(rest, url.get(at..).unwrap_or_default()))
        || matches(rest, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, url, expected) in [
            ("*/api*", "http://127.0.0.1:1/api", true),
            ("*/api*", "http://127.0.0.1:1/api/x?y", true),
            ("*/api*", "http://127.0.0.1:1/ap", false),
            ("*.wasm*", "http://127.0.0.1:1/a.wasm", true),
            ("*/embed.js", "http://127.0.0.1:1/embed.js", true),
            ("*/embed.js", "http://127.0.0.1:1/embed.js?x", false),
            ("*/v1/checkout/*", "http://127.0.0.1:1/v1/checkout", false),
            ("exact", "exact", true),
        ] {
            assert_eq!(matches(pattern, url), expected, "{pattern} {url}");
        }
    }

    #[test]
    fn bytes_are_read_as_they_are_wrapped() {
        assert_eq!(bytes(&json!({"type": "string", "value": "a=1"})), "a=1");
        assert_eq!(bytes(&json!({"type": "base64", "value": "YT0x"})), "a=1");
        assert_eq!(bytes(&json!({"name": "x", "value": {"type": "string", "value": "y"}})), "y");
    }
}
