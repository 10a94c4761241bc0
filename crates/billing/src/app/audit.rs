//! What goes into the audit log: one entry for each thing that changed, in the transaction that changes it.
//!
//! An entry holds ids, amounts and states. Names, addresses, card data, tokens and secrets do not go in: what is in the
//! chain cannot be taken out again.

use paydesk_domain::attempt::AttemptState;
use paydesk_domain::id::AuditEntryId;
use serde_json::{Value, json};

use crate::app::AppError;
use crate::clock::Mint;
use crate::store::{AttemptRow, NewAuditEntry, OrgTx};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An organization was made.
    OrganizationCreated,
    /// A page's origin may embed the checkout from now on.
    OriginRegistered,
    /// A key for an organization's server was made.
    ApiKeyCreated,
    /// A key for an organization's server was ended.
    ApiKeyRevoked,
    /// A client was made.
    ClientCreated,
    /// An invoice was made.
    InvoiceCreated,
    /// A checkout session was made.
    SessionCreated,
    /// A session got a secret, its first or another.
    SessionSecretIssued,
    /// A payment method came into a wallet.
    MethodSaved,
    /// An organization may charge a method from now on.
    AuthorizationGiven,
    /// A try to pay was taken on.
    AttemptCreated,
    /// Money was taken.
    AttemptSucceeded,
    /// The processor refused.
    AttemptDeclined,
    /// It never reached the processor.
    AttemptFailed,
    /// The answer was lost.
    AttemptInDoubt,
    /// The processor has no record of it: it is sent again under the same key.
    AttemptAbsent,
    /// A debit's money came.
    DebitSettled,
    /// A bank refused a debit or took its money back.
    DebitReturned,
    /// A debit was called off.
    DebitCanceled,
    /// A payer agreed to be debited.
    MandateAccepted,
    /// An agreement ended.
    MandateEnded,
    /// Another try was planned.
    RetryPlanned,
    /// Somebody was asked to look.
    ActionItemOpened,
    /// Somebody has seen to it.
    ActionItemDismissed,
}

impl Action {
    /// The action as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrganizationCreated => "organization.created",
            Self::OriginRegistered => "origin.registered",
            Self::ApiKeyCreated => "api_key.created",
            Self::ApiKeyRevoked => "api_key.revoked",
            Self::ClientCreated => "client.created",
            Self::InvoiceCreated => "invoice.created",
            Self::SessionCreated => "checkout_session.created",
            Self::SessionSecretIssued => "checkout_session.secret_issued",
            Self::MethodSaved => "payment_method.saved",
            Self::AuthorizationGiven => "authorization.given",
            Self::AttemptCreated => "attempt.created",
            Self::AttemptSucceeded => "attempt.succeeded",
            Self::AttemptDeclined => "attempt.declined",
            Self::AttemptFailed => "attempt.failed_before_send",
            Self::AttemptInDoubt => "attempt.in_doubt",
            Self::AttemptAbsent => "attempt.absent",
            Self::DebitSettled => "debit.settled",
            Self::DebitReturned => "debit.returned",
            Self::DebitCanceled => "debit.canceled",
            Self::MandateAccepted => "mandate.accepted",
            Self::MandateEnded => "mandate.ended",
            Self::RetryPlanned => "retry.planned",
            Self::ActionItemOpened => "action_item.opened",
            Self::ActionItemDismissed => "action_item.dismissed",
        }
    }

    /// Whether what was wanted came about.
    const fn outcome(self) -> &'static str {
        match self {
            Self::AttemptDeclined | Self::AttemptFailed | Self::AttemptAbsent | Self::DebitReturned => {
                "failure"
            }
            Self::AttemptInDoubt => "unknown",
            _ => "success",
        }
    }

    /// What leads an attempt into a state. `None` for one that is only being sent: nothing is known of it yet.
    const fn leading_to(state: &AttemptState) -> Option<Self> {
        match state {
            AttemptState::Created => Some(Self::AttemptAbsent),
            AttemptState::Sending => None,
            AttemptState::Succeeded(_) => Some(Self::AttemptSucceeded),
            AttemptState::Declined(_) => Some(Self::AttemptDeclined),
            AttemptState::FailedBeforeSend(_) => Some(Self::AttemptFailed),
            AttemptState::InDoubt => Some(Self::AttemptInDoubt),
        }
    }
}

/// Notes what happened to a subject, for the moment when the transaction commits.
///
/// # Errors
/// When there are no random bytes.
pub(super) fn note(
    tx: &mut OrgTx,
    mint: &Mint,
    action: Action,
    subject: &str,
    detail: Value,
) -> Result<(), AppError> {
    tx.audit(NewAuditEntry {
        id: mint.id(AuditEntryId::new)?.as_str().to_owned(),
        at_ms: mint.now_ms(),
        action: action.as_str(),
        subject: subject.to_owned(),
        outcome: action.outcome(),
        detail: detail.to_string(),
    });
    Ok(())
}

/// Notes that an attempt came into another state.
///
/// # Errors
/// When there are no random bytes.
pub(super) fn note_attempt(
    tx: &mut OrgTx,
    mint: &Mint,
    row: &AttemptRow,
    before: &AttemptState,
    after: &AttemptState,
) -> Result<(), AppError> {
    let Some(action) = Action::leading_to(after).filter(|_| before != after) else {
        return Ok(());
    };
    let mut detail = attempt_detail(row);
    detail["from"] = json!(before.name());
    match after {
        AttemptState::Declined(decline) => detail["decline"] = json!(decline.code()),
        AttemptState::FailedBeforeSend(why) => detail["failure"] = json!(why),
        _ => {}
    }
    note(tx, mint, action, &row.id, detail)
}

/// What every entry about an attempt says.
pub(super) fn attempt_detail(row: &AttemptRow) -> Value {
    json!({
        "invoice": row.invoice_id,
        "session": row.session_id,
        "amount": row.amount,
        "currency": row.currency,
    })
}
