//! One call's work on one account: what it changes is collected, and becomes one line of the log.

use jiff::Timestamp;
use serde_json::Value;

use super::book::Book;
use super::change::Change;
use crate::cards::decline::Decline;
use crate::config::DebitTimes;
use crate::ids::Ids;
use crate::model::{Charge, Delivery, Due, Errand, Event, JournalRow, Metadata, Operation};
use crate::scenario::{DebitOrder, RefundOrder};
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
    /// The call's own id; what happens by itself has none.
    pub request: Option<&'a str>,
    /// The caller's key.
    pub idempotency_key: Option<&'a str>,
    /// Where the caller reached the processor: pages for payers are there. What happens by itself has none.
    pub origin: Option<&'a str>,
    /// How long a search is blind to what is new, in milliseconds.
    pub search_lag_ms: i64,
    /// When debits and refunds are due.
    pub times: DebitTimes,
}

/// One call's work.
#[derive(Debug)]
pub struct Tx<'a> {
    /// What it may use.
    pub context: Context<'a>,
    /// A refusal that a scenario has ordered for the first charge of this call.
    pub ordered_decline: Option<Decline>,
    /// What a scenario has ordered for the first debit of this call.
    pub ordered_debit: Option<DebitOrder>,
    /// What a scenario has ordered for the refund of this call.
    pub ordered_refund: Option<RefundOrder>,
    book: &'a mut Book,
    changes: Vec<Change>,
}

impl<'a> Tx<'a> {
    /// Begins.
    pub const fn new(book: &'a mut Book, context: Context<'a>) -> Self {
        Self {
            context,
            ordered_decline: None,
            ordered_debit: None,
            ordered_refund: None,
            book,
            changes: Vec::new(),
        }
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
            request: self.context.request.map(str::to_owned),
            idempotency_key: self.context.request.and(self.context.idempotency_key).map(str::to_owned),
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
    pub fn journal(&mut self, entry: Entry<'_>) {
        let seq = u64::try_from(self.book.journal.len()).unwrap_or(u64::MAX - 1) + 1;
        let row = JournalRow {
            seq,
            at: milliseconds(self.context.now),
            account: self.context.account.to_owned(),
            op: entry.op,
            payment_intent: entry.charge.payment_intent.clone(),
            charge: entry.charge.id.clone(),
            refund: entry.refund.map(str::to_owned),
            amount: entry.amount,
            currency: entry.charge.currency.clone(),
            status: entry.status.to_owned(),
            code: entry.code.map(str::to_owned),
            idempotency_key: self.context.idempotency_key.map(str::to_owned),
            metadata: entry.metadata.clone(),
        };
        self.put(Change::Journal(row));
    }

    /// Notes that something is to happen to an object, at a moment in Unix milliseconds.
    pub fn later(&mut self, at_ms: i64, about: &str, errand: Errand) {
        let due = Due {
            id: self.id("due"),
            at_ms,
            about: about.to_owned(),
            idempotency_key: self.context.idempotency_key.map(str::to_owned),
            errand,
        };
        self.put(Change::Due(due));
    }

    /// Takes back what is to happen to an object.
    pub fn never(&mut self, about: &str) {
        for id in self.book.agenda.about(about) {
            self.put(Change::DueOver(id));
        }
    }

    /// Ends: what is to be logged.
    pub fn finish(self) -> Vec<Change> {
        self.changes
    }
}

/// What the journal is to say of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What was done.
    pub op: Operation,
    /// To which charge.
    pub charge: &'a Charge,
    /// Minor units.
    pub amount: i64,
    /// What came of it.
    pub status: &'a str,
    /// The refund, where it is one.
    pub refund: Option<&'a str>,
    /// The bank's code, where money went back.
    pub code: Option<&'a str>,
    /// The caller's notes.
    pub metadata: &'a Metadata,
}

impl<'a> Entry<'a> {
    /// An entry without a refund or a code, and with the status that the operation has by itself.
    pub const fn new(op: Operation, charge: &'a Charge, amount: i64, metadata: &'a Metadata) -> Self {
        Self { op, charge, amount, status: op.status(), refund: None, code: None, metadata }
    }
}

/// The moment without what is smaller than a millisecond.
fn milliseconds(now: Timestamp) -> String {
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now).to_string()
}
