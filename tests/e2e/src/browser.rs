//! A browser of its own for each test: a fresh profile, its driver, and the recorder that watches it.

mod chromium;
mod firefox;
mod trap;

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

use self::trap::Trap;
use crate::driver::Driver;
use crate::program::Program;
use crate::recorder::Recorder;
use crate::{Context, Failure};

/// Where in its profile files are saved.
const DOWNLOADS: &str = "downloads";

/// The browsers that the tests run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium.
    Chromium,
    /// Firefox, the release with extended support.
    Firefox,
}

impl Kind {
    /// The one that `PAYDESK_E2E_BROWSER` names; Chromium, where it names none.
    ///
    /// # Errors
    /// Where it names something else.
    pub fn chosen() -> Result<Self, Failure> {
        match std::env::var("PAYDESK_E2E_BROWSER").unwrap_or_default().as_str() {
            "" | "chromium" => Ok(Self::Chromium),
            "firefox" => Ok(Self::Firefox),
            other => {
                Err(Failure::new(format!("PAYDESK_E2E_BROWSER is chromium or firefox, and not `{other}`")))
            }
        }
    }
}

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

/// What a browser is when it has just been started.
struct Launched {
    driver: Driver,
    recorder: Recorder,
    program: Program,
    process: Option<i64>,
}

/// A running browser.
#[derive(Debug)]
pub struct Browser {
    /// The person.
    pub driver: Driver,
    /// The witness.
    pub recorder: Recorder,
    kind: Kind,
    profile: TempDir,
    trap: Trap,
    process: Option<i32>,
    closed: bool,
    /// Last, so that it outlives the session it serves.
    _program: Program,
}

impl Browser {
    /// Starts the browser that is chosen.
    ///
    /// # Errors
    /// Where the browser or its driver does not start.
    pub async fn start(options: Options) -> Result<Self, Failure> {
        let kind = Kind::chosen()?;
        let profile =
            tempfile::Builder::new().prefix("paydesk-e2e-profile").tempdir().context("a profile")?;
        let trap = Trap::set().await?;
        let launched = match kind {
            Kind::Chromium => chromium::launch(profile.path(), options, trap.port).await?,
            Kind::Firefox => firefox::launch(profile.path(), options, trap.port).await?,
        };
        let Launched { driver, recorder, program, process } = launched;
        let process = process.and_then(|id| i32::try_from(id).ok());
        let browser =
            Self { driver, recorder, kind, profile, trap, process, closed: false, _program: program };
        browser.resize(options.width, options.height).await?;
        browser.prefer(options.dark).await?;
        Ok(browser)
    }

    /// Which one it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What was asked for beyond this machine, one line each: by a page, or by the browser itself.
    pub fn strayed(&self) -> Vec<String> {
        self.trap.caught()
    }

    /// The folder with everything that the browser keeps.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// The text of the file that was saved under this name, once it is there whole.
    ///
    /// # Errors
    /// Where it does not come.
    pub async fn downloaded(&self, name: &str) -> Result<String, Failure> {
        let path = self.profile().join(DOWNLOADS).join(name);
        crate::clock::until(&format!("the file {name}"), Duration::from_secs(20), async || {
            Ok(std::fs::read_to_string(&path).ok().filter(|text| !text.is_empty()))
        })
        .await
    }

    /// Makes the page this wide and high.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        match self.kind {
            Kind::Chromium => {
                let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
                self.on_page("Emulation.setDeviceMetricsOverride", size).await
            }
            Kind::Firefox => {
                let size = json!({"width": width, "height": height});
                let tab = self.driver.current_tab().await?;
                let params = json!({"context": tab, "viewport": size, "devicePixelRatio": 1});
                self.recorder.wire().ask("", "browsingContext.setViewport", params).await.map(drop)
            }
        }
    }

    /// Prefers dark or light colours.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn prefer(&self, dark: bool) -> Result<(), Failure> {
        let value = if dark { "dark" } else { "light" };
        match self.kind {
            Kind::Chromium => {
                let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
                self.on_page("Emulation.setEmulatedMedia", media).await
            }
            Kind::Firefox => firefox::prefer(&self.driver, value).await,
        }
    }

    /// Shows what is open in the few colours that the person has chosen, in place of the pages' own.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn force_colours(&self) -> Result<(), Failure> {
        match self.kind {
            Kind::Chromium => {
                let media = json!({"features": [{"name": "forced-colors", "value": "active"}]});
                // A frame of another site is told by itself.
                for (session, _) in self.recorder.frames() {
                    let told =
                        self.recorder.wire().ask(&session, "Emulation.setEmulatedMedia", media.clone());
                    told.await?;
                }
                Ok(())
            }
            Kind::Firefox => firefox::force_colours(&self.driver).await,
        }
    }

    /// A picture of a small square of the page, as PNG: equal colours give equal bytes.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn square(&self, x: f64, y: f64) -> Result<String, Failure> {
        let wire = self.recorder.wire();
        let picture = match self.kind {
            Kind::Chromium => {
                let frames = self.recorder.frames();
                let (session, _) = frames.first().context("a page")?;
                let clip = json!({"x": x, "y": y, "width": 2, "height": 2, "scale": 1});
                wire.ask(session, "Page.captureScreenshot", json!({"clip": clip})).await?
            }
            Kind::Firefox => {
                let clip = json!({"type": "box", "x": x, "y": y, "width": 2, "height": 2});
                let tab = self.driver.current_tab().await?;
                let params = json!({"context": tab, "clip": clip});
                wire.ask("", "browsingContext.captureScreenshot", params).await?
            }
        };
        Ok(picture.pointer("/data").and_then(Value::as_str).context("a picture")?.to_owned())
    }

    /// Makes the processor of the page that is open already slower by this factor. For figures alone, which are Chromium's.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn slow_down(&self, factor: f64) -> Result<(), Failure> {
        self.on_page("Emulation.setCPUThrottlingRate", json!({"rate": factor})).await
    }

    async fn on_page(&self, method: &str, params: Value) -> Result<(), Failure> {
        let frames = self.recorder.frames();
        let (session, _) = frames.first().context("a page")?;
        self.recorder.wire().ask(session, method, params).await.map(drop)
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
            // Gone already is as good.
            let _ = match self.kind {
                // The driver starts it as the leader of a group of its own.
                Kind::Chromium => killpg(Pid::from_raw(process), Signal::SIGKILL),
                // Its other processes end when this one has.
                Kind::Firefox => kill(Pid::from_raw(process), Signal::SIGKILL),
            };
        }
    }
}
