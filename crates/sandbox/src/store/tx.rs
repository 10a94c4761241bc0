//! One call's work on one account: what it changes is collected, and becomes one line of the log.

use jiff::Timestamp;
use serde_json::Value;

use super::book::Book;
use super::change::Change;
use crate::cards::decline::Decline;
use crate::ids::Ids;
use crate::model::{Charge, Delivery, Event, JournalRow, Metadata, Operation};
use crate::vault::Vault;

/// What a call may use besides the objects.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Whose objects they are.
    pub account: &'a str,
    /// The moment that the call counts as.
    pub now: Timestamp,
    /// Ids and secrets.
    pub ids: &'a Ids,
    /// Card numbers.
    pub vault: &'a Vault,
    /// The call's own id.
    pub request: &'a str,
    /// The caller's key.
    pub idempotency_key: Option<&'a str>,
    /// How long a search is blind to what is new, in milliseconds.
    pub search_lag_ms: i64,
}

/// One call's work.
#[derive(Debug)]
pub struct Tx<'a> {
    /// What it may use.
    pub context: Context<'a>,
    /// A refusal that a scenario has ordered for the first charge of this call.
    pub ordered_decline: Option<Decline>,
    book: &'a mut Book,
    changes: Vec<Change>,
}

impl<'a> Tx<'a> {
    /// Begins.
    pub const fn new(book: &'a mut Book, context: Context<'a>) -> Self {
        Self { context, ordered_decline: None, book, changes: Vec::new() }
    }

    /// The objects.
    pub const fn book(&self) -> &Book {
        self.book
    }

    /// Unix seconds of the call.
    pub fn now_s(&self) -> i64 {
        self.context.now.as_second()
    }

    /// A new id.
    pub fn id(&self, prefix: &str) -> String {
        self.context.ids.id(prefix)
    }

    /// Makes a change and notes it for the log.
    pub fn put(&mut self, change: Change) {
        self.book.apply(change.clone());
        self.changes.push(change);
    }

    /// Notes that something happened, and a letter for each endpoint that wants to know.
    pub fn emit(&mut self, kind: &str, object: &Value) {
        let endpoints: Vec<String> = self
            .book
            .webhook_endpoints
            .iter()
            .filter(|endpoint| endpoint.listens_to(kind))
            .map(|endpoint| endpoint.id.clone())
            .collect();
        let event = Event {
            id: self.id("evt"),
            created: self.now_s(),
            kind: kind.to_owned(),
            object: object.to_string(),
            request: Some(self.context.request.to_owned()),
            idempotency_key: self.context.idempotency_key.map(str::to_owned),
            endpoints: endpoints.len(),
        };
        let letters = endpoints.into_iter().map(|endpoint| Delivery {
            id: self.id("del"),
            event: event.id.clone(),
            endpoint,
            tries: 0,
            due_ms: Some(self.context.now.as_millisecond()),
        });
        let letters: Vec<Delivery> = letters.collect();
        self.put(Change::Event(event));
        for letter in letters {
            self.put(Change::Delivery(letter));
        }
    }

    /// Notes that money moved. The line that holds this is on disk before the call is answered.
    pub fn journal(
        &mut self,
        op: Operation,
        charge: &Charge,
        amount: i64,
        refund: Option<&str>,
        metadata: &Metadata,
    ) {
        let seq = u64::try_from(self.book.journal.len()).unwrap_or(u64::MAX - 1) + 1;
        let row = JournalRow {
            seq,
            at: milliseconds(self.context.now),
            account: self.context.account.to_owned(),
            op,
            payment_intent: charge.payment_intent.clone(),
            charge: charge.id.clone(),
            refund: refund.map(str::to_owned),
            amount,
            currency: charge.currency.clone(),
            status: "succeeded".to_owned(),
            idempotency_key: self.context.idempotency_key.map(str::to_owned),
            metadata: metadata.clone(),
        };
        self.put(Change::Journal(row));
    }

    /// Ends: what is to be logged.
    pub fn finish(self) -> Vec<Change> {
        self.changes
    }
}

/// The moment without what is smaller than a millisecond.
fn milliseconds(now: Timestamp) -> String {
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now).to_string()
}
