//! The mails that the demo's billing program has put into its folder, so that a page can show them: nobody's mailbox is needed.

use std::path::Path;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// How many are shown.
const MAILS_MAX: usize = 20;

/// A mail.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    to: String,
    subject: String,
    date: String,
    text: String,
}

/// The newest mails of a folder, the newest first. A folder that is not there has none.
pub fn mails(folder: &Path) -> Vec<Mail> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mails = entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "eml"));
    let mut mails: Vec<(SystemTime, _)> =
        mails.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    mails.sort();
    let newest = mails.into_iter().rev().take(MAILS_MAX);
    newest.filter_map(|(_, path)| read(&std::fs::read_to_string(path).ok()?)).collect()
}

/// Reads a mail as the billing program writes it: one part of plain text.
fn read(mail: &str) -> Option<Mail> {
    let mail = mail.replace("\r\n", "\n");
    let (head, body) = mail.split_once("\n\n")?;
    // A line that begins with space goes on with the one before.
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let header = |name: &str| {
        let line = head
            .lines()
            .find(|line| line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name)));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let text = match header("Content-Transfer-Encoding").as_str() {
        "base64" => String::from_utf8(STANDARD.decode(body.replace('\n', "")).ok()?).ok()?,
        "quoted-printable" => String::from_utf8(unquoted(&body.replace("=\n", ""))).ok()?,
        _ => body.to_owned(),
    };
    Some(Mail { to: header("To"), subject: words(&header("Subject")), date: header("Date"), text })
}

/// A header's text, in which what is not ASCII is written as `=?utf-8?b?…?=`.
fn words(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
        // Space between two such words is not meant.
        if !before.trim().is_empty() || said.is_empty() {
            said.push_str(before);
        }
        let Some((word, after)) = after.split_once("?=") else {
            return text.to_owned();
        };
        let decoded = STANDARD.decode(word).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        said.push_str(&decoded.unwrap_or_default());
        rest = after;
    }
    said.push_str(rest);
    said
}

/// Every `=C3` as the byte that it is.
fn unquoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(piece.get(2..).unwrap_or_default().as_bytes());
            }
            None => bytes.extend([b"=", piece.as_bytes()].concat()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_however_it_is_written() {
        let head =
            "To: kim@example.org\r\nSubject: =?utf-8?b?w4k=?= =?utf-8?b?dMOp?=\r\nDate: Thu, 31 Dec 2026\r\n";
        for (encoding, body) in [
            ("7bit", "Hello\r\nKim"),
            ("quoted-printable", "Hel=\r\nlo\r\nK=69m"),
            ("base64", "SGVsbG8K\r\nS2lt"),
        ] {
            let mail = read(&format!("{head}Content-Transfer-Encoding: {encoding}\r\n\r\n{body}")).unwrap();
            assert_eq!((mail.text.as_str(), mail.subject.as_str()), ("Hello\nKim", "Été"), "{encoding}");
            assert_eq!(mail.to, "kim@example.org");
        }
        assert_eq!(words("Your code"), "Your code");
    }
}
