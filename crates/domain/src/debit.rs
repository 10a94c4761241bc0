//! The states of a bank debit after the processor has taken it, as transitions that consume.
//!
//! ```text
//! submitted -> settled -> returned(code)
//! submitted -> returned(code)                  the bank refused before any money moved
//! submitted -> canceled                        called back before it went to the bank
//! ```
//!
//! For a card, success is the end. For a bank debit it only means that the bank was asked, and even a debit that
//! settled can come back: up to 60 calendar days later in the US, 90 in Canada, longer by a bank's claim. So
//! nothing here ever closes the way to [`DebitState::Returned`] but a cancellation.
//!
//! The news comes as replies, webhooks and look-ups, in any order and more than once. For every set of news,
//! either each order leads to the same state, or each order contains a step that is refused, so that a human
//! sees the contradiction whichever way round it arrived.

use crate::attempt::InvalidTransition;
use crate::return_code::ReturnCode;

/// Where a bank debit stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DebitState {
    /// The processor has taken the order; no money has moved.
    Submitted,
    /// The money came. It may still be taken back.
    Settled,
    /// The bank refused the debit or took the money back.
    ///
    /// Which of the two is told by the state it came from: from [`Self::Submitted`] the debit failed and no
    /// money ever came, from [`Self::Settled`] it was returned and money left again.
    Returned(ReturnCode),
    /// Called back in time; no money moved, and none will.
    Canceled,
}

/// What happened to a bank debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DebitEvent {
    /// The money came.
    Settle,
    /// The bank refused the debit, or took the money back.
    Return(ReturnCode),
    /// The processor confirms that it called the debit back.
    Cancel,
}

impl DebitState {
    /// The state's name as it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Settled => "settled",
            Self::Returned(_) => "returned",
            Self::Canceled => "canceled",
        }
    }

    /// Reads what was stored: the state's name, and the bank's code where the state has one.
    pub fn stored(name: &str, code: Option<&str>) -> Option<Self> {
        match (name, code) {
            ("submitted", None) => Some(Self::Submitted),
            ("settled", None) => Some(Self::Settled),
            ("returned", Some(code)) => ReturnCode::parse(code).map(Self::Returned),
            ("canceled", None) => Some(Self::Canceled),
            _ => None,
        }
    }

    /// The bank's code, where the debit came back.
    pub const fn return_code(&self) -> Option<&ReturnCode> {
        match self {
            Self::Returned(code) => Some(code),
            Self::Submitted | Self::Settled | Self::Canceled => None,
        }
    }

    /// Applies an event.
    ///
    /// Hearing the same again changes nothing, and neither does hearing late that a debit settled which has since
    /// come back.
    ///
    /// # Errors
    /// [`InvalidTransition`] for what a human must see: a debit that came back with two different codes, or
    /// that is said to be called back and yet settled or returned.
    pub fn apply(self, event: DebitEvent) -> Result<Self, InvalidTransition> {
        use DebitEvent as E;
        match (self, event) {
            (Self::Submitted | Self::Settled, E::Settle) => Ok(Self::Settled),
            (Self::Submitted | Self::Settled, E::Return(code)) => Ok(Self::Returned(code)),
            (Self::Returned(code), E::Settle) => Ok(Self::Returned(code)),
            (Self::Returned(known), E::Return(reported)) if known == reported => Ok(Self::Returned(known)),
            (Self::Submitted | Self::Canceled, E::Cancel) => Ok(Self::Canceled),
            (state, event) => Err(InvalidTransition { from: state.name(), event: event.name() }),
        }
    }
}

impl DebitEvent {
    /// The event's name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Settle => "settle",
            Self::Return(_) => "be returned",
            Self::Cancel => "be canceled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> ReturnCode {
        ReturnCode::parse(text).unwrap()
    }

    fn states() -> Vec<DebitState> {
        vec![
            DebitState::Submitted,
            DebitState::Settled,
            DebitState::Returned(code("R01")),
            DebitState::Canceled,
        ]
    }

    fn events() -> Vec<DebitEvent> {
        vec![
            DebitEvent::Settle,
            DebitEvent::Return(code("R01")),
            DebitEvent::Return(code("R10")),
            DebitEvent::Cancel,
        ]
    }

    /// Every state times every event. Positive control: letting `Settled` accept `Cancel`, or a return replace
    /// another one, makes the comparison fail.
    #[test]
    fn the_whole_table() {
        let returned = |text| Some(DebitState::Returned(code(text)));
        let submitted =
            [Some(DebitState::Settled), returned("R01"), returned("R10"), Some(DebitState::Canceled)];
        let settled = [Some(DebitState::Settled), returned("R01"), returned("R10"), None];
        let once_returned = [returned("R01"), returned("R01"), None, None];
        let canceled = [None, None, None, Some(DebitState::Canceled)];
        for (state, row) in states().into_iter().zip([submitted, settled, once_returned, canceled]) {
            for (event, next) in events().into_iter().zip(row) {
                let applied = state.clone().apply(event.clone());
                if let Err(refused) = &applied {
                    assert_eq!((refused.from, refused.event), (state.name(), event.name()));
                }
                assert_eq!(applied.ok(), next, "{state:?} {event:?}");
            }
        }
    }

    /// All sequences of up to five events: those that hold the same events, in whatever order, end alike.
    ///
    /// Positive control: ignoring `Settle` after `Canceled`, or letting it lead out of `Returned`, makes two orders
    /// of the same news differ.
    #[test]
    fn the_order_of_the_news_does_not_matter() {
        let events = events();
        let mut sequences: Vec<Vec<usize>> = vec![vec![]];
        let mut seen = 0;
        for _ in 0..5 {
            sequences = sequences
                .iter()
                .flat_map(|sequence| {
                    (0..events.len()).map(move |event| sequence.iter().copied().chain([event]).collect())
                })
                .collect();
            let mut ends: std::collections::HashMap<Vec<usize>, Option<DebitState>> =
                std::collections::HashMap::new();
            for sequence in &sequences {
                let end = sequence
                    .iter()
                    .try_fold(DebitState::Submitted, |state, event| state.apply(events[*event].clone()))
                    .ok();
                let mut bag = sequence.clone();
                bag.sort_unstable();
                let first = ends.entry(bag).or_insert_with(|| end.clone());
                assert_eq!(*first, end, "{sequence:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 4 + 16 + 64 + 256 + 1024);
    }

    #[test]
    fn what_is_stored_reads_back() {
        for state in states() {
            let code = state.return_code().map(ReturnCode::as_str);
            assert_eq!(DebitState::stored(state.name(), code), Some(state.clone()), "{state:?}");
        }
        for (name, code) in
            [("returned", None), ("settled", Some("R01")), ("returned", Some("")), ("paid", None)]
        {
            assert_eq!(DebitState::stored(name, code), None, "{name} {code:?}");
        }
    }
}
