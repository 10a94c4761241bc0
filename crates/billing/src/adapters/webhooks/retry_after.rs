//! Reads `Retry-After`: a number of seconds, or one of the three forms of an HTTP date (RFC 9110, 5.6.7 and 10.2.3).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::ports::webhooks::RetryAfter;

/// How it is written today, and the two ways of long ago that must still be understood.
const DATES: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// What it says; `None` for anything that is neither.
pub(super) fn read(text: &str) -> Option<RetryAfter> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than any number holds is as long as can be.
        return Some(RetryAfter::Seconds(text.parse().unwrap_or(i64::MAX)));
    }
    DATES.iter().find_map(|form| date(form, text)).map(RetryAfter::At)
}

fn date(form: &str, text: &str) -> Option<Timestamp> {
    DateTime::strptime(form, text).ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_every_form_of_a_date_are_read() {
        for (text, seconds) in [("0", 0), (" 120 ", 120), ("99999999999999999999999", i64::MAX)] {
            assert_eq!(read(text), Some(RetryAfter::Seconds(seconds)), "{text}");
        }
        // The examples of RFC 9110.
        let at = RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap());
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(read(text), Some(at), "{text}");
        }
        for text in
            ["", "-1", "1.5", "soon", "2026-11-06T08:49:37Z", "Sun, 31 Feb 2027 08:49:37 GMT", "1 000"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
