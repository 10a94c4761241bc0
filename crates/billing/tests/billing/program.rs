//! The program itself: its commands, its ready line, TLS, and that it finishes what is under way when told to stop.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use paydesk_billing::clock::{Clock as _, SystemClock};
use paydesk_billing::store::Store;
use paydesk_domain::id::OutboxId;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::support::{
    Behaviour, Engine, PROCESSOR_SECRET, Receiver, STORE, Stack, address, attempt_id, fresh,
};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_paydesk-billing");

pub fn config(folder: &Path, processor: &str, more: &str) -> String {
    let database = format!("sqlite:{}", folder.join("billing.db").display());
    config_on(&database, folder, processor, more)
}

pub fn config_on(database: &str, folder: &Path, processor: &str, more: &str) -> String {
    let file = folder.join("billing.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndatabase_url = \"{database}\"\n{more}\n[processor]\nkind = \"stripe\"\nbase_url = \"{processor}\"\n\
         secret_key = \"{PROCESSOR_SECRET}\"\npublishable_key = \"pk_test_billing0123456789\"\n"
    );
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

pub async fn run(config: &str, arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(PROGRAM).args(arguments).args(["--config", config]).output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

pub struct Server {
    child: Child,
    pub origin: String,
    log: JoinHandle<String>,
    _lines: Lines<BufReader<ChildStdout>>,
}

pub async fn serve(config: &str) -> Server {
    serve_by(Command::new(PROGRAM), config).await.expect("a ready line")
}

/// Starts it by a command that runs the program. `None` when it ends before it is ready.
pub async fn serve_by(mut command: Command, config: &str) -> Option<Server> {
    let mut child = command
        .args(["serve", "--log-format", "json", "--config", config])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap()?;
    let origin = line.strip_prefix("paydesk-billing listening on ").expect("the ready line").to_owned();
    // Read all the time: a pipe that nobody empties is full one day, and whoever writes to it waits.
    let mut errors = child.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut log = Vec::new();
        errors.read_to_end(&mut log).await.unwrap();
        String::from_utf8_lossy(&log).into_owned()
    });
    Some(Server { child, origin, log, _lines: lines })
}

impl Server {
    /// How large the files that it writes may become: `SOFT:HARD` in bytes.
    pub async fn limit_file_sizes(&self, limit: &str) {
        let id = self.child.id().unwrap().to_string();
        let limited =
            Command::new("prlimit").args(["--pid", &id, &format!("--fsize={limit}")]).status().await;
        assert!(limited.unwrap().success());
    }

    /// What it holds in memory.
    pub fn resident_kb(&self) -> u64 {
        let id = self.child.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Ends it as a power cut does: it does not learn of it.
    pub async fn kill(mut self) {
        let id = self.child.id().unwrap();
        // Where something runs the program, that is the one to end.
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        match children.split_whitespace().next() {
            Some(program) => {
                assert!(Command::new("kill").args(["-KILL", program]).status().await.unwrap().success());
            }
            None => self.child.start_kill().unwrap(),
        }
        tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await.unwrap().unwrap();
    }

    /// Tells it to stop, and returns its log once it has.
    pub async fn stop(mut self) -> String {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "it ends by itself, without an error");
        self.log.await.unwrap()
    }
}

pub async fn organization(config: &str) -> (String, String) {
    let create = [
        "org",
        "create",
        "--name",
        "Riverside",
        "--currency",
        "CAD",
        "--time-zone",
        "America/Toronto",
        "--locale",
        "en",
        "--country",
        "CA",
        "--allowed-origin",
        STORE,
    ];
    let (done, out, error) = run(config, &create).await;
    assert!(done, "{error}");
    let made: Value = serde_json::from_str(&out).unwrap();
    let organization = made["organization"].as_str().unwrap().to_owned();
    let (done, out, error) = run(config, &["key", "create", "--organization", &organization]).await;
    assert!(done, "{error}");
    let made: Value = serde_json::from_str(&out).unwrap();
    (organization, made["key"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_set_up_by_commands_and_drains_when_stopped() {
    let stack = Stack::start(Engine::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let config = config(folder.path(), &stack.processor, "[limits]\nconfirm_wait_ms = 20");
    assert!(run(&config, &["migrate"]).await.0);
    assert!(run(&config, &["check"]).await.0);
    let (organization, key) = organization(&config).await;
    assert!(organization.starts_with("org_") && key.starts_with("sk_paydesk_"));
    let bad = [
        "org",
        "create",
        "--name",
        "x",
        "--currency",
        "CAD",
        "--time-zone",
        "Mars/Base",
        "--locale",
        "en",
        "--country",
        "CA",
    ];
    let (done, _, error) = run(&config, &bad).await;
    assert!(!done && error.contains("time_zone"), "{error}");

    let server = serve(&config).await;
    let post = |path: &str, key_name: &str, body: Value| {
        let request = stack.http.post(format!("{}{path}", server.origin)).bearer_auth(&key);
        stack.send(request.header("idempotency-key", key_name).json(&body))
    };
    let account = post("/v1/clients", "a", json!({"login": {"name": "Kim Roy"}})).await.expect(201).at("/id");
    let items = json!([{"description": "Camp", "amount": 900}]);
    let invoice =
        post("/v1/invoices", "b", json!({"account": account, "items": items})).await.expect(201).at("/id");
    let session = json!({"invoice": invoice, "allowed_origin": STORE});
    let secret = post("/v1/checkout_sessions", "c", session).await.expect(201).at("/secret");
    let slow = json!({"type": "delay", "ms": 1_000});
    stack
        .scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": slow, "times": 1}))
        .await;
    let (attempt, token) = (attempt_id(), stack.token("4242424242424242").await);
    let body = json!({
        "attempt_id": attempt, "amount": 900, "currency": "CAD", "token": token, "billing_address": address(),
    });
    let confirm = stack.http.post(format!("{}/v1/checkout/confirm", server.origin)).bearer_auth(&secret);
    let confirm =
        confirm.header("paydesk-parent-origin", STORE).header("idempotency-key", &attempt).json(&body);
    stack.send(confirm).await.expect(202);
    // Stopped in the middle of the charge: it is finished first.
    let log = server.stop().await;
    assert_eq!(stack.charges().await.len(), 1);
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("every line is JSON");
        assert!(line["timestamp"].is_string());
    }
    for private in ["Kim", &secret, &key, STORE, "120 Rue", &token] {
        assert!(!log.contains(private), "the log holds {private}");
    }
    assert!(log.contains("\"route\":\"/v1/checkout/confirm\"") && log.contains("req_"), "{log}");

    let server = serve(&config).await;
    let status = stack.http.get(format!("{}/v1/checkout/status", server.origin)).bearer_auth(&secret);
    let status = stack.send(status.header("paydesk-parent-origin", STORE)).await.expect(200);
    assert_eq!(status.at("/attempt/status"), "succeeded");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_looks_lost_answers_up_by_itself() {
    let stack = Stack::start(Engine::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let more = "[recovery]\nfirst_look_up_ms = 100\nsweep_ms = 50";
    let config = config(folder.path(), &stack.processor, more);
    let (_, key) = organization(&config).await;
    let server = serve(&config).await;
    let post = |path: &str, key_name: &str, body: Value| {
        let request = stack.http.post(format!("{}{path}", server.origin)).bearer_auth(&key);
        stack.send(request.header("idempotency-key", key_name).json(&body))
    };
    let account = post("/v1/clients", "a", json!({"login": {"name": "Kim Roy"}})).await.expect(201).at("/id");
    let items = json!([{"description": "Camp", "amount": 900}]);
    let invoice =
        post("/v1/invoices", "b", json!({"account": account, "items": items})).await.expect(201).at("/id");
    let session = json!({"invoice": invoice, "allowed_origin": STORE});
    let secret = post("/v1/checkout_sessions", "c", session).await.expect(201).at("/secret");
    stack.scenario(json!({"match": "every", "on": ["payment_intents.create"], "action": {"type": "drop_answer"}, "times": 1})).await;
    let attempt = attempt_id();
    let body = json!({
        "attempt_id": attempt, "amount": 900, "currency": "CAD", "token": stack.token("4242424242424242").await,
        "billing_address": address(),
    });
    let browser = |request: reqwest::RequestBuilder| {
        request.bearer_auth(&secret).header("paydesk-parent-origin", STORE)
    };
    let confirm = browser(stack.http.post(format!("{}/v1/checkout/confirm", server.origin)));
    stack.send(confirm.header("idempotency-key", &attempt).json(&body)).await.expect(202);
    let decided = async {
        loop {
            let status = browser(stack.http.get(format!("{}/v1/checkout/status", server.origin)));
            let status = stack.send(status).await.expect(200);
            if status.at("/attempt/status") != "checking" {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let status = tokio::time::timeout(Duration::from_secs(20), decided).await.unwrap();
    assert_eq!(status.at("/attempt/status"), "succeeded");
    assert_eq!(stack.charges().await.len(), 1);
    server.stop().await;
}

/// Positive control: without the line in `run.rs` that starts the task, nothing is ever told (tried).
#[tokio::test(flavor = "multi_thread")]
async fn it_tells_endpoints_by_itself() {
    let receiver = Receiver::start(Behaviour::Answer(500)).await;
    let folder = TempDir::new().unwrap();
    let more = "[recovery]\nsweep_ms = 50\n[webhooks]\nallow_loopback_http = true\n\
                secret_key = \"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\"";
    let config = config(folder.path(), "http://127.0.0.1:1", more);
    let (organization, key) = organization(&config).await;
    let server = serve(&config).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, body: Value| {
        let request = http.post(format!("{}{path}", server.origin)).bearer_auth(&key);
        let reply = request.header("idempotency-key", fresh("k-")).json(&body).send().await.unwrap();
        reply.json::<Value>().await.unwrap()
    };
    let endpoint = |url: &str| json!({"url": url, "events": ["webhook_endpoint.disabled"]});
    let made = post("/v1/webhook_endpoints", endpoint(&receiver.url)).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    // An endpoint that is gone is disabled, which is an event of its own.
    let gone = Receiver::start(Behaviour::Answer(410)).await;
    post("/v1/webhook_endpoints", endpoint(&gone.url)).await;
    let database = format!("sqlite:{}", folder.path().join("billing.db").display());
    let store = Store::open(&database.parse().unwrap()).await.unwrap();
    let tenant = store.organization(organization.parse().unwrap());
    let mut tx = tenant.write().await.unwrap();
    let id = OutboxId::new(SystemClock.now(), 7);
    let now = SystemClock.now().as_millisecond();
    tx.insert_outbox(id.as_str(), "webhook_endpoint.disabled", "whe_x", &json!({"id": "whe_x"}), now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    // The first message fails and comes once more by itself, after five seconds; the second event comes at once.
    let told = async {
        while receiver.count() < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("it is told");
    assert!(receiver.seen().iter().all(|message| message.is_signed_by(&secret)));
    let log = server.stop().await;
    assert!(log.contains("a webhook endpoint is disabled"), "{log}");
    for private in [&secret, &key, &receiver.url, &gone.url, "/hooks", "v1,"] {
        assert!(!log.contains(private), "the log holds {private}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sealing_key_is_replaced_by_a_command() {
    let stack = Stack::start(Engine::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let with = |keys: &[u8]| {
        let keys: Vec<String> = keys.iter().map(|byte| crate::webhooks::key_text(*byte)).collect();
        let more = format!("[webhooks]\nsecret_key = \"{}\"\n", keys.join(","));
        config(folder.path(), &stack.processor, &more)
    };
    let config = with(&[7]);
    let (_, key) = organization(&config).await;
    let server = serve(&config).await;
    let request = stack.http.post(format!("{}/v1/webhook_endpoints", server.origin)).bearer_auth(&key);
    let request = request.header("idempotency-key", fresh("k-"));
    stack.send(request.json(&json!({"url": "https://example.org/hooks"}))).await.expect(201);
    server.stop().await;
    let reseal = async |config: &str| run(config, &["webhooks", "reseal"]).await;
    let (done, out, error) = reseal(&with(&[8])).await;
    assert!(!done && error.contains("none of the keys in webhooks.secret_key opens: 1"), "{error}");
    assert_eq!(out.trim(), r#"{"resealed":0,"kept":0,"unreadable":1}"#);
    for out in [r#"{"resealed":1,"kept":0,"unreadable":0}"#, r#"{"resealed":0,"kept":1,"unreadable":0}"#] {
        let (done, said, error) = reseal(&with(&[8, 7])).await;
        assert!(done, "{error}");
        assert_eq!(said.trim(), out);
    }
    assert!(reseal(&with(&[8])).await.0, "the old key is not needed any more");
    assert!(!reseal(&with(&[7])).await.0);
}

/// Positive control: without the commit in `revoke_key` the key goes on opening doors.
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_revoked_and_pages_registered_while_it_serves() {
    let stack = Stack::start(Engine::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let config = config(folder.path(), &stack.processor, "");
    let (organization, first) = organization(&config).await;
    let server = serve(&config).await;
    let answer = async |arguments: &[&str]| {
        let (done, out, error) = run(&config, arguments).await;
        assert!(done, "{error}");
        serde_json::from_str::<Value>(&out).unwrap()
    };
    let reads = async |key: &str| {
        stack.send(stack.http.get(format!("{}/v1/clients", server.origin)).bearer_auth(key)).await.status
    };
    let made = answer(&["key", "create", "--organization", &organization]).await;
    let (second, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap());
    assert_eq!((reads(&first).await, reads(second).await), (200, 200));
    let revoke = ["key", "revoke", "--organization", &organization, "--id", id];
    assert_eq!(answer(&revoke).await, json!({"revoked": id}));
    assert_eq!((reads(&first).await, reads(second).await), (200, 401));
    assert!(!run(&config, &revoke).await.0, "once is all");
    let keys = answer(&["key", "list", "--organization", &organization]).await;
    let revoked: Vec<bool> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["revoked_at"].is_string()).collect();
    assert_eq!(revoked.iter().filter(|revoked| **revoked).count(), 1);
    assert_eq!(revoked.len(), 2);
    assert!(!keys.to_string().contains("sk_paydesk_"));

    let frame = async |parent: &str| {
        let page = stack.http.get(format!("{}/frame/checkout", server.origin)).query(&[("parent", parent)]);
        stack.send(page).await.status
    };
    // There is no widget here: a page that may embed it is told 404, one that may not 403.
    assert_eq!(frame("https://shop.example").await, 403);
    let add = ["org", "add-origin", "--organization", &organization, "--origin", "https://Shop.example/"];
    assert_eq!(answer(&add).await, json!({"origin": "https://shop.example"}));
    assert_eq!(frame("https://shop.example").await, 404);
    for bad in ["http://shop.example", "https://shop.example/path", "shop.example"] {
        let add = ["org", "add-origin", "--organization", &organization, "--origin", bad];
        let (done, _, error) = run(&config, &add).await;
        assert!(!done && error.contains("origin"), "{bad}: {error}");
    }
    let remove =
        ["org", "remove-origin", "--organization", &organization, "--origin", "https://shop.example"];
    assert_eq!(answer(&remove).await, json!({"removed": "https://shop.example"}));
    assert_eq!(frame("https://shop.example").await, 403);
    assert!(!run(&config, &remove).await.0, "once is all");

    let set =
        ["org", "set", "--organization", &organization, "--currency", "usd", "--debit-refund-max", "7000"];
    let set = answer(&[&set[..], &["--this-vault"]].concat()).await;
    assert_eq!((&set["currency"], &set["debit_refund_max"]), (&json!("USD"), &json!(7_000)));
    let url = format!("{}/v1/organization", server.origin);
    let shown = stack.send(stack.http.get(url).bearer_auth(&first)).await.expect(200).json();
    assert_eq!((&shown, &shown["name"]), (&set, &json!("Riverside")));
    let (done, _, error) =
        run(&config, &["org", "set", "--organization", &organization, "--country", "Canada"]).await;
    assert!(!done && error.contains("country: Two letters"), "{error}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_refuses_plain_http_for_everybody() {
    let folder = TempDir::new().unwrap();
    let config = config(folder.path(), "http://127.0.0.1:1", "");
    let mut open = Command::new(PROGRAM);
    open.args(["serve", "--config", &config]).env("PAYDESK_LISTEN", "0.0.0.0:0").kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_secs(20), open.output()).await.unwrap().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("tls_cert"));
}

/// Versions 1.2 and 1.3, HSTS, and no plain HTTP on the same port.
#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_tls() {
    let folder = TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let more = format!("tls_cert = \"{}\"\ntls_key = \"{}\"", certificate.display(), key.display());
    let config = config(folder.path(), "http://127.0.0.1:1", &more);
    let server = serve(&config).await;
    assert!(server.origin.starts_with("https://"));
    let address = server.origin.strip_prefix("https://").unwrap().to_owned();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let answer = over_tls(&address, version, made.cert.der().clone()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000; includeSubDomains"),
            "{answer}"
        );
    }
    let plain = reqwest::get(format!("http://{address}/healthz")).await;
    assert!(plain.is_err(), "no plain HTTP here");
    server.stop().await;
}

/// Asks for `/healthz` with one version of TLS.
async fn over_tls(
    address: &str,
    version: &'static rustls::SupportedProtocolVersion,
    root: rustls::pki_types::CertificateDer<'static>,
) -> String {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    // The other side may close without saying so.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}
