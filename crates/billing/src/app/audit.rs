//! What goes into the audit log: one entry for each thing that changed, in the transaction that changes it.
//!
//! An entry holds ids, amounts and states. Names, addresses, card data, tokens and secrets do not go in: what is in the
//! chain cannot be taken out again.

use paydesk_domain::attempt::AttemptState;
use paydesk_domain::id::AuditEntryId;
use paydesk_domain::refund::RefundState;
use serde_json::{Value, json};

use crate::app::AppError;
use crate::clock::Mint;
use crate::store::{AttemptRow, NewAuditEntry, OrgTx, RefundRow};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An organization was made.
    OrganizationCreated,
    /// An organization's settings changed.
    OrganizationChanged,
    /// A page's origin may embed the checkout from now on.
    OriginRegistered,
    /// A page's origin may embed the checkout no more.
    OriginRemoved,
    /// A key for an organization's server was made.
    ApiKeyCreated,
    /// A key for an organization's server was ended.
    ApiKeyRevoked,
    /// Endpoints' secrets were sealed with another key.
    SecretsResealed,
    /// What was agreed to and has been over for long was wiped.
    RecordWiped,
    /// A client was made.
    ClientCreated,
    /// What is known of a client was changed.
    ClientChanged,
    /// What is known of somebody in an account was changed.
    PersonChanged,
    /// What is known of a client was emptied.
    ClientErased,
    /// An invoice was made.
    InvoiceCreated,
    /// A client was given credit.
    CreditCreated,
    /// Credit paid lines of an invoice.
    CreditUsed,
    /// Credit that a try held is free again.
    CreditReleased,
    /// A checkout session was made.
    SessionCreated,
    /// A session got a secret, its first or another.
    SessionSecretIssued,
    /// A wallet session was made.
    WalletSessionCreated,
    /// A wallet session got a secret, its first or another.
    WalletSessionSecretIssued,
    /// A payment method came into a wallet.
    MethodSaved,
    /// A saved method has another billing address.
    MethodAddressKept,
    /// A saved card is to be brought up to date.
    MethodUpdateBegun,
    /// A saved card was brought up to date.
    MethodUpdated,
    /// A saved card could not be brought up to date.
    MethodUpdateRefused,
    /// The processor let go of the card that was replaced.
    MethodDetached,
    /// A bank corrected an account.
    MethodCorrected,
    /// An organization may charge a method from now on.
    AuthorizationGiven,
    /// An organization may charge a method no more.
    AuthorizationRevoked,
    /// A try to pay was taken on.
    AttemptCreated,
    /// Money was taken.
    AttemptSucceeded,
    /// The processor refused.
    AttemptDeclined,
    /// It never reached the processor.
    AttemptFailed,
    /// Nothing was sent, as the processor was not reached: it waits.
    AttemptKeptBack,
    /// A payer's bank asked them to prove who they are.
    AttemptChallenged,
    /// That was called off, or its time was over: the processor is told to cancel it.
    AttemptGivenUp,
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
    /// Money is to go back.
    RefundCreated,
    /// The processor took the order: the money is on its way.
    RefundPending,
    /// The processor calls it done.
    RefundSucceeded,
    /// It was under way, and the money did not arrive.
    RefundFailed,
    /// The processor would not do it.
    RefundRefused,
    /// It never reached the processor.
    RefundNotSent,
    /// The answer to it was lost.
    RefundInDoubt,
    /// The processor has no record of it: it is sent again under the same key.
    RefundAbsent,
    /// A payer agreed to be debited.
    MandateAccepted,
    /// An agreement ended.
    MandateEnded,
    /// Ways to pay in parts were made.
    ConfigurationCreated,
    /// A card is kept for what it pays later, and for nothing else.
    PlanMethodKept,
    /// A payer agreed to pay later, with a try that is not decided yet.
    PlanAgreed,
    /// The try that begins a plan succeeded.
    PlanStarted,
    /// The try that begins a plan came to nothing.
    PlanVoided,
    /// Nothing is to come of a plan any more.
    PlanCompleted,
    /// Somebody ended a plan.
    PlanEnded,
    /// What is to come of a plan is charged to another method.
    PlanUpdated,
    /// A planned payment fell due: a charge was made of it.
    PlannedCharged,
    /// A planned payment was paid.
    PlannedPaid,
    /// A planned payment failed.
    PlannedFailed,
    /// A planned payment was paid in another way.
    PlannedSkipped,
    /// A planned payment has another day or amount.
    PlannedUpdated,
    /// A planned payment was called off.
    PlannedCanceled,
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
            Self::OrganizationChanged => "organization.changed",
            Self::OriginRegistered => "origin.registered",
            Self::OriginRemoved => "origin.removed",
            Self::ApiKeyCreated => "api_key.created",
            Self::ApiKeyRevoked => "api_key.revoked",
            Self::SecretsResealed => "webhook_secrets.resealed",
            Self::ClientCreated => "client.created",
            Self::ClientChanged => "client.changed",
            Self::PersonChanged => "person.changed",
            Self::ClientErased => "client.erased",
            Self::InvoiceCreated => "invoice.created",
            Self::CreditCreated => "credit.created",
            Self::CreditUsed => "credit.used",
            Self::CreditReleased => "credit.released",
            Self::SessionCreated => "checkout_session.created",
            Self::SessionSecretIssued => "checkout_session.secret_issued",
            Self::WalletSessionCreated => "wallet_session.created",
            Self::WalletSessionSecretIssued => "wallet_session.secret_issued",
            Self::MethodCorrected => "payment_method.corrected",
            Self::MethodSaved => "payment_method.saved",
            Self::MethodAddressKept => "payment_method.address_kept",
            Self::MethodUpdateBegun => "payment_method.update_begun",
            Self::MethodUpdated => "payment_method.updated",
            Self::MethodUpdateRefused => "payment_method.update_refused",
            Self::MethodDetached => "payment_method.detached",
            Self::AuthorizationGiven => "authorization.given",
            Self::RecordWiped => "record.wiped",
            Self::AuthorizationRevoked => "authorization.revoked",
            Self::AttemptCreated => "attempt.created",
            Self::AttemptSucceeded => "attempt.succeeded",
            Self::AttemptDeclined => "attempt.declined",
            Self::AttemptFailed => "attempt.failed_before_send",
            Self::AttemptKeptBack => "attempt.kept_back",
            Self::AttemptInDoubt => "attempt.in_doubt",
            Self::AttemptChallenged => "attempt.challenged",
            Self::AttemptGivenUp => "attempt.given_up",
            Self::AttemptAbsent => "attempt.absent",
            Self::DebitSettled => "debit.settled",
            Self::DebitReturned => "debit.returned",
            Self::DebitCanceled => "debit.canceled",
            Self::RefundCreated => "refund.created",
            Self::RefundPending => "refund.pending",
            Self::RefundSucceeded => "refund.succeeded",
            Self::RefundFailed => "refund.failed",
            Self::RefundRefused => "refund.refused",
            Self::RefundNotSent => "refund.failed_before_send",
            Self::RefundInDoubt => "refund.in_doubt",
            Self::RefundAbsent => "refund.absent",
            Self::MandateAccepted => "mandate.accepted",
            Self::MandateEnded => "mandate.ended",
            Self::ConfigurationCreated => "installment_configuration.created",
            Self::PlanMethodKept => "plan_method.kept",
            Self::PlanAgreed => "plan.agreed",
            Self::PlanStarted => "plan.started",
            Self::PlanVoided => "plan.voided",
            Self::PlanCompleted => "plan.completed",
            Self::PlanEnded => "plan.ended",
            Self::PlanUpdated => "plan.updated",
            Self::PlannedCharged => "planned_payment.charged",
            Self::PlannedPaid => "planned_payment.paid",
            Self::PlannedFailed => "planned_payment.failed",
            Self::PlannedSkipped => "planned_payment.skipped",
            Self::PlannedUpdated => "planned_payment.updated",
            Self::PlannedCanceled => "planned_payment.canceled",
            Self::RetryPlanned => "retry.planned",
            Self::ActionItemOpened => "action_item.opened",
            Self::ActionItemDismissed => "action_item.dismissed",
        }
    }

    /// Whether what was wanted came about.
    const fn outcome(self) -> &'static str {
        match self {
            Self::AttemptDeclined | Self::AttemptFailed | Self::AttemptKeptBack | Self::AttemptAbsent => {
                "failure"
            }
            Self::DebitReturned => "failure",
            Self::RefundFailed | Self::RefundRefused | Self::RefundNotSent | Self::RefundAbsent => "failure",
            Self::PlanVoided | Self::PlannedFailed | Self::MethodUpdateRefused => "failure",
            Self::AttemptInDoubt | Self::AttemptChallenged | Self::AttemptGivenUp | Self::RefundInDoubt => {
                "unknown"
            }
            _ => "success",
        }
    }

    /// What leads a refund into a state. `None` for one that is only being sent.
    const fn leading_refund_to(state: &RefundState) -> Option<Self> {
        match state {
            RefundState::Created => Some(Self::RefundAbsent),
            RefundState::Sending => None,
            RefundState::InDoubt => Some(Self::RefundInDoubt),
            RefundState::Pending(_) => Some(Self::RefundPending),
            RefundState::Succeeded(_) => Some(Self::RefundSucceeded),
            RefundState::Failed(_) => Some(Self::RefundFailed),
            RefundState::Refused(_) => Some(Self::RefundRefused),
            RefundState::FailedBeforeSend(_) => Some(Self::RefundNotSent),
        }
    }

    /// What leads an attempt from one state into another. `None` for one that is only being sent: nothing is known of it yet.
    const fn leading(before: &AttemptState, after: &AttemptState) -> Option<Self> {
        match (before, after) {
            (AttemptState::Sending, AttemptState::Created) => Some(Self::AttemptKeptBack),
            (_, AttemptState::Created) => Some(Self::AttemptAbsent),
            (_, AttemptState::Sending) => None,
            (_, AttemptState::Succeeded(_)) => Some(Self::AttemptSucceeded),
            (_, AttemptState::Declined(_)) => Some(Self::AttemptDeclined),
            (_, AttemptState::FailedBeforeSend(_)) => Some(Self::AttemptFailed),
            (_, AttemptState::InDoubt) => Some(Self::AttemptInDoubt),
            (_, AttemptState::Challenged(_)) => Some(Self::AttemptChallenged),
            (_, AttemptState::GivingUp(_)) => Some(Self::AttemptGivenUp),
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
    let Some(action) = Action::leading(before, after).filter(|_| before != after) else {
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
    let mut detail = json!({
        "invoice": row.invoice_id,
        "session": row.session_id,
        "amount": row.amount,
        "currency": row.currency,
    });
    if row.credit != 0 {
        detail["credit"] = json!(row.credit);
    }
    detail
}

/// Notes that a refund came into another state.
///
/// # Errors
/// When there are no random bytes.
pub(super) fn note_refund(
    tx: &mut OrgTx,
    mint: &Mint,
    row: &RefundRow,
    before: &RefundState,
    after: &RefundState,
) -> Result<(), AppError> {
    let Some(action) = Action::leading_refund_to(after).filter(|_| before != after) else {
        return Ok(());
    };
    let mut detail = refund_detail(row);
    detail["from"] = json!(before.name());
    if !after.holds_its_amount() {
        detail["code"] = json!(after.detail());
    }
    note(tx, mint, action, &row.id, detail)
}

/// What every entry about a refund says.
pub(super) fn refund_detail(row: &RefundRow) -> Value {
    json!({
        "payment": row.payment_id,
        "kind": row.kind,
        "amount": row.amount,
        "currency": row.currency,
    })
}
