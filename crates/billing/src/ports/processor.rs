//! The processor port: what every adapter to a payment processor does, and what its answers mean.
//!
//! `Ok(Declined)` is a refusal: no money moved. `Err` says whether the request can have been acted on:
//! [`ProcessorError::Unknown`] is never sent again blindly, it is looked up.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use paydesk_domain::address::Address;
use paydesk_domain::card::Brand;
use paydesk_domain::decline::Decline;
use paydesk_domain::money::Money;

/// A payment processor, reached with one account.
#[async_trait]
pub trait Processor: fmt::Debug + Send + Sync {
    /// What it can do, so that the engine asks nothing else of it.
    fn capabilities(&self) -> Capabilities;

    /// Where the browser sends card numbers.
    fn public_side(&self) -> PublicSide;

    /// Makes a customer that methods can be kept under, and returns its name.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn create_customer(&self, key: &str, customer: NewCustomer<'_>) -> Result<String, ProcessorError>;

    /// Exchanges a single-use token for a method that can be charged.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn exchange_token(
        &self,
        key: &str,
        token: &str,
        address: &Address,
    ) -> Result<Exchange, ProcessorError>;

    /// Keeps a method under a customer.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn attach(&self, key: &str, method: &str, customer: &str) -> Result<Attachment, ProcessorError>;

    /// Reads a method; `None` when there is none of that name.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn method(&self, method: &str) -> Result<Option<StoredMethod>, ProcessorError>;

    /// Takes money. The same key is the same charge, as long as [`Capabilities::key_hours`] says.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn charge(&self, charge: ChargeRequest<'_>) -> Result<ChargeOutcome, ProcessorError>;

    /// Finds out what became of a charge whose answer was lost.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn look_up(&self, wanted: LookUp<'_>) -> Result<Found, ProcessorError>;

    /// Gives money back, all of a charge or a part of it.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn refund(
        &self,
        key: &str,
        charge: &str,
        amount: Option<Money>,
    ) -> Result<RefundOutcome, ProcessorError>;
}

/// What an adapter's processor can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// For how many hours the same key is the same charge; 0 when it has no keys.
    pub key_hours: u32,
    /// Whether a charge can be found by our reference.
    pub look_up: bool,
    /// How long a charge may exist before a look-up finds it, in milliseconds.
    pub visibility_lag_ms: i64,
    /// Whether a part of a charge can be given back.
    pub partial_refund: bool,
}

/// What a browser needs to make a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicSide {
    /// The dialect.
    pub kind: &'static str,
    /// The origin that receives numbers.
    pub base_url: String,
    /// A key that may create tokens and nothing else.
    pub publishable_key: String,
}

/// Somebody whose methods are kept.
#[derive(Clone, Copy, Debug)]
pub struct NewCustomer<'a> {
    /// Our name for them.
    pub login: &'a str,
    /// Their name.
    pub name: &'a str,
}

/// A method as the processor describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMethod {
    /// The processor's name for it.
    pub reference: String,
    /// The customer that it is kept under.
    pub customer: Option<String>,
    /// The scheme.
    pub brand: Brand,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
}

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// It is a method now.
    Method(StoredMethod),
    /// The processor does not know it, or it was used.
    Unusable,
    /// The card behind it was refused.
    Declined(Decline),
}

/// What became of an attempt to keep a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// It is kept.
    Attached,
    /// The card was refused.
    Declined(Decline),
}

/// Who starts a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The payer is here and pressed the button.
    OnSession,
    /// The payer agreed earlier and is not here.
    OffSession,
}

/// A charge to make.
#[derive(Clone, Copy, Debug)]
pub struct ChargeRequest<'a> {
    /// The same key is the same charge.
    pub key: &'a str,
    /// Our name for it, by which it is looked up.
    pub attempt: &'a str,
    /// How much.
    pub amount: Money,
    /// The processor's name for the method.
    pub method: &'a str,
    /// The customer that it is kept under.
    pub customer: Option<&'a str>,
    /// Who starts it.
    pub presence: Presence,
    /// Keep the method under the customer when the charge succeeds.
    pub keep: bool,
}

/// What became of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// Money was taken; the processor's name for the charge.
    Succeeded(String),
    /// Refused: no money was taken.
    Declined(Decline),
}

/// A charge to find.
#[derive(Clone, Copy, Debug)]
pub struct LookUp<'a> {
    /// Our name for it.
    pub attempt: &'a str,
    /// When it was first sent.
    pub sent_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What a look-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The charge, decided.
    Outcome(ChargeOutcome),
    /// The charge, undecided.
    Pending,
    /// No trace of it.
    Nothing,
}

/// What became of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Money went back, or will; the processor's name for the refund.
    Refunded(String),
    /// It cannot be given back: already was, or more than was taken.
    Refused(String),
}

/// A call that gave no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessorError {
    /// The request certainly was not acted on: it never left, or was turned away at the door.
    #[error("the processor was not reached: {0}")]
    NotSent(String),
    /// The processor rejected the request as malformed or forbidden: nothing was done, and an operator must look.
    #[error("the processor rejected the request: {0}")]
    Rejected(String),
    /// Whether anything was done is unknown.
    #[error("the processor's answer is unknown: {0}")]
    Unknown(String),
}
