//! Why a use case did not do what was asked.

use std::borrow::Cow;

use paydesk_domain::wire::billing::AttemptView;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::WalletPlannedView;

use crate::clock::NoEntropy;
use crate::ports::processor::ProcessorError;
use crate::store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The rules refuse it: whoever asked is told why.
    #[error("refused: {}", .0.code.as_str())]
    Refused(Box<Refusal>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// The processor could not be asked, before any money was at stake.
    #[error(transparent)]
    Processor(#[from] ProcessorError),
    /// What is stored contradicts itself, or the rules.
    #[error("inconsistent: {0}")]
    Inconsistent(Cow<'static, str>),
}

/// A refusal by the rules.
#[derive(Debug)]
pub struct Refusal {
    /// The stable code.
    pub code: ErrorCode,
    /// What is wrong and what to do about it, for developers.
    pub detail: Cow<'static, str>,
    /// The field that is at fault.
    pub param: Option<Cow<'static, str>>,
    /// The try that stands in the way.
    pub attempt: Option<AttemptView>,
    /// The planned payments that stand in the way.
    pub planned: Vec<WalletPlannedView>,
    /// The kinds of what stands in the way.
    pub in_the_way: Vec<&'static str>,
    /// How many more codes can be tried.
    pub tries_left: Option<i64>,
    /// When to come back, in seconds, where that is known.
    pub retry_after_s: Option<u64>,
}

impl AppError {
    /// A refusal.
    pub fn refused(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(Box::new(Refusal {
            code,
            detail: detail.into(),
            param: None,
            attempt: None,
            planned: Vec::new(),
            in_the_way: Vec::new(),
            tries_left: None,
            retry_after_s: None,
        }))
    }

    /// True when nothing was done because too much was to be done at once: the same may be tried again.
    pub fn is_overload(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_overload())
    }

    /// True when nothing was done because of what others were doing: the same may be tried again.
    pub fn may_be_tried_again(&self) -> bool {
        matches!(self, Self::Store(error) if error.may_be_tried_again())
    }

    /// A refusal of one field.
    pub fn param(
        code: ErrorCode,
        param: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        match Self::refused(code, detail) {
            Self::Refused(refusal) => {
                Self::Refused(Box::new(Refusal { param: Some(param.into()), ..*refusal }))
            }
            other => other,
        }
    }

    /// A malformed field.
    pub fn invalid(param: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::param(ErrorCode::InvalidRequest, param, detail)
    }

    /// A refusal because of another try.
    pub fn because_of(code: ErrorCode, detail: &'static str, attempt: AttemptView) -> Self {
        match Self::refused(code, detail) {
            Self::Refused(refusal) => Self::Refused(Box::new(Refusal { attempt: Some(attempt), ..*refusal })),
            other => other,
        }
    }

    /// A refusal because of what is planned.
    pub fn planned(
        code: ErrorCode,
        detail: impl Into<Cow<'static, str>>,
        planned: Vec<WalletPlannedView>,
    ) -> Self {
        match Self::refused(code, detail) {
            Self::Refused(refusal) => Self::Refused(Box::new(Refusal { planned, ..*refusal })),
            other => other,
        }
    }

    /// A refusal because of what is open, by kind.
    pub fn in_the_way(code: ErrorCode, detail: &'static str, kinds: Vec<&'static str>) -> Self {
        match Self::refused(code, detail) {
            Self::Refused(refusal) => Self::Refused(Box::new(Refusal { in_the_way: kinds, ..*refusal })),
            other => other,
        }
    }

    /// The refusal of a code, and how many more can be tried.
    pub fn wrong_code(tries_left: i64) -> Self {
        match Self::param(ErrorCode::WrongCode, "code", "This is not the code that was sent.") {
            Self::Refused(refusal) => {
                Self::Refused(Box::new(Refusal { tries_left: Some(tries_left), ..*refusal }))
            }
            other => other,
        }
    }

    /// The same refusal with a time to come back, in seconds.
    #[must_use]
    pub fn after(self, seconds: u64) -> Self {
        match self {
            Self::Refused(refusal) => {
                Self::Refused(Box::new(Refusal { retry_after_s: Some(seconds), ..*refusal }))
            }
            other => other,
        }
    }

    /// Not there, or not theirs.
    pub fn not_found() -> Self {
        Self::refused(ErrorCode::NotFound, "There is nothing here, or nothing of yours.")
    }
}
