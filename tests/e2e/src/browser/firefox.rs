//! How Firefox is started and told what only it is told.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use super::{DOWNLOADS, Launched, Options};
use crate::driver::Driver;
use crate::program::Program;
use crate::recorder::Recorder;
use crate::{Context, Failure, place};

/// Switched off: what the browser would ask for by itself. Its driver switches off much already; the trap tells what is left.
const OFF: [&str; 25] = [
    "app.normandy.enabled",
    "app.update.auto",
    "browser.chrome.site_icons",
    "browser.contentblocking.report.lockwise.enabled",
    "browser.newtabpage.activity-stream.feeds.topsites",
    "browser.newtabpage.enabled",
    "browser.region.update.enabled",
    "browser.safebrowsing.blockedURIs.enabled",
    "browser.safebrowsing.downloads.enabled",
    "browser.safebrowsing.malware.enabled",
    "browser.safebrowsing.phishing.enabled",
    "browser.search.update",
    "browser.topsites.contile.enabled",
    "datareporting.healthreport.uploadEnabled",
    "datareporting.policy.dataSubmissionEnabled",
    "dom.push.connection.enabled",
    "extensions.getAddons.cache.enabled",
    "extensions.systemAddon.update.enabled",
    "extensions.update.enabled",
    "media.gmp-manager.updateEnabled",
    "network.captive-portal-service.enabled",
    "network.connectivity-service.enabled",
    "network.proxy.failover_direct",
    "signon.rememberSignons",
    "toolkit.telemetry.enabled",
];

/// Starts it with this profile.
pub(super) async fn launch(profile: &Path, options: Options, trap: u16) -> Result<Launched, Failure> {
    let program = start_driver(options)?;
    let driver = Driver::open(&program.ready, capabilities(profile, trap)).await?.with_questions();
    let said = |pointer: &str| driver.capabilities.pointer(pointer);
    let socket = said("/webSocketUrl").and_then(Value::as_str).context("where WebDriver BiDi is spoken")?;
    let recorder = Recorder::of_firefox(socket).await?;
    let process = said("/moz:processID").and_then(Value::as_i64);
    Ok(Launched { process, driver, recorder, program })
}

/// Prefers these colours. No protocol says so yet, and so the browser's own side is told.
pub(super) async fn prefer(driver: &Driver, colours: &str) -> Result<(), Failure> {
    let script = "gBrowser.selectedBrowser.browsingContext.prefersColorSchemeOverride = arguments[0]";
    driver.run_inside(script, json!([colours])).await.map(drop)
}

/// Shows pages in the person's own colours; told as above.
pub(super) async fn force_colours(driver: &Driver) -> Result<(), Failure> {
    let script = "gBrowser.selectedBrowser.browsingContext.forcedColorsOverride = 'active'";
    driver.run_inside(script, json!([])).await.map(drop)
}

/// Starts the driver on ports that it and the browser choose themselves.
fn start_driver(options: Options) -> Result<Program, Failure> {
    let ready = |line: &str| Some(format!("http://{}", line.split_once("Listening on ")?.1.trim()));
    let mut command = Command::new(place::geckodriver());
    // As for Chromium: west of UTC and of the organization. The window is larger than the page by its own parts.
    command
        .env("TZ", "America/Vancouver")
        .env("MOZ_CRASHREPORTER_DISABLE", "1")
        // Or the settings' server below would not be heeded.
        .env("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1")
        .env("MOZ_HEADLESS_WIDTH", options.width.max(500).to_string())
        .env("MOZ_HEADLESS_HEIGHT", (options.height + 200).to_string())
        .args(["--port=0", "--websocket-port=0", "--allow-system-access", "--log=info"]);
    Program::start("geckodriver", &mut command, ready)
}

fn capabilities(profile: &Path, trap: u16) -> Value {
    json!({
        "browserName": "firefox",
        "pageLoadStrategy": "eager",
        "webSocketUrl": true,
        "timeouts": {"script": 60000, "pageLoad": 30000, "implicit": 0},
        "moz:firefoxOptions": {
            "binary": place::firefox(),
            "args": ["-headless", "-profile", profile],
            "log": {"level": "error"},
            "prefs": preferences(trap, &profile.join(DOWNLOADS)),
        },
    })
}

fn preferences(trap: u16, downloads: &Path) -> Map<String, Value> {
    let mut preferences: Map<String, Value> =
        OFF.iter().map(|name| ((*name).to_owned(), json!(false))).collect();
    let more = [
        ("intl.accept_languages", json!("en-CA,en")),
        ("browser.download.folderList", json!(2)),
        ("browser.download.dir", json!(downloads)),
        ("browser.download.alwaysOpenPanel", json!(false)),
        ("browser.startup.page", json!(0)),
        ("services.settings.server", json!("data:,#remote-settings-dummy/v1")),
        // What is beyond this machine goes to the trap, names and all; what is on it is asked directly.
        ("network.proxy.type", json!(1)),
        ("network.proxy.http", json!("127.0.0.1")),
        ("network.proxy.http_port", json!(trap)),
        ("network.proxy.ssl", json!("127.0.0.1")),
        ("network.proxy.ssl_port", json!(trap)),
        ("network.proxy.no_proxies_on", json!("localhost, 127.0.0.1")),
        ("network.dns.disableIPv6", json!(true)),
        ("network.dns.disablePrefetch", json!(true)),
        ("network.prefetch-next", json!(false)),
        ("network.http.speculative-parallel-limit", json!(0)),
        ("network.trr.mode", json!(5)),
    ];
    preferences.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    preferences
}
