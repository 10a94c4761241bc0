//! How Chromium is started and told what only it is told.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{DOWNLOADS, Launched, Options};
use crate::driver::Driver;
use crate::program::Program;
use crate::recorder::Recorder;
use crate::{Context, Failure, place};

/// Without a window, and without any request of the browser's own.
const FLAGS: [&str; 15] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=en-CA",
    // `computedRole` and `computedName` on every element: what assistive technology is told, in every frame.
    "--enable-blink-features=ComputedAccessibilityInfo",
    "--disable-features=Translate,AutofillServerCommunication,MediaRouter,OptimizationHints,NetworkTimeServiceQuerying",
    // Asked all the same, for updates and for accounts: at a port where nothing listens.
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--gaia-url=http://127.0.0.1:9/",
];

/// Starts it with this profile.
pub(super) async fn launch(profile: &Path, options: Options, trap: u16) -> Result<Launched, Failure> {
    let program = start_driver()?;
    let mut flags: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.push(format!("--window-size={},{}", options.width, options.height));
    // What is on this machine is asked directly, whatever the proxy.
    flags.push(format!("--proxy-server=http://127.0.0.1:{trap}"));
    let driver = Driver::open(&program.ready, capabilities(&flags, &profile.join(DOWNLOADS))).await?;
    driver.go("about:blank").await?;
    let said = |pointer: &str| driver.capabilities.pointer(pointer);
    let debugger = said("/goog:chromeOptions/debuggerAddress").and_then(Value::as_str);
    let recorder = Recorder::of_chromium(debugger.context("the debugger's address")?).await?;
    let process = said("/goog:processID").and_then(Value::as_i64);
    Ok(Launched { process, driver, recorder, program })
}

/// Starts the driver on a port that it chooses itself: one that is free for IPv6, and then the same for IPv4, which
/// somebody else may have. Then it gives up, and is asked again.
fn start_driver() -> Result<Program, Failure> {
    const TRIES: usize = 5;
    let start = || {
        let ready = |line: &str| {
            let port = line.split("was started successfully on port ").nth(1)?;
            Some(format!("http://127.0.0.1:{}", port.trim_end_matches('.')))
        };
        let mut command = Command::new(place::chromedriver());
        // West of UTC and of the organization: a day that is reckoned in hours would be the one before.
        command.env("TZ", "America/Vancouver");
        Program::start("chromedriver", command.args(["--port=0", "--log-level=WARNING"]), ready)
    };
    let mut tries = 1;
    loop {
        match start() {
            Err(failure) if tries < TRIES && failure.to_string().contains("port not available") => tries += 1,
            outcome => return outcome,
        }
    }
}

fn capabilities(flags: &[String], downloads: &Path) -> Value {
    json!({
        "browserName": "chrome",
        "pageLoadStrategy": "eager",
        "timeouts": {"script": 60000, "pageLoad": 30000, "implicit": 0},
        "goog:chromeOptions": {
            "binary": place::chromium(),
            "args": flags,
            "excludeSwitches": ["enable-automation"],
            "prefs": {
                "intl.accept_languages": "en-CA,en",
                "credentials_enable_service": false,
                "download.default_directory": downloads,
                // Nothing but an empty page at first: the browser's own start page has parts from elsewhere.
                "session.restore_on_startup": 4,
                "session.startup_urls": ["about:blank"],
            },
        },
    })
}
