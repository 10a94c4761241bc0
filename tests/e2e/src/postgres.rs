//! Databases of a PostgreSQL server that is there already: `PAYDESK_TEST_POSTGRES_URL`, as `cargo xtask` starts it, or
//! `PAYDESK_BENCH_POSTGRES_URL`, which keeps what it says it keeps.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Context, Failure};

static MADE: AtomicU32 = AtomicU32::new(0);

/// A database on that server.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its address for the billing program, whose role row-level security binds.
    pub url: String,
    /// Its address for whoever may see every row.
    pub superuser_url: String,
}

impl Database {
    /// A fresh one, where a server is named.
    ///
    /// # Errors
    /// Where the server does not make one.
    pub fn fresh() -> Result<Option<Self>, Failure> {
        Self::fresh_on("PAYDESK_TEST")
    }

    /// A fresh one on the server whose commits survive a power cut, where one is named.
    ///
    /// # Errors
    /// Where the server does not make one.
    pub fn fresh_and_durable() -> Result<Option<Self>, Failure> {
        Self::fresh_on("PAYDESK_BENCH")
    }

    fn fresh_on(server: &str) -> Result<Option<Self>, Failure> {
        let told = |name: &str| std::env::var(format!("{server}_{name}")).ok().filter(|url| !url.is_empty());
        let (Some(url), Some(superuser)) = (told("POSTGRES_URL"), told("POSTGRES_SUPERUSER_URL")) else {
            return Ok(None);
        };
        let name = format!("paydesk_e2e_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        psql(&url, &format!("CREATE DATABASE {name}"))?;
        let inside = |url: &str| -> Result<String, Failure> {
            let (server, _) = url.rsplit_once('/').context("an address with a database")?;
            Ok(format!("{server}/{name}"))
        };
        Ok(Some(Self { url: inside(&url)?, superuser_url: inside(&superuser)? }))
    }

    /// Every row of every table, as text.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub fn read_out(&self) -> Result<String, Failure> {
        psql(&self.superuser_url, "SELECT schema_to_xml('public', true, false, '')")
    }
}

fn psql(url: &str, sql: &str) -> Result<String, Failure> {
    let mut command = Command::new("psql");
    command.args([url, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql]);
    let output = command.output().context("psql")?;
    if !output.status.success() {
        return Err(Failure::new(format!("psql: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
