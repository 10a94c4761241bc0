//! The states of one try to give money back, as transitions that consume.
//!
//! ```text
//! created -> sending -> pending | succeeded | failed | refused | failed_before_send | in_doubt
//! in_doubt -> (look-up by our key) -> pending | succeeded | failed | refused | created again, same key
//! pending -> succeeded | failed
//! succeeded -> failed
//! ```
//!
//! A refund is an attempt of its own, with its own key. It can fail long after the processor called it done: the
//! payer's bank sends the money back, and the processor reports the failure days later (Stripe's
//! `refund.failed`). Failure is therefore the last word: a success that is heard of later is older news.

use crate::attempt::{InvalidTransition, ProcessorReference};

/// How money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RefundKind {
    /// A card charge is undone before the processor settles it, the same day and in full.
    Void,
    /// Money that came in goes back to the method it came from.
    Refund,
    /// A bank debit is called back while it is submitted.
    CancelDebit,
}

impl RefundKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Void, Self::Refund, Self::CancelDebit];

    /// The kind as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Refund => "refund",
            Self::CancelDebit => "cancel_debit",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a refund stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Written down; nothing was sent.
    Created,
    /// A worker has committed to sending it. From here on, money may have moved.
    Sending,
    /// The answer was lost.
    InDoubt,
    /// The processor took the order; the money is on its way.
    Pending(ProcessorReference),
    /// The processor calls it done.
    Succeeded(ProcessorReference),
    /// It was under way and the money did not arrive: the processor's code.
    Failed(String),
    /// The processor would not do it: its code.
    Refused(String),
    /// It is certain that the processor never acted: why.
    FailedBeforeSend(String),
}

/// What happened to a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundEvent {
    /// A worker is about to call the processor.
    Send,
    /// The processor took the order.
    Accept(ProcessorReference),
    /// The processor calls it done.
    Succeed(ProcessorReference),
    /// The money did not arrive: the processor's code.
    Fail(String),
    /// The processor would not do it: its code.
    Refuse(String),
    /// The processor would not do it any more, because the charge has been settled: its code. What was to be undone can
    /// be given back.
    RefuseAsTooLate(String),
    /// The request certainly did not reach the processor: why.
    FailBeforeSend(String),
    /// No answer, or one that does not say what happened.
    LoseAnswer,
    /// A look-up after the processor's visibility lag found no record.
    FindNothing,
}

impl RefundState {
    /// The state's name as it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sending => "sending",
            Self::InDoubt => "in_doubt",
            Self::Pending(_) => "pending",
            Self::Succeeded(_) => "succeeded",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::FailedBeforeSend(_) => "failed_before_send",
        }
    }

    /// What is stored beside the name: the processor's reference, its code, or why nothing was sent.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Created | Self::Sending | Self::InDoubt => None,
            Self::Pending(reference) | Self::Succeeded(reference) => Some(&reference.0),
            Self::Failed(detail) | Self::Refused(detail) | Self::FailedBeforeSend(detail) => Some(detail),
        }
    }

    /// Reads what was stored: [`Self::name`] and [`Self::detail`].
    pub fn stored(name: &str, detail: Option<&str>) -> Option<Self> {
        match (name, detail) {
            ("created", None) => Some(Self::Created),
            ("sending", None) => Some(Self::Sending),
            ("in_doubt", None) => Some(Self::InDoubt),
            ("pending", Some(detail)) => Some(Self::Pending(ProcessorReference(detail.to_owned()))),
            ("succeeded", Some(detail)) => Some(Self::Succeeded(ProcessorReference(detail.to_owned()))),
            ("failed", Some(detail)) => Some(Self::Failed(detail.to_owned())),
            ("refused", Some(detail)) => Some(Self::Refused(detail.to_owned())),
            ("failed_before_send", Some(detail)) => Some(Self::FailedBeforeSend(detail.to_owned())),
            _ => None,
        }
    }

    /// Whether its amount is taken or reserved: another refund must not count on it. True from the moment it is
    /// written down until it is certain that the money stayed.
    pub const fn holds_its_amount(&self) -> bool {
        match self {
            Self::Created | Self::Sending | Self::InDoubt | Self::Pending(_) | Self::Succeeded(_) => true,
            Self::Failed(_) | Self::Refused(_) | Self::FailedBeforeSend(_) => false,
        }
    }

    /// Applies an event.
    ///
    /// The same news may come more than once and out of order. Late news of an earlier stage changes nothing: of
    /// its acceptance after success, of its acceptance or success after failure. A failed refund never becomes
    /// a success.
    ///
    /// # Errors
    /// [`InvalidTransition`] for everything else that the diagram above does not have; above all for a second
    /// reference, and for a success after a refusal, which a human must see.
    pub fn apply(self, event: RefundEvent) -> Result<Self, InvalidTransition> {
        use RefundEvent as E;
        match (self, event) {
            (Self::Created, E::Send) => Ok(Self::Sending),
            (Self::Created | Self::Sending, E::FailBeforeSend(why)) => Ok(Self::FailedBeforeSend(why)),
            (Self::Sending | Self::InDoubt, E::Accept(reference)) => Ok(Self::Pending(reference)),
            (Self::Sending | Self::InDoubt, E::Succeed(reference)) => Ok(Self::Succeeded(reference)),
            (Self::Sending | Self::InDoubt, E::Refuse(code) | E::RefuseAsTooLate(code)) => {
                Ok(Self::Refused(code))
            }
            (Self::Sending | Self::InDoubt, E::LoseAnswer) => Ok(Self::InDoubt),
            (Self::InDoubt, E::FindNothing) => Ok(Self::Created),
            (Self::Sending | Self::InDoubt | Self::Pending(_) | Self::Succeeded(_), E::Fail(code)) => {
                Ok(Self::Failed(code))
            }
            (Self::Pending(known), E::Accept(reported)) if known == reported => Ok(Self::Pending(known)),
            (Self::Pending(known), E::Succeed(reported)) if known == reported => Ok(Self::Succeeded(known)),
            (Self::Succeeded(known), E::Accept(reported) | E::Succeed(reported)) if known == reported => {
                Ok(Self::Succeeded(known))
            }
            (Self::Failed(code), E::Accept(_) | E::Succeed(_) | E::Fail(_)) => Ok(Self::Failed(code)),
            (Self::Refused(code), E::Refuse(_) | E::RefuseAsTooLate(_)) => Ok(Self::Refused(code)),
            (state, event) => Err(InvalidTransition { from: state.name(), event: event.name() }),
        }
    }
}

impl RefundEvent {
    /// The event's name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Accept(_) => "be accepted",
            Self::Succeed(_) => "succeed",
            Self::Fail(_) => "fail",
            Self::Refuse(_) => "be refused",
            Self::RefuseAsTooLate(_) => "be refused as too late",
            Self::FailBeforeSend(_) => "fail before send",
            Self::LoseAnswer => "lose its answer",
            Self::FindNothing => "be found absent",
        }
    }
}

/// What can still be given back, in minor units: what was taken, less all refunds whose amount
/// [is held](RefundState::holds_its_amount). Never below zero.
pub fn refundable(captured: i64, refunded_or_in_flight: i64) -> i64 {
    captured.saturating_sub(refunded_or_in_flight.max(0)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reference(name: &str) -> ProcessorReference {
        ProcessorReference(name.to_owned())
    }

    fn states() -> Vec<RefundState> {
        vec![
            RefundState::Created,
            RefundState::Sending,
            RefundState::InDoubt,
            RefundState::Pending(reference("re_1")),
            RefundState::Succeeded(reference("re_1")),
            RefundState::Failed("lost_or_stolen_card".into()),
            RefundState::Refused("charge_already_refunded".into()),
            RefundState::FailedBeforeSend("no route".into()),
        ]
    }

    fn events() -> Vec<RefundEvent> {
        vec![
            RefundEvent::Send,
            RefundEvent::Accept(reference("re_1")),
            RefundEvent::Accept(reference("re_2")),
            RefundEvent::Succeed(reference("re_1")),
            RefundEvent::Succeed(reference("re_2")),
            RefundEvent::Fail("expired_or_canceled_card".into()),
            RefundEvent::Refuse("charge_already_refunded".into()),
            RefundEvent::RefuseAsTooLate("charge_already_refunded".into()),
            RefundEvent::FailBeforeSend("no route".into()),
            RefundEvent::LoseAnswer,
            RefundEvent::FindNothing,
        ]
    }

    /// Every state times every event, by the name that follows; a dash where it is refused. Positive control:
    /// letting `Failed` become `Succeeded`, `InDoubt` accept `Send`, or `Succeeded` take another reference makes a
    /// row differ.
    #[test]
    fn the_whole_table() {
        let table = [
            ("created", "sending - - - - - - - failed_before_send - -"),
            (
                "sending",
                "- pending pending succeeded succeeded failed refused refused failed_before_send in_doubt -",
            ),
            ("in_doubt", "- pending pending succeeded succeeded failed refused refused - in_doubt created"),
            ("pending", "- pending - succeeded - failed - - - - -"),
            ("succeeded", "- succeeded - succeeded - failed - - - - -"),
            ("failed", "- failed failed failed failed failed - - - - -"),
            ("refused", "- - - - - - refused refused - - -"),
            ("failed_before_send", "- - - - - - - - - - -"),
        ];
        for (state, (name, row)) in states().into_iter().zip(table) {
            assert_eq!(state.name(), name);
            let row: Vec<&str> = row.split(' ').collect();
            assert_eq!(row.len(), events().len());
            for (event, wanted) in events().into_iter().zip(row) {
                let next = match state.clone().apply(event.clone()) {
                    Ok(next) => {
                        if next.name() == name {
                            assert_eq!(next, state, "nothing changes when no state changes ({event:?})");
                        }
                        next.name()
                    }
                    Err(refused) => {
                        assert_eq!((refused.from, refused.event), (name, event.name()));
                        "-"
                    }
                };
                assert_eq!(next, wanted, "{name} {event:?}");
            }
        }
    }

    /// Positive control: refusing `Succeed` after `Failed` makes one order of the same news differ.
    #[test]
    fn news_of_one_refund_may_come_in_any_order() {
        let news = |events: &[&RefundEvent]| {
            events.iter().try_fold(RefundState::Sending, |state, event| state.apply((*event).clone()))
        };
        let accept = RefundEvent::Accept(reference("re_1"));
        let succeed = RefundEvent::Succeed(reference("re_1"));
        let fail = RefundEvent::Fail("lost_or_stolen_card".into());
        let all = [&accept, &succeed, &fail];
        for a in all {
            for b in all {
                for c in all {
                    for d in all {
                        let order = [a, b, c, d];
                        let wanted = if order.contains(&&fail) {
                            RefundState::Failed("lost_or_stolen_card".into())
                        } else if order.contains(&&succeed) {
                            RefundState::Succeeded(reference("re_1"))
                        } else {
                            RefundState::Pending(reference("re_1"))
                        };
                        assert_eq!(news(&order), Ok(wanted), "{order:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_stored_reads_back() {
        for state in states() {
            assert_eq!(RefundState::stored(state.name(), state.detail()), Some(state.clone()), "{state:?}");
        }
        assert_eq!(RefundState::stored("succeeded", None), None);
        assert_eq!(RefundState::stored("created", Some("re_1")), None);
        for kind in RefundKind::ALL {
            assert_eq!(RefundKind::parse(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn an_amount_is_held_until_the_money_surely_stayed() {
        let held: Vec<_> =
            states().iter().filter(|state| state.holds_its_amount()).map(RefundState::name).collect();
        assert_eq!(held, ["created", "sending", "in_doubt", "pending", "succeeded"]);
    }

    proptest! {
        #[test]
        fn never_more_than_was_taken(captured in 0i64..1_000_000, refunds in prop::collection::vec(0i64..400_000, 0..8)) {
            let mut given = 0;
            for refund in refunds {
                if refund <= refundable(captured, given) {
                    given += refund;
                }
                prop_assert!(given <= captured);
                prop_assert_eq!(refundable(captured, given), captured - given);
            }
            prop_assert_eq!(refundable(captured, captured + 1), 0);
            prop_assert_eq!(refundable(captured, -1), captured);
        }
    }
}
