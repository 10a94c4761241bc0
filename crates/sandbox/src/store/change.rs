//! What a call changes: the only way into the store, and what the log is made of.

use serde::{Deserialize, Serialize};

use super::book::SavedAnswer;
use super::table::Row;
use crate::model::{
    Charge, Customer, CvcToken, Delivery, Dispute, Due, Event, JournalRow, Mandate, Metadata, PaymentIntent,
    PaymentMethod, Refund, SetupIntent, Token, WebhookEndpoint,
};

/// One change. Objects are put whole, so that applying a change twice does no harm.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A customer is now so.
    Customer(Customer),
    /// A token is now so.
    Token(Token),
    /// A token of a security code is now so.
    CvcToken(CvcToken),
    /// A payment method is now so.
    PaymentMethod(PaymentMethod),
    /// A payment intent is now so.
    PaymentIntent(PaymentIntent),
    /// A setup intent is now so.
    SetupIntent(SetupIntent),
    /// A charge is now so.
    Charge(Box<Charge>),
    /// A refund is now so.
    Refund(Refund),
    /// A mandate is now so.
    Mandate(Mandate),
    /// A dispute is now so.
    Dispute(Dispute),
    /// Something is to happen later.
    Due(Due),
    /// Something has happened, or is not to happen any more.
    DueOver(String),
    /// The processor's clock is now ahead by so much.
    ClockMoved {
        /// Milliseconds.
        ahead_ms: i64,
    },
    /// A webhook endpoint is now so.
    WebhookEndpoint(WebhookEndpoint),
    /// A webhook endpoint is gone.
    WebhookEndpointRemoved(String),
    /// Something happened.
    Event(Event),
    /// A letter is now so.
    Delivery(Delivery),
    /// Money moved.
    Journal(JournalRow),
    /// An answer is kept for its key.
    Answer(SavedAnswer),
}

impl Change {
    /// Whether it must survive the machine before anybody is told of it.
    pub const fn is_durable(&self) -> bool {
        matches!(self, Self::Journal(_) | Self::ClockMoved { .. })
    }
}

impl Row for Customer {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        self.email.iter().map(|email| format!("email={email}")).collect()
    }
    fn is_listed(&self) -> bool {
        !self.deleted
    }
}

impl Row for Token {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Row for PaymentMethod {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        self.customer().map(of_customer).into_iter().collect()
    }
}

impl Row for PaymentIntent {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        let customer = self.customer.as_deref().map(of_customer);
        customer.into_iter().chain(with_metadata(&self.metadata)).collect()
    }
}

impl Row for SetupIntent {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        self.customer.as_deref().map(of_customer).into_iter().collect()
    }
}

impl Row for Charge {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        let intent = format!("payment_intent={}", self.payment_intent);
        self.customer.as_deref().map(of_customer).into_iter().chain([intent]).collect()
    }
}

impl Row for Refund {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        vec![format!("charge={}", self.charge), format!("payment_intent={}", self.payment_intent)]
    }
}

impl Row for Mandate {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        vec![format!("payment_method={}", self.payment_method)]
    }
}

impl Row for Dispute {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        vec![format!("charge={}", self.charge), format!("payment_intent={}", self.payment_intent)]
    }
}

impl Row for WebhookEndpoint {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Row for Event {
    fn id(&self) -> &str {
        &self.id
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn lists(&self) -> Vec<String> {
        vec![format!("type={}", self.kind)]
    }
}

impl Row for SavedAnswer {
    fn id(&self) -> &str {
        &self.key
    }
    fn created(&self) -> i64 {
        self.at_ms / 1_000
    }
    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}

fn of_customer(customer: &str) -> String {
    format!("customer={customer}")
}

fn with_metadata(metadata: &Metadata) -> impl Iterator<Item = String> + '_ {
    metadata.iter().map(|(key, value)| format!("metadata[{key}]={value}"))
}
