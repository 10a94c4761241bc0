//! Records everything that the browser sends, and everything that it complains about, in every page, frame and
//! worker, from its beginning on: in Chromium by its developer protocol, in Firefox by WebDriver BiDi.

mod bidi;
mod devtools;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::Failure;
use crate::clock;
use crate::wire::{Event, Wire};

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
    /// Firefox: the intercept that is in force, and the requests that it keeps.
    intercept: Option<String>,
    kept: Vec<String>,
}

/// By what a browser lets itself be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tongue {
    DevTools,
    Bidi,
}

/// The recorder of one browser.
#[derive(Clone, Debug)]
pub struct Recorder {
    wire: Wire,
    tongue: Tongue,
    state: Arc<Mutex<State>>,
}

impl Recorder {
    /// Starts recording Chromium, whose debugger listens at `address`.
    ///
    /// # Errors
    /// Where the debugger does not answer.
    pub async fn of_chromium(address: &str) -> Result<Self, Failure> {
        let (wire, events) = Wire::to_debugger(address).await?;
        let recorder = Self { wire, tongue: Tongue::DevTools, state: Arc::default() };
        tokio::spawn(recorder.clone().listen(events));
        recorder.wire.ask("", "Target.setAutoAttach", devtools::hold_new_targets()).await?;
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

    /// Starts recording Firefox, which speaks WebDriver BiDi at `socket`.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn of_firefox(socket: &str) -> Result<Self, Failure> {
        let (wire, events) = Wire::to(socket).await?;
        let recorder = Self { wire, tongue: Tongue::Bidi, state: Arc::default() };
        tokio::spawn(recorder.clone().listen(events));
        recorder.subscribe().await?;
        Ok(recorder)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The protocol itself.
    pub fn wire(&self) -> &Wire {
        &self.wire
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
        self.lock().blocked = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        match self.tongue {
            Tongue::DevTools => self.block_devtools(patterns).await,
            Tongue::Bidi => self.intercept().await,
        }
    }

    /// From now on, requests that match these patterns are sent nowhere and never answered. What was held before is let go.
    pub async fn hold(&self, patterns: &[&str]) {
        self.lock().held = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        match self.tongue {
            Tongue::DevTools => self.hold_devtools(patterns).await,
            Tongue::Bidi => {
                self.let_go().await;
                self.intercept().await;
            }
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
        self.lock().first_scripts.push(script.to_owned());
        match self.tongue {
            Tongue::DevTools => self.run_first_devtools(script).await,
            Tongue::Bidi => self.run_first_bidi(script).await,
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
        let question = match self.tongue {
            Tongue::DevTools => "Browser.getVersion",
            Tongue::Bidi => "session.status",
        };
        self.wire.ask("", question, json!({})).await?;
        clock::until("the recorder to settle", SETTLE_PATIENCE, async || {
            Ok((self.lock().open_questions == 0).then_some(()))
        })
        .await
    }

    async fn listen(self, mut events: mpsc::UnboundedReceiver<Event>) {
        while let Some(event) = events.recv().await {
            // An event that lacks what its kind must have is not one of ours.
            let _ = match self.tongue {
                Tongue::DevTools => self.take_devtools(&event),
                Tongue::Bidi => self.take_bidi(&event),
            };
        }
    }

    fn note(&self, source: &str, text: String) {
        self.lock().notes.push(Note { source: source.to_owned(), text });
    }

    /// Asks for a body of the request with this id, and keeps it when it comes.
    fn fetch_later(
        &self,
        session: &str,
        method: &'static str,
        params: Value,
        id: String,
        keep: fn(&mut Request, &Value),
    ) {
        self.lock().open_questions += 1;
        let (recorder, session) = (self.clone(), session.to_owned());
        tokio::spawn(async move {
            // The browser lets go of a body when its page goes.
            let asked = recorder.wire.ask(&session, method, params);
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
