//! How an invoice may be paid, as its payer sees it: every payment with its day, before anything is agreed to.

use super::billing::wire;

/// Why a way to pay needs a method that is saved, or that is saved with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SavedMethodReason {
    /// Later installments are charged to it.
    Installments,
    /// Every period of a subscription is charged to it.
    Subscription,
}

impl SavedMethodReason {
    /// The reason as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Installments => "installments",
            Self::Subscription => "subscription",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Installments, Self::Subscription].into_iter().find(|reason| reason.as_str() == text)
    }
}

wire! {
    /// The ways in which an invoice may be paid.
    pub struct PlansView {
        /// Each of them, the full price first. None when what is on the invoice can no longer be bought as it was meant.
        pub options: Vec<PlanOptionView>,
    }

    /// One way to pay, with everything that it will cost and when.
    pub struct PlanOptionView {
        /// Names it in a confirm: `full`, or `icf_…/` and the place of the option.
        pub id: String,
        /// What is charged at checkout, minor units. Zero verifies the method and charges nothing.
        pub due_now: i64,
        /// What is charged later, in the order of the days.
        pub payments: Vec<PlannedView>,
        /// The subscriptions that begin with it. Their first charges are among the figures above.
        pub subscriptions: Vec<SubscriptionOfferView>,
        /// The sum of `due_now` and `payments`, minor units.
        pub total: i64,
        /// Why a saved method, or saving the new one, is needed; absent when it is not.
        pub needs_saved_method: Option<SavedMethodReason>,
        /// The saved cards that expire before their last payment.
        pub expiring: Vec<ExpiringView>,
        /// Stands for all of this: a confirm gives it back.
        pub schedule_hash: String,
    }

    /// A payment that is planned.
    pub struct PlannedView {
        /// The day, where the organization is: `2026-12-31`.
        pub due_on: String,
        /// Minor units.
        pub amount: i64,
    }

    /// A subscription that begins with a purchase.
    pub struct SubscriptionOfferView {
        /// What it is for.
        pub description: String,
        /// What a period costs, minor units.
        pub amount: i64,
        /// `week` or `month`.
        pub interval_unit: String,
        /// How many of them are a period.
        pub interval_count: u8,
        /// What the first charge is, minor units: less where it is for a part of a period.
        pub first_amount: i64,
        /// The day of the first charge; absent when it is made at checkout.
        pub first_on: Option<String>,
        /// The day of the charge after the first; absent when there is none.
        pub next_on: Option<String>,
        /// The last day on which it is charged; absent when it goes on until somebody ends it.
        pub ends_on: Option<String>,
    }

    /// A saved card that expires too early.
    pub struct ExpiringView {
        /// `pm_…`.
        pub method: String,
        /// The day of the first payment that it will not live to.
        pub missed_on: String,
    }

    /// The way to pay that a payer chose.
    pub struct PlanChoice {
        /// The option.
        pub option: String,
        /// The hash of what was shown.
        pub schedule_hash: String,
    }
}
