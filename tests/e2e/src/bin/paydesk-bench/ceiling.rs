//! What the machine itself gives: durable commits in a second, with nothing but the commit to do.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use paydesk_e2e::clock::Stopwatch;
use paydesk_e2e::postgres::Database;
use paydesk_e2e::{Context, Failure};

use crate::sql::Sql;

/// Each look takes this long. There is one before and one after whatever is compared with it.
const LOOK: Duration = Duration::from_secs(2);
/// pgbench's tables, in hundred thousands of rows.
const SCALE: &str = "4";

/// Something that commits as fast as it can.
#[derive(Debug)]
pub enum Ceiling {
    /// One connection with the settings of the billing program, on the same file system.
    Sqlite {
        /// The connection.
        sql: Box<Sql>,
        /// Kept as long as the file is used.
        _folder: tempfile::TempDir,
    },
    /// `pgbench -N` on the same server.
    Postgres(Database),
}

/// Commits per second, by how many clients commit at once.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// One after the other.
    pub one: f64,
    /// As many at once as a worker has connections. On SQLite there is one writer: the same.
    pub many: f64,
}

impl Ceiling {
    /// Gets ready beside a SQLite file in the folder where temporary files go.
    pub async fn sqlite() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("paydesk-bench").tempdir().context("a folder")?;
        let mut sql = Sql::open(&format!("sqlite:{}", folder.path().join("ceiling.db").display())).await?;
        sql.run("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT".to_owned()).await?;
        Ok(Self::Sqlite { sql: Box::new(sql), _folder: folder })
    }

    /// Gets ready on the durable server. `None` where there is none.
    pub fn postgres() -> Result<Option<Self>, Failure> {
        let Some(database) = Database::fresh_and_durable()? else { return Ok(None) };
        pgbench(&database, &["--initialize", "--quiet", "--scale", SCALE])?;
        Ok(Some(Self::Postgres(database)))
    }

    /// Measures for some seconds.
    pub async fn look(&mut self) -> Result<Rates, Failure> {
        match self {
            Self::Sqlite { sql, .. } => {
                let bare =
                    "BEGIN IMMEDIATE; INSERT INTO bare (text) VALUES ('a row of the usual kind'); COMMIT";
                let (watch, mut commits) = (Stopwatch::start(), 0_u32);
                while watch.elapsed() < LOOK {
                    sql.run(bare.to_owned()).await?;
                    commits += 1;
                }
                let rate = f64::from(commits) / watch.elapsed().as_secs_f64();
                Ok(Rates { one: rate, many: rate })
            }
            Self::Postgres(database) => {
                Ok(Rates { one: simple_update(database, "1")?, many: simple_update(database, "16")? })
            }
        }
    }
}

fn simple_update(database: &Database, clients: &str) -> Result<f64, Failure> {
    let seconds = LOOK.as_secs().to_string();
    let arguments = ["-N", "--no-vacuum", "--jobs", "1", "--client", clients, "--time", &seconds];
    let told = pgbench(database, &arguments)?;
    let line = told.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench's tps")?;
    line.split(' ').next().context("pgbench's tps")?.parse().context("pgbench's tps")
}

fn pgbench(database: &Database, arguments: &[&str]) -> Result<String, Failure> {
    let programs = std::env::var("PAYDESK_BENCH_POSTGRES_PROGRAMS").unwrap_or_default();
    let mut command = Command::new(Path::new(&programs).join("pgbench"));
    let output = command.args(arguments).arg(&database.url).output().context("pgbench")?;
    if !output.status.success() {
        return Err(Failure::new(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
