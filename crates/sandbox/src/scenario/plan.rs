//! What all ordered faults together do to one call.

use std::time::Duration;

use super::{Action, DebitOrder, Moment, RefundOrder};
use crate::cards::decline::Decline;
use crate::error::ApiError;

/// What is to happen to one call.
#[derive(Debug, Default)]
pub struct Plan {
    /// Wait before the work.
    pub delay_before: Duration,
    /// Wait after the work.
    pub delay_after: Duration,
    /// Close the connection, and do nothing.
    pub drop_before: bool,
    /// Close the connection after the work.
    pub drop_after: bool,
    /// Answer this, and do nothing.
    pub refusal: Option<ApiError>,
    /// Answer this after the work.
    pub error_after: Option<ApiError>,
    /// Let the idempotency key remember that answer instead of the true one.
    pub error_is_remembered: bool,
    /// Let the bank refuse.
    pub decline: Option<Decline>,
    /// What is to become of a debit.
    pub debit: Option<Ordered<DebitOrder>>,
    /// What is to become of a refund.
    pub refund: Option<Ordered<RefundOrder>>,
}

/// An order, and the scenario that it is from.
#[derive(Debug)]
pub struct Ordered<T> {
    /// `scn_…`.
    pub scenario: String,
    /// The order.
    pub order: T,
}

impl Plan {
    /// Whether there is room for an action: one debit has one fate.
    pub const fn takes(&self, action: &Action) -> bool {
        match action {
            Action::Debit(_) => self.debit.is_none(),
            Action::Refund(_) => self.refund.is_none(),
            _ => true,
        }
    }

    /// The scenarios that the call had no use for.
    pub fn unused(self) -> impl Iterator<Item = String> {
        let debit = self.debit.map(|ordered| ordered.scenario);
        debit.into_iter().chain(self.refund.map(|ordered| ordered.scenario))
    }

    /// Adds one action of a scenario.
    pub fn add(&mut self, scenario: &str, action: &Action) {
        match action {
            Action::Delay { ms, when: Moment::Before } => self.delay_before += Duration::from_millis(*ms),
            Action::Delay { ms, when: Moment::After } => self.delay_after += Duration::from_millis(*ms),
            Action::DropAnswer { when: Moment::Before } => self.drop_before = true,
            Action::DropAnswer { when: Moment::After } => self.drop_after = true,
            Action::ServerError { status, when: Moment::Before, .. } => self.refusal = Some(fault(*status)),
            Action::ServerError { status, when: Moment::After, remembered } => {
                self.error_after = Some(fault(*status));
                self.error_is_remembered = *remembered;
            }
            Action::RateLimit => self.refusal = Some(ApiError::rate_limited()),
            Action::Decline { code } => self.decline = Some(Decline::by_code(code)),
            Action::Debit(order) => {
                self.debit = Some(Ordered { scenario: scenario.to_owned(), order: order.clone() });
            }
            Action::Refund(order) => {
                self.refund = Some(Ordered { scenario: scenario.to_owned(), order: order.clone() });
            }
        }
    }
}

fn fault(status: u16) -> ApiError {
    ApiError::api(status, "An unknown error occurred (ordered by a scenario).")
}
