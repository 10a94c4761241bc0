//! What is reported of an attempt, by whom so ever: a reply, a look-up, a webhook, or the engine itself.

use paydesk_domain::attempt::{AttemptEvent, Challenge, ProcessorReference};
use paydesk_domain::debit::DebitEvent;

use crate::app::{App, millis};
use crate::ports::processor::{ChargeOutcome, Taken, VerifyOutcome};
use crate::store::Reading;

/// What is reported of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What became of the attempt.
    pub event: AttemptEvent,
    /// What else the charge is called.
    pub names: Names,
    /// What became of the debit since, where it is one.
    pub debit: Option<DebitEvent>,
    /// How far a look-up came that decided nothing yet.
    pub unfinished: Option<Unfinished>,
}

/// What the network and the processor call things that belong to a charge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The network's name for the charge.
    pub network_transaction_id: Option<String>,
    /// The processor's name for the mandate.
    pub mandate: Option<String>,
}

/// A look-up that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Where.
    pub reading: Reading,
    /// Whether it came further this time: then it goes on at once, else when it is due again.
    pub advanced: bool,
}

impl From<AttemptEvent> for Report {
    fn from(event: AttemptEvent) -> Self {
        Self { event, names: Names::default(), debit: None, unfinished: None }
    }
}

impl From<Taken> for Report {
    fn from(taken: Taken) -> Self {
        let Taken { reference, network_transaction_id, mandate, since } = taken;
        let event = AttemptEvent::Succeed(ProcessorReference(reference));
        Self { names: Names { network_transaction_id, mandate }, debit: since, ..Self::from(event) }
    }
}

impl App {
    /// What an outcome reports of an attempt, as of now.
    ///
    /// A debit that was submitted is a success of the attempt: it did what an attempt can do. A challenge has its deadline from
    /// whoever hears of it first.
    pub(super) fn report_of(&self, outcome: ChargeOutcome) -> Report {
        match outcome {
            ChargeOutcome::Succeeded(taken) | ChargeOutcome::Submitted(taken) => Report::from(taken),
            ChargeOutcome::Declined(decline) => Report::from(AttemptEvent::Decline(decline)),
            ChargeOutcome::Challenged { reference, url } => self.challenged(reference, url),
        }
    }

    /// The same for a verification.
    pub(super) fn report_of_verification(&self, outcome: VerifyOutcome) -> Report {
        match outcome {
            VerifyOutcome::Verified(taken) => Report::from(taken),
            VerifyOutcome::Declined(decline) => Report::from(AttemptEvent::Decline(decline)),
            VerifyOutcome::Challenged { reference, url } => self.challenged(reference, url),
        }
    }

    fn challenged(&self, reference: String, url: String) -> Report {
        let until_ms = self.mint.now_ms().saturating_add(millis(self.settings.challenge_max));
        let reference = ProcessorReference(reference);
        Report::from(AttemptEvent::Challenge(Challenge { reference, url, until_ms }))
    }
}

impl Report {
    /// Whether it tells of a debit that brought no money. What a reply calls a refusal, because it came at once, an event
    /// or a look-up calls a debit that came back: the two do not contradict each other.
    pub fn is_debit_without_money(&self) -> bool {
        matches!(self.debit, Some(DebitEvent::Return(_) | DebitEvent::Cancel))
    }

    /// The same with what became of the debit since.
    pub fn with_debit(self, debit: Option<DebitEvent>) -> Self {
        Self { debit, ..self }
    }
}
