//! The example receiver of the documentation, which verifies with the official library of the specification, believes
//! what the billing API signs and sends, and nothing else.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use paydesk_billing::adapters::webhooks::Sender;
use paydesk_billing::app::webhook_signature::{sign, spell};
use paydesk_billing::clock::{Clock as _, SystemClock};
use paydesk_billing::ports::webhooks::{Message, WebhookSender as _};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use zeroize::Zeroizing;

const FILES: [&str; 4] = ["package.json", "package-lock.json", ".npmrc", "receiver.mjs"];
const BODY: &str =
    r#"{"type":"payment.succeeded","timestamp":"2026-11-23T15:04:05Z","data":{"id":"pay_x","amount":6250}}"#;

/// The example receiver.
struct Receiver {
    url: String,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

/// The positive control is in the test: of the same message, what is changed in one letter is refused.
#[tokio::test]
async fn the_official_library_believes_us_and_nobody_else() {
    let secret = Zeroizing::new(vec![7; 32]);
    let mut receiver = Receiver::start(&spell(&secret)).await;
    let other = Zeroizing::new(vec![8; 32]);
    let now = SystemClock.now().as_second();
    let sender = Sender::new(true).unwrap();
    let url = receiver.url.clone();
    let send = async |id: &str, timestamp_s: i64, signature: &str, body: &str| {
        sender.send(Message { url: &url, id, timestamp_s, signature, body }).await.unwrap().status
    };
    let ours = sign(std::slice::from_ref(&secret), "out_x", now, BODY);
    assert_eq!(send("out_x", now, &ours, BODY).await, 204);
    assert_eq!(receiver.line().await, "payment.succeeded pay_x");
    assert_eq!(send("out_x", now, &ours, BODY).await, 204, "a repeat is believed");
    // While secrets are replaced, either of them is enough.
    for secrets in [[secret.clone(), other.clone()], [other.clone(), secret.clone()]] {
        let both = sign(&secrets, "out_y", now, BODY);
        assert_eq!(send("out_y", now, &both, BODY).await, 204);
    }
    assert_eq!(receiver.line().await, "payment.succeeded pay_x", "and each is noted once");

    assert_eq!(send("out_x", now, &ours, &BODY.replace("6250", "6251")).await, 400, "another body");
    assert_eq!(send("out_z", now, &ours, BODY).await, 400, "another id");
    assert_eq!(send("out_x", now + 1, &ours, BODY).await, 400, "another time");
    assert_eq!(send("out_x", now, &sign(&[other], "out_x", now, BODY), BODY).await, 400, "another secret");
    for away in [-360, 360] {
        let stale = sign(std::slice::from_ref(&secret), "out_x", now + away, BODY);
        assert_eq!(send("out_x", now + away, &stale, BODY).await, 400, "not from now");
    }
}

#[test]
fn the_documentation_shows_the_receiver_that_was_run() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shown = std::fs::read_to_string(here.join("../../docs/WEBHOOKS.md")).unwrap();
    let run = std::fs::read_to_string(here.join("tests/outsiders/receiver.mjs")).unwrap();
    assert!(shown.contains(&format!("```js\n{run}```\n")), "docs/WEBHOOKS.md shows another receiver");
}

impl Receiver {
    async fn start(secret: &paydesk_billing::secret::Secret) -> Self {
        let project = install().await;
        let mut node = command("node", &project);
        node.arg("receiver.mjs").env("PORT", "0").env("WEBHOOK_SECRET", secret.reveal());
        let mut child = node.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.next_line().await.unwrap().unwrap();
        let port = ready.strip_prefix("listening on ").unwrap_or_else(|| panic!("{ready}"));
        Self { url: format!("http://127.0.0.1:{port}/"), lines, _child: child }
    }

    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(Duration::from_secs(20), self.lines.next_line());
        line.await.unwrap().unwrap().unwrap()
    }
}

/// Copies the project below the target folder and installs it there: the checkout stays as it is.
async fn install() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outsiders");
    let there = Path::new(env!("CARGO_TARGET_TMPDIR")).join("billing-outsiders");
    std::fs::create_dir_all(&there).unwrap();
    for file in FILES {
        std::fs::copy(here.join(file), there.join(file)).unwrap();
    }
    let lock = std::fs::read(here.join("package-lock.json")).unwrap();
    assert!(!String::from_utf8_lossy(&lock).contains("\"resolved\""), "the lockfile names a registry");
    let stamp = there.join("installed.lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return there;
    }
    let mut npm = command("npm", &there);
    npm.args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"]);
    let installed = finish(npm, "npm ci").await;
    assert!(installed.status.success(), "npm ci failed:\n{}", String::from_utf8_lossy(&installed.stderr));
    std::fs::write(stamp, lock).unwrap();
    there
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn finish(mut command: Command, what: &str) -> Output {
    match tokio::time::timeout(Duration::from_secs(240), command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(why)) => {
            panic!("{what}: {why}. Node 20 or newer, with npm, must be installed (https://nodejs.org).")
        }
        Err(_) => panic!("{what} took longer than four minutes"),
    }
}
