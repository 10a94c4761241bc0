//! A session at the billing API, whichever page it is for: what every request of it brings along.

use std::fmt;
use std::rc::Rc;

use super::http::{Answer, NoAnswer, Request, send};

/// How long a question may take.
pub const READ_TIMEOUT_MS: u32 = 15_000;
/// Longer than the server's own limit for the processor: who gives up first knows less.
const WRITE_TIMEOUT_MS: u32 = 40_000;

/// A session. Its secret cannot be printed.
#[derive(Clone, PartialEq)]
pub struct Session {
    authorization: Rc<str>,
    parent_origin: Rc<str>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session(for {}, secret redacted)", self.parent_origin)
    }
}

/// Why a request was not answered with what was asked for.
#[derive(Debug)]
pub enum Fault {
    /// The server answered with a problem.
    Problem(Answer),
    /// No answer that could be read.
    Silence,
}

impl Session {
    /// A session by its secret. Relative addresses: the page and the API are one origin.
    pub fn new(secret: &str, parent_origin: &str) -> Self {
        Self { authorization: ["Bearer ", secret].concat().into(), parent_origin: parent_origin.into() }
    }

    /// Asks, with an `Idempotency-Key` where something is changed.
    ///
    /// # Errors
    /// Where the answer is not what was asked for.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&str>,
    ) -> Result<Answer, Fault> {
        let mut headers =
            vec![("Authorization", &*self.authorization), ("Paydesk-Parent-Origin", &*self.parent_origin)];
        if let Some(key) = key {
            headers.push(("Idempotency-Key", key));
            headers.push(("Content-Type", "application/json"));
        }
        let timeout_ms = if key.is_some() { WRITE_TIMEOUT_MS } else { READ_TIMEOUT_MS };
        let answer = send(Request { method, url: path, headers: &headers, body, timeout_ms }).await;
        let answer = answer.map_err(|NoAnswer| Fault::Silence)?;
        if (200..300).contains(&answer.status) { Ok(answer) } else { Err(Fault::Problem(answer)) }
    }
}
