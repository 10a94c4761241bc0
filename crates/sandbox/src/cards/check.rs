//! Checks a card as it comes in: number, expiry and security code.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use paydesk_domain::card::{Cvc, Expiry, Pan, PanError};

use super::decline::Decline;

/// A card that passed. The security code is gone: all that is left of it is whether there was one.
#[derive(Debug)]
pub struct CheckedCard {
    /// The number.
    pub pan: Pan,
    /// The expiry.
    pub expiry: Expiry,
    /// Whether a security code was given.
    pub has_cvc: bool,
}

/// Checks what a caller sent.
///
/// # Errors
/// The refusal for the first thing that is wrong, in the order in which a form shows its fields.
pub fn check_card(
    number: &str,
    month: i64,
    year: i64,
    cvc: Option<&str>,
    now: Timestamp,
) -> Result<CheckedCard, Decline> {
    let pan = Pan::parse(number).map_err(|why| match why {
        PanError::NotDigits => Decline::INVALID_NUMBER,
        _ => Decline::INCORRECT_NUMBER,
    })?;
    let expiry = check_expiry(month, year)?;
    if is_over(expiry, now) {
        let this_year = now.to_zoned(TimeZone::UTC).year().unsigned_abs();
        let decline = if expiry.year() < this_year {
            Decline::INVALID_EXPIRY_YEAR
        } else {
            Decline::INVALID_EXPIRY_MONTH
        };
        return Err(decline);
    }
    if let Some(cvc) = cvc {
        Cvc::parse(cvc, pan.brand()).map_err(|_| Decline::INVALID_CVC)?;
    }
    Ok(CheckedCard { pan, expiry, has_cvc: cvc.is_some() })
}

/// A month and a year that exist; two digits of a year are of this century.
///
/// # Errors
/// The refusal that names the field.
pub fn check_expiry(month: i64, year: i64) -> Result<Expiry, Decline> {
    let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month));
    let month = month.ok_or(Decline::INVALID_EXPIRY_MONTH)?;
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    let year = u16::try_from(year).ok().filter(|year| (1970..=2100).contains(year));
    let year = year.ok_or(Decline::INVALID_EXPIRY_YEAR)?;
    Expiry::new(year, month).map_err(|_| Decline::INVALID_EXPIRY_YEAR)
}

/// Whether a card's last month is over, everywhere: the month ends twelve hours later in the last time zone.
pub fn is_over(expiry: Expiry, now: Timestamp) -> bool {
    let somewhere = now.saturating_sub(jiff::SignedDuration::from_hours(12)).unwrap_or(now);
    expiry.is_past(somewhere.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_field_to_blame() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let code = |number, month, year, cvc| {
            check_card(number, month, year, cvc, now).err().map(|d| d.code.into_owned())
        };
        assert_eq!(code("4242424242424242", 11, 2026, Some("123")), None);
        assert_eq!(code("4242424242424242", 3, 30, None), None);
        for (number, month, year, cvc, expected) in [
            ("4242424242424241", 3, 2030, "123", "incorrect_number"),
            ("42424242", 3, 2030, "123", "incorrect_number"),
            ("4242x", 3, 2030, "123", "invalid_number"),
            ("4242424242424242", 13, 2030, "123", "invalid_expiry_month"),
            ("4242424242424242", 0, 2030, "123", "invalid_expiry_month"),
            ("4242424242424242", 10, 2026, "123", "invalid_expiry_month"),
            ("4242424242424242", 12, 2025, "123", "invalid_expiry_year"),
            ("4242424242424242", 12, 2500, "123", "invalid_expiry_year"),
            ("4242424242424242", 3, 2030, "12", "invalid_cvc"),
            ("4242424242424242", 3, 2030, "1234", "invalid_cvc"),
            ("378282246310005", 3, 2030, "123", "invalid_cvc"),
            ("4242424242424242", 3, 2030, "12a", "invalid_cvc"),
        ] {
            assert_eq!(
                code(number, month, year, Some(cvc)).as_deref(),
                Some(expected),
                "{number} {month}/{year} {cvc}"
            );
        }
    }
}
