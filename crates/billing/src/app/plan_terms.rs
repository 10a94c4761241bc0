//! From the terms of plans as they travel and are stored to those that the rules take, and back.

use std::borrow::Cow;

use jiff::civil::Date;
use paydesk_domain::plan::{
    First, FirstCharge, Future, Initial, InstallmentConfiguration, InstallmentOption, Interval, Recurrence,
    Share, Subscription, Unit,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::{AppError, text};
use crate::wire::{
    FirstChargeTerms, InstallmentOptionTerms, IntervalTerms, RecurringTerms, SubscriptionTerms,
};

/// A part of a payment that is meant for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// `itm_…`.
    pub(super) item: String,
    /// Minor units, above zero.
    pub(super) amount: i64,
}

/// A payment that was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AgreedPayment {
    /// The day where the organization is.
    pub(super) due_on: String,
    /// Which lines it pays.
    pub(super) lines: Vec<Line>,
}

impl AgreedPayment {
    /// Minor units.
    pub(super) fn amount(&self) -> i64 {
        sum(&self.lines)
    }
}

/// What is stored of an agreement to pay in parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AgreedInstallments {
    /// The option that was chosen.
    pub(super) option: String,
    /// What is paid later.
    pub(super) payments: Vec<AgreedPayment>,
}

/// What is stored of an agreement to a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AgreedSubscription {
    /// The line that it begins with.
    pub(super) item: String,
    /// What it is for.
    pub(super) description: String,
    /// Who takes part.
    pub(super) participant: Option<String>,
    /// What a period costs, minor units.
    pub(super) price: i64,
    /// What periods are counted in.
    pub(super) unit: String,
    /// How many of them are one.
    pub(super) every: u8,
    /// The day from which periods are counted.
    pub(super) anchor: String,
    /// The first charge, where it is not made at checkout.
    pub(super) first: Option<AgreedPayment>,
    /// The first charge, minor units.
    pub(super) first_amount: i64,
    /// The number of the period that is charged after the first charge.
    pub(super) next: i64,
    /// The last day on which it is charged.
    pub(super) ends_on: Option<String>,
}

impl AgreedSubscription {
    /// The day of the charge that comes `later` charges after the first one; `None` once it has ended.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub(super) fn charged_on(&self, later: i64) -> Result<Option<Date>, AppError> {
        let odd = || AppError::Inconsistent("a subscription that cannot be read".into());
        let unit = Unit::parse(&self.unit).ok_or_else(odd)?;
        let interval = Interval::new(unit, self.every).ok_or_else(odd)?;
        let anchor = text::read_date("anchor", &self.anchor).map_err(|_| odd())?;
        let day = Recurrence::from_anchor(anchor, interval).nth(self.next + later - 1).map_err(|_| odd())?;
        // Days that are written in this way sort as they are.
        Ok(Some(day).filter(|day| self.ends_on.as_ref().is_none_or(|last| day.to_string() <= *last)))
    }
}

/// The sum of some lines, minor units.
pub(super) fn sum(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.amount).fold(0, i64::saturating_add)
}

/// Something as it is stored.
pub(super) fn stored<T: Serialize>(terms: &T) -> String {
    serde_json::to_string(terms).unwrap_or_default()
}

/// Reads what was stored.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_stored<T: DeserializeOwned>(terms: &str) -> Result<T, AppError> {
    serde_json::from_str(terms).map_err(|_| AppError::Inconsistent("terms that cannot be read".into()))
}

/// The configuration that some options are.
///
/// # Errors
/// A refusal that names the option.
pub(super) fn configuration(
    options: &[InstallmentOptionTerms],
) -> Result<InstallmentConfiguration, AppError> {
    let read: Result<Vec<_>, _> =
        options.iter().enumerate().map(|(index, terms)| option(format!("options[{index}]"), terms)).collect();
    InstallmentConfiguration::new(read?).map_err(|error| AppError::invalid("options", error.to_string()))
}

fn option(param: String, terms: &InstallmentOptionTerms) -> Result<InstallmentOption, AppError> {
    let invalid = |detail: &'static str| AppError::invalid(param.clone(), detail);
    let initial = match (terms.initial_amount, terms.initial_basis_points) {
        (Some(_), Some(_)) => return Err(invalid("Give either initial_amount or initial_basis_points.")),
        (None, Some(points)) => {
            Initial::Share(Share::new(points).ok_or_else(|| invalid("initial_basis_points are 0 to 10000."))?)
        }
        (amount, None) => Initial::PerItem(amount.unwrap_or_default()),
    };
    let day = |name: &str, day: &str| text::read_date(format!("{param}.{name}"), day);
    let initial_on = terms.initial_on.as_deref().map(|on| day("initial_on", on)).transpose()?;
    let future = match (&terms.recurring, &terms.dates) {
        (Some(_), Some(_)) => return Err(invalid("Give either recurring or dates.")),
        (Some(recurring), None) => future(&param, recurring)?,
        (None, Some(dates)) => Future::On(dates.iter().map(|on| day("dates", on)).collect::<Result<_, _>>()?),
        (None, None) => Future::Nothing,
    };
    let ten_day_rule = terms.ten_day_rule.unwrap_or(true);
    InstallmentOption::new(initial, initial_on, future, terms.ends_with_activity, ten_day_rule)
        .map_err(|error| AppError::invalid(param, error.to_string()))
}

fn future(param: &str, terms: &RecurringTerms) -> Result<Future, AppError> {
    let first = match (&terms.first_on, terms.first_day_of_month) {
        (Some(_), Some(_)) => {
            let detail = "Give either first_on or first_day_of_month.";
            return Err(AppError::invalid(format!("{param}.recurring"), detail));
        }
        (Some(on), None) => First::On(text::read_date(format!("{param}.recurring.first_on"), on)?),
        (None, Some(day)) => First::DayOfMonth(day),
        (None, None) => First::AfterInterval,
    };
    let interval = interval(format!("{param}.recurring.interval"), &terms.interval)?;
    Ok(Future::Recurring { count_max: terms.count_max, interval, first })
}

fn interval(param: impl Into<Cow<'static, str>>, terms: &IntervalTerms) -> Result<Interval, AppError> {
    Unit::parse(&terms.unit)
        .and_then(|unit| Interval::new(unit, terms.every))
        .ok_or_else(|| AppError::invalid(param, "1 to 52 of unit week, or 1 to 12 of unit month."))
}

/// The subscription that some terms are.
///
/// # Errors
/// A refusal that names the field under `param`.
pub(super) fn subscription(param: &str, terms: &SubscriptionTerms) -> Result<Subscription, AppError> {
    let day = |name: &str, day: &Option<String>| {
        day.as_deref().map(|day| text::read_date(format!("{param}.{name}"), day)).transpose()
    };
    Ok(Subscription {
        interval: interval(format!("{param}.interval"), &terms.interval)?,
        anchor: day("anchor", &terms.anchor)?,
        first: match terms.first_charge {
            FirstChargeTerms::Now => FirstCharge::Now,
            FirstChargeTerms::Later => FirstCharge::Later,
        },
        is_prorated: terms.prorated,
        ends_on: day("ends_on", &terms.ends_on)?,
    })
}
