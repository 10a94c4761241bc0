//! What may be said of an organization: read alike when it is made and when it is changed.

use jiff::tz::TimeZone;
use paydesk_domain::money::Currency;
use paydesk_domain::security_code::SecurityCodePolicy;

use crate::app::create_invoice::AMOUNT_MAX;
use crate::app::{AppError, text};

const NAME_CHARACTERS_MAX: usize = 200;
const LOCALE_CHARACTERS_MAX: usize = 35;
const CONTACT_CHARACTERS_MAX: usize = 300;
/// The largest cap on what is given back of one bank debit, minor units: the largest amount of an invoice's line.
const DEBIT_REFUND_MAX: i64 = 1_000_000_000;
/// Two years after the end, as Nacha's rules and Regulation E ask. The database refuses anything sooner.
const RECORDS_KEPT_DAYS_MIN: i64 = 731;
const RECORDS_KEPT_DAYS_MAX: i64 = 36_525;

/// Its name.
pub(super) fn name(text: &str) -> Result<String, AppError> {
    text::required("name", text, NAME_CHARACTERS_MAX)
}

/// ISO 4217.
pub(super) fn currency(text: &str) -> Result<String, AppError> {
    let currency: Currency =
        text.parse().map_err(|_| AppError::invalid("currency", "Three letters, such as CAD."))?;
    Ok(currency.code().to_owned())
}

/// IANA.
pub(super) fn time_zone(text: &str) -> Result<String, AppError> {
    TimeZone::get(text)
        .map_err(|_| AppError::invalid("time_zone", "An IANA time zone, such as America/Toronto."))?;
    Ok(text.to_owned())
}

/// BCP 47.
pub(super) fn locale(text: &str) -> Result<String, AppError> {
    text::required("locale", text, LOCALE_CHARACTERS_MAX)
}

/// ISO 3166-1 alpha-2.
pub(super) fn country(text: &str) -> Result<String, AppError> {
    let country = text.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(AppError::invalid("country", "Two letters, such as CA."));
    }
    Ok(country)
}

/// Where payers reach it. None when empty.
pub(super) fn contact(text: Option<&str>) -> Result<Option<String>, AppError> {
    text::optional("contact", text, CONTACT_CHARACTERS_MAX)
}

/// How much of one bank debit may be given back in all, minor units.
pub(super) fn debit_refund_max(minor: i64) -> Result<i64, AppError> {
    if !(0..=DEBIT_REFUND_MAX).contains(&minor) {
        let detail = format!("Minor units, 0 to {DEBIT_REFUND_MAX}.");
        return Err(AppError::invalid("debit_refund_max", detail));
    }
    Ok(minor)
}

/// The least that may be paid at once, minor units. None when zero.
pub(super) fn partial_minimum(minor: i64) -> Result<Option<i64>, AppError> {
    if !(0..=AMOUNT_MAX).contains(&minor) {
        return Err(AppError::invalid("partial_minimum", format!("Minor units, 0 to {AMOUNT_MAX}.")));
    }
    Ok((minor != 0).then_some(minor))
}

/// For how many days after its end what was agreed to is kept: two years at least, as the rules of bank debits ask.
pub(super) fn records_kept_days(days: i64) -> Result<i64, AppError> {
    if !(RECORDS_KEPT_DAYS_MIN..=RECORDS_KEPT_DAYS_MAX).contains(&days) {
        let detail = format!("Days, {RECORDS_KEPT_DAYS_MIN} (two years) to {RECORDS_KEPT_DAYS_MAX}.");
        return Err(AppError::invalid("records_kept_days", detail));
    }
    Ok(days)
}

/// When a saved card's security code is asked for again, and above which amount.
pub(super) fn security_code(policy: SecurityCodePolicy) -> Result<(String, i64), AppError> {
    let above = if let SecurityCodePolicy::Above(amount) = policy { amount } else { 0 };
    if above < 0 {
        return Err(AppError::invalid("security_code_above", "Minor units, 0 or more."));
    }
    Ok((policy.as_str().to_owned(), above))
}
