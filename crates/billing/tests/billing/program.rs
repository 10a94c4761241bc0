//! The program itself: its commands, its ready line, TLS, and that it finishes what is under way when told to stop.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::support::{Engine, PROCESSOR_SECRET, STORE, Stack, address, attempt_id};

const PROGRAM: &str = env!("CARGO_BIN_EXE_paydesk-billing");

fn config(folder: &Path, processor: &str, more: &str) -> String {
    let file = folder.join("billing.toml");
    let database = folder.join("billing.db");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndatabase_url = \"sqlite:{}\"\n{more}\n[processor]\nkind = \"stripe\"\nbase_url = \"{processor}\"\n\
         secret_key = \"{PROCESSOR_SECRET}\"\npublishable_key = \"pk_test_billing0123456789\"\n",
        database.display()
    );
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

async fn run(config: &str, arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(PROGRAM).args(arguments).args(["--config", config]).output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

struct Server {
    child: Child,
    origin: String,
    _lines: Lines<BufReader<ChildStdout>>,
}

async fn serve(config: &str) -> Server {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--log-format", "json", "--config", config])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("a ready line");
    let origin = line.strip_prefix("paydesk-billing listening on ").expect("the ready line").to_owned();
    Server { child, origin, _lines: lines }
}

impl Server {
    /// Tells it to stop, and returns its log once it has.
    async fn stop(self) -> String {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let output = tokio::time::timeout(Duration::from_secs(60), self.child.wait_with_output())
            .await
            .unwrap()
            .unwrap();
        assert!(output.status.success(), "it ends by itself, without an error");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

async fn organization(config: &str) -> (String, String) {
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
