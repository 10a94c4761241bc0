//! The processor port: what every adapter to a payment processor does, and what its answers mean.
//!
//! `Ok(Declined)` is a refusal: no money moved. `Err` says whether the request can have been acted on:
//! [`ProcessorError::Unknown`] is never sent again blindly, it is looked up.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use paydesk_domain::address::Address;
use paydesk_domain::card::Brand;
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::decline::Decline;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Money;
use paydesk_domain::return_code::Rail;
use paydesk_domain::stored_credential::StoredCredential;

pub use crate::ports::capabilities::{Capabilities, Idempotency};
pub use crate::ports::look_up::{Found, LookUp};
pub use crate::ports::method::{Changed, MethodChange};
pub use crate::ports::refund::{FoundRefund, RefundLookUp, RefundOutcome, RefundRequest};
pub use crate::ports::verification::{VerifyOutcome, VerifyRequest};

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

    /// Exchanges a single-use token for a method of this kind that can be charged.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn exchange_token(
        &self,
        key: &str,
        kind: MethodKind,
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

    /// Changes what is kept of a saved method: a card's expiry only where [`Capabilities::update_expiry`] says so.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn change_method(&self, change: MethodChange<'_>) -> Result<Changed, ProcessorError>;

    /// Lets a saved method go for ever. One that is gone already is no error.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn detach(&self, key: &str, method: &str, customer: &str) -> Result<(), ProcessorError>;

    /// Takes money, or orders a bank debit. The same key is the same charge, as long as [`Capabilities::idempotency`]
    /// says.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn charge(&self, charge: ChargeRequest<'_>) -> Result<ChargeOutcome, ProcessorError>;

    /// Verifies a method for later charges, and keeps it under its customer. It moves no money, so that it may be asked again
    /// whatever became of it before.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn verify(&self, verification: VerifyRequest<'_>) -> Result<VerifyOutcome, ProcessorError>;

    /// Reads what became of a verification by the processor's own name for it, which is true at once; `None` while it is undecided.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn verification_now(&self, reference: &str) -> Result<Option<VerifyOutcome>, ProcessorError>;

    /// Cancels a verification that waits for its payer, and says what it is now: it may have gone through before.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn cancel_verification(
        &self,
        key: &str,
        reference: &str,
    ) -> Result<Option<VerifyOutcome>, ProcessorError>;

    /// Finds out what became of a charge whose answer was lost, one step at a time: a call asks the processor once.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn look_up(&self, wanted: LookUp<'_>) -> Result<Found, ProcessorError>;

    /// Reads what became of a charge by the processor's own name for it, which is true at once.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn charge_now(&self, reference: &str) -> Result<Found, ProcessorError>;

    /// Cancels a charge that waits for its payer, so that it cannot go through behind our back, and says what it is now: it may
    /// have gone through before. `reference` is the processor's name for it.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn cancel_charge(&self, key: &str, reference: &str) -> Result<Found, ProcessorError>;

    /// Reads what became of a bank debit since it was submitted; `None` while nothing did. `reference` is the
    /// processor's name for the charge.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn debit_news(&self, reference: &str) -> Result<Option<DebitEvent>, ProcessorError>;

    /// Reads a delivery of an event: verified on its raw bytes first.
    ///
    /// # Errors
    /// [`EventRefused`].
    fn read_event(
        &self,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProcessorEvent, EventRefused>;

    /// What became of a charge, from the facts of an event; none while that is undecided.
    fn standing(&self, facts: &serde_json::Value) -> Option<ChargeOutcome>;

    /// Reads a page of the events from a moment on, and before another one where there is one (Unix seconds), after the one
    /// named `after`; newest first.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn events_between(
        &self,
        from_s: i64,
        until_s: Option<i64>,
        after: Option<&str>,
    ) -> Result<EventPage, ProcessorError>;

    /// Gives money back, undoes a charge, or calls a bank debit back. The same key is the same refund, as long as
    /// [`Capabilities::idempotency`] says.
    ///
    /// # Errors
    /// See [`ProcessorError`].
    async fn refund(&self, refund: RefundRequest<'_>) -> Result<RefundOutcome, ProcessorError>;

    /// Finds out what became of a refund whose answer was lost.
    ///
    /// # Errors
    /// See [`ProcessorError`]; whatever it is, nothing was learned.
    async fn look_up_refund(&self, wanted: RefundLookUp<'_>) -> Result<FoundRefund, ProcessorError>;
}

/// Something that the processor tells by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessorEvent {
    /// Its own name for it: the same event always has the same.
    pub id: String,
    /// What kind of event, in its words.
    pub kind: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// What follows from it.
    pub news: News,
}

/// What follows from an event. It travels through the store as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A charge of ours stands like this.
    Charge {
        /// Whose it is.
        organization: String,
        /// Our name for it.
        attempt: String,
        /// What the adapter needs to say where it stands.
        standing: serde_json::Value,
    },
    /// A debit came back after it had settled, or a charge is disputed.
    Returned {
        /// The processor's name for the charge.
        reference: String,
        /// The network's code for it.
        code: String,
    },
    /// What the network and the processor call things that belong to a charge of ours.
    Named {
        /// Whose it is.
        organization: String,
        /// Our name for it.
        attempt: String,
        /// The network's name for it.
        network_transaction_id: Option<String>,
        /// The processor's name for the mandate.
        mandate: Option<String>,
    },
    /// A bank has corrected an account, and the processor debits the corrected one from now on: a notice of change.
    AccountCorrected {
        /// The processor's name for the method, which stays.
        reference: String,
        /// The account number's last digits as they are now.
        last4: String,
        /// The bank's name as it is now.
        bank: String,
        /// The bank's number as it is now, where the processor tells it.
        routing_number: Option<String>,
    },
    /// A card is not what it was, as its bank tells the processor: what it is now, the processor says when it is asked.
    CardChanged {
        /// The processor's name for the method, which stays.
        reference: String,
    },
    /// A mandate is no longer good.
    MandateEnded {
        /// The processor's name for it.
        reference: String,
    },
    /// Something is known of a verification of ours: the processor tells what when it is asked.
    Verified {
        /// Whose it is.
        organization: String,
        /// Our name for it.
        attempt: String,
    },
    /// A refund of ours stands like this.
    Refund {
        /// Whose it is.
        organization: String,
        /// Our name for it.
        refund: String,
        /// What became of it.
        outcome: RefundOutcome,
    },
    /// Nothing.
    #[default]
    Nothing,
}

/// A delivery that is not what it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventRefused {
    /// Nobody whom we know signed it, or not lately.
    #[error("the delivery's signature is not good")]
    Signature,
    /// It is signed, and cannot be read.
    #[error("the delivery cannot be read")]
    Unreadable,
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
    /// The origins of the pages on which payers prove who they are.
    pub challenge_origins: Vec<String>,
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
    /// The last four digits.
    pub last4: String,
    /// The same for the same number, whatever else is entered with it; empty where it is not told.
    pub fingerprint: String,
    /// Whether its bank has closed the card, as far as the processor tells.
    pub closed: bool,
    /// What is particular to its kind.
    pub details: MethodDetails,
}

/// What is particular to a kind of method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodDetails {
    /// A card.
    Card {
        /// The scheme.
        brand: Brand,
        /// 1 to 12.
        exp_month: u8,
        /// Four digits.
        exp_year: u16,
    },
    /// A bank account.
    Bank {
        /// Which network debits it.
        rail: Rail,
        /// The bank's name, as far as the processor tells it.
        bank: String,
    },
}

impl StoredMethod {
    /// What kind of method it is.
    pub fn kind(&self) -> MethodKind {
        match &self.details {
            MethodDetails::Card { .. } => MethodKind::Card,
            MethodDetails::Bank { rail, .. } => MethodKind::from(*rail),
        }
    }

    /// What it is called: a card's scheme, or the name of the bank.
    pub fn brand(&self) -> &str {
        match &self.details {
            MethodDetails::Card { brand, .. } => brand.as_str(),
            MethodDetails::Bank { bank, .. } => bank,
        }
    }

    /// A card's month and year of expiry.
    pub fn expiry(&self) -> Option<(u8, u16)> {
        match self.details {
            MethodDetails::Card { exp_month, exp_year, .. } => Some((exp_month, exp_year)),
            MethodDetails::Bank { .. } => None,
        }
    }
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

/// A charge to make.
#[derive(Clone, Copy, Debug)]
pub struct ChargeRequest<'a> {
    /// The same key is the same charge.
    pub key: &'a str,
    /// Whose charge it is.
    pub organization: &'a str,
    /// Our name for it, by which it is looked up.
    pub attempt: &'a str,
    /// How much.
    pub amount: Money,
    /// The processor's name for the method.
    pub method: &'a str,
    /// What kind of method it is.
    pub kind: MethodKind,
    /// The customer that it is kept under.
    pub customer: Option<&'a str>,
    /// Who starts it, and what the network said when the method was first used.
    pub credential: &'a StoredCredential,
    /// What the payer of a bank debit agreed to.
    pub mandate: Option<MandateProof<'a>>,
    /// Keep the method under the customer when the charge succeeds.
    pub keep: bool,
    /// The single-use name of the security code that the payer of a saved card typed again.
    pub security_code: Option<&'a str>,
    /// Where a payer comes back to who is asked to prove who they are. Without it, nobody is there who could be asked.
    pub return_url: Option<&'a str>,
}

/// The proof of a mandate, as far as a processor asks for it.
#[derive(Clone, Copy, Debug)]
pub struct MandateProof<'a> {
    /// What the processor called it, when it has been told of it before.
    pub reference: Option<&'a str>,
    /// When the payer agreed.
    pub accepted_at: Timestamp,
    /// From which network address; none when the organization brought the agreement.
    pub address: Option<&'a str>,
    /// With which browser.
    pub user_agent: Option<&'a str>,
    /// Whose account is debited.
    pub holder: HolderType,
}

/// What the processor says of money that it took, or of a debit that it ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Its name for the charge.
    pub reference: String,
    /// The network's name for it: later charges of the same method refer to it.
    pub network_transaction_id: Option<String>,
    /// Its name for the mandate.
    pub mandate: Option<String>,
    /// What became of a debit since it was ordered.
    pub since: Option<DebitEvent>,
}

impl Taken {
    /// A charge of which nothing but its name is known.
    pub fn named(reference: impl Into<String>) -> Self {
        Self { reference: reference.into(), ..Self::default() }
    }
}

/// What became of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// Money was taken from a card.
    Succeeded(Taken),
    /// The bank was asked; whether money comes is told later.
    Submitted(Taken),
    /// Refused: no money was taken.
    Declined(Decline),
    /// The payer's bank asks them to prove who they are. Money is taken when they do.
    Challenged {
        /// The processor's name for the charge.
        reference: String,
        /// The page on which they are asked.
        url: String,
    },
}

impl ChargeOutcome {
    /// What became of a debit since it was ordered.
    pub fn since(self) -> Option<DebitEvent> {
        match self {
            Self::Succeeded(taken) | Self::Submitted(taken) => taken.since,
            Self::Declined(_) | Self::Challenged { .. } => None,
        }
    }
}

/// A page of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// Newest first.
    pub events: Vec<ProcessorEvent>,
    /// Whether there are more.
    pub more: bool,
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
