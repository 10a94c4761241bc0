//! The engine's figures and an attempt's own, as the pure rules of the domain take them.

use paydesk_domain::engine::{CallFault, Figures, Sends};

use crate::app::{App, millis};
use crate::ports::processor::ProcessorError;
use crate::store::{AttemptRow, RefundRow};

impl App {
    /// The figures that decisions about an attempt take.
    pub(super) fn figures(&self) -> Figures {
        let capabilities = self.processor.capabilities();
        Figures {
            lease_ms: millis(self.settings.lease),
            call_timeout_ms: millis(self.settings.call_timeout),
            first_look_up_after_ms: millis(self.settings.first_look_up_after),
            look_up_pause_ms_max: millis(self.settings.look_up_pause_max),
            key_window_ms: capabilities.idempotency.window_ms(),
            look_up: capabilities.look_up,
            visibility_lag_ms: capabilities.visibility_lag_ms,
        }
    }
}

impl From<&AttemptRow> for Sends {
    fn from(row: &AttemptRow) -> Self {
        Self {
            first_at_ms: row.first_sent_at_ms.unwrap_or(row.created_at_ms),
            last_at_ms: row.sent_at_ms.unwrap_or(row.created_at_ms),
            look_ups: u32::try_from(row.look_ups).unwrap_or(u32::MAX),
        }
    }
}

impl From<&RefundRow> for Sends {
    fn from(row: &RefundRow) -> Self {
        Self {
            first_at_ms: row.first_sent_at_ms.unwrap_or(row.created_at_ms),
            last_at_ms: row.sent_at_ms.unwrap_or(row.created_at_ms),
            look_ups: u32::try_from(row.look_ups).unwrap_or(u32::MAX),
        }
    }
}

impl From<&ProcessorError> for CallFault {
    fn from(error: &ProcessorError) -> Self {
        match error {
            ProcessorError::NotSent(_) => Self::NotSent,
            ProcessorError::Rejected(_) => Self::Rejected,
            ProcessorError::Unknown(_) => Self::Unknown,
        }
    }
}
