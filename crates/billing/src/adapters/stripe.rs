//! The adapter to Stripe and to whatever speaks its dialect.
//!
//! Which of them is a matter of `base_url` alone. Answers are read leniently (unknown fields are ignored, a
//! refusal is told by the HTTP status 402 rather than by the error's type), because dialects differ there.

mod amount;
mod answers;
mod challenge;
mod changes;
mod charge;
mod client;
mod debit;
mod events;
mod look_up;
mod methods;
mod refund;
mod returns;
mod setup;
pub mod webhook;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paydesk_domain::address::Address;
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::look_up::KEY_WINDOW_MS;
use paydesk_domain::method_kind::MethodKind;
use serde_json::Value;

use crate::ports::processor::{
    Attachment, Capabilities, Changed, ChargeOutcome, ChargeRequest, EventPage, EventRefused, Exchange,
    Found, FoundRefund, Idempotency, LookUp, MethodChange, NewCustomer, Processor, ProcessorError,
    ProcessorEvent, PublicSide, RefundLookUp, RefundOutcome, RefundRequest, StoredMethod, VerifyOutcome,
    VerifyRequest,
};
use crate::secret::Secret;

pub use client::{Client, ClientError};

/// How to reach an account.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    /// The origin, without a path: `https://api.stripe.com`.
    pub base_url: String,
    /// The key that may charge.
    pub secret_key: Secret,
    /// The key that browsers use.
    pub publishable_key: String,
    /// How long one call may take. Must be well below the lease of an attempt.
    pub timeout: Duration,
    /// How long a charge may exist before a look-up finds it.
    pub visibility_lag: Duration,
    /// How a token becomes a method.
    pub token_exchange: TokenExchange,
    /// What its webhooks are signed with: several while one replaces another, none when it sends none.
    pub webhook_secrets: Vec<Secret>,
}

/// How a token becomes a method. Dialects differ here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenExchange {
    /// `POST /v1/payment_methods` with `card[token]`: the method hangs on no customer until it is kept.
    #[default]
    PaymentMethods,
    /// `POST /v1/customers/{id}/sources`: the older way, which keeps the card under a customer of its own at once.
    CustomerSources,
}

/// An account at Stripe.
#[derive(Debug)]
pub struct Stripe {
    client: Client,
    publishable_key: String,
    visibility_lag_ms: i64,
    token_exchange: TokenExchange,
    webhook_secrets: Vec<Secret>,
}

impl Stripe {
    /// An account at Stripe, or at what speaks its dialect.
    ///
    /// # Errors
    /// When the HTTP client cannot be made: no TLS, or no list of certification authorities.
    pub fn new(settings: StripeSettings) -> Result<Self, ClientError> {
        let StripeSettings {
            base_url,
            secret_key,
            publishable_key,
            timeout,
            visibility_lag,
            token_exchange,
            webhook_secrets,
        } = settings;
        let client = Client::new(&base_url, secret_key, timeout)?;
        let visibility_lag_ms = i64::try_from(visibility_lag.as_millis()).unwrap_or(i64::MAX);
        Ok(Self { client, publishable_key, visibility_lag_ms, token_exchange, webhook_secrets })
    }
}

#[async_trait]
impl Processor for Stripe {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            idempotency: Idempotency::Keys { window_ms: KEY_WINDOW_MS },
            look_up: true,
            visibility_lag_ms: self.visibility_lag_ms,
            // A captured charge can only be refunded.
            void: false,
            partial_refund: true,
            cancel_debit: true,
            debit_events: true,
            update_expiry: true,
        }
    }

    fn public_side(&self) -> PublicSide {
        PublicSide {
            kind: "stripe",
            base_url: self.client.base_url().to_owned(),
            publishable_key: self.publishable_key.clone(),
            challenge_origins: challenge::origins(self.client.base_url()),
        }
    }

    async fn create_customer(&self, key: &str, customer: NewCustomer<'_>) -> Result<String, ProcessorError> {
        methods::create_customer(&self.client, key, customer).await
    }

    async fn exchange_token(
        &self,
        key: &str,
        kind: MethodKind,
        token: &str,
        address: &Address,
    ) -> Result<Exchange, ProcessorError> {
        match (kind, self.token_exchange) {
            (MethodKind::Card, TokenExchange::PaymentMethods) => {
                methods::exchange_token(&self.client, key, token, address).await
            }
            (MethodKind::Card, TokenExchange::CustomerSources) => {
                methods::add_source(&self.client, key, token).await
            }
            (MethodKind::Ach | MethodKind::Pad, _) => methods::take_account(&self.client, kind, token).await,
        }
    }

    async fn attach(&self, key: &str, method: &str, customer: &str) -> Result<Attachment, ProcessorError> {
        methods::attach(&self.client, key, method, customer).await
    }

    async fn method(&self, method: &str) -> Result<Option<StoredMethod>, ProcessorError> {
        methods::read(&self.client, method).await
    }

    async fn change_method(&self, change: MethodChange<'_>) -> Result<Changed, ProcessorError> {
        match self.token_exchange {
            TokenExchange::PaymentMethods => changes::change_method(&self.client, change).await,
            TokenExchange::CustomerSources => changes::change_source(&self.client, change).await,
        }
    }

    async fn detach(&self, key: &str, method: &str, customer: &str) -> Result<(), ProcessorError> {
        match self.token_exchange {
            TokenExchange::PaymentMethods => changes::detach(&self.client, key, method).await,
            TokenExchange::CustomerSources => {
                changes::remove_source(&self.client, key, method, customer).await
            }
        }
    }

    async fn charge(&self, charge: ChargeRequest<'_>) -> Result<ChargeOutcome, ProcessorError> {
        // What is kept under a customer already need not be kept again.
        let keep = charge.keep && self.token_exchange == TokenExchange::PaymentMethods;
        charge::charge(&self.client, ChargeRequest { keep, ..charge }).await
    }

    async fn verify(&self, verification: VerifyRequest<'_>) -> Result<VerifyOutcome, ProcessorError> {
        setup::verify(&self.client, verification).await
    }

    async fn verification_now(&self, reference: &str) -> Result<Option<VerifyOutcome>, ProcessorError> {
        setup::read(&self.client, reference).await
    }

    async fn cancel_verification(
        &self,
        key: &str,
        reference: &str,
    ) -> Result<Option<VerifyOutcome>, ProcessorError> {
        setup::cancel(&self.client, key, reference).await
    }

    async fn look_up(&self, wanted: LookUp<'_>) -> Result<Found, ProcessorError> {
        look_up::look_up(&self.client, wanted).await
    }

    async fn charge_now(&self, reference: &str) -> Result<Found, ProcessorError> {
        challenge::read(&self.client, reference).await
    }

    async fn cancel_charge(&self, key: &str, reference: &str) -> Result<Found, ProcessorError> {
        challenge::cancel(&self.client, key, reference).await
    }

    async fn debit_news(&self, reference: &str) -> Result<Option<DebitEvent>, ProcessorError> {
        debit::news(&self.client, reference).await
    }

    fn read_event(
        &self,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProcessorEvent, EventRefused> {
        webhook::verify(&self.webhook_secrets, signature, body, now).map_err(|_| EventRefused::Signature)?;
        let json = serde_json::from_slice(body).map_err(|_| EventRefused::Unreadable)?;
        events::read(&json).ok_or(EventRefused::Unreadable)
    }

    fn standing(&self, facts: &Value) -> Option<ChargeOutcome> {
        answers::standing(facts)
    }

    async fn events_between(
        &self,
        from_s: i64,
        until_s: Option<i64>,
        after: Option<&str>,
    ) -> Result<EventPage, ProcessorError> {
        events::between(&self.client, from_s, until_s, after).await
    }

    async fn refund(&self, refund: RefundRequest<'_>) -> Result<RefundOutcome, ProcessorError> {
        refund::refund(&self.client, refund).await
    }

    async fn look_up_refund(&self, wanted: RefundLookUp<'_>) -> Result<FoundRefund, ProcessorError> {
        refund::look_up(&self.client, wanted).await
    }
}
