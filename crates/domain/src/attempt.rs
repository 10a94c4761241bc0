//! The states of one try to charge, as transitions that consume.
//!
//! ```text
//! created -> sending -> succeeded | declined | failed_before_send | in_doubt
//! in_doubt -> (look-up by our key) -> succeeded | declined | created again, same key
//! sending -> (kept back: nothing was sent) -> created again, same key
//! ```
//!
//! An answer that was lost is not a refusal. [`Attempt::lose_answer`] leads to a state from which only a
//! look-up at the processor leads on; nothing here can turn doubt into a second charge.

use crate::decline::Decline;

/// What the payer is told of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AttemptStatus {
    /// Under way.
    Processing,
    /// The processor's answer was lost; it is being looked up.
    Checking,
    /// The payer's bank wants them to prove who they are: see the challenge.
    RequiresAction,
    /// Money was taken.
    Succeeded,
    /// Refused; no money was taken.
    Declined,
    /// It never reached the processor; no money was taken.
    Failed,
}

impl AttemptStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Processing,
        Self::Checking,
        Self::RequiresAction,
        Self::Succeeded,
        Self::Declined,
        Self::Failed,
    ];

    /// The status as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Checking => "checking",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Failed => "failed",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// True when nothing will change any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Declined | Self::Failed)
    }
}

/// The processor's name for what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessorReference(pub String);

/// Where a try stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// Written down; nothing was sent.
    Created,
    /// A worker has committed to sending it. From here on, money may have moved.
    Sending,
    /// Money was taken.
    Succeeded(ProcessorReference),
    /// The processor refused.
    Declined(Decline),
    /// It is certain that the processor never acted.
    FailedBeforeSend(String),
    /// The answer was lost.
    InDoubt,
}

/// What happened to a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEvent {
    /// A worker is about to call the processor.
    Send,
    /// The processor took the money.
    Succeed(ProcessorReference),
    /// The processor refused.
    Decline(Decline),
    /// The request certainly did not reach the processor, or was rejected as malformed by it.
    FailBeforeSend(String),
    /// Nothing was sent, because the processor is not reached at present, and nobody stands there who must be told: it
    /// waits.
    KeepBack,
    /// No answer, or one that does not say what happened.
    LoseAnswer,
    /// A look-up after the processor's visibility lag found no record.
    FindNothing,
}

/// A transition that the rules do not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an attempt that is {from} cannot {event}")]
pub struct InvalidTransition {
    /// The state's name.
    pub from: &'static str,
    /// The event's name.
    pub event: &'static str,
}

impl AttemptState {
    /// The state's name as it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sending => "sending",
            Self::Succeeded(_) => "succeeded",
            Self::Declined(_) => "declined",
            Self::FailedBeforeSend(_) => "failed_before_send",
            Self::InDoubt => "in_doubt",
        }
    }

    /// What the payer is told.
    pub const fn status(&self) -> AttemptStatus {
        match self {
            Self::Created | Self::Sending => AttemptStatus::Processing,
            Self::InDoubt => AttemptStatus::Checking,
            Self::Succeeded(_) => AttemptStatus::Succeeded,
            Self::Declined(_) => AttemptStatus::Declined,
            Self::FailedBeforeSend(_) => AttemptStatus::Failed,
        }
    }

    /// Applies an event.
    ///
    /// The same outcome may be reported more than once (a reply, then a webhook, then a look-up): hearing it
    /// again changes nothing. A success that arrives for a try already recorded as succeeded under another
    /// reference, or a refusal after a success, is refused here: a human must see it.
    ///
    /// # Errors
    /// [`InvalidTransition`] for everything that the diagram above does not have.
    pub fn apply(self, event: AttemptEvent) -> Result<Self, InvalidTransition> {
        use AttemptEvent as E;
        match (self, event) {
            (Self::Created, E::Send) => Ok(Self::Sending),
            (Self::Sending | Self::InDoubt, E::Succeed(reference)) => Ok(Self::Succeeded(reference)),
            (Self::Sending | Self::InDoubt, E::Decline(decline)) => Ok(Self::Declined(decline)),
            (Self::Created | Self::Sending, E::FailBeforeSend(why)) => Ok(Self::FailedBeforeSend(why)),
            (Self::Sending | Self::InDoubt, E::LoseAnswer) => Ok(Self::InDoubt),
            (Self::InDoubt, E::FindNothing) | (Self::Sending, E::KeepBack) => Ok(Self::Created),
            (Self::Succeeded(known), E::Succeed(reported)) if known == reported => Ok(Self::Succeeded(known)),
            (Self::Declined(known), E::Decline(_)) => Ok(Self::Declined(known)),
            (state, event) => Err(InvalidTransition { from: state.name(), event: event.name() }),
        }
    }
}

impl AttemptEvent {
    /// The event's name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Succeed(_) => "succeed",
            Self::Decline(_) => "decline",
            Self::FailBeforeSend(_) => "fail before send",
            Self::KeepBack => "be kept back",
            Self::LoseAnswer => "lose its answer",
            Self::FindNothing => "be found absent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decline::DeclineCategory;

    fn states() -> Vec<AttemptState> {
        vec![
            AttemptState::Created,
            AttemptState::Sending,
            AttemptState::InDoubt,
            AttemptState::Succeeded(ProcessorReference("pi_1".into())),
            AttemptState::Declined(Decline::new("generic_decline")),
            AttemptState::FailedBeforeSend("no route".into()),
        ]
    }

    fn events() -> Vec<AttemptEvent> {
        vec![
            AttemptEvent::Send,
            AttemptEvent::Succeed(ProcessorReference("pi_1".into())),
            AttemptEvent::Succeed(ProcessorReference("pi_2".into())),
            AttemptEvent::Decline(Decline::new("lost_card")),
            AttemptEvent::FailBeforeSend("no route".into()),
            AttemptEvent::KeepBack,
            AttemptEvent::LoseAnswer,
            AttemptEvent::FindNothing,
        ]
    }

    /// Every state times every event. Positive control: letting `Created` accept `LoseAnswer`, or a final
    /// state accept `Send`, makes the count or the second assertion fail.
    #[test]
    fn the_whole_table() {
        let mut allowed = 0;
        for state in states() {
            for event in events() {
                let from = state.clone();
                match state.clone().apply(event.clone()) {
                    Ok(next) => {
                        allowed += 1;
                        if from.status().is_final() {
                            assert_eq!(next, from, "a final state never changes ({event:?})");
                        }
                        if from == AttemptState::InDoubt {
                            assert_ne!(next, AttemptState::Sending, "doubt never leads straight to sending");
                        }
                    }
                    Err(refused) => assert_eq!(refused.from, from.name()),
                }
            }
        }
        // created: 2, sending: 6, in_doubt: 5 (two successes, decline, lost again, absent), succeeded: 1, declined: 1.
        assert_eq!(allowed, 15);
    }

    #[test]
    fn a_second_reference_is_not_swallowed() {
        let state = AttemptState::Succeeded(ProcessorReference("pi_1".into()));
        assert!(state.apply(AttemptEvent::Succeed(ProcessorReference("pi_2".into()))).is_err());
    }

    #[test]
    fn statuses_read_back() {
        for status in AttemptStatus::ALL {
            assert_eq!(AttemptStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(Decline::new("lost_card").category(), DeclineCategory::ContactBank);
    }
}
