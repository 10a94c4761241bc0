//! The recorder in Chromium, by its developer protocol: every target (pages, frames in processes of their own, workers) is
//! held until it is watched.

use serde_json::{Value, json};

use super::{BODY_BYTES_MAX, Recorder, Request, text};
use crate::wire::Event;
use crate::{Context, Failure};

impl Recorder {
    /// Blocks what matches these patterns in every target.
    pub(super) async fn block_devtools(&self, patterns: &[&str]) {
        for session in self.sessions() {
            // A target may have gone meanwhile; then nothing of it needs to be blocked.
            let _ = self.wire.ask(&session, "Network.setBlockedURLs", json!({"urls": patterns})).await;
        }
    }

    /// Holds what matches these patterns in every target, and lets go what was held before.
    pub(super) async fn hold_devtools(&self, patterns: &[&str]) {
        for session in self.sessions() {
            // Other patterns alone would leave waiting what waits.
            for (method, params) in [holding::<&str>(&[]), holding(patterns)] {
                // As above.
                let _ = self.wire.ask(&session, method, params).await;
            }
        }
    }

    /// Runs a script first in every target that has pages.
    pub(super) async fn run_first_devtools(&self, script: &str) {
        for session in self.sessions() {
            // Workers have no pages, and targets may have gone.
            let params = json!({"source": script});
            let _ = self.wire.ask(&session, "Page.addScriptToEvaluateOnNewDocument", params).await;
        }
    }

    fn sessions(&self) -> Vec<String> {
        self.lock().sessions.iter().cloned().collect()
    }

    /// Takes in what the browser tells.
    pub(super) fn take_devtools(&self, event: &Event) -> Result<(), Failure> {
        let params = &event.params;
        match event.method.as_str() {
            "Target.attachedToTarget" => self.watch(params)?,
            "Target.detachedFromTarget" => {
                let session = text(params, "/sessionId");
                let mut state = self.lock();
                state.sessions.remove(&session);
                state.frames.retain(|(frame, _)| *frame != session);
            }
            "Network.requestWillBeSent" => self.request(&event.session, params),
            "Network.webSocketCreated" => self.lock().requests.push(Request {
                kind: "WebSocket".to_owned(),
                id: text(params, "/requestId"),
                ..Request::to(&text(params, "/url"))
            }),
            "Network.loadingFinished" => {
                let bytes = params.pointer("/encodedDataLength").and_then(Value::as_f64).unwrap_or_default();
                // A count of bytes, given as a number of JavaScript.
                self.lock().transferred += format!("{bytes:.0}").parse::<u64>().unwrap_or_default();
                self.answer(&event.session, &text(params, "/requestId"));
            }
            "Runtime.consoleAPICalled" => {
                let said = params.pointer("/args").map(Value::to_string).unwrap_or_default();
                self.note(&format!("console.{}", text(params, "/type")), said);
            }
            "Runtime.exceptionThrown" => {
                let thrown = params.pointer("/exceptionDetails").map(Value::to_string).unwrap_or_default();
                self.note("exception", thrown);
            }
            "Log.entryAdded" => {
                let source = format!("log.{}", text(params, "/entry/source"));
                let level = text(params, "/entry/level");
                self.note(
                    &source,
                    format!("{level}: {} {}", text(params, "/entry/text"), text(params, "/entry/url")),
                );
            }
            "Audits.issueAdded" => {
                let details = params.pointer("/issue/details").map(Value::to_string).unwrap_or_default();
                self.note(&format!("issue.{}", text(params, "/issue/code")), details);
            }
            "Page.frameNavigated" => {
                let mut state = self.lock();
                let navigated = text(params, "/frame/url");
                if params.pointer("/frame/parentId").is_none()
                    && let Some(frame) =
                        state.frames.iter_mut().find(|(session, _)| *session == event.session)
                {
                    frame.1 = navigated;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn watch(&self, params: &Value) -> Result<(), Failure> {
        let session = params.pointer("/sessionId").and_then(Value::as_str).context("a session")?;
        let kind = text(params, "/targetInfo/type");
        if text(params, "/targetInfo/url").starts_with("chrome://") {
            // A part of the browser's own window, made of pages as well. No site can be opened in it.
            self.wire.tell(session, "Runtime.runIfWaitingForDebugger", json!({}));
            return Ok(());
        }
        let (blocked, held, scripts, slowdown) = {
            let state = self.lock();
            (state.blocked.clone(), state.held.clone(), state.first_scripts.clone(), state.slowdown)
        };
        let tell = |method: &str, params: Value| self.wire.tell(session, method, params);
        tell("Network.enable", json!({"maxPostDataSize": BODY_BYTES_MAX}));
        tell("Network.setBlockedURLs", json!({"urls": blocked}));
        if !held.is_empty() {
            let (method, params) = holding(&held);
            tell(method, params);
        }
        tell("Runtime.enable", json!({}));
        tell("Log.enable", json!({}));
        tell("Audits.enable", json!({}));
        tell("Target.setAutoAttach", hold_new_targets());
        if matches!(kind.as_str(), "page" | "iframe") {
            tell("Page.enable", json!({}));
            if slowdown > 1.0 {
                tell("Emulation.setCPUThrottlingRate", json!({"rate": slowdown}));
            }
            for script in scripts {
                tell("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
            }
        }
        tell("Runtime.runIfWaitingForDebugger", json!({}));
        let mut state = self.lock();
        state.sessions.insert(session.to_owned());
        if matches!(kind.as_str(), "page" | "iframe") {
            state.frames.push((session.to_owned(), text(params, "/targetInfo/url")));
        }
        Ok(())
    }

    fn request(&self, session: &str, params: &Value) {
        let headers = params.pointer("/request/headers").and_then(Value::as_object);
        let headers = headers
            .into_iter()
            .flatten()
            .map(|(name, value)| format!("{name}: {}\n", value.as_str().unwrap_or_default()))
            .collect();
        let request = Request {
            url: text(params, "/request/url") + &text(params, "/request/urlFragment"),
            method: text(params, "/request/method"),
            headers,
            body: text(params, "/request/postData"),
            kind: text(params, "/type"),
            answer: String::new(),
            id: text(params, "/requestId"),
        };
        let has_body = params.pointer("/request/hasPostData").and_then(Value::as_bool).unwrap_or_default();
        let missing = (has_body && request.body.is_empty()).then(|| request.id.clone());
        self.lock().requests.push(request);
        if let Some(id) = missing {
            let params = json!({"requestId": id});
            self.fetch_later(session, "Network.getRequestPostData", params, id, |request, result| {
                request.body = text(result, "/postData");
            });
        }
    }

    fn answer(&self, session: &str, id: &str) {
        let wanted = self.lock().requests.iter().any(|request| {
            request.id == id && matches!(request.kind.as_str(), "Fetch" | "XHR" | "EventSource")
        });
        if wanted {
            let params = json!({"requestId": id});
            self.fetch_later(session, "Network.getResponseBody", params, id.to_owned(), |request, result| {
                request.answer = text(result, "/body");
            });
        }
    }
}

pub(super) fn hold_new_targets() -> Value {
    json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true})
}

fn holding<T: AsRef<str>>(patterns: &[T]) -> (&'static str, Value) {
    let patterns: Vec<Value> =
        patterns.iter().map(|pattern| json!({"urlPattern": pattern.as_ref()})).collect();
    if patterns.is_empty() {
        ("Fetch.disable", json!({}))
    } else {
        ("Fetch.enable", json!({"patterns": patterns}))
    }
}
