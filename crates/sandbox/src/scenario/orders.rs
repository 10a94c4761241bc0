//! What a test may order to become of a debit or a refund.

use serde::{Deserialize, Serialize};

use crate::banks::fate::{Correction, Ending, Fate};
use crate::banks::{Rail, ReturnCode};
use crate::error::ApiError;

/// Longer than any return takes, and short enough to be counted: 400 days, in seconds.
const AFTER_S_MAX: i64 = 400 * DAY_S;
const DAY_S: i64 = 24 * 60 * 60;

/// What is to become of a debit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebitOrder {
    /// How it ends.
    pub outcome: DebitOutcome,
    /// The bank's code, where it fails or comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ReturnCode>,
    /// When it settles, in seconds after it was accepted; without it, when its rail is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle_after_s: Option<i64>,
    /// In seconds: of a debit that comes back, when, after it settled; of others, as `settle_after_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_s: Option<i64>,
    /// What the bank corrects when it settles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_of_change: Option<Correction>,
}

/// How a debit is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DebitOutcome {
    /// It settles.
    Settle,
    /// The bank refuses it.
    Fail,
    /// It settles, and comes back.
    Return,
    /// Nothing is ever heard of it.
    Stay,
}

/// What is to become of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundOrder {
    /// How it ends.
    pub outcome: RefundOutcome,
    /// Why it fails.
    #[serde(default = "declined")]
    pub reason: String,
    /// When, in seconds after it was made; without it, when the set-up says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_s: Option<i64>,
}

/// How a refund is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundOutcome {
    /// It is on its way at first, and arrives.
    Settle,
    /// It is on its way at first, and fails.
    Fail,
}

fn declined() -> String {
    "declined".to_owned()
}

/// The reasons for which a refund may fail.
const REFUND_REASONS: [&str; 7] = [
    "charge_for_pending_refund_disputed",
    "declined",
    "expired_or_canceled_card",
    "insufficient_funds",
    "lost_or_stolen_card",
    "merchant_request",
    "unknown",
];

fn is_soon(after_s: Option<i64>) -> bool {
    after_s.is_none_or(|after_s| (0..=AFTER_S_MAX).contains(&after_s))
}

impl DebitOrder {
    /// What is wrong with it, if anything.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        if !is_soon(self.after_s) || !is_soon(self.settle_after_s) {
            return Err("`after_s` and `settle_after_s` are from 0 to 400 days");
        }
        if self.notice_of_change.as_ref().is_some_and(|correction| !correction.is_sound()) {
            return Err("a notice of change has a `routing_number`, a `last4`, or both");
        }
        match (self.outcome, &self.code) {
            (DebitOutcome::Fail | DebitOutcome::Return, None) => {
                Err("a debit that fails or returns has a `code`")
            }
            (DebitOutcome::Settle | DebitOutcome::Stay, Some(_)) => {
                Err("a debit that settles or stays has no `code`")
            }
            (DebitOutcome::Return, Some(code)) if self.returns_too_late(code.rail()) => {
                Err("a debit comes back within 60 days (ACH) or 90 days (Canadian) after it settled")
            }
            _ => Ok(()),
        }
    }

    fn returns_too_late(&self, rail: Rail) -> bool {
        let days_max = i64::try_from(rail.return_days_max()).unwrap_or(0);
        self.after_s.is_some_and(|after_s| after_s > days_max * DAY_S)
    }

    /// What becomes of a debit on this rail.
    ///
    /// # Errors
    /// 400 when the code is of the other rail: an order that cannot be carried out is not passed over.
    pub fn fate(self, rail: Rail) -> Result<Fate, ApiError> {
        if let Some(code) = self.code.as_ref().filter(|code| code.rail() != rail) {
            let message = format!(
                "The scenario orders the code {}, which {} does not have.",
                code.as_str(),
                rail.kind()
            );
            return Err(ApiError::invalid(message));
        }
        let sooner = self.settle_after_s.or(self.after_s);
        let (ending, settle_after_s) = match (self.outcome, self.code) {
            (DebitOutcome::Fail, Some(code)) => (Ending::Fails(code.refusal()), sooner),
            (DebitOutcome::Return, Some(code)) => {
                (Ending::ComesBack { code, after_s: self.after_s }, self.settle_after_s)
            }
            (DebitOutcome::Stay, _) => (Ending::Stays, None),
            (DebitOutcome::Settle | DebitOutcome::Fail | DebitOutcome::Return, _) => {
                (Ending::Settles, sooner)
            }
        };
        Ok(Fate { ending, settle_after_s, correction: self.notice_of_change })
    }
}

impl RefundOrder {
    /// What is wrong with it, if anything.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        if !is_soon(self.after_s) {
            return Err("`after_s` is from 0 to 400 days");
        }
        if !REFUND_REASONS.contains(&self.reason.as_str()) {
            return Err("`reason` is not one for which a refund fails");
        }
        Ok(())
    }
}
