//! Tries to charge, and charges without their payer.

use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::stored_credential::MerchantReason;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::text;
use crate::app::view::AttemptSide;
use crate::store::AttemptRow;

/// A charge of a saved method without its payer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCharge {
    /// What is owed, `inv_…`.
    pub invoice: String,
    /// Which saved method, `pm_…`. This organization must be authorized for it.
    pub payment_method: String,
    /// Minor units; everything that is payable when absent.
    pub amount: Option<i64>,
    /// What the payer agreed to earlier.
    pub reason: ChargeReason,
    /// When it is sent, RFC 3339; at once when absent.
    pub due_at: Option<String>,
}

/// What a payer agreed to earlier.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeReason {
    /// A part of a purchase.
    Installment,
    /// A subscription.
    Recurring,
    /// A balance or a purchase without a fixed day.
    Unscheduled,
}

impl From<ChargeReason> for MerchantReason {
    fn from(reason: ChargeReason) -> Self {
        match reason {
            ChargeReason::Installment => Self::Installment,
            ChargeReason::Recurring => Self::Recurring,
            ChargeReason::Unscheduled => Self::Unscheduled,
        }
    }
}

/// A try to charge, whoever started it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChargeView {
    /// `att_…`.
    pub id: String,
    /// `created`, `sending`, `in_doubt`, `requires_action` (the payer's bank asks them to prove who they are), `succeeded`,
    /// `declined` or `failed_before_send`.
    pub status: String,
    /// Who pays.
    pub account: String,
    /// What is paid.
    pub invoice: String,
    /// Minor units; 0 where credit alone paid.
    pub amount: i64,
    /// How much account credit it uses besides, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// `card`, `ach` or `pad`; `credit` where that alone paid.
    pub kind: String,
    /// Who started it: `payer`, `installment`, `recurring`, `unscheduled` or `resubmission`.
    pub initiation: String,
    /// The first try of this debt.
    pub origin: String,
    /// Why it was refused.
    pub decline_code: Option<String>,
    /// Why it never reached the processor.
    pub failure: Option<String>,
    /// The admin who acted for the client, by the organization's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// The payment that it led to, `pay_…`.
    pub payment: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<String>,
    /// When it is or was due.
    pub due_at: String,
    /// When it was made.
    pub created_at: String,
}

impl ChargeView {
    /// An attempt with what stands beside it.
    pub fn from_parts(row: AttemptRow, side: AttemptSide) -> Self {
        Self {
            id: row.id,
            status: match row.challenge_url {
                Some(_) => AttemptStatus::RequiresAction.as_str().to_owned(),
                None => row.status,
            },
            account: row.account_id,
            invoice: row.invoice_id,
            amount: row.amount,
            credit: (row.credit != 0).then_some(row.credit),
            currency: row.currency,
            kind: row.kind,
            initiation: row.initiation,
            origin: row.origin_id,
            decline_code: row.decline_code,
            failure: row.failure,
            admin: side.admin,
            payment: side.payment,
            retry_at: side.retry_at_ms.map(text::time),
            due_at: text::time(row.due_at_ms),
            created_at: text::time(row.created_at_ms),
        }
    }
}

/// Which tries to charge.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChargesQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this invoice, `inv_…`.
    pub invoice: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
    /// Only those in this state.
    pub status: Option<String>,
}
