//! The states of one try to charge, as transitions that consume.
//!
//! ```text
//! created -> sending -> succeeded | declined | failed_before_send | in_doubt
//! in_doubt -> (look-up by our key) -> succeeded | declined | created again, same key
//! sending -> (kept back: nothing was sent) -> created again, same key
//! sending | in_doubt -> challenged -> succeeded | declined
//!                       challenged -> giving_up -> (the processor cancels) -> declined | succeeded
//! ```
//!
//! An answer that was lost is not a refusal. [`Attempt::lose_answer`] leads to a state from which only a
//! look-up at the processor leads on; nothing here can turn doubt into a second charge.
//!
//! A challenge that is given up can still be passed at that very moment. So nothing here leads from [`AttemptState::Challenged`]
//! to its end but what the processor says, and the payer is told that nothing was charged only when it has confirmed that
//! nothing will be.

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

/// A proof of who they are that a payer's bank asks them for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The processor's name for the charge that waits for it.
    pub reference: ProcessorReference,
    /// Where the payer is asked.
    pub url: String,
    /// When it is given up, in milliseconds since 1970.
    pub until_ms: i64,
}

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
    /// The payer's bank asks them to prove who they are. Money moves when they do, whoever looks on.
    Challenged(Challenge),
    /// It is decided that nobody waits for that proof any more, and not yet known whether it came before.
    GivingUp(Challenge),
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
    /// The payer's bank asks them to prove who they are.
    Challenge(Challenge),
    /// The payer called the proof off, or its time is over.
    GiveUp,
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
            Self::Challenged(_) => "challenged",
            Self::GivingUp(_) => "giving_up",
        }
    }

    /// What the payer is told.
    pub const fn status(&self) -> AttemptStatus {
        match self {
            Self::Created | Self::Sending => AttemptStatus::Processing,
            Self::InDoubt | Self::GivingUp(_) => AttemptStatus::Checking,
            Self::Challenged(_) => AttemptStatus::RequiresAction,
            Self::Succeeded(_) => AttemptStatus::Succeeded,
            Self::Declined(_) => AttemptStatus::Declined,
            Self::FailedBeforeSend(_) => AttemptStatus::Failed,
        }
    }

    /// Applies an event.
    ///
    /// The same outcome may be reported more than once (a reply, then a webhook, then a look-up): hearing it
    /// again changes nothing. A success that arrives for a try already recorded as succeeded under another
    /// reference, or a refusal after a success, is refused here: a human must see it. A challenge is known by the first report of
    /// it: another does not move its deadline, and one that comes late says nothing of what it has led to. What has been asked
    /// about by name is there, whatever a look-up shows.
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
            (Self::Sending | Self::InDoubt, E::Challenge(challenge)) => Ok(Self::Challenged(challenge)),
            (Self::Challenged(known) | Self::GivingUp(known), E::Succeed(reference))
                if known.reference == reference =>
            {
                Ok(Self::Succeeded(reference))
            }
            (Self::Challenged(_) | Self::GivingUp(_), E::Decline(decline)) => Ok(Self::Declined(decline)),
            (Self::Challenged(known) | Self::GivingUp(known), E::GiveUp) => Ok(Self::GivingUp(known)),
            (state @ (Self::Challenged(_) | Self::GivingUp(_)), E::LoseAnswer | E::FindNothing) => Ok(state),
            (Self::Challenged(known), E::Challenge(again)) if known.reference == again.reference => {
                Ok(Self::Challenged(known))
            }
            (Self::GivingUp(known), E::Challenge(again)) if known.reference == again.reference => {
                Ok(Self::GivingUp(known))
            }
            (Self::Succeeded(known), E::Challenge(late)) if known == late.reference => {
                Ok(Self::Succeeded(known))
            }
            (Self::Declined(known), E::Challenge(_)) => Ok(Self::Declined(known)),
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
            Self::Challenge(_) => "be challenged",
            Self::GiveUp => "be given up",
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
            AttemptState::Challenged(challenge("pi_1", 10)),
            AttemptState::GivingUp(challenge("pi_1", 10)),
        ]
    }

    fn challenge(reference: &str, until_ms: i64) -> Challenge {
        let url = format!("https://bank.example/{until_ms}");
        Challenge { reference: ProcessorReference(reference.into()), url, until_ms }
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
            AttemptEvent::Challenge(challenge("pi_1", 20)),
            AttemptEvent::Challenge(challenge("pi_2", 20)),
            AttemptEvent::GiveUp,
        ]
    }

    /// Every state times every event. Positive control: letting `Created` accept `LoseAnswer`, or a final
    /// state accept `Send`, makes the count or the second assertion fail; letting `GiveUp` end a challenge, the third.
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
                        if let AttemptState::Challenged(known) | AttemptState::GivingUp(known) = &from {
                            let said = matches!(event, AttemptEvent::Succeed(_) | AttemptEvent::Decline(_));
                            assert_eq!(
                                next.status().is_final(),
                                said,
                                "only the processor ends it ({event:?})"
                            );
                            assert_ne!(next, AttemptState::Created, "what was seen is never sent again");
                            if let AttemptState::Challenged(kept) | AttemptState::GivingUp(kept) = &next {
                                assert_eq!(kept, known, "no report moves the deadline");
                            }
                        }
                        if matches!(from, AttemptState::GivingUp(_)) {
                            assert_ne!(next.status(), AttemptStatus::RequiresAction, "it is not asked again");
                        }
                    }
                    Err(refused) => assert_eq!(refused.from, from.name()),
                }
            }
        }
        // created: 2, sending: 8, in_doubt: 7 (two successes, decline, lost again, absent, two challenges), succeeded: 2 and
        // declined: 3 (with challenges that come late), challenged and giving up: 6 each (one success, decline, lost, absent,
        // the same challenge again, given up).
        assert_eq!(allowed, 34);
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
