//! A processor that plays a script: what becomes of each charge, which answers are lost, and what it tells by itself when.
//! Its events are read and verified by the real adapter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use paydesk_billing::app::App;
use paydesk_billing::ports::processor::{
    Attachment, Capabilities, Changed, ChargeOutcome, ChargeRequest, EventPage, EventRefused, Exchange,
    Found, FoundRefund, LookUp, MethodChange, NewCustomer, Processor, ProcessorError, ProcessorEvent,
    PublicSide, RefundLookUp, RefundOutcome, RefundRequest, StoredMethod, Taken, VerifyOutcome,
    VerifyRequest,
};
use paydesk_domain::address::Address;
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::WEBHOOK_SECRET;

/// What becomes of a charge in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    CardTaken,
    CardRefused,
    Settles,
    Fails(&'static str),
    /// The processor itself refuses the debit, and asks no bank.
    RefusedAtOnce,
    ComesBack(&'static str),
    Canceled,
    SettlesAndMandateEnds,
    /// The bank's reason comes beside the processor's own word that the agreement has ended.
    ComesBackAndMandateEnds(&'static str),
}

impl Fate {
    pub const ALL: [Self; 12] = [
        Self::CardTaken,
        Self::CardRefused,
        Self::Settles,
        Self::Fails("R01"),
        Self::Fails("R02"),
        Self::Fails("R08"),
        Self::RefusedAtOnce,
        Self::ComesBack("R10"),
        Self::ComesBack("R29"),
        Self::Canceled,
        Self::SettlesAndMandateEnds,
        Self::ComesBackAndMandateEnds("R07"),
    ];

    pub const fn kind(self) -> MethodKind {
        match self {
            Self::CardTaken | Self::CardRefused => MethodKind::Card,
            _ => MethodKind::Ach,
        }
    }

    /// The events of a charge, in the order in which things happened.
    pub fn events(self, organization: &str, attempt: &str) -> Vec<(String, Value)> {
        let (name, code) = (format!("pi_{attempt}"), self.code());
        let kind = if self.kind() == MethodKind::Card { "card" } else { "us_bank_account" };
        let error = json!({"code": code, "network_decline_code": code, "payment_method": {"type": kind}});
        let intent = |status: &str, error: Value| {
            json!({
                "id": name, "status": status, "payment_method_types": [kind], "latest_charge": format!("ch_{attempt}"),
                "last_payment_error": error, "metadata": {"organization": organization, "attempt": attempt},
            })
        };
        let dispute = json!({"id": format!("du_{attempt}"), "payment_intent": name, "reason": "fraudulent",
            "network_reason_code": code, "payment_method_details": {"type": kind}});
        let ended = json!({"id": format!("mandate_{attempt}"), "status": "inactive"});
        let (network, mandate) = self.names(attempt);
        let charge = json!({"id": format!("ch_{attempt}"), "payment_intent": name, "metadata": {"organization": organization,
            "attempt": attempt}, "payment_method_details": {"type": kind, kind: {"network_transaction_id": network,
            "mandate": mandate}}});
        let named = if kind == "card" { "charge.succeeded" } else { "charge.pending" };
        let asked = ("payment_intent.processing", intent("processing", Value::Null));
        let paid = ("payment_intent.succeeded", intent("succeeded", Value::Null));
        let events = match self {
            Self::CardTaken => vec![paid],
            Self::CardRefused | Self::RefusedAtOnce => {
                vec![("payment_intent.payment_failed", intent("requires_payment_method", error))]
            }
            Self::Settles => vec![asked, paid],
            Self::Fails(_) => {
                vec![asked, ("payment_intent.payment_failed", intent("requires_payment_method", error))]
            }
            Self::ComesBack(_) => vec![
                asked,
                paid,
                ("charge.dispute.created", dispute.clone()),
                ("charge.dispute.closed", dispute),
            ],
            Self::Canceled => vec![asked, ("payment_intent.canceled", intent("canceled", Value::Null))],
            Self::SettlesAndMandateEnds => vec![asked, paid, ("mandate.updated", ended)],
            Self::ComesBackAndMandateEnds(_) => {
                vec![asked, paid, ("charge.dispute.created", dispute), ("mandate.updated", ended)]
            }
        };
        // What was refused at once is called nothing.
        let is_named = !matches!(self, Self::CardRefused | Self::RefusedAtOnce);
        let charge = is_named.then_some((named, charge));
        charge.into_iter().chain(events).map(|(kind, object)| (kind.to_owned(), object)).collect()
    }

    /// What the network calls a charge, and the processor its mandate.
    fn names(self, attempt: &str) -> (Option<String>, Option<String>) {
        let is_card = self.kind() == MethodKind::Card;
        (is_card.then(|| format!("nti_{attempt}")), (!is_card).then(|| format!("mandate_{attempt}")))
    }

    const fn code(self) -> &'static str {
        match self {
            Self::CardRefused => "insufficient_funds",
            Self::RefusedAtOnce => "charge_exceeds_source_limit",
            Self::Fails(code) | Self::ComesBack(code) | Self::ComesBackAndMandateEnds(code) => code,
            _ => "",
        }
    }

    fn outcome(self, attempt: &str) -> ChargeOutcome {
        let network = (self.kind() == MethodKind::Card).then(|| format!("nti_{attempt}"));
        let mandate = (self.kind() != MethodKind::Card).then(|| format!("mandate_{attempt}"));
        let taken = Taken {
            reference: format!("pi_{attempt}"),
            network_transaction_id: network,
            mandate,
            since: None,
        };
        match self {
            Self::CardTaken => ChargeOutcome::Succeeded(taken),
            Self::CardRefused | Self::RefusedAtOnce => ChargeOutcome::Declined(Decline::new(self.code())),
            _ => ChargeOutcome::Submitted(taken),
        }
    }
}

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Answered,
    /// Events are told, and applied, before the answer comes.
    Overtaken,
    LostAfter,
    LostBefore,
    /// It cannot be found yet.
    Blind,
}

/// What happens to one charge. Calls without a line in it are answered.
#[derive(Debug, Default)]
pub struct Script {
    pub replies: Vec<Reply>,
    pub look_ups: Vec<Reply>,
    /// Events that overtake an answer.
    pub early: Vec<Vec<u8>>,
    /// It has the charge.
    pub done: bool,
}

/// Says what becomes of a charge that is in no script, by the attempt's id.
pub type Judge = fn(&str) -> ChargeOutcome;

#[derive(Debug)]
pub struct Scripted {
    pub real: Arc<dyn Processor>,
    pub fates: Mutex<HashMap<String, (Fate, Script)>>,
    pub app: OnceLock<App>,
    /// Instead of a script.
    pub judge: Option<Judge>,
    /// What was charged, and when.
    pub sent: Mutex<Vec<(String, i64)>>,
}

impl Scripted {
    fn next(&self, attempt: &str, look_up: bool) -> (Fate, Reply, Vec<Vec<u8>>, bool) {
        let mut fates = self.fates.lock().unwrap();
        let (fate, script) = fates.get_mut(attempt).unwrap();
        let line = if look_up { &mut script.look_ups } else { &mut script.replies };
        let reply = if line.is_empty() { Reply::Answered } else { line.remove(0) };
        if !look_up && reply != Reply::LostBefore {
            script.done = true;
        }
        let early = if reply == Reply::Overtaken { std::mem::take(&mut script.early) } else { Vec::new() };
        (*fate, reply, early, script.done)
    }
}

/// An event as the processor sends it, and its signature.
pub fn letter(id: &str, kind: &str, object: &Value, at: Timestamp) -> Vec<u8> {
    json!({"id": id, "object": "event", "type": kind, "created": at.as_second(), "data": {"object": object}})
        .to_string()
        .into_bytes()
}

pub fn sign(body: &[u8], secret: &str, at_s: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at_s}.").as_bytes());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at_s},v1={hex}")
}

/// Brings an event, as the webhook's route does.
pub async fn bring(app: &App, body: &[u8]) {
    let signature = sign(body, WEBHOOK_SECRET, app.mint.now().as_second());
    app.receive_delivery(&signature, body).await.unwrap().unwrap();
}

#[async_trait]
impl Processor for Scripted {
    fn capabilities(&self) -> Capabilities {
        self.real.capabilities()
    }

    fn public_side(&self) -> PublicSide {
        self.real.public_side()
    }

    async fn create_customer(&self, _: &str, _: NewCustomer<'_>) -> Result<String, ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn exchange_token(
        &self,
        _: &str,
        _: MethodKind,
        _: &str,
        _: &Address,
    ) -> Result<Exchange, ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn attach(&self, _: &str, _: &str, _: &str) -> Result<Attachment, ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn method(&self, _: &str) -> Result<Option<StoredMethod>, ProcessorError> {
        Ok(None)
    }

    async fn change_method(&self, _: MethodChange<'_>) -> Result<Changed, ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn detach(&self, _: &str, _: &str, _: &str) -> Result<(), ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn charge(&self, charge: ChargeRequest<'_>) -> Result<ChargeOutcome, ProcessorError> {
        let app = self.app.get().unwrap();
        self.sent.lock().unwrap().push((charge.attempt.to_owned(), app.mint.now_ms()));
        if let Some(judge) = self.judge {
            return Ok(judge(charge.attempt));
        }
        let (fate, reply, early, _) = self.next(charge.attempt, false);
        for body in early {
            bring(app, &body).await;
            let id = serde_json::from_slice::<Value>(&body).unwrap()["id"].as_str().unwrap().to_owned();
            let due = app.store.due_processor_events(app.mint.now_ms(), 10_000).await.unwrap();
            if let Some(event) = due.iter().find(|event| event.id == id) {
                app.apply_event(event).await.unwrap();
            }
        }
        app.breaker.answered();
        match reply {
            Reply::Answered | Reply::Overtaken => Ok(fate.outcome(charge.attempt)),
            _ => Err(ProcessorError::Unknown("lost".to_owned())),
        }
    }

    async fn verify(&self, _: VerifyRequest<'_>) -> Result<VerifyOutcome, ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn verification_now(&self, _: &str) -> Result<Option<VerifyOutcome>, ProcessorError> {
        Err(ProcessorError::Unknown("not in the script".to_owned()))
    }

    async fn cancel_verification(&self, _: &str, _: &str) -> Result<Option<VerifyOutcome>, ProcessorError> {
        Err(ProcessorError::Unknown("not in the script".to_owned()))
    }

    async fn look_up(&self, wanted: LookUp<'_>) -> Result<Found, ProcessorError> {
        match self.next(wanted.attempt, true) {
            (fate, Reply::Answered | Reply::Overtaken, _, true) => {
                Ok(Found::Outcome(fate.outcome(wanted.attempt)))
            }
            (_, Reply::Answered | Reply::Overtaken, _, false) => Ok(Found::Nothing),
            (_, Reply::Blind, _, _) => Ok(Found::Pending),
            _ => Err(ProcessorError::Unknown("lost".to_owned())),
        }
    }

    async fn charge_now(&self, _: &str) -> Result<Found, ProcessorError> {
        Err(ProcessorError::Unknown("not in the script".to_owned()))
    }

    async fn cancel_charge(&self, _: &str, _: &str) -> Result<Found, ProcessorError> {
        Err(ProcessorError::Unknown("not in the script".to_owned()))
    }

    async fn debit_news(&self, _: &str) -> Result<Option<DebitEvent>, ProcessorError> {
        Ok(None)
    }

    fn read_event(
        &self,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProcessorEvent, EventRefused> {
        self.real.read_event(signature, body, now)
    }

    fn standing(&self, facts: &Value) -> Option<ChargeOutcome> {
        self.real.standing(facts)
    }

    async fn events_between(
        &self,
        _: i64,
        _: Option<i64>,
        _: Option<&str>,
    ) -> Result<EventPage, ProcessorError> {
        Ok(EventPage::default())
    }

    async fn refund(&self, _: RefundRequest<'_>) -> Result<RefundOutcome, ProcessorError> {
        Err(ProcessorError::NotSent("not in the script".to_owned()))
    }

    async fn look_up_refund(&self, _: RefundLookUp<'_>) -> Result<FoundRefund, ProcessorError> {
        Err(ProcessorError::Unknown("not in the script".to_owned()))
    }
}
