//! Reading short texts, currencies, origins and times of a request.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use crate::app::AppError;

/// A text of 1 to `characters_max` characters, trimmed, without control characters.
///
/// # Errors
/// A refusal that names `param`.
pub fn required(param: &'static str, text: &str, characters_max: usize) -> Result<String, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid(param, "This field is required."));
    }
    if text.chars().count() > characters_max || text.chars().any(char::is_control) {
        let detail = format!("At most {characters_max} characters, and no control characters.");
        return Err(AppError::invalid(param, detail));
    }
    Ok(text.to_owned())
}

/// The same for a text that may be absent; an empty one counts as absent.
///
/// # Errors
/// A refusal that names `param`.
pub fn optional(
    param: &'static str,
    text: Option<&str>,
    characters_max: usize,
) -> Result<Option<String>, AppError> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => required(param, text, characters_max).map(Some),
    }
}

/// An origin: scheme, host and port, nothing else. `https`, or `http` on the machine itself.
///
/// # Errors
/// A refusal that names `param`.
pub fn origin(param: &'static str, text: &str) -> Result<String, AppError> {
    normal_origin(text).ok_or_else(|| {
        AppError::invalid(
            param,
            "An origin such as https://shop.example, without a path; http only for localhost.",
        )
    })
}

/// The origin in its normal spelling, or `None` for anything that is not one.
pub fn normal_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let fitting = url.scheme() == "https" || (url.scheme() == "http" && local);
    (bare && fitting && url.password().is_none()).then(|| url.origin().ascii_serialization())
}

/// RFC 3339 in UTC, with whole seconds where there is no fraction.
pub fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}

/// Reads an RFC 3339 time.
///
/// # Errors
/// A refusal that names `param`.
pub fn read_time(param: &'static str, text: &str) -> Result<i64, AppError> {
    let time: Result<Timestamp, _> = text.parse();
    time.map(|time| time.as_millisecond())
        .map_err(|_| AppError::invalid(param, "A time such as 2026-11-23T15:04:05Z."))
}

/// Reads a day, written as 2026-12-31.
///
/// # Errors
/// A refusal that names `param`.
pub fn read_date(param: impl Into<Cow<'static, str>>, text: &str) -> Result<Date, AppError> {
    let date = text.parse::<Date>().ok();
    date.filter(|date| (2000..3000).contains(&date.year()) && date.to_string() == text)
        .ok_or_else(|| AppError::invalid(param, "A day such as 2026-12-31."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        for (text, normal) in [
            ("https://Shop.Example", Some("https://shop.example")),
            ("https://shop.example:443/", Some("https://shop.example")),
            ("http://localhost:4000", Some("http://localhost:4000")),
            ("http://shop.example", None),
            ("https://shop.example/checkout", None),
            ("https://user@shop.example", None),
            ("https://shop.example?x", None),
            ("null", None),
            ("", None),
            ("https://*.example; script-src *", None),
        ] {
            assert_eq!(normal_origin(text).as_deref(), normal, "{text}");
        }
    }

    #[test]
    fn times_are_in_utc() {
        assert_eq!(time(1_790_000_000_000), "2026-09-21T14:13:20Z");
        assert_eq!(read_time("x", "2026-09-21T10:13:20-04:00").ok(), Some(1_790_000_000_000));
    }

    #[test]
    fn days_are_written_in_one_way() {
        assert_eq!(read_date("x", "2026-12-31").ok(), Some(jiff::civil::date(2026, 12, 31)));
        for text in [
            "2026-02-29",
            "20261231",
            "2026-12-31T10:00",
            "2026-12-31T10:00Z",
            "1999-12-31",
            "3000-01-01",
            " 2026-12-31",
            "",
        ] {
            assert!(read_date("x", text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(required("x", "  a b ", 3).ok().as_deref(), Some("a b"));
        assert!(
            required("x", " ", 3).is_err()
                && required("x", "abcd", 3).is_err()
                && required("x", "a\u{7}", 3).is_err()
        );
        assert_eq!(optional("x", Some(" "), 3).ok(), Some(None));
    }
}
