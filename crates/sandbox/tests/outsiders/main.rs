//! The official Stripe SDK and command line run against the program, and what they send is validated
//! against the public description of the API.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod contract;
mod recorder;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use contract::Contract;
use recorder::Recorder;

const FILES: [&str; 6] =
    ["package.json", "package-lock.json", ".npmrc", "processor.mjs", "sdk.test.mjs", "cli.test.mjs"];

/// Numbers that the clients send.
const NUMBERS: [&str; 10] = [
    "4242424242424242",
    "5555555555554444",
    "378282246310005",
    "4000000000000341",
    "4000000000009995",
    "4000002760003184",
    "6011111111111117",
    "000123456789",
    "000222222227",
    "000555555559",
];

#[tokio::test]
async fn the_official_clients_are_served() {
    let project = install().await;
    let data = tempfile::tempdir().unwrap();
    let (mut program, address) = start(data.path()).await;
    let recorder = Recorder::default();
    let front = recorder.before(address).await;

    let mut node = command("node", &project);
    node.arg("--test").env("PAYDESK_SANDBOX_URL", format!("http://{front}"));
    let ran = finish(node, "node --test").await;
    let tap = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{tap}\n{}", String::from_utf8_lossy(&ran.stderr));
    let passed: usize = tap.lines().find_map(|line| line.strip_prefix("# pass ")).unwrap().parse().unwrap();
    assert!(passed >= 14, "fewer tests ran than there are:\n{tap}");

    validate(&recorder);
    program.start_kill().unwrap();
    program.wait().await.unwrap();
    let log = std::fs::read(data.path().join("sandbox.log")).unwrap();
    assert!(log.len() > 10_000, "the clients left no trace");
    for number in NUMBERS {
        assert!(!holds(&log, number), "{number} is on the disk");
    }
    // The search is able to find: the last four digits are kept, and they are there.
    assert!(holds(&log, "\"4242\""));
}

/// Every body that a client sent must be one that the public description allows, except where the clients
/// were told to send nonsense; every error that came back must have the described shape.
fn validate(recorder: &Recorder) {
    let contract = Contract::read();
    let mut seen = BTreeSet::new();
    for request in recorder.requests() {
        let mut words = request.first_line.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let path = target.split('?').next().unwrap();
        let Some(template) = contract.template(path).filter(|_| method == "POST") else {
            continue;
        };
        let errors = contract.errors(template, &request.body);
        assert!(errors.is_empty(), "{method} {template}: {errors:?}");
        seen.insert(template.to_owned());
    }
    assert!(seen.len() >= 10, "the clients used {} of the described calls: {seen:?}", seen.len());
    let mut errors_seen = 0;
    for answer in recorder.answers() {
        let status: u16 = answer.first_line.split(' ').nth(1).unwrap().parse().unwrap();
        if status >= 400 {
            let body = serde_json::from_str(&answer.body).unwrap();
            assert!(contract.errors_of_error(&body).is_empty(), "{}", answer.body);
            errors_seen += 1;
        }
    }
    assert!(errors_seen >= 8, "only {errors_seen} errors were seen");
}

/// Copies the project below the target folder and installs it there: the checkout stays as it is.
async fn install() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outsiders");
    let there = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outsiders");
    std::fs::create_dir_all(&there).unwrap();
    for file in FILES {
        std::fs::copy(here.join(file), there.join(file)).unwrap();
    }
    let lock = std::fs::read(here.join("package-lock.json")).unwrap();
    assert!(!holds(&lock, "\"resolved\""), "the lockfile names a registry");
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

async fn start(data: &Path) -> (Child, std::net::SocketAddr) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_paydesk-sandbox"))
        .args(["serve", "--listen", "127.0.0.1:0", "--webhook-waits-ms", "50,50,50", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let ready = lines.next_line().await.unwrap().unwrap();
    let address =
        ready.strip_prefix("paydesk-sandbox listening on http://").unwrap_or_else(|| panic!("{ready}"));
    (program, address.parse().unwrap())
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn finish(mut command: Command, what: &str) -> Output {
    let output = tokio::time::timeout(Duration::from_secs(300), command.output());
    match output.await {
        Ok(Ok(output)) => output,
        Ok(Err(why)) => {
            panic!("{what}: {why}. Node 20 or newer, with npm, must be installed (https://nodejs.org).")
        }
        Err(_) => panic!("{what} took longer than five minutes"),
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
