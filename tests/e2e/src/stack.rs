//! The three origins, up and seeded: a host page, the billing API with the frame, and the sandbox.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

use crate::host::Host;
use crate::program::{Program, listening};
use crate::sandbox::{PUBLISHABLE_KEY, SECRET_KEY, Sandbox};
use crate::seed::Organization;
use crate::{Context, Failure, place, pseudo};

/// Everything that a test pays with. Dropping it ends the programs and removes what they kept.
#[derive(Debug)]
pub struct Stack {
    /// The page that embeds.
    pub host: Host,
    /// The billing API and the frame.
    pub pay: Program,
    /// The processor.
    pub sandbox: Sandbox,
    /// Who is paid.
    pub organization: Organization,
    folder: TempDir,
    pay_url: String,
    talkative: bool,
}

impl Stack {
    /// Brings everything up on free ports, on SQLite in a folder of its own.
    ///
    /// # Errors
    /// Where a program does not start, or refuses the seed.
    pub async fn start() -> Result<Self, Failure> {
        Self::start_with("").await
    }

    /// Starts the billing program again, logging all that it can.
    ///
    /// # Errors
    /// Where it does not come up.
    pub fn make_talkative(&mut self) -> Result<(), Failure> {
        self.talkative = true;
        self.stop_billing();
        self.start_billing()
    }

    /// The same, with further lines for the limits of the billing program.
    ///
    /// # Errors
    /// Where a program does not start, or refuses the seed.
    pub async fn start_with(limits: &str) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("paydesk-e2e").tempdir().context("a folder")?;
        let database = format!("sqlite:{}", folder.path().join("billing.db").display());
        Self::start_on(folder, &database, limits).await
    }

    /// The same with the languages that nobody speaks.
    ///
    /// # Errors
    /// Where a program does not start, or refuses the seed.
    pub async fn start_pseudo() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("paydesk-e2e").tempdir().context("a folder")?;
        let database = format!("sqlite:{}", folder.path().join("billing.db").display());
        let dist = pseudo::dist(&folder.path().join("dist"))?;
        Self::start_in(folder, &database, "", &dist).await
    }

    /// The same on a database of the caller's choice, which must be empty.
    ///
    /// # Errors
    /// Where a program does not start, or refuses the seed.
    pub async fn start_on(folder: TempDir, database: &str, limits: &str) -> Result<Self, Failure> {
        Self::start_in(folder, database, limits, &place::dist()?).await
    }

    async fn start_in(folder: TempDir, database: &str, limits: &str, dist: &Path) -> Result<Self, Failure> {
        let sandbox = Sandbox::start(&folder.path().join("sandbox"))?;
        let pay_told: Arc<OnceLock<String>> = Arc::default();
        let host = Host::start(Arc::clone(&pay_told)).await?;
        let config = folder.path().join("billing.toml");
        let (pay, pay_url) = start_on_free_port(&config, |pay_url| {
            let mail = folder.path().join(MAIL);
            [configuration(pay_url, database, &sandbox.url, limits, dist), mail_into(&mail)].concat()
        })?;
        // It is told once: the page is not served before.
        let _ = pay_told.set(pay_url.clone());
        let organization = Organization::create(&pay_url, &config, &host.origin)?;
        Ok(Self { host, pay, sandbox, organization, folder, pay_url, talkative: false })
    }

    /// The origin of the frame and the billing API.
    pub fn pay_url(&self) -> &str {
        &self.pay_url
    }

    /// Where the programs keep their data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The billing program's configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("billing.toml")
    }

    /// The mails that were sent, the oldest first.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn mails(&self) -> Result<Vec<String>, Failure> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join(MAIL)) else {
            return Ok(Vec::new());
        };
        let mut mails = Vec::new();
        for entry in entries.flatten() {
            if entry.path().extension().is_some_and(|end| end == "eml") {
                let sent = entry.metadata().and_then(|about| about.modified()).context("a mail")?;
                mails.push((sent, std::fs::read_to_string(entry.path()).context("a mail")?));
            }
        }
        mails.sort();
        Ok(mails.into_iter().map(|(_, mail)| mail).collect())
    }

    /// Takes the configuration without its part about mail, for a server that sends none; it counts from the next start on.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn without_mail(&self) -> Result<(), Failure> {
        let config = std::fs::read_to_string(self.config()).context("the configuration")?;
        let (kept, _) = config.split_once("[mail]").context("a part about mail")?;
        std::fs::write(self.config(), kept).context("the configuration")
    }

    /// Ends the billing program as a power cut would, and starts it again.
    ///
    /// # Errors
    /// Where it does not come up again.
    pub fn restart_billing(&mut self) -> Result<(), Failure> {
        self.pay.signal(nix::sys::signal::Signal::SIGKILL)?;
        self.stop_billing();
        self.start_billing()
    }

    /// Ends the billing program.
    pub fn stop_billing(&mut self) {
        self.pay.end();
    }

    /// Starts it again, under the same origin and on the same database.
    ///
    /// # Errors
    /// Where it does not come up.
    pub fn start_billing(&mut self) -> Result<(), Failure> {
        self.pay = start_billing(&self.config(), self.talkative)?;
        Ok(())
    }

    /// The three origins that a browser may talk to.
    pub fn origins(&self) -> [&str; 3] {
        [&self.host.origin, &self.pay_url, &self.sandbox.url]
    }
}

fn start_billing(config: &Path, talkative: bool) -> Result<Program, Failure> {
    let mut command = Command::new(place::program("paydesk-billing")?);
    if talkative {
        command.env("PAYDESK_LOG", "debug");
    }
    command.args(["serve", "--config"]).arg(config);
    Program::start("paydesk-billing", &mut command, listening("paydesk-billing"))
}

/// The configuration must name the port before the program takes it; somebody else may take it in between.
fn start_on_free_port(
    config: &Path,
    configuration: impl Fn(&str) -> String,
) -> Result<(Program, String), Failure> {
    const TRIES: usize = 5;
    let mut tries = 1;
    loop {
        let pay_url = format!("http://127.0.0.1:{}", free_port()?);
        std::fs::write(config, configuration(&pay_url)).context(config.display())?;
        match start_billing(config, false) {
            Err(failure) if tries < TRIES && failure.to_string().contains("in use") => tries += 1,
            outcome => return outcome.map(|pay| (pay, pay_url)),
        }
    }
}

/// Tests are in more of a hurry than people: doubts are looked into sooner, and many calls come from one address.
const HASTE: &str = "
[recovery]
first_look_up_ms = 500
visibility_lag_ms = 2000
sweep_ms = 250
lease_ms = 8000
call_timeout_ms = 3000

[limits]
per_address_per_minute = 1000000
per_session_per_minute = 1000000
per_key_per_minute = 1000000
";

/// The folder that mails are put into.
const MAIL: &str = "mail";

/// Mails that are as good as sent: each is a file.
fn mail_into(folder: &Path) -> String {
    format!(
        "[mail]\nurl = \"file:{}\"\nfrom = \"Paydesk <no-reply@pay.example>\"\nsecret_key = \"{MAIL_KEY}\"\n",
        folder.display()
    )
}

/// What codes in mails that wait are sealed with.
const MAIL_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

fn configuration(pay: &str, database: &str, sandbox: &str, limits: &str, dist: &Path) -> String {
    let listen = pay.trim_start_matches("http://");
    format!(
        "listen = \"{listen}\"\npublic_url = \"{pay}\"\ndatabase_url = \"{database}\"\nstatic_dir = \"{}\"\n\n\
         [processor]\nkind = \"stripe\"\nbase_url = \"{sandbox}\"\nsecret_key = \"{SECRET_KEY}\"\n\
         publishable_key = \"{PUBLISHABLE_KEY}\"\nwebhook_secret = \"whsec_endtoendendtoendendtoend\"\n{HASTE}{limits}\n",
        dist.display()
    )
}

/// A port that nothing listens on at this moment: the configuration must name it before the program runs.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").context("a free port")?;
    Ok(listener.local_addr().context("a free port")?.port())
}
