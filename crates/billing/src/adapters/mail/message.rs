//! A mail as it travels (RFC 5322): who it is from, its fixed name and time, and text that no header can be made of.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::address::Address;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};

use crate::ports::mail::Mail;

/// Whom mails are from.
#[derive(Clone, Debug)]
pub struct From(Mailbox);

/// Not an address that mails can be from.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("an address such as no-reply@pay.example, or Name <no-reply@pay.example>")]
pub struct NotAnAddress;

impl std::str::FromStr for From {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        text.trim().parse().map(Self).map_err(|_| NotAnAddress)
    }
}

impl From {
    /// The domain that mails are from.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// Tells other programs that nobody wrote this by hand, so that none answers that its owner is away (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The language of the text (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// The message, the same for every try. `None` when it cannot be sent to such an address.
pub(super) fn message(from: &From, mail: Mail<'_>) -> Option<Message> {
    let to: Address = mail.to.parse().ok()?;
    let since = Duration::from_millis(u64::try_from(mail.at.as_millisecond()).unwrap_or(0));
    let language = if mail.language == "fr" { "fr" } else { "en" };
    Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id, from.domain())))
        .date(UNIX_EPOCH + since)
        .from(from.0.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(mail.subject))
        .header(AutoSubmitted)
        .header(ContentLanguage(language.to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.to_owned())
        .ok()
}

/// A subject is one line, whatever names are in it.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(to: &str, subject: &str) -> Option<String> {
        let from: From = "Paydesk <no-reply@pay.example>".parse().unwrap();
        let at = "2026-12-31T12:00:00Z".parse().unwrap();
        let mail = Mail { id: "mai_x", to, subject, body: "Line\n.\nBcc: x@y.example\n", language: "en", at };
        message(&from, mail).map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    /// Positive control (tried): with the subject as it is in place of `one_line`, lettre writes an encoded word with the line's end
    /// in it, which a reader decodes to one; a header of its own it never becomes.
    #[test]
    fn no_header_is_made_of_a_name() {
        let text =
            sent("kim@example.org", "Your code: Club\r\nBcc: thief@evil.example\r\n\r\nHello").unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{head}");
        assert!(head.contains("Subject: Your code: Club Bcc: thief@evil.example Hello"), "{head}");
        assert!(head.contains("Message-ID: <mai_x@pay.example>"), "{head}");
        assert!(head.contains("Date: Thu, 31 Dec 2026 12:00:00"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert_eq!(head.lines().filter(|line| line.starts_with("To:")).count(), 1, "{head}");
    }

    #[test]
    fn what_is_no_address_is_no_recipient() {
        for bad in ["", "kim", "kim@", "kim@x.example\r\nBcc: y@z.example", "a@b, c@d", "<kim@x.example> y"] {
            assert!(sent(bad, "x").is_none(), "{bad}");
        }
        assert!(sent("kim@example.org", "x").is_some());
        assert!("x".parse::<From>().is_err() && "no-reply@pay.example".parse::<From>().is_ok());
    }
}
