//! What only the browser has: the time, chance, and waiting.

use js_sys::{Date, Promise};
use paydesk_domain::id::AttemptId;

use wasm_bindgen_futures::JsFuture;

use crate::js::whole;

const DAY_MS: f64 = 86_400_000.0;

/// Today in UTC, less a day: a clock that runs ahead must not turn a good card away. Whether it has expired is
/// decided by the processor.
pub fn lenient_today() -> jiff::civil::Date {
    let days = whole((Date::now() / DAY_MS).floor()).unwrap_or_default();
    civil_from_days(days - 1)
}

/// The date of a day counted from 1970-01-01, by the usual arithmetic on 400-year cycles that begin in March.
fn civil_from_days(days: i64) -> jiff::civil::Date {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |value: i64| i8::try_from(value).unwrap_or(1);
    jiff::civil::date(i16::try_from(year).unwrap_or(2000), small(month), small(day))
}

/// A new attempt id; `None` when the browser has no source of chance.
pub fn new_attempt_id() -> Option<AttemptId> {
    let mut bytes = [0_u8; 16];
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    let now = jiff::Timestamp::from_millisecond(whole(Date::now())?).ok()?;
    Some(AttemptId::new(now, u128::from_le_bytes(bytes)))
}

/// Waits.
pub async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        }
    });
    let _ = JsFuture::from(promise).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_become_the_dates_that_jiff_knows(days in -100_000i64..1_000_000) {
            let epoch = jiff::civil::date(1970, 1, 1);
            prop_assert_eq!(civil_from_days(days), epoch + jiff::Span::new().days(days));
        }
    }
}
