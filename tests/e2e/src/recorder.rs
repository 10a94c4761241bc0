//! Records everything that the browser sends, and everything that it complains about, in every page, frame and
//! worker: each new one is held until it is watched, so nothing can be missed at its beginning.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::cdp::{Cdp, Event};
use crate::clock;
use crate::{Context, Failure};

/// Long enough for a body to be handed out by the browser. What is asked of a page that has gone meanwhile may never be answered.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// Longer than that.
const SETTLE_PATIENCE: Duration = Duration::from_secs(15);
const BODY_BYTES_MAX: u64 = 1 << 20;

/// A request that the browser made.
#[derive(Clone, Debug)]
pub struct Request {
    /// The whole address.
    pub url: String,
    /// GET, POST, …
    pub method: String,
    /// Headers, one a line, as far as the page set them.
    pub headers: String,
    /// What was sent.
    pub body: String,
    /// `Document`, `Fetch`, `Script`, …
    pub kind: String,
    /// What came back, for calls made by scripts.
    pub answer: String,
    id: String,
}

impl Request {
    /// A plain request for an address, with nothing in it.
    pub fn to(url: &str) -> Self {
        let empty = String::new;
        let (method, kind) = ("GET".to_owned(), "Other".to_owned());
        Self {
            url: url.to_owned(),
            method,
            headers: empty(),
            body: empty(),
            kind,
            answer: empty(),
            id: empty(),
        }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        origin_of(&self.url)
    }

    /// What follows the origin, without the query.
    pub fn path(&self) -> &str {
        let rest = self.url.strip_prefix(self.origin()).unwrap_or_default();
        rest.split(['?', '#']).next().unwrap_or_default()
    }
}

fn origin_of(url: &str) -> &str {
    let after = url.find("://").map_or(url.len(), |at| at + 3);
    let end = url.get(after..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| after + at);
    url.get(..end).unwrap_or(url)
}

/// A complaint or a message.
#[derive(Clone, Debug)]
pub struct Note {
    /// Who says it: `console.error`, `log.security`, `log.network`, `exception`, `issue.ContentSecurityPolicyIssue`.
    pub source: String,
    /// What it says.
    pub text: String,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    notes: Vec<Note>,
    sessions: HashSet<String>,
    frames: Vec<(String, String)>,
    blocked: Vec<String>,
    held: Vec<String>,
    slowdown: f64,
    transferred: u64,
    first_scripts: Vec<String>,
    open_questions: usize,
}

/// The recorder of one browser.
#[derive(Clone, Debug)]
pub struct Recorder {
    cdp: Cdp,
    state: Arc<Mutex<State>>,
}

impl Recorder {
    /// Starts recording the browser whose debugger listens at `address`.
    ///
    /// # Errors
    /// Where the debugger does not answer.
    pub async fn start(address: &str) -> Result<Self, Failure> {
        let (cdp, events) = Cdp::connect(address).await?;
        let recorder = Self { cdp, state: Arc::default() };
        tokio::spawn(recorder.clone().listen(events));
        recorder.cdp.ask("", "Target.setAutoAttach", hold_new_targets()).await?;
        // The tab that is open already is attached before the answer, its set-up commands are sent after it.
        let page = "the first page to be watched";
        clock::until(
            page,
            SETTLE_PATIENCE,
            async || Ok((!recorder.lock().sessions.is_empty()).then_some(())),
        )
        .await?;
        Ok(recorder)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The developer protocol itself.
    pub fn cdp(&self) -> &Cdp {
        &self.cdp
    }

    /// All requests so far, in their order.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// All complaints and console messages so far.
    pub fn notes(&self) -> Vec<Note> {
        self.lock().notes.clone()
    }

    /// The targets that run pages or frames, each with its address.
    pub fn frames(&self) -> Vec<(String, String)> {
        self.lock().frames.clone()
    }

    /// From now on, requests that match these patterns (`*` stands for anything) fail as if the network did.
    pub async fn block(&self, patterns: &[&str]) {
        let sessions: Vec<String> = {
            let mut state = self.lock();
            state.blocked = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            state.sessions.iter().cloned().collect()
        };
        for session in sessions {
            // A target may have gone meanwhile; then nothing of it needs to be blocked.
            let _ = self.cdp.ask(&session, "Network.setBlockedURLs", json!({"urls": patterns})).await;
        }
    }

    /// From now on, requests that match these patterns are sent nowhere and never answered.
    pub async fn hold(&self, patterns: &[&str]) {
        let sessions: Vec<String> = {
            let mut state = self.lock();
            state.held = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            state.sessions.iter().cloned().collect()
        };
        for session in sessions {
            let (method, params) = holding(patterns);
            // As above; and what was held before is let go.
            let _ = self.cdp.ask(&session, method, params).await;
        }
    }

    /// Makes the processor of every page and frame opened from now on slower by this factor.
    pub fn slow_down(&self, factor: f64) {
        self.lock().slowdown = factor;
    }

    /// The bytes that came over the network so far: headers and bodies, compressed as they were.
    pub fn transferred(&self) -> u64 {
        self.lock().transferred
    }

    /// Runs a script before any other in every page and frame from the next navigation on.
    pub async fn run_first(&self, script: &str) {
        let sessions: Vec<String> = {
            let mut state = self.lock();
            state.first_scripts.push(script.to_owned());
            state.sessions.iter().cloned().collect()
        };
        for session in sessions {
            // Workers have no pages, and targets may have gone.
            let _ = self
                .cdp
                .ask(&session, "Page.addScriptToEvaluateOnNewDocument", json!({"source": script}))
                .await;
        }
    }

    /// Waits until a request has been made for which `wanted` is true.
    ///
    /// # Errors
    /// Where none is made in time.
    pub async fn until_request(
        &self,
        what: &str,
        wanted: impl Fn(&Request) -> bool,
    ) -> Result<Request, Failure> {
        clock::until(what, Duration::from_secs(10), async || {
            Ok(self.lock().requests.iter().find(|request| wanted(request)).cloned())
        })
        .await
    }

    /// Waits until all bodies that the browser still holds have been handed out.
    ///
    /// # Errors
    /// Where it does not hand them out.
    pub async fn settle(&self) -> Result<(), Failure> {
        // One question more, asked last: when it is answered, all events before it have been received.
        self.cdp.ask("", "Browser.getVersion", json!({})).await?;
        clock::until("the recorder to settle", SETTLE_PATIENCE, async || {
            Ok((self.lock().open_questions == 0).then_some(()))
        })
        .await
    }

    async fn listen(self, mut events: mpsc::UnboundedReceiver<Event>) {
        while let Some(event) = events.recv().await {
            // An event that lacks what its kind must have is not one of ours.
            let _ = self.take(event);
        }
    }

    fn take(&self, event: Event) -> Result<(), Failure> {
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

    fn note(&self, source: &str, text: String) {
        self.lock().notes.push(Note { source: source.to_owned(), text });
    }

    fn watch(&self, params: &Value) -> Result<(), Failure> {
        let session = params.pointer("/sessionId").and_then(Value::as_str).context("a session")?;
        let kind = text(params, "/targetInfo/type");
        if text(params, "/targetInfo/url").starts_with("chrome://") {
            // A part of the browser's own window, made of pages as well. No site can be opened in it.
            self.cdp.tell(session, "Runtime.runIfWaitingForDebugger", json!({}));
            return Ok(());
        }
        let (blocked, held, scripts, slowdown) = {
            let state = self.lock();
            (state.blocked.clone(), state.held.clone(), state.first_scripts.clone(), state.slowdown)
        };
        let tell = |method: &str, params: Value| self.cdp.tell(session, method, params);
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
        let headers =
            headers.into_iter().flatten().map(|(name, value)| format!("{name}: {value}\n")).collect();
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
            self.fetch_later(session, "Network.getRequestPostData", id, |request, result| {
                request.body = text(result, "/postData");
            });
        }
    }

    fn answer(&self, session: &str, id: &str) {
        let wanted = self.lock().requests.iter().any(|request| {
            request.id == id && matches!(request.kind.as_str(), "Fetch" | "XHR" | "EventSource")
        });
        if wanted {
            self.fetch_later(session, "Network.getResponseBody", id.to_owned(), |request, result| {
                request.answer = text(result, "/body");
            });
        }
    }

    fn fetch_later(&self, session: &str, method: &'static str, id: String, keep: fn(&mut Request, &Value)) {
        self.lock().open_questions += 1;
        let (recorder, session) = (self.clone(), session.to_owned());
        tokio::spawn(async move {
            // The browser lets go of a body when its page goes.
            let asked = recorder.cdp.ask(&session, method, json!({"requestId": id}));
            let result = tokio::time::timeout(BODY_PATIENCE, asked).await;
            let result = result.ok().and_then(Result::ok).unwrap_or_default();
            let mut state = recorder.lock();
            for request in state.requests.iter_mut().filter(|request| request.id == id) {
                keep(request, &result);
            }
            state.open_questions -= 1;
        });
    }
}

fn hold_new_targets() -> Value {
    json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true})
}

fn holding(patterns: &[impl AsRef<str>]) -> (&'static str, Value) {
    let patterns: Vec<Value> =
        patterns.iter().map(|pattern| json!({"urlPattern": pattern.as_ref()})).collect();
    if patterns.is_empty() {
        ("Fetch.disable", json!({}))
    } else {
        ("Fetch.enable", json!({"patterns": patterns}))
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_an_origin_and_a_path() {
        for (url, origin) in [
            ("http://127.0.0.1:4100/v1/checkout?a=1", "http://127.0.0.1:4100"),
            ("https://example.org", "https://example.org"),
            ("https://example.org?x", "https://example.org"),
            ("data:text/plain,x", "data:text/plain,x"),
        ] {
            assert_eq!(origin_of(url), origin);
        }
    }
}
