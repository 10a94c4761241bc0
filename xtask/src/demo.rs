//! The demo: the sandbox processor, the billing API with the built widget, and the store page, each a program of its
//! own on an origin of its own. `--check` pays one invoice through their public interfaces instead of waiting.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::children;
use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::servers::{self, Server};
use crate::setup::{self, WidgetTools};
use crate::stop::Stop;
use crate::widget;

/// The sandbox account that billing charges with and the store seeds: test keys, of no worth anywhere.
/// What the demo's mails are sealed with until they lie in its folder: of no worth anywhere.
const SANDBOX_MAIL_KEY: &str = "ZGVtbyBrZXkgb2YgMzIgYnl0ZXMsIG5vIHdvcnRoISE=";
const SANDBOX_ACCOUNT: &str = "demo0123456789abcdef";

/// The ports of the three origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ports {
    store: u16,
    pay: u16,
    processor: u16,
}

const USUAL: Ports = Ports { store: 4000, pay: 4100, processor: 4200 };

impl Ports {
    fn free() -> Result<Self, Stop> {
        let [store, pay, processor] = servers::free_ports()?;
        Ok(Self { store, pay, processor })
    }

    fn require_free(self) -> Result<(), Stop> {
        servers::require_free(self.store, "store page")?;
        servers::require_free(self.pay, "billing API")?;
        servers::require_free(self.processor, "sandbox processor")
    }

    /// The store is reached as `localhost`, so that it is another site than the frame.
    fn store_origin(self) -> String {
        format!("http://localhost:{}", self.store)
    }

    fn pay_origin(self) -> String {
        format!("http://127.0.0.1:{}", self.pay)
    }

    fn processor_origin(self) -> String {
        format!("http://127.0.0.1:{}", self.processor)
    }
}

/// Brings everything up and waits for Ctrl-C.
///
/// # Errors
/// Where a port is taken, something cannot be built, or a server ends.
pub fn serve(place: &Place, any_ports: bool) -> Result<(), Stop> {
    let watch = Stopwatch::start();
    let ports = if any_ports { Ports::free()? } else { USUAL };
    // Before minutes of building.
    ports.require_free()?;
    let tools = setup::for_widget(place)?;
    build_programs(place)?;
    widget::build_with(place, &tools, widget::Kind::Shipped)?;
    let data = place.target.join(if any_ports { "demo-free-ports" } else { "demo" });
    if any_ports {
        // The origins are stored with the data, so other ports are another demo.
        start_afresh(&data)?;
    }
    let stack = Stack::start(place, ports, &data)?;
    let store = stack.start_store()?;
    say::done("the demo is up", watch.elapsed());
    say::line(&format!(
        "\nReady: {}  (billing API {}, its description {}/docs, processor {})\nData and logs: {}\nCtrl-C stops it.",
        ports.store_origin(),
        ports.pay_origin(),
        ports.pay_origin(),
        ports.processor_origin(),
        data.display()
    ));
    loop {
        if let Some(what) = stack.servers.iter().chain([&store]).find_map(Server::ended) {
            if children::ending() {
                // The signal's own handler stops the rest and ends this program.
                std::thread::sleep(Duration::from_secs(60));
            }
            return Err(Stop::Failed(format!("{what}\nThe others are stopped too.")));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Brings the tools, then does as `check_with`.
///
/// # Errors
/// Where anything of it fails.
pub fn check(place: &Place) -> Result<(), Stop> {
    let tools = setup::for_widget(place)?;
    check_with(place, &tools)
}

/// Brings everything up on free ports with fresh data, pays one invoice and looks at the pages, and stops it all.
///
/// # Errors
/// Where anything of it fails.
pub fn check_with(place: &Place, tools: &WidgetTools) -> Result<(), Stop> {
    build_programs(place)?;
    widget::build_with(place, tools, widget::Kind::Shipped)?;
    let watch = Stopwatch::start();
    let ports = Ports::free()?;
    let data = place.target.join(format!("demo-check-{}", std::process::id()));
    start_afresh(&data)?;
    let stack = Stack::start(place, ports, &data)?;
    // Without a store page: `check` plays the store and the browser.
    let seen = process::run_speaking(&mut stack.store_program("check"));
    let outcome = seen.map_err(|stop| Stop::Failed(format!("{stop}\nLogs: {}", data.display())));
    drop(stack);
    outcome?;
    // Only what went wrong is worth keeping.
    std::fs::remove_dir_all(&data).map_err(|e| Stop::while_doing("the demo's data", e))?;
    say::done("demo --check: one invoice paid", watch.elapsed());
    Ok(())
}

/// Builds the three servers.
///
/// # Errors
/// Where the build fails.
pub fn build_programs(place: &Place) -> Result<(), Stop> {
    let watch = Stopwatch::start();
    say::step("Building the servers", "instant when nothing changed, the first time about 4 minutes");
    let packages =
        ["paydesk-sandbox", "paydesk-billing", "paydesk-demo"].iter().flat_map(|name| ["--package", name]);
    process::run(process::cargo(&place.root, ["build", "--locked", "--bins"]).args(packages))?;
    say::done("servers", watch.elapsed());
    Ok(())
}

fn start_afresh(data: &Path) -> Result<(), Stop> {
    if data.exists() {
        std::fs::remove_dir_all(data).map_err(|e| Stop::while_doing(&data.display().to_string(), e))?;
    }
    Ok(())
}

/// The processor and the billing API, running.
#[derive(Debug)]
struct Stack {
    programs: PathBuf,
    data: PathBuf,
    configuration: PathBuf,
    ports: Ports,
    servers: [Server; 2],
}

impl Stack {
    fn start(place: &Place, ports: Ports, data: &Path) -> Result<Self, Stop> {
        let programs = place.programs();
        let doing = |e| Stop::while_doing(&data.display().to_string(), e);
        std::fs::create_dir_all(data.join("sandbox")).map_err(doing)?;
        let processor = Server::start(
            "paydesk-sandbox",
            Command::new(programs.join("paydesk-sandbox"))
                .args(["serve", "--listen", &format!("127.0.0.1:{}", ports.processor), "--data"])
                .arg(data.join("sandbox"))
                .arg("--vault-key-file")
                .arg(data.join("sandbox-vault.key")),
            data,
        )?;
        let configuration = data.join("billing.toml");
        std::fs::write(&configuration, billing_configuration(ports, data, &place.dist())).map_err(doing)?;
        let billing = Server::start(
            "paydesk-billing",
            Command::new(programs.join("paydesk-billing")).arg("serve").arg("--config").arg(&configuration),
            data,
        )?;
        Ok(Self { programs, data: data.to_path_buf(), configuration, ports, servers: [processor, billing] })
    }

    fn start_store(&self) -> Result<Server, Stop> {
        let mut command = self.store_program("serve");
        command.args(["--listen", &format!("127.0.0.1:{}", self.ports.store)]);
        Server::start("paydesk-demo-store", &mut command, &self.data)
    }

    fn store_program(&self, verb: &str) -> Command {
        let mut command = Command::new(self.programs.join("paydesk-demo-store"));
        command
            .args([verb, "--billing", &self.ports.pay_origin(), "--sandbox", &self.ports.processor_origin()])
            .args(["--origin", &self.ports.store_origin()])
            .arg("--billing-program")
            .arg(self.programs.join("paydesk-billing"))
            .arg("--billing-config")
            .arg(&self.configuration)
            .arg("--mails")
            .arg(self.data.join("mails"))
            .arg("--data")
            .arg(self.data.join("store"));
        command
    }
}

fn billing_configuration(ports: Ports, data: &Path, dist: &Path) -> String {
    format!(
        "# Written by `cargo xtask demo`. The keys are test keys of the sandbox, of no worth anywhere.\n\
         listen = \"127.0.0.1:{pay}\"\n\
         public_url = \"{origin}\"\n\
         database_url = {database}\n\
         static_dir = {dist}\n\n\
         [processor]\n\
         kind = \"stripe\"\n\
         base_url = \"{processor}\"\n\
         secret_key = \"sk_test_{SANDBOX_ACCOUNT}\"\n\
         publishable_key = \"pk_test_{SANDBOX_ACCOUNT}\"\n\
         webhook_secret = \"whsec_{SANDBOX_ACCOUNT}\"\n\n\
         [mail]\n\
         # Caught in a folder: nothing leaves the machine.\n\
         url = {mails}\n\
         from = \"Paydesk <no-reply@pay.example>\"\n\
         secret_key = \"{SANDBOX_MAIL_KEY}\"\n\n\
         [recovery]\n\
         # The sandbox has no webhook of ours: what it tells is read from its list, often enough to watch.\n\
         poll_ms = 2000\n",
        pay = ports.pay,
        origin = ports.pay_origin(),
        processor = ports.processor_origin(),
        database = toml(&format!("sqlite:{}", data.join("billing.db").display())),
        dist = toml(&dist.display().to_string()),
        mails = toml(&format!("file:{}", data.join("mails").display())),
    )
}

/// A TOML string.
fn toml(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_origins_are_three_sites() {
        assert_eq!(USUAL.store_origin(), "http://localhost:4000");
        assert_eq!(USUAL.pay_origin(), "http://127.0.0.1:4100");
        assert_eq!(USUAL.processor_origin(), "http://127.0.0.1:4200");
    }

    #[test]
    fn free_ports_differ() {
        let ports = Ports::free().unwrap();
        assert!(ports.store != ports.pay && ports.pay != ports.processor && ports.store != ports.processor);
        ports.require_free().unwrap();
    }

    #[test]
    fn the_configuration_quotes_paths() {
        let text = billing_configuration(USUAL, Path::new("/a \"b\""), Path::new("/dist"));
        assert!(text.contains("database_url = \"sqlite:/a \\\"b\\\"/billing.db\""), "{text}");
        assert!(text.contains("base_url = \"http://127.0.0.1:4200\""));
    }
}
