//! The folder that mails are put into, and what they say: read by a few lines of our own, enough for what this server writes. That
//! others read the same is shown where the adapters keep their contract.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paydesk_billing::adapters::mail::FileMailer;
use paydesk_billing::app::MailSettings;
use paydesk_billing::seal::SealKeys;

use super::Stack;

/// Mail that goes into a folder of a test's own.
pub fn file_mail(folder: &Path) -> MailSettings {
    let from = "Paydesk <no-reply@pay.example>".parse().unwrap();
    MailSettings {
        mailer: Arc::new(FileMailer::new(folder.join("mails"), from)),
        secret_key: SealKeys::parse(&STANDARD.encode([7; 32])).unwrap(),
        timeout: Duration::from_secs(20),
    }
}

/// A mail as its reader sees it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: String,
}

impl Letter {
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let header = |name: &str| {
            let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            found.unwrap_or_default().to_owned()
        };
        let body = match header("Content-Transfer-Encoding").as_str() {
            "base64" => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
            "quoted-printable" => unquoted(body),
            _ => body.as_bytes().to_vec(),
        };
        let body = String::from_utf8(body).unwrap().replace("\r\n", "\n");
        Self { to: header("To"), subject: words(&header("Subject")), body }
    }

    /// The code that it tells, if it is such a mail.
    pub fn code(&self) -> Option<String> {
        let code = self.body.get(..6)?;
        code.bytes().all(|byte| byte.is_ascii_digit()).then(|| code.to_owned())
    }
}

fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'=' {
            let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
            plain.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            plain.push(byte);
        }
    }
    plain
}

/// A header with encoded words in it (RFC 2047), of the one kind that is written here.
fn words(text: &str) -> String {
    let mut plain = String::new();
    let mut after_word = false;
    for part in text.split(' ') {
        let inner = part.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?="));
        if !(plain.is_empty() || after_word && inner.is_some()) {
            plain.push(' ');
        }
        after_word = inner.is_some();
        match inner {
            Some(inner) => plain.push_str(&String::from_utf8(STANDARD.decode(inner).unwrap()).unwrap()),
            None => plain.push_str(part),
        }
    }
    plain
}

impl Stack {
    /// Sends what is due, and reads every mail that was ever sent, the oldest first.
    pub async fn mailbox(&self) -> Vec<Letter> {
        while self.app.send_mails().await.unwrap() > 0 {}
        let Ok(entries) = std::fs::read_dir(self.sandbox_data.path().join("mails")) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| Letter::read(&std::fs::read_to_string(file).unwrap())).collect()
    }

    /// The mails with a subject that begins so.
    pub async fn mails_about(&self, subject: &str) -> Vec<Letter> {
        let mut letters = self.mailbox().await;
        letters.retain(|letter| letter.subject.starts_with(subject));
        letters
    }
}
