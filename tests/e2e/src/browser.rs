//! A browser of its own for each test: a fresh profile, its driver, and the recorder that watches it.

use std::path::Path;
use std::process::Command;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::driver::Driver;
use crate::program::Program;
use crate::recorder::Recorder;
use crate::{Context, Failure, place};

/// Without a window, and without any request of the browser's own.
const FLAGS: [&str; 13] = [
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
    "--disable-features=Translate,AutofillServerCommunication,MediaRouter,OptimizationHints",
];

/// How the browser looks at the world.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Width of the window, CSS pixels. Narrow ones are emulated: a real window stops at about 500.
    pub width: u32,
    /// Height, CSS pixels.
    pub height: u32,
    /// Whether the person prefers dark colours.
    pub dark: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 1280, height: 1400, dark: false }
    }
}

/// A running browser.
#[derive(Debug)]
pub struct Browser {
    /// The person.
    pub driver: Driver,
    /// The witness.
    pub recorder: Recorder,
    profile: TempDir,
    process: Option<i32>,
    closed: bool,
    /// Last, so that it outlives the session it serves.
    _program: Program,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Errors
    /// Where the browser or its driver does not start.
    pub async fn start(options: Options) -> Result<Self, Failure> {
        let program = start_driver()?;
        let profile =
            tempfile::Builder::new().prefix("paydesk-e2e-profile").tempdir().context("a profile")?;
        let mut flags: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        flags.push(format!("--window-size={},{}", options.width, options.height));
        let driver = Driver::open(&program.ready, capabilities(&flags)).await?;
        driver.go("about:blank").await?;
        let said = |pointer: &str| driver.capabilities.pointer(pointer);
        let debugger = said("/goog:chromeOptions/debuggerAddress").and_then(Value::as_str);
        let recorder = Recorder::start(debugger.context("the debugger's address")?).await?;
        let process = said("/goog:processID").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
        let browser = Self { driver, recorder, profile, process, closed: false, _program: program };
        browser.resize(options.width, options.height).await?;
        browser.prefer(options.dark).await?;
        Ok(browser)
    }

    /// The folder with everything that the browser keeps.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Makes the page this wide and high.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.on_page("Emulation.setDeviceMetricsOverride", size).await
    }

    /// Prefers dark or light colours.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn prefer(&self, dark: bool) -> Result<(), Failure> {
        let value = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.on_page("Emulation.setEmulatedMedia", media).await
    }

    /// A picture of a small square of the page, as PNG: equal colours give equal bytes.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn square(&self, x: f64, y: f64) -> Result<String, Failure> {
        let frames = self.recorder.frames();
        let (session, _) = frames.first().context("a page")?;
        let clip = json!({"x": x, "y": y, "width": 2, "height": 2, "scale": 1});
        let picture =
            self.recorder.cdp().ask(session, "Page.captureScreenshot", json!({"clip": clip})).await?;
        Ok(picture.pointer("/data").and_then(Value::as_str).context("a picture")?.to_owned())
    }

    /// Makes the processor of the page that is open already slower by this factor.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn slow_down(&self, factor: f64) -> Result<(), Failure> {
        self.on_page("Emulation.setCPUThrottlingRate", json!({"rate": factor})).await
    }

    async fn on_page(&self, method: &str, params: Value) -> Result<(), Failure> {
        let frames = self.recorder.frames();
        let (session, _) = frames.first().context("a page")?;
        self.recorder.cdp().ask(session, method, params).await.map(drop)
    }

    /// Closes the browser and waits for it; its profile can be searched afterwards.
    ///
    /// # Errors
    /// Where it does not close.
    pub async fn close(&mut self) -> Result<(), Failure> {
        if !self.closed {
            self.driver.close().await?;
            self.closed = true;
            self.process = None;
        }
        Ok(())
    }

    /// Whether it was closed.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(process) = self.process {
            // The driver starts it as the leader of a group of its own; gone already is as good.
            let _ = killpg(Pid::from_raw(process), Signal::SIGKILL);
        }
    }
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

fn capabilities(flags: &[String]) -> Value {
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
                // Nothing but an empty page at first: the browser's own start page has parts from elsewhere.
                "session.restore_on_startup": 4,
                "session.startup_urls": ["about:blank"],
            },
        },
    })
}
