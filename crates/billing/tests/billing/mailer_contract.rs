//! What every way of sending mail must do, asked of each: an SMTP server is a process of its own with software of others
//! (`PAYDESK_LOCALSTRIPE_PYTHON` names a Python that has `aiosmtpd`), and what comes out is read by Python's email package.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use paydesk_billing::adapters::mail::{FileMailer, From, SmtpMailer, SmtpSettings, Tls};
use paydesk_billing::ports::mail::{Handed, Mail, MailError, Mailer};
use paydesk_billing::secret::Secret;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{SmtpServer, parsed, python};

const SUBJECT: &str = "Un paiement prévu à Centre récréatif « Évasion d’été » n’a pas abouti";
const BODY: &str = "Le paiement de 50,25 CAD à l’été n’a pas abouti.\n\n.\n..deux points\nFrom here on\n";

fn from() -> From {
    "Paydesk <no-reply@pay.example>".parse().unwrap()
}

fn mail<'a>(id: &'a str, to: &'a str, subject: &'a str) -> Mail<'a> {
    Mail { id, to, subject, body: BODY, language: "fr", at: "2026-12-31T12:00:00Z".parse().unwrap() }
}

fn plain(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        ca: None,
        credentials: None,
        timeout: Duration::from_secs(20),
    }
}

async fn contract(mailer: &dyn Mailer) {
    assert_eq!(mailer.send(mail("mai_one", "kim@example.org", SUBJECT)).await, Ok(Handed::Taken));
    // Again, as after an answer that was lost.
    assert_eq!(mailer.send(mail("mai_one", "kim@example.org", SUBJECT)).await, Ok(Handed::Taken));
    let forged = "Club\r\nBcc: thief@evil.example\r\n\r\nGive me";
    assert_eq!(mailer.send(mail("mai_two", "kim@example.org", forged)).await, Ok(Handed::Taken));
    for nobody in ["", "kim", "kim@example.org\r\nRCPT TO:<thief@evil.example>"] {
        let refused = Ok(Handed::Refused("address".to_owned()));
        assert_eq!(mailer.send(mail("mai_x", nobody, SUBJECT)).await, refused, "{nobody}");
    }
}

/// What a mail says. How many lines are empty at its end is SMTP's own affair.
fn said(mail: &Value) -> &str {
    mail["body"].as_str().unwrap().trim_end()
}

/// `copies`: how many come of a mail that is sent twice.
fn as_sent(received: &[Value], copies: usize) {
    assert_eq!(received.len(), copies + 1, "{received:?}");
    let (forged, sent) = received.split_last().unwrap();
    for one in sent {
        assert_eq!(one["subject"], SUBJECT);
        assert_eq!(said(one), BODY.trim_end());
        // The same for both: by that a reader's program knows the second one.
        assert_eq!(one["message_id"], "<mai_one@pay.example>");
        assert_eq!(one["date"], "2026-12-31T12:00:00+00:00");
        assert_eq!(one["from"], "Paydesk <no-reply@pay.example>");
        assert_eq!(
            (&one["to"], &one["bcc"], &one["cc"]),
            (&json!("kim@example.org"), &json!("None"), &json!("None"))
        );
        assert_eq!((&one["language"], &one["auto_submitted"]), (&json!("fr"), &json!("auto-generated")));
        assert_eq!((&one["type"], &one["defects"]), (&json!("text/plain"), &json!([])));
    }
    assert_eq!(forged["subject"], "Club Bcc: thief@evil.example Give me");
    assert_eq!(
        (&forged["bcc"], said(forged)),
        (&json!("None"), BODY.trim_end()),
        "no header of its own, and no text"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_smtp_server_gets_what_was_written() {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    contract(&SmtpMailer::new(plain(server.port), from()).unwrap()).await;
    let received = server.stop().await;
    as_sent(&received, 2);
    for one in received {
        assert_eq!(one["recipients"], json!(["kim@example.org"]), "and nobody else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_gets_what_was_written() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    contract(&FileMailer::new(folder.path().join("mails"), from())).await;
    let entries = std::fs::read_dir(folder.path().join("mails")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files[0].file_name().unwrap(), "mai_one.eml");
    as_sent(&parsed(&python, &files).await, 1);
}

/// Positive control (tried): with 550 as a refusal of the recipient, whatever is said with it, a server that does not know our sender
/// loses the mail.
#[tokio::test(flavor = "multi_thread")]
async fn refusal_is_told_from_not_knowing() {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let mailer = SmtpMailer::new(plain(server.port), from()).unwrap();
    let send = async |to: &str| mailer.send(mail("mai_one", to, SUBJECT)).await;
    assert_eq!(send("refused@example.org").await, Ok(Handed::Refused("550".to_owned())));
    assert_eq!(send("later@example.org").await, Err(MailError::NotNow("451".to_owned())));
    for about_us in ["policy@example.org", "unexplained@example.org"] {
        assert_eq!(send(about_us).await, Err(MailError::NotNow("550".to_owned())), "{about_us}");
    }
    let hasty = SmtpSettings { timeout: Duration::from_millis(500), ..plain(server.port) };
    let hasty = SmtpMailer::new(hasty, from()).unwrap();
    assert_eq!(hasty.send(mail("mai_one", "silent@example.org", SUBJECT)).await, Err(MailError::TimedOut));
    assert_eq!(send("kim@example.org").await, Ok(Handed::Taken));
    assert_eq!(server.stop().await.len(), 1, "what was not taken did not come");
    assert_eq!(send("kim@example.org").await, Err(MailError::NotReached));
    // A folder that cannot be: a file lies in its place.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let mailer = FileMailer::new(file, from());
    assert_eq!(mailer.send(mail("mai_one", "kim@example.org", "x")).await, Err(MailError::NotWritten));
}

/// Positive control (tried): with `Tls::Opportunistic` in place of `Required`, the server without STARTTLS gets the mail.
#[tokio::test(flavor = "multi_thread")]
async fn without_tls_nothing_is_said() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let texts = [certificate.to_str().unwrap(), key.to_str().unwrap(), "paydesk", "p@ss"];
    let server = SmtpServer::start(&python, 0, &texts).await;
    let port = server.port;
    let signed_in = |password: &str, ca: Option<Vec<u8>>| SmtpSettings {
        host: "localhost".to_owned(),
        tls: Tls::Upgraded,
        ca,
        credentials: Some(("paydesk".to_owned(), Secret::new(password.to_owned()))),
        ..plain(port)
    };
    let ca = || Some(made.cert.pem().into_bytes());
    let send = async |settings: SmtpSettings| {
        SmtpMailer::new(settings, from()).unwrap().send(mail("mai_one", "kim@example.org", SUBJECT)).await
    };
    assert_eq!(send(signed_in("p@ss", None)).await, Err(MailError::TlsFailed), "nobody vouches for it");
    assert_eq!(send(signed_in("wrong", ca())).await, Err(MailError::NotNow("535".to_owned())));
    assert_eq!(send(signed_in("p@ss", ca())).await, Ok(Handed::Taken));
    let received = server.stop().await;
    assert_eq!((received.len(), &received[0]["tls"]), (1, &json!(true)));
    // One that speaks no TLS gets nothing.
    let server = SmtpServer::start(&python, 0, &[]).await;
    let settings = SmtpSettings { port: server.port, credentials: None, ..signed_in("", ca()) };
    assert_eq!(send(settings).await, Err(MailError::TlsFailed));
    assert_eq!(server.stop().await, Vec::<Value>::new());
}

/// Somebody who takes the connection and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn silence_has_an_end() {
    let nobody = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let port = nobody.local_addr().unwrap().port();
    let settings = SmtpSettings { timeout: Duration::from_millis(200), ..plain(port) };
    let mailer = SmtpMailer::new(settings, from()).unwrap();
    let sent = mailer.send(mail("mai_one", "kim@example.org", SUBJECT)).await;
    assert_eq!(sent, Err(MailError::TimedOut));
}
