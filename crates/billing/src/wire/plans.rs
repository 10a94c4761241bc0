//! What is paid later: how things may be paid in parts, what was agreed to, and each payment with its day.

use paydesk_domain::card::Brand;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::text;
use crate::store::{MethodRow, PlanRow, PlannedRow};

/// The ways in which something may be paid in parts. They never change once they are made: what was agreed to refers to
/// them. Make others and name those on new invoices.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstallmentConfiguration {
    /// What you call it. Payers do not see it.
    pub name: String,
    /// The options that payers choose from, in the order in which they are shown. The full price at once is always offered besides.
    pub options: Vec<InstallmentOptionTerms>,
}

/// One way to pay in parts. Without `recurring` and `dates`, everything is paid on `initial_on`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstallmentOptionTerms {
    /// What is paid first for each line that it is offered for, minor units. Nothing when neither this nor
    /// `initial_basis_points` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_amount: Option<i64>,
    /// Or: what part of each line is paid first, in hundredths of a percent, 0 to 10000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_basis_points: Option<u16>,
    /// The day on which that is due, `2026-12-31`; at checkout when absent, and once that day has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_on: Option<String>,
    /// Equal installments at an interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring: Option<RecurringTerms>,
    /// Or: equal installments on these days. Those that are over or too near fall away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<String>>,
    /// Whether there are no installments after a line's `ends_on`.
    #[serde(default)]
    pub ends_with_activity: bool,
    /// Whether ten days lie between the purchase and the first future installment; yes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ten_day_rule: Option<bool>,
}

/// Installments at an interval. Without `first_on` and `first_day_of_month`, the first one is due an interval after the purchase.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurringTerms {
    /// How many there are at most, 1 to 120.
    pub count_max: u16,
    /// How long it is from one to the next.
    pub interval: IntervalTerms,
    /// The day of the first one. Where it is over or too near, the first day that the interval comes to from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_on: Option<String>,
    /// Or: the day of the month, 1 to 31; the last one of a month that has no such day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day_of_month: Option<i8>,
}

/// How long it is from one payment to the next.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalTerms {
    /// `week` or `month`.
    pub unit: String,
    /// How many of them: 1 to 52 weeks, 1 to 12 months.
    pub every: u8,
}

/// A subscription that a line of an invoice begins. The line's `amount` is the price of a whole period; what the line says
/// then is its first charge.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionTerms {
    /// How long a period is.
    pub interval: IntervalTerms,
    /// A day on which a period begins; the day of the purchase when absent. With it, the first charge is reckoned for the day on
    /// which the invoice is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// When it is charged for the first time.
    #[serde(default)]
    pub first_charge: FirstChargeTerms,
    /// Whether a first charge in the middle of a period is for the days that are left of it; the whole price when absent.
    #[serde(default)]
    pub prorated: bool,
    /// The last day on which it is charged; none when absent: it goes on until it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<String>,
}

/// When a subscription is charged for the first time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirstChargeTerms {
    /// At checkout.
    #[default]
    Now,
    /// On the first day of the next period.
    Later,
}

/// An installment configuration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstallmentConfigurationView {
    /// `icf_…`.
    pub id: String,
    /// What you call it.
    pub name: String,
    /// The options, in the order in which they are shown.
    pub options: Vec<InstallmentOptionTerms>,
    /// When it was made.
    pub created_at: String,
}

/// Which installment configurations.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InstallmentConfigurationsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What a payer agreed to pay later.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// `pln_…`.
    pub id: String,
    /// `installments` or `subscription`.
    pub kind: String,
    /// `pending` until the try that begins it is decided, then `active`, or `void` where that failed; `completed` when nothing
    /// is to come any more, `ended` when somebody ended it.
    pub status: String,
    /// Who pays.
    pub account: String,
    /// What was bought with it, `inv_…`.
    pub invoice: String,
    /// The try that begins it, `att_…`.
    pub attempt: String,
    /// The saved method that is charged, `pm_…`; or the card that is kept for this plan's payments alone, `plm_…`, which nothing else
    /// can name.
    pub payment_method: Option<String>,
    /// That card, where `payment_method` is one that is kept with the plan.
    pub kept_method: Option<KeptMethodView>,
    /// ISO 4217.
    pub currency: String,
    /// The hash of what the payer was shown.
    pub schedule_hash: String,
    /// When it was agreed to.
    pub created_at: String,
    /// When it began.
    pub began_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Why it ended.
    pub ended_because: Option<String>,
}

/// A card that is kept with a plan: its client had never signed in when an admin entered it, so that no wallet has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeptMethodView {
    /// The scheme.
    pub brand: Brand,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: Option<i64>,
    /// Four digits.
    pub exp_year: Option<i64>,
}

impl From<MethodRow> for KeptMethodView {
    fn from(row: MethodRow) -> Self {
        let MethodRow { brand, last4, exp_month, exp_year, .. } = row;
        Self { brand: Brand::parse(&brand), last4, exp_month, exp_year }
    }
}

impl PlanView {
    /// A plan as it is stored, and the card that is kept with it, if one is.
    pub fn from_parts(row: PlanRow, kept: Option<MethodRow>) -> Self {
        Self {
            kept_method: kept.map(KeptMethodView::from),
            id: row.id,
            kind: row.kind,
            status: row.status,
            account: row.account_id,
            invoice: row.invoice_id,
            attempt: row.attempt_id,
            payment_method: row.method_id,
            currency: row.currency,
            schedule_hash: row.schedule_hash,
            created_at: text::time(row.created_at_ms),
            began_at: row.began_at_ms.map(text::time),
            ended_at: row.ended_at_ms.map(text::time),
            ended_because: row.ended_because,
        }
    }
}

/// Which plans.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlansQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
    /// Only those in this state.
    pub status: Option<String>,
}

/// One payment of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlannedPaymentView {
    /// `ppm_…`.
    pub id: String,
    /// What it belongs to, `pln_…`.
    pub plan: String,
    /// `installment` or `recurring`.
    pub reason: String,
    /// Who pays.
    pub account: String,
    /// The method that is charged: a saved one, `pm_…`, or the card that is kept with its plan, `plm_…`.
    pub payment_method: Option<String>,
    /// What is paid, `inv_…`; absent for a period of a subscription that is not invoiced yet.
    pub invoice: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The day in the organization's time zone, `2026-12-31`.
    pub due_on: String,
    /// `planned`, `charging`, `processing` (a bank was asked), `paid`, `failed`, `skipped` (it was paid in another way) or `canceled`.
    pub status: String,
    /// Why it failed, was skipped or canceled.
    pub because: Option<String>,
    /// How often a charge was made of it.
    pub tries: i64,
    /// The first try of the newest charge, `att_…`.
    pub charge: Option<String>,
    /// When it was planned.
    pub created_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
}

impl From<PlannedRow> for PlannedPaymentView {
    fn from(row: PlannedRow) -> Self {
        Self {
            id: row.id,
            plan: row.plan_id,
            reason: row.initiation,
            account: row.account_id,
            payment_method: row.method_id,
            invoice: row.invoice_id,
            amount: row.amount,
            currency: row.currency,
            due_on: row.due_on,
            status: row.status,
            because: row.because,
            tries: row.tries,
            charge: row.attempt_id,
            created_at: text::time(row.created_at_ms),
            ended_at: row.ended_at_ms.map(text::time),
        }
    }
}

/// Which planned payments.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlannedPaymentsQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those of this account, `acc_…`.
    pub account: Option<String>,
    /// Only those that this method is charged for, `pm_…` or `plm_…`.
    pub payment_method: Option<String>,
    /// Only those of this plan, `pln_…`.
    pub plan: Option<String>,
    /// Only those in this state.
    pub status: Option<String>,
}

/// What is changed of a plan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPlan {
    /// The saved method of its client that is charged from now on, `pm_…`.
    pub payment_method: String,
}

/// What is changed of an installment. The invoice stays as it is: look at its balance afterwards.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPlannedPayment {
    /// Another day, `2026-12-31`: today or later, and none on which its plan has a payment already.
    pub due_on: Option<String>,
    /// Another amount, minor units. No more than what is owed is ever charged.
    pub amount: Option<i64>,
}
