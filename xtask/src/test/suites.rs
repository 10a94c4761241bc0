//! The suites: what each one needs, and how it runs.

use std::path::PathBuf;
use std::process::Command;

use super::tally::Tally;
use crate::place::Place;
use crate::postgres::{Keeping, Postgres};
use crate::process;
use crate::prove::{self, Form, PROOFS, Proof};
use crate::say;
use crate::setup::{self, WidgetTools, browser, firefox, npm};
use crate::stop::Stop;
use crate::{demo, examples, lint, size, widget};

/// One part of the tests that can be asked for by name.
#[derive(Debug, PartialEq, Eq)]
pub struct Suite {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it tests.
    pub about: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lint,
    /// Native tests of one package.
    Package(&'static str),
    /// The short form of the proofs.
    Proofs,
    Doc,
    Wasm,
    /// In Chromium.
    EndToEnd,
    /// The same tests in Firefox.
    EndToEndFirefox,
    Check,
    Size,
}

impl Suite {
    /// Whether it runs where none is named. Firefox's has to be named: it takes as long as Chromium's once more.
    pub fn runs_unnamed(&self) -> bool {
        self.kind != Kind::EndToEndFirefox
    }
}

/// All suites in the order in which they run: what fails quickest comes first.
pub const SUITES: [Suite; 15] = [
    Suite { name: "lint", about: "formatting, clippy, licences, lengths, words", kind: Kind::Lint },
    Suite { name: "xtask", about: "these commands", kind: Kind::Package("xtask") },
    Suite { name: "domain", about: "the rules of the business", kind: Kind::Package("paydesk-domain") },
    Suite {
        name: "words",
        about: "what payers read, and what organizations may say in its place",
        kind: Kind::Package("paydesk-words"),
    },
    Suite {
        name: "sandbox",
        about: "the sandbox processor, with its outsiders",
        kind: Kind::Package("paydesk-sandbox"),
    },
    Suite {
        name: "billing",
        about: "the billing API, on both databases, with its outsider",
        kind: Kind::Package("paydesk-billing"),
    },
    Suite { name: "store", about: "the demo store's server", kind: Kind::Package("paydesk-demo") },
    Suite { name: "widget", about: "the widget's parts, natively", kind: Kind::Package("paydesk") },
    Suite { name: "doc", about: "examples in the documentation, and what must not compile", kind: Kind::Doc },
    Suite { name: "wasm", about: "the widget in Chromium", kind: Kind::Wasm },
    Suite {
        name: "size",
        about: "the bytes of the built widget against the budget, and its inventory",
        kind: Kind::Size,
    },
    Suite {
        name: "prove",
        about: "the short form of the proofs that no other suite runs",
        kind: Kind::Proofs,
    },
    Suite { name: "check", about: "demo --check: one payment over the public interfaces", kind: Kind::Check },
    Suite { name: "e2e", about: "the whole path on three origins, in Chromium", kind: Kind::EndToEnd },
    Suite {
        name: "e2e-firefox",
        about: "the same tests in Firefox ESR; has to be named",
        kind: Kind::EndToEndFirefox,
    },
];

/// What one run of the tests works with.
#[derive(Debug)]
pub struct Equipment<'p> {
    place: &'p Place,
    widget: Option<WidgetTools>,
    npm: Option<npm::Packages>,
    browser: Option<browser::Browser>,
    firefox: Option<firefox::Firefox>,
    postgres: Option<Postgres>,
    python: Option<PathBuf>,
}

impl<'p> Equipment<'p> {
    /// Finds, brings and starts what the suites need.
    ///
    /// # Errors
    /// Where something is missing and cannot be brought.
    pub fn bring(place: &'p Place, suites: &[&Suite]) -> Result<Self, Stop> {
        let any = |kinds: &[Kind]| suites.iter().any(|suite| kinds.contains(&suite.kind));
        let billing = any(&[Kind::Package("paydesk-billing")]);
        let browser = any(&[Kind::Wasm, Kind::EndToEnd]).then(browser::ensure).transpose()?;
        let firefox = any(&[Kind::EndToEndFirefox]).then(firefox::browser).transpose()?;
        if billing {
            setup::strace::ensure()?;
        }
        let python = billing.then(|| setup::python::ensure(place)).transpose()?;
        let database = billing || any(&[Kind::EndToEnd, Kind::EndToEndFirefox, Kind::Proofs]);
        if database {
            setup::postgres::ensure()?;
        }
        let end_to_end = any(&[Kind::EndToEnd, Kind::EndToEndFirefox]);
        let builds = end_to_end || any(&[Kind::Lint, Kind::Wasm, Kind::Size, Kind::Check]);
        let widget = builds.then(|| setup::for_widget(place)).transpose()?;
        let npm = match &widget {
            Some(widget) => Some(widget.npm.clone()),
            None if any(&[Kind::Package("paydesk-sandbox"), Kind::Package("paydesk-billing")]) => {
                Some(npm::ensure(place)?)
            }
            None => None,
        };
        let with_driver = |firefox| firefox::driver(place).map(|driver| firefox::Firefox { firefox, driver });
        let firefox = firefox.map(with_driver).transpose()?;
        // Last, so that it does not wait for tools to be built.
        let postgres = database.then(|| Postgres::start(Keeping::Nothing)).transpose()?;
        Ok(Self { place, widget, npm, browser, firefox, postgres, python })
    }

    /// What measuring in a browser and on both databases needs, with the widget built.
    ///
    /// # Errors
    /// Where something is missing and cannot be brought or built.
    pub fn for_figures(place: &'p Place) -> Result<Self, Stop> {
        let suites: Vec<&Suite> = SUITES.iter().filter(|suite| suite.kind == Kind::EndToEnd).collect();
        let equipment = Self::bring(place, &suites)?;
        widget::build_with(place, equipment.widget()?, widget::Kind::Shipped)?;
        Ok(equipment)
    }

    /// What the proofs need: a database, where one of them asks for it.
    ///
    /// # Errors
    /// Where it is missing and cannot be brought.
    pub fn for_proofs(place: &'p Place) -> Result<Self, Stop> {
        let suites: Vec<&Suite> = SUITES.iter().filter(|suite| suite.kind == Kind::Proofs).collect();
        Self::bring(place, &suites)
    }

    /// Where everything is.
    pub fn place(&self) -> &Place {
        self.place
    }

    fn widget(&self) -> Result<&WidgetTools, Stop> {
        self.widget.as_ref().ok_or_else(|| Stop::Failed("the widget's tools were not brought".to_owned()))
    }

    fn browser(&self) -> Result<&browser::Browser, Stop> {
        self.browser.as_ref().ok_or_else(|| Stop::Failed("the browser was not brought".to_owned()))
    }

    /// Tells tests where everything is.
    pub fn apply<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("PAYDESK_DIST", self.place.dist()).env("PAYDESK_BIN_DIR", self.place.programs());
        if let Some(npm) = &self.npm {
            command.env("PAYDESK_AXE", npm.axe()).env("PAYDESK_NODE_MODULES", npm.modules());
        }
        if let Some(browser) = &self.browser {
            command.env("PAYDESK_CHROMIUM", &browser.chromium).env("PAYDESK_CHROMEDRIVER", &browser.driver);
        }
        if let Some(firefox) = &self.firefox {
            command.env("PAYDESK_FIREFOX", &firefox.firefox).env("PAYDESK_GECKODRIVER", &firefox.driver);
        }
        if let Some(postgres) = &self.postgres {
            command
                .env("PAYDESK_TEST_POSTGRES_URL", &postgres.url)
                .env("PAYDESK_TEST_POSTGRES_SUPERUSER_URL", &postgres.superuser_url);
        }
        if let Some(python) = &self.python {
            command.env("PAYDESK_LOCALSTRIPE_PYTHON", python);
        }
        command
    }
}

/// One call of a runner: a suite, or the native tests of several packages, which are quicker together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Native tests of these packages.
    Packages(Vec<&'static str>),
    /// Any other suite.
    Other(&'static str),
}

/// The calls that the chosen suites come to, each with its name.
pub fn grouped(chosen: &[&'static Suite]) -> Vec<(&'static str, Work)> {
    let mut calls: Vec<(&'static str, Work)> = Vec::new();
    for suite in chosen {
        match (suite.kind, calls.last_mut()) {
            (Kind::Package(package), Some((name, Work::Packages(packages)))) => {
                packages.push(package);
                *name = "native";
            }
            (Kind::Package(package), _) => calls.push((suite.name, Work::Packages(vec![package]))),
            _ => calls.push((suite.name, Work::Other(suite.name))),
        }
    }
    calls
}

impl Work {
    /// Runs it.
    ///
    /// # Errors
    /// Where it could not run at all.
    pub fn run(&self, equipment: &Equipment<'_>) -> Result<Tally, Stop> {
        match self {
            Self::Packages(packages) => native(equipment, packages),
            Self::Other("lint") => lint::checks(equipment.place, equipment.widget()?).map(|checks| {
                checks.into_iter().fold(Tally::default(), |sum, passed| sum.plus(Tally::one(passed)))
            }),
            Self::Other("doc") => doc(equipment),
            Self::Other("wasm") => wasm(equipment),
            Self::Other("size") => {
                widget::build_with(equipment.place, equipment.widget()?, widget::Kind::Shipped)?;
                size::check(equipment.place)
                    .and_then(|()| widget::inventory_agrees(equipment.place))
                    .map(|()| Tally::one(true))
            }
            Self::Other("check") => {
                demo::check_with(equipment.place, equipment.widget()?).map(|()| Tally::one(true))
            }
            Self::Other("prove") => {
                let apart: Vec<&Proof> = PROOFS.iter().filter(|proof| proof.is_apart()).collect();
                prove::prove(equipment, &apart, Form::Short)
            }
            Self::Other("e2e") => end_to_end(equipment, "chromium"),
            Self::Other("e2e-firefox") => end_to_end(equipment, "firefox"),
            Self::Other(name) => Err(Stop::Failed(format!("the suite {name} has no runner"))),
        }
    }
}

fn native(equipment: &Equipment<'_>, packages: &[&str]) -> Result<Tally, Stop> {
    let selected = packages.iter().flat_map(|package| ["--package", package]);
    let mut command = if has_nextest() {
        process::cargo(
            &equipment.place.root,
            ["nextest", "run", "--locked", "--no-fail-fast", "--no-tests=pass"],
        )
    } else {
        process::cargo(
            &equipment.place.root,
            ["test", "--locked", "--no-fail-fast", "--lib", "--bins", "--tests"],
        )
    };
    command.args(selected);
    counted(equipment.apply(&mut command))
}

/// Whether the tests run by cargo-nextest.
pub fn has_nextest() -> bool {
    process::find("cargo-nextest").is_some()
}

fn doc(equipment: &Equipment<'_>) -> Result<Tally, Stop> {
    let mut command =
        process::cargo(&equipment.place.root, ["test", "--locked", "--no-fail-fast", "--doc", "--workspace"]);
    command.args(["--exclude", "paydesk-wasm-tools"]);
    counted(&mut command)
}

fn wasm(equipment: &Equipment<'_>) -> Result<Tally, Stop> {
    let (place, tools, browser) = (equipment.place, equipment.widget()?, equipment.browser()?);
    let flags: Vec<String> = browser::FLAGS.iter().map(|flag| format!("\"{flag}\"")).collect();
    let capabilities = format!(
        "{{\"goog:chromeOptions\":{{\"binary\":\"{}\",\"args\":[{}]}}}}",
        browser.chromium.display(),
        flags.join(",")
    );
    let file = place.wasm_target().join("webdriver.json");
    std::fs::create_dir_all(place.wasm_target())
        .and_then(|()| std::fs::write(&file, capabilities))
        .map_err(|e| Stop::while_doing("webdriver.json", e))?;
    let mut command =
        process::cargo(&place.root, ["test", "--locked", "--no-fail-fast", "--package", "paydesk"]);
    command
        .args(["--all-features", "--test", "web_*"])
        .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(place.wasm_target())
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            tools.wasm_bindgen.join("wasm-bindgen-test-runner"),
        )
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file);
    counted(tools.rust.apply(&mut command, &[]))
}

fn end_to_end(equipment: &Equipment<'_>, browser: &str) -> Result<Tally, Stop> {
    let place = equipment.place;
    widget::build_with(place, equipment.widget()?, widget::Kind::Shipped)?;
    demo::build_programs(place)?;
    let examples = examples::build(place, equipment.widget()?)?;
    let mut command = if has_nextest() {
        process::cargo(
            &place.root,
            ["nextest", "run", "--locked", "--no-fail-fast", "--package", "paydesk-e2e"],
        )
    } else {
        process::cargo(
            &place.root,
            ["test", "--locked", "--no-fail-fast", "--package", "paydesk-e2e", "--tests"],
        )
    };
    command.env("PAYDESK_EXAMPLES", examples).env("PAYDESK_E2E_BROWSER", browser);
    counted(equipment.apply(&mut command))
}

/// Runs a test runner, shows its output, and reads its closing lines.
///
/// # Errors
/// Where it cannot be started.
pub fn counted(command: &mut Command) -> Result<Tally, Stop> {
    say::note(&process::shown(command));
    let mut tally = Tally::default();
    let status = process::follow(command, |line| {
        say::note(line);
        tally.read(line);
    })?;
    if status.success() && tally == Tally::default() {
        say::note("No test ran, which proves nothing and counts as a failure.");
    }
    Ok(tally.close(status.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_run_together_and_the_rest_alone() {
        let all: Vec<&Suite> = SUITES.iter().collect();
        let names: Vec<&str> = grouped(&all).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["lint", "native", "doc", "wasm", "size", "prove", "check", "e2e", "e2e-firefox"]);
        let one: Vec<&Suite> = SUITES.iter().filter(|suite| suite.name == "billing").collect();
        assert_eq!(grouped(&one), [("billing", Work::Packages(vec!["paydesk-billing"]))]);
    }
}
