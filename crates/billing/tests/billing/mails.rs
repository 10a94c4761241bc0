//! Mails on their way: written with what causes them, sent once, tried while it is worth it, and forgotten when they are over.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use paydesk_billing::adapters::mail::{SmtpMailer, SmtpSettings, Tls};
use paydesk_billing::app::{MailSettings, Settings};
use serde_json::{Value, json};

use crate::support::{Engine, SmtpServer, Stack, StackOptions, file_mail, on_both, python};

on_both! {
    what_is_refused_is_given_up_with_its_reason;
    a_server_that_comes_back_gets_it_once;
    silence_is_not_refusal;
    after_a_day_it_is_given_up;
    two_processes_send_each_mail_once;
    who_died_after_sending_sends_again_under_the_same_name;
    what_a_mail_says_is_kept_while_it_waits;
    without_mail_nothing_else_changes;
}

const CARD: &str = "4242424242424242";

/// Mail to a server on this port.
fn smtp(port: u16) -> MailSettings {
    smtp_in(port, Duration::from_secs(20))
}

/// The same, with so much time for a conversation.
fn smtp_in(port: u16, timeout: Duration) -> MailSettings {
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        ca: None,
        credentials: None,
        timeout,
    };
    let from = "Paydesk <no-reply@pay.example>".parse().unwrap();
    let mailer = Arc::new(SmtpMailer::new(settings, from).unwrap());
    MailSettings { mailer, timeout: Duration::from_secs(20), ..file_mail(Path::new("unused")) }
}

async fn stack(engine: Engine, mail: MailSettings) -> Stack {
    let options = StackOptions::default();
    let settings = Settings { mail: Some(mail), ..options.settings };
    Stack::start_with(engine, StackOptions { settings, ..options }).await
}

/// A client with this address, whose card an organization is let charge: that is a mail.
async fn written_to(stack: &Stack, email: &str) -> String {
    let login = json!({"name": "Kim Roy", "email": email, "last_login_at": "2026-01-05T15:00:00Z"});
    let account = stack.write("/v1/clients", json!({"login": login})).await.expect(201).at("/id");
    stack.saved_card(&account, CARD).await;
    account
}

/// Every mail: state, tries, reason, and whether anything of it is still there.
async fn kept(stack: &Stack) -> Vec<String> {
    let sql = "SELECT status || ' ' || tries || ' ' || COALESCE(last_error, '-') || ' ' || \
        CASE WHEN sealed IS NULL THEN 'empty' ELSE 'sealed' END FROM mails ORDER BY id";
    stack.database.read_past_everybody(sql).await.unwrap()
}

/// Sends after some time has passed. Answers how many were tried.
async fn sent_after(stack: &Stack, seconds: u64) -> usize {
    stack.clock.advance(Duration::from_secs(seconds));
    stack.app.send_mails().await.unwrap()
}

async fn what_is_refused_is_given_up_with_its_reason(engine: Engine) {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let stack = stack(engine, smtp(server.port)).await;
    written_to(&stack, "refused@example.org").await;
    assert_eq!(kept(&stack).await, ["waiting 0 - sealed"]);
    assert_eq!(sent_after(&stack, 0).await, 1);
    assert_eq!(kept(&stack).await, ["given_up 1 550 empty"]);
    assert_eq!(sent_after(&stack, 100_000).await, 0);
    assert_eq!(server.stop().await, Vec::<Value>::new());
}

/// Positive control (tried): with `later` in place of `over` for what was taken, it comes twice.
async fn a_server_that_comes_back_gets_it_once(engine: Engine) {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let port = server.port;
    server.stop().await;
    let stack = stack(engine, smtp(port)).await;
    written_to(&stack, "kim@example.org").await;
    assert_eq!(sent_after(&stack, 0).await, 1);
    assert_eq!(kept(&stack).await, ["waiting 1 not_reached sealed"]);
    assert_eq!(sent_after(&stack, 1).await, 0, "it waits a while");
    let server = SmtpServer::start(&python, port, &[]).await;
    assert_eq!(sent_after(&stack, 15).await, 1);
    assert_eq!(kept(&stack).await, ["sent 2 - empty"]);
    assert_eq!(sent_after(&stack, 100_000).await, 0);
    let received = server.stop().await;
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(received[0]["recipients"], json!(["kim@example.org"]));
    assert_eq!(received[0]["subject"], "Riverside Recreation may now charge your card");
    let body = received[0]["body"].as_str().unwrap();
    assert!(body.contains("your Visa card ending in 4242"), "{body}");
}

async fn silence_is_not_refusal(engine: Engine) {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let stack = stack(engine, smtp_in(server.port, Duration::from_secs(2))).await;
    written_to(&stack, "silent@example.org").await;
    assert_eq!(sent_after(&stack, 0).await, 1);
    assert_eq!(kept(&stack).await, ["waiting 1 timed_out sealed"]);
    stack.clock.advance(Duration::from_secs(1));
    written_to(&stack, "later@example.org").await;
    assert_eq!(sent_after(&stack, 0).await, 1, "the other one's turn has not come");
    assert_eq!(kept(&stack).await[1], "waiting 1 status_451 sealed");
    assert_eq!(server.stop().await, Vec::<Value>::new());
}

async fn after_a_day_it_is_given_up(engine: Engine) {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let port = server.port;
    server.stop().await;
    let stack = stack(engine, smtp(port)).await;
    written_to(&stack, "kim@example.org").await;
    let (mut tries, mut hours) = (sent_after(&stack, 0).await, 0);
    while kept(&stack).await[0].starts_with("waiting") {
        tries += sent_after(&stack, 3_600).await;
        hours += 1;
        assert!(hours < 30, "{:?}", kept(&stack).await);
    }
    assert!((20..=24).contains(&hours) && tries > 20, "{hours} hours, {tries} tries");
    assert_eq!(kept(&stack).await, [format!("given_up {tries} not_reached empty")]);
    // A code is worth nothing once its time is over.
    let account = stack.signed_in().await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    assert_eq!(sent_after(&stack, 601).await, 1);
    assert_eq!(kept(&stack).await[1], "given_up 1 too_late empty");
}

/// Positive control (tried): without the due time's condition in `CLAIM_MAIL`, both processes send.
async fn two_processes_send_each_mail_once(engine: Engine) {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let stack = stack(engine, smtp(server.port)).await;
    let (other, _) = stack.second_process().await;
    for number in 0..12 {
        written_to(&stack, &format!("kim{number}@example.org")).await;
    }
    let (one, two) = tokio::join!(stack.app.send_mails(), other.send_mails());
    assert!(one.unwrap() + two.unwrap() >= 12);
    assert!(kept(&stack).await.iter().all(|mail| mail == "sent 1 - empty"), "{:?}", kept(&stack).await);
    let received = server.stop().await;
    let names: std::collections::HashSet<&str> =
        received.iter().map(|mail| mail["message_id"].as_str().unwrap()).collect();
    assert_eq!((received.len(), names.len()), (12, 12));
}

async fn who_died_after_sending_sends_again_under_the_same_name(engine: Engine) {
    let Some(python) = python() else { return };
    let server = SmtpServer::start(&python, 0, &[]).await;
    let stack = stack(engine, smtp(server.port)).await;
    written_to(&stack, "kim@example.org").await;
    // Everything but the record: the process that would write it is told that the lease is another's by then.
    let now = stack.app.mint.now_ms();
    let due = stack.app.store.due_mails(now, 10).await.unwrap();
    let claimed = stack.app.store.claim_mail(&due[0], now + 60_000, now).await.unwrap().unwrap();
    assert_eq!(stack.app.store.claim_mail(&due[0], now + 60_000, now).await.unwrap(), None, "it is taken");
    assert_eq!(sent_after(&stack, 59).await, 0);
    assert_eq!(sent_after(&stack, 1).await, 1);
    let late = paydesk_billing::store::MailOutcome {
        status: "waiting",
        due_at_ms: now,
        last_error: None,
        done_at_ms: None,
    };
    assert!(
        !stack.app.store.record_mail(&claimed, late).await.unwrap(),
        "whoever wakes up late decides nothing"
    );
    assert_eq!(kept(&stack).await, ["sent 2 - empty"]);
    let received = server.stop().await;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0]["message_id"], format!("<{}@pay.example>", claimed.id));
}

async fn what_a_mail_says_is_kept_while_it_waits(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = written_to(&stack, "kim@example.org").await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect(200);
    let sealed = "SELECT COALESCE(sealed, '') FROM mails ORDER BY id";
    let waiting = stack.database.read_past_everybody(sealed).await.unwrap();
    assert!(waiting.len() == 2 && waiting.iter().all(|text| text.len() > 300), "{waiting:?}");
    let everything = stack.database.dump(&stack.organization).await.join("\n");
    for said in ["opens your wallet", "may now charge", "is the code"] {
        assert!(!everything.contains(said), "{said}");
    }
    let letters = stack.mailbox().await;
    assert!(
        letters.iter().any(|letter| letter.body.contains("opens your wallet")),
        "the control: it was said"
    );
    assert_eq!(stack.database.read_past_everybody(sealed).await.unwrap(), ["", ""]);
    // Sealed for its own row: moved to another one it does not open, and is not sent.
    let other = written_to(&stack, "other@example.org").await;
    assert_ne!(other, account);
    let swap = "UPDATE mails SET id = 'mai_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' WHERE status = 'waiting'";
    stack.database.execute_past_everybody(swap.to_owned()).await;
    let before = stack.mailbox().await.len();
    assert_eq!(before, 2);
    assert!(
        kept(&stack).await.iter().any(|mail| mail == "waiting 1 unreadable sealed"),
        "{:?}",
        kept(&stack).await
    );
}

async fn without_mail_nothing_else_changes(engine: Engine) {
    let stack = Stack::start_with(engine, StackOptions { mail: false, ..StackOptions::default() }).await;
    let account = written_to(&stack, "kim@example.org").await;
    let secret = stack.unconfirmed_session(&account).await;
    stack.ask_for_code(&secret, json!({})).await.expect_problem(503, "mail_unavailable");
    stack.give_code(&secret, json!({"code": "123456"})).await.expect_problem(422, "code_over");
    assert_eq!(sent_after(&stack, 0).await, 0);
    assert_eq!(stack.app.remind_of_expiry().await.unwrap(), 0);
    assert_eq!(kept(&stack).await, Vec::<String>::new());
}
