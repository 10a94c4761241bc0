//! A connection to the browser itself, beside the WebDriver session: to Chromium's developer protocol, or to Firefox's
//! WebDriver BiDi. Both speak JSON, and number their commands in the same way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

use crate::{Context, Failure};

/// A connection. Cheap to clone; it ends with the browser.
#[derive(Clone, Debug)]
pub struct Wire {
    outgoing: mpsc::UnboundedSender<String>,
    waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>,
    last: Arc<AtomicU64>,
}

/// Something that the browser told unasked.
#[derive(Debug)]
pub struct Event {
    /// The target that it is about; empty for the browser itself, and always in WebDriver BiDi.
    pub session: String,
    /// Its name, such as `Network.requestWillBeSent` or `network.beforeRequestSent`.
    pub method: String,
    /// What it says.
    pub params: Value,
}

impl Wire {
    /// Connects to Chromium, whose debugger listens at `address` (`localhost:port`).
    ///
    /// # Errors
    /// Where it does not.
    pub async fn to_debugger(address: &str) -> Result<(Self, mpsc::UnboundedReceiver<Event>), Failure> {
        let url = format!("http://{address}/json/version");
        let http = reqwest::Client::builder().no_proxy().build().context("a client")?;
        let version: Value = http.get(&url).send().await.context(&url)?.json().await.context(&url)?;
        let socket =
            version.get("webSocketDebuggerUrl").and_then(Value::as_str).context("the debugger's address")?;
        Self::to(socket).await
    }

    /// Connects to a browser that listens at `socket` (`ws://…`).
    ///
    /// # Errors
    /// Where it does not.
    pub async fn to(socket: &str) -> Result<(Self, mpsc::UnboundedReceiver<Event>), Failure> {
        let (stream, _) = tokio_tungstenite::connect_async(socket).await.context(socket)?;
        let (mut to_browser, mut from_browser) = stream.split();
        let (outgoing, mut queue) = mpsc::unbounded_channel::<String>();
        let (events, received) = mpsc::unbounded_channel();
        let waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>> = Arc::default();
        tokio::spawn(async move {
            while let Some(text) = queue.recv().await {
                if to_browser.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
        });
        let answered = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Some(Ok(message)) = from_browser.next().await {
                let Ok(message) = serde_json::from_slice::<Value>(&message.into_data()) else {
                    continue;
                };
                if let Some(id) = message.get("id").and_then(Value::as_u64) {
                    let waiter = answered.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                    // Nobody waits for the answers to commands that cannot fail.
                    let _ = waiter.map(|waiter| waiter.send(message));
                } else if let Some(event) = event(message)
                    && events.send(event).is_err()
                {
                    return;
                }
            }
            // Whoever still waits learns that nothing more will come.
            answered.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        Ok((Self { outgoing, waiting, last: Arc::default() }, received))
    }

    /// Sends a command and does not wait. Commands of one target are carried out in their order.
    pub fn tell(&self, session: &str, method: &str, params: Value) {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.send(id, session, method, params);
    }

    /// Sends a command and waits for its result.
    ///
    /// # Errors
    /// Where the browser refuses it, or is gone.
    pub async fn ask(&self, session: &str, method: &str, params: Value) -> Result<Value, Failure> {
        let (sender, answer) = oneshot::channel();
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
        self.send(id, session, method, params);
        let mut answer = answer.await.context(format!("{method}: the browser is gone"))?;
        if let Some(error) = answer.get("error") {
            let more = answer.get("message").and_then(Value::as_str).unwrap_or_default();
            return Err(Failure::new(format!("{method}: {error} {more}")));
        }
        Ok(answer.get_mut("result").map(Value::take).unwrap_or_default())
    }

    fn send(&self, id: u64, session: &str, method: &str, params: Value) {
        let mut command = json!({"id": id, "method": method, "params": params});
        if !session.is_empty() {
            command["sessionId"] = json!(session);
        }
        // A closed connection shows where somebody waits for an answer.
        let _ = self.outgoing.send(command.to_string());
    }
}

fn event(mut message: Value) -> Option<Event> {
    let text = |name: &str| message.get(name).and_then(Value::as_str).map(str::to_owned);
    let (method, session) = (text("method")?, text("sessionId").unwrap_or_default());
    let params = message.get_mut("params").map(Value::take).unwrap_or_default();
    Some(Event { session, method, params })
}
