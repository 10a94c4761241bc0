//! The disk fails under the real program: writes and syncs of its SQLite files are answered with an error. No success is
//! told that is not there after a restart, nothing is charged that was not written down first, in the end the
//! processor's journal and the books agree, and once there is room again the same process goes on.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::program::{self, PROGRAM, Server, serve, serve_by};
use crate::support::{Engine, STORE, Stack, address, attempt_id};

/// Short times, so that what was interrupted is taken up soon.
const TIMES: &str = "[limits]\nper_address_per_minute = 0\nper_session_per_minute = 0\nconfirm_wait_ms = 5000\n[recovery]\nfirst_look_up_ms = 100\n\
    sweep_ms = 50\nlease_ms = 4000\ncall_timeout_ms = 1500\nvisibility_lag_ms = 500";

/// A fault: which calls fail with which error, from which one on. Each connection has a thread of its own, in which they
/// are counted; one that failed is given up, and the next one begins to count again.
#[derive(Clone, Debug)]
struct Fault {
    calls: &'static str,
    error: &'static str,
    call: u32,
}

/// A database with everything that is needed to pay, to be copied for each fault.
struct Beginning {
    folder: TempDir,
    key: String,
    secret: String,
}

/// What a run under a fault came to.
#[derive(Debug)]
struct Run {
    fault: Fault,
    client: u16,
    confirm: u16,
    /// How many calls failed.
    injected: usize,
    /// What the processor charged while the fault was there, and in the end.
    charged_then: usize,
    charged: usize,
}

fn strace_is_there() -> bool {
    let found = std::process::Command::new("strace").arg("-V").output().is_ok_and(|out| out.status.success());
    let skipped = std::env::var("PAYDESK_TEST_SKIP_STRACE").as_deref() == Ok("1");
    assert!(
        found || skipped,
        "install strace (`cargo xtask test` does), or set PAYDESK_TEST_SKIP_STRACE=1 to leave these tests out"
    );
    found
}

/// Positive controls: with `synchronous` OFF there is no sync to fail, which the count shows; a `settle` that overlooks
/// that its commit failed tells of a client who is not there; an attempt that is sent before it is committed is charged
/// although nothing could be written (all tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_disk_neither_lies_nor_charges() {
    if !strace_is_there() {
        return;
    }
    let stack = Stack::start(Engine::Sqlite).await;
    let beginning = begin(&stack).await;
    let fault = |calls, error, call| Fault { calls, error, call };
    let syncs = (1..=6).map(|call| fault("fsync,fdatasync", "EIO", call));
    // A commit writes some twenty times.
    let writes = [1, 2, 7, 25, 40, 60, 80, 95].map(|call| fault("pwrite64", "ENOSPC", call));
    let faults: Vec<Fault> = syncs.chain(writes).collect();
    let mut runs = JoinSet::new();
    let mut done = Vec::new();
    let shared = std::sync::Arc::new((stack, beginning));
    for fault in faults {
        if runs.len() >= 4 {
            done.push(runs.join_next().await.unwrap().unwrap());
        }
        let shared = shared.clone();
        runs.spawn(async move { run(&shared.0, &shared.1, fault).await });
    }
    while let Some(run) = runs.join_next().await {
        done.push(run.unwrap());
    }

    for run in &done {
        assert!(run.injected > 0, "the fault was there: {run:?}");
        if run.fault.call == 1 {
            // Nothing at all could be written.
            assert!(run.client >= 500 && run.confirm >= 500, "{run:?}");
            assert_eq!((run.charged_then, run.charged), (0, 0), "{run:?}");
        }
    }
    // The faults hit everywhere: before the intent, between intent and outcome, and after both.
    let met: BTreeSet<(bool, usize)> = done.iter().map(|run| (run.confirm < 300, run.charged_then)).collect();
    assert_eq!(met, BTreeSet::from([(false, 0), (true, 0), (true, 1)]), "{done:?}");
}

/// Sets everything up with a program that works, and stops it.
async fn begin(stack: &Stack) -> Beginning {
    let folder = TempDir::new().unwrap();
    let config = program::config(folder.path(), &stack.processor, TIMES);
    let (_, key) = program::organization(&config).await;
    let server = serve(&config).await;
    let post = |path: &str, body: Value| {
        let request = stack.http.post(format!("{}{path}", server.origin)).bearer_auth(&key);
        stack.send(request.header("idempotency-key", path).json(&body))
    };
    let account = post("/v1/clients", json!({"login": {"name": "Kim Roy"}})).await.expect(201).at("/id");
    let items = json!([{"description": "Camp", "amount": 900}]);
    let invoice =
        post("/v1/invoices", json!({"account": account, "items": items})).await.expect(201).at("/id");
    let session = json!({"invoice": invoice, "allowed_origin": STORE});
    let secret = post("/v1/checkout_sessions", session).await.expect(201).at("/secret");
    server.stop().await;
    Beginning { folder, key, secret }
}

async fn run(stack: &Stack, beginning: &Beginning, fault: Fault) -> Run {
    let folder = TempDir::new().unwrap();
    std::fs::copy(beginning.folder.path().join("billing.db"), folder.path().join("billing.db")).unwrap();
    let config = program::config(folder.path(), &stack.processor, TIMES);
    let attempt = attempt_id();
    let body = json!({
        "attempt_id": attempt, "amount": 900, "currency": "CAD", "token": stack.token("4242424242424242").await,
        "billing_address": address(),
    });
    let lou = json!({"login": {"name": "Lou Roy"}});
    let post = |server: &Server, path: &str, secret: &str, key: &str| {
        let request = stack.http.post(format!("{}{path}", server.origin)).bearer_auth(secret);
        request.header("idempotency-key", key).header("paydesk-parent-origin", STORE)
    };
    let charged = async || {
        let charges = stack.charges().await;
        charges
            .into_iter()
            .filter(|charge| charge["metadata"]["attempt"] == attempt.as_str())
            .collect::<Vec<_>>()
    };

    // With the fault.
    let log = folder.path().join("strace");
    let server =
        serve_by(faulty(folder.path(), &log, &fault), &config).await.expect("opening writes nothing");
    let client = stack.send(post(&server, "/v1/clients", &beginning.key, "lou").json(&lou)).await;
    let confirm = post(&server, "/v1/checkout/confirm", &beginning.secret, &attempt).json(&body);
    let confirm = stack.send(confirm).await;
    let charged_then = charged().await.len();
    server.kill().await;
    let log = std::fs::read_to_string(log).unwrap();
    let injected = log.lines().filter(|line| line.contains("(INJECTED)")).count();
    let told = format!("{fault:?}: client {}, confirm {} {}", client.status, confirm.status, confirm.text);
    assert!(confirm.status < 300 || charged_then == 0, "charged without having written it down: {told}");
    for reply in [&client, &confirm] {
        assert!(reply.status < 300 || reply.status >= 500, "it is nobody's fault but ours: {told}");
    }

    // Without it.
    let server = serve(&config).await;
    let get = |path: &str, secret: &str| {
        let request = stack.http.get(format!("{}{path}", server.origin)).bearer_auth(secret);
        stack.send(request.header("paydesk-parent-origin", STORE))
    };
    let decided = async {
        loop {
            let status = get("/v1/checkout/status", &beginning.secret).await.expect(200).json();
            let attempt = status["attempt"]["status"].as_str().map(str::to_owned);
            if !matches!(attempt.as_deref(), Some("processing" | "checking")) {
                return attempt;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let decided =
        tokio::time::timeout(Duration::from_secs(60), decided).await.expect("it is decided in the end");
    assert!(confirm.status >= 300 || decided.is_some(), "told to be under way, and gone: {told}");
    if confirm.status == 200 {
        assert_eq!(decided.as_deref(), Some(confirm.at("/status").as_str()), "{told}");
    }
    let charges = charged().await;
    let payments = get("/v1/payments", &beginning.key).await.expect(200).json();
    let payments = payments["data"].as_array().unwrap();
    let references =
        |rows: &[Value], name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert!(charges.len() <= 1, "{told}: {charges:?}");
    assert_eq!(
        references(&charges, "payment_intent"),
        references(payments, "processor_reference"),
        "the journal and the books agree: {told}"
    );
    assert_eq!(decided.as_deref() == Some("succeeded"), charges.len() == 1, "{told}");
    let clients = get("/v1/clients", &beginning.key).await.expect(200).json();
    let clients = clients["data"].as_array().unwrap().len();
    assert!(clients == 2 || (client.status >= 300 && clients == 1), "told to be made, and gone: {told}");
    let (whole, _, error) = program::run(&config, &["audit", "verify"]).await;
    assert!(whole, "{told}: {error}");
    server.stop().await;
    Run {
        fault,
        client: client.status,
        confirm: confirm.status,
        injected,
        charged_then,
        charged: charges.len(),
    }
}

/// The disk is full for a while, and then has room again: the same process answers as it should in both times, and does
/// what it refused. (The system's limit on the size of files takes the part of the full disk: unlike `strace`'s counts
/// it holds for every thread, and it can be lifted.)
///
/// Positive control: without `before_acquire` in `store/db.rs` nothing is ever written again (found by this, and tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_has_room_again_is_written_again() {
    let stack = Stack::start(Engine::Sqlite).await;
    let Beginning { folder, key, secret } = begin(&stack).await;
    let config = program::config(folder.path(), &stack.processor, TIMES);
    // The signal that comes with the error would end the program.
    let mut unsignalled = Command::new("sh");
    unsignalled.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", PROGRAM]);
    let server = serve_by(unsignalled, &config).await.unwrap();
    let client = |name: &str| {
        let request = stack.http.post(format!("{}/v1/clients", server.origin)).bearer_auth(&key);
        let body = json!({"login": {"name": name}});
        stack.send(request.header("idempotency-key", name).json(&body))
    };
    let mut body = json!({
        "attempt_id": attempt_id(), "amount": 900, "currency": "CAD", "token": stack.token("4242424242424242").await,
        "billing_address": address(),
    });
    let confirm = |body: &Value| {
        let request = stack.http.post(format!("{}/v1/checkout/confirm", server.origin)).bearer_auth(&secret);
        let id = body["attempt_id"].as_str().unwrap().to_owned();
        let request = request.header("idempotency-key", id).header("paydesk-parent-origin", STORE);
        stack.send(request.json(body))
    };
    client("before").await.expect(201);

    server.limit_file_sizes("0:unlimited").await;
    for _ in 0..3 {
        client("meanwhile").await.expect_problem(500, "internal");
        confirm(&body).await.expect_problem(500, "internal");
    }
    assert!(stack.charges().await.is_empty(), "nothing is charged that cannot be written down");
    let clients = stack.http.get(format!("{}/v1/clients", server.origin)).bearer_auth(&key);
    assert_eq!(stack.send(clients).await.expect(200).json()["data"].as_array().unwrap().len(), 2);

    server.limit_file_sizes("unlimited").await;
    client("meanwhile").await.expect(201);
    client("after").await.expect(201);
    assert_eq!(confirm(&body).await.expect(200).at("/status"), "succeeded");
    assert_eq!(stack.charges().await.len(), 1);
    body["attempt_id"] = json!(attempt_id());
    confirm(&body).await.expect_problem(409, "already_paid");
    server.stop().await;
    let (whole, _, error) = program::run(&config, &["audit", "verify"]).await;
    assert!(whole, "{error}");
}

/// The program under `strace`, which lets calls on the database's files fail.
fn faulty(folder: &Path, log: &Path, fault: &Fault) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "signal=none", "-o"]).arg(log);
    for file in ["billing.db", "billing.db-wal"] {
        command.arg("-P").arg(folder.join(file));
    }
    let Fault { calls, error, call } = fault;
    command.arg("-e").arg(format!("trace={calls}"));
    command.arg("-e").arg(format!("inject={calls}:error={error}:when={call}+")).arg(PROGRAM);
    command
}
