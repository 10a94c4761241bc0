//! What all ordered faults together do to one call.

use std::time::Duration;

use super::{Action, Moment};
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
}

impl Plan {
    /// Adds one action.
    pub fn add(&mut self, action: &Action) {
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
        }
    }
}

fn fault(status: u16) -> ApiError {
    ApiError::api(status, "An unknown error occurred (ordered by a scenario).")
}
