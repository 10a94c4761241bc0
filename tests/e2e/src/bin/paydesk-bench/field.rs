//! What the engine is measured on: a fresh database with organizations, a sandbox that answers at once, and as many
//! programs at work as are wanted.

use std::path::{Path, PathBuf};
use std::process::Command;

use paydesk_e2e::postgres::Database;
use paydesk_e2e::program::{Program, listening};
use paydesk_e2e::sandbox::{Card, PUBLISHABLE_KEY, SECRET_KEY, Sandbox};
use paydesk_e2e::seed::Organization;
use paydesk_e2e::{Context, Failure, place};
use tempfile::TempDir;

use crate::fill::Filler;
use crate::sql::Sql;

/// The card that pays for everything.
pub const CARD: Card = Card { number: "4242424242424242", month: "03", year: "2030", cvc: "314" };
/// The page that embeds.
pub const PARENT: &str = "http://localhost:4000";
/// A file system in memory: what is synced there costs nothing.
const IN_MEMORY: &str = "/dev/shm";

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file on the disk.
    Sqlite,
    /// The server with `fsync` on.
    Postgres,
}

impl Engine {
    /// What it is called in the document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// Both, or the one that is named.
pub fn engines(asked: &[String]) -> Vec<Engine> {
    let both = [Engine::Sqlite, Engine::Postgres];
    let named: Vec<Engine> =
        both.into_iter().filter(|engine| asked.iter().any(|asked| asked == engine.name())).collect();
    if named.is_empty() { both.to_vec() } else { named }
}

/// An organization with a client whose card is saved.
#[derive(Debug)]
pub struct Payee {
    /// The organization's server.
    pub organization: Organization,
    /// The client's account.
    pub account: String,
}

/// Everything that is measured together. Dropping it ends the programs and removes what they kept.
#[derive(Debug)]
pub struct Field {
    /// Who is paid.
    pub payees: Vec<Payee>,
    /// The processor.
    pub sandbox: Sandbox,
    /// The database, past every rule.
    pub sql: Sql,
    /// What fills it.
    pub filler: Filler,
    config: PathBuf,
    /// The API, while it serves.
    pub api: Option<Program>,
    workers: Vec<Program>,
    _folder: TempDir,
    _journal: TempDir,
}

impl Field {
    /// Sets everything up, with so many organizations. `None` where this engine is not there.
    pub async fn lay_out(engine: Engine, organizations: usize) -> Result<Option<Self>, Failure> {
        Self::lay_out_with(engine, organizations, "").await
    }

    /// The same, with further lines for the billing program's configuration.
    pub async fn lay_out_with(
        engine: Engine,
        organizations: usize,
        more: &str,
    ) -> Result<Option<Self>, Failure> {
        let folder = tempfile::Builder::new().prefix("paydesk-bench").tempdir().context("a folder")?;
        let (database, sql_url) = match engine {
            Engine::Sqlite => {
                let file = format!("sqlite:{}", folder.path().join("billing.db").display());
                (file.clone(), file)
            }
            Engine::Postgres => match Database::fresh_and_durable()? {
                Some(database) => (database.url, database.superuser_url),
                None => return Ok(None),
            },
        };
        let journal = journal_folder()?;
        let sandbox = Sandbox::start(journal.path())?;
        let config = folder.path().join("billing.toml");
        std::fs::write(&config, configuration(&database, &sandbox.url) + more).context(config.display())?;
        let api = serve(&config)?;
        let mut payees = Vec::new();
        for _ in 0..organizations {
            let organization = Organization::create(&api.ready, &config, PARENT)?;
            let account = organization.client().await?;
            organization.save_card(&account, &sandbox.store_card(&CARD, false).await?).await?;
            payees.push(Payee { organization, account });
        }
        let mut sql = Sql::open(&sql_url).await?;
        // As of a card that was used before: what is agreed to earlier is charged again and again.
        sql.run("UPDATE payment_methods SET network_transaction_id = 'known'".to_owned()).await?;
        let accounts = payees.iter().map(|payee| payee.account.clone()).collect();
        Ok(Some(Self {
            payees,
            sandbox,
            sql,
            filler: Filler::new(accounts),
            config,
            api: Some(api),
            workers: Vec::new(),
            _folder: folder,
            _journal: journal,
        }))
    }

    /// Where the API is.
    pub fn url(&self) -> Result<&str, Failure> {
        self.api.as_ref().map(|api| api.ready.as_str()).context("the API serves")
    }

    /// Starts the API again, which finds itself another port.
    pub fn start_api(&mut self) -> Result<(), Failure> {
        let api = serve(&self.config)?;
        for payee in &mut self.payees {
            payee.organization.moved_to(&api.ready);
        }
        self.api = Some(api);
        Ok(())
    }

    /// Ends the API, so that the workers alone are at work.
    pub fn stop_api(&mut self) {
        self.api = None;
    }

    /// Starts so many processes that only work.
    pub fn start_workers(&mut self, count: usize) -> Result<(), Failure> {
        for _ in 0..count {
            let mut command = Command::new(place::program("paydesk-billing")?);
            command.args(["work", "--config"]).arg(&self.config);
            let working = |line: &str| (line == "paydesk-billing working").then(String::new);
            self.workers.push(Program::start(
                "paydesk-billing",
                command.env("PAYDESK_LOG", "warn"),
                working,
            )?);
        }
        Ok(())
    }

    /// Ends them.
    pub fn stop_workers(&mut self) {
        self.workers.clear();
    }

    /// How many attempts nobody has decided yet.
    pub async fn undecided(&mut self) -> Result<i64, Failure> {
        self.sql
            .number("SELECT COUNT(*) FROM attempts WHERE status IN ('created', 'sending', 'in_doubt')")
            .await
    }

    /// Fails unless the books hold exactly so many payments, each of them balanced.
    pub async fn agrees(&mut self, payments: i64) -> Result<(), Failure> {
        let paid = self.sql.number("SELECT COUNT(*) FROM payments WHERE status = 'succeeded'").await?;
        let receipts = self.sql.number("SELECT COUNT(*) FROM receipts").await?;
        let sum = self.sql.number("SELECT CAST(SUM(amount) AS BIGINT) FROM ledger_entries").await?;
        let held = self
            .sql
            .number("SELECT CAST(SUM(amount) AS BIGINT) FROM ledger_entries WHERE account = 'processor'")
            .await?;
        let taken = self.sql.number("SELECT CAST(SUM(amount) AS BIGINT) FROM payments").await?;
        if (paid, receipts, sum) == (payments, payments, 0) && held == taken {
            Ok(())
        } else {
            let told = format!("{paid} payments, {receipts} receipts, sum {sum}, {held} held, {taken} taken");
            Err(Failure::new(format!("the books do not hold {payments} payments: {told}")))
        }
    }
}

/// The sandbox syncs its journal before it answers. That is its own affair and not what is measured: it lies in memory
/// where the system has a place for that.
fn journal_folder() -> Result<TempDir, Failure> {
    let builder = tempfile::Builder::new().prefix("paydesk-bench").to_owned();
    let journal = if is_journal_in_memory() { builder.tempdir_in(IN_MEMORY) } else { builder.tempdir() };
    journal.context("a folder for the sandbox")
}

/// Whether the sandbox's journal costs no sync of the disk.
pub fn is_journal_in_memory() -> bool {
    Path::new(IN_MEMORY).is_dir()
}

fn serve(config: &Path) -> Result<Program, Failure> {
    let mut command = Command::new(place::program("paydesk-billing")?);
    command.args(["serve", "--config"]).arg(config).env("PAYDESK_LOG", "warn");
    Program::start("paydesk-billing", &mut command, listening("paydesk-billing"))
}

/// The settings that are shipped, but for limits on callers, and for where things are.
fn configuration(database: &str, sandbox: &str) -> String {
    format!(
        "listen = \"127.0.0.1:0\"\ndatabase_url = \"{database}\"\n\n[processor]\nkind = \"stripe\"\n\
         base_url = \"{sandbox}\"\nsecret_key = \"{SECRET_KEY}\"\npublishable_key = \"{PUBLISHABLE_KEY}\"\n\n\
         [limits]\nper_address_per_minute = 0\nper_session_per_minute = 0\nper_key_per_minute = 0\n"
    )
}
