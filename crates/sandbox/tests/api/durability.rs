//! What was answered is still there after the end: graceful, or sudden.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::{Running, SECRET};

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let intent = processor.charge(&customer, &method, "before").await;
    processor.post("/v1/refunds", &[("payment_intent", intent.text("/id")), ("amount", "50")]).await.id();
    let endpoint = [("url", "http://127.0.0.1:9/"), ("enabled_events[]", "customer.created")];
    processor.post("/v1/webhook_endpoints", &endpoint).await.id();
    let paths = [
        format!("/v1/customers/{customer}"),
        format!("/v1/payment_methods?customer={customer}"),
        format!("/v1/payment_intents/{}?expand[]=latest_charge", intent.text("/id")),
        "/v1/refunds".to_owned(),
        "/v1/events?limit=100".to_owned(),
        "/v1/webhook_endpoints".to_owned(),
        "/sandbox/journal".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &paths {
        before.push(processor.get(path).await.body);
    }
    let processor = processor.restart().await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(processor.get(path).await.body, before, "{path}");
    }
    // The vault's key is gone, and the card still pays; a retried request is still known.
    assert_eq!(processor.charge(&customer, &method, "after").await.text("/status"), "succeeded");
    assert_eq!(processor.charge(&customer, &method, "before").await.header("idempotent-replayed"), "true");
    assert_eq!(processor.journal().await.len(), 3);
}

#[tokio::test]
async fn with_a_key_file_a_card_is_recognized_after_a_restart() {
    let keys = tempfile::tempdir().unwrap();
    let file = keys.path().join("vault.key");
    let setup = |config: &mut paydesk_sandbox::Config| config.vault_key_file = Some(file.clone());
    let fingerprint = |processor: Running, method: String| async move {
        let view = processor.get(&format!("/v1/payment_methods/{method}")).await;
        (processor, view.text("/card/fingerprint").to_owned())
    };
    let processor = Running::start_with(setup).await;
    let method = processor.method("4242424242424242").await;
    let (processor, before) = fingerprint(processor, method).await;
    let processor = processor.restart_with(setup).await;
    let method = processor.method("4242424242424242").await;
    let (processor, after) = fingerprint(processor, method).await;
    assert_eq!(before, after);
    let inside = processor.data().join("key");
    let beside = paydesk_sandbox::Config {
        vault_key_file: Some(inside),
        ..paydesk_sandbox::Config::new(processor.data())
    };
    assert!(paydesk_sandbox::Sandbox::open(beside).is_err(), "a key may lie beside what it protects");
}

async fn start(data: &std::path::Path) -> (Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_paydesk-sandbox"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ready = BufReader::new(program.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
    (program, ready.split(' ').next_back().unwrap().to_owned())
}

/// Charges one after the other until the program is killed in the middle. Every charge that was answered
/// must be in the journal afterwards, and no key may have been charged twice by asking again. Seen to fail when
/// the answer is not in the same line of the log as its charge.
#[tokio::test]
async fn a_killed_program_has_kept_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let charge = |url: &str, key: usize| {
        let form =
            [("amount", "700"), ("currency", "cad"), ("payment_method", "pm_card_visa"), ("confirm", "true")];
        let request = http.post(format!("{url}/v1/payment_intents")).bearer_auth(SECRET).form(&form);
        Running::read(request.header("idempotency-key", format!("kill-{key}")))
    };
    let (mut program, url) = start(folder.path()).await;
    let mut answered = Vec::new();
    let mut tried = 0;
    loop {
        tried += 1;
        match charge(&url, tried).await {
            Ok(answer) => answered.push(answer.id()),
            Err(_) => break,
        }
        if answered.len() == 20 {
            program.start_kill().unwrap();
        }
    }
    program.wait().await.unwrap();
    let (program, url) = start(folder.path()).await;
    for key in 1..=tried {
        let answer = charge(&url, key).await.unwrap();
        if let Some(first) = answered.get(key - 1) {
            assert_eq!(answer.id(), *first, "a charge that was answered is gone");
        }
    }
    let journal = Running::read(http.get(format!("{url}/sandbox/journal?limit=1000")).bearer_auth(SECRET))
        .await
        .unwrap();
    assert_eq!(journal.body["data"].as_array().unwrap().len(), tried);
    terminate(program).await;
}

/// A polite end succeeds.
async fn terminate(mut program: Child) {
    let id = program.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(program.wait().await.unwrap().success());
}
