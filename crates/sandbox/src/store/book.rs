//! All objects of one account.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::agenda::Agenda;
use super::change::Change;
use super::table::Table;
use crate::model::{
    Charge, Customer, CvcToken, Delivery, Dispute, Event, JournalRow, Mandate, PaymentIntent, PaymentMethod,
    Refund, SetupIntent, Token, WebhookEndpoint,
};

/// Events are kept for a look back, not for ever; the real ones go after thirty days.
const EVENTS_MAX: usize = 10_000;

/// How long an idempotency key is remembered: 24 hours, in milliseconds.
pub const ANSWER_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// One account.
#[derive(Debug, Default)]
pub struct Book {
    /// Customers.
    pub customers: Table<Customer>,
    /// Tokens.
    pub tokens: Table<Token>,
    /// Tokens of security codes.
    pub cvc_tokens: Table<CvcToken>,
    /// Payment methods.
    pub payment_methods: Table<PaymentMethod>,
    /// Payment intents.
    pub payment_intents: Table<PaymentIntent>,
    /// Setup intents.
    pub setup_intents: Table<SetupIntent>,
    /// Charges.
    pub charges: Table<Charge>,
    /// Refunds.
    pub refunds: Table<Refund>,
    /// Mandates.
    pub mandates: Table<Mandate>,
    /// Disputes.
    pub disputes: Table<Dispute>,
    /// What is to happen later.
    pub agenda: Agenda,
    /// Webhook endpoints.
    pub webhook_endpoints: Table<WebhookEndpoint>,
    /// Events, the newest of them.
    pub events: Table<Event>,
    /// Letters that wait.
    pub deliveries: BTreeMap<String, Delivery>,
    /// The journal.
    pub journal: Vec<JournalRow>,
    /// Answers by idempotency key, oldest first.
    pub answers: Table<SavedAnswer>,
    /// Keys whose first request is still being worked on, with that request's digest.
    pub in_flight: HashMap<String, String>,
}

/// An answer that is kept for its idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// The caller's key.
    pub key: String,
    /// When it was given, Unix milliseconds.
    pub at_ms: i64,
    /// The request, without what is secret in it.
    pub digest: String,
    /// The request with its secrets, hashed under the vault's key.
    pub sealed_digest: String,
    /// The vault's key at that time.
    pub vault_key: String,
    /// The request's id.
    pub request: String,
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl Book {
    /// Makes a change.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Customer(row) => self.customers.put(row),
            Change::Token(row) => self.tokens.put(row),
            Change::CvcToken(row) => self.cvc_tokens.put(row),
            Change::PaymentMethod(row) => self.payment_methods.put(row),
            Change::PaymentIntent(row) => self.payment_intents.put(row),
            Change::SetupIntent(row) => self.setup_intents.put(row),
            Change::Charge(row) => self.charges.put(*row),
            Change::Refund(row) => self.refunds.put(row),
            Change::Mandate(row) => self.mandates.put(row),
            Change::Dispute(row) => self.disputes.put(row),
            Change::Due(due) => self.agenda.put(due),
            Change::DueOver(id) => self.agenda.remove(&id),
            // The clock is the whole processor's: no account keeps it.
            Change::ClockMoved { .. } => {}
            Change::WebhookEndpoint(row) => self.webhook_endpoints.put(row),
            Change::WebhookEndpointRemoved(id) => {
                self.webhook_endpoints.remove(&id);
            }
            Change::Event(row) => {
                self.events.put(row);
                self.events.keep_newest(EVENTS_MAX);
            }
            Change::Delivery(row) if row.due_ms.is_some() => {
                self.deliveries.insert(row.id.clone(), row);
            }
            Change::Delivery(row) => {
                self.deliveries.remove(&row.id);
            }
            Change::Journal(row) => self.journal.push(row),
            Change::Answer(row) => {
                // Taken out first: a key that is used again after its day is the newest again.
                self.answers.remove(&row.key);
                self.answers.put(row);
            }
        }
    }

    /// The answer kept for a key, unless its day is over.
    pub fn answer(&self, key: &str, now_ms: i64) -> Option<&SavedAnswer> {
        self.answers.row(key).filter(|answer| now_ms - answer.at_ms < ANSWER_KEPT_MS)
    }

    /// Lets the answers go whose day is over.
    pub fn forget_old_answers(&mut self, now_ms: i64) {
        let is_over = |answer: &SavedAnswer| now_ms - answer.at_ms >= ANSWER_KEPT_MS;
        loop {
            let oldest = self.answers.iter().next().filter(|answer| is_over(answer));
            let Some(key) = oldest.map(|answer| answer.key.clone()) else {
                break;
            };
            self.answers.remove(&key);
        }
    }
}
