//! SQL for the measurements alone: it fills a database with more than the public doors could in the time there is, and
//! counts what became of it.

use std::str::FromStr as _;
use std::time::Duration;

use paydesk_e2e::{Context, Failure};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

/// Somebody else may be writing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection of its own to a database of either kind.
#[derive(Debug)]
pub enum Sql {
    /// A file, with the settings under which the billing program opens it.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(PgConnection),
}

impl Sql {
    /// Connects to `sqlite:FILE` or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self, Failure> {
        if !url.starts_with("sqlite:") {
            return PgConnection::connect(url).await.map(Self::Postgres).context("PostgreSQL");
        }
        let options = SqliteConnectOptions::from_str(url)
            .context(url)?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        options.connect().await.map(Self::Sqlite).context(url)
    }

    /// Runs a statement and returns how many rows it changed.
    pub async fn run(&mut self, sql: String) -> Result<u64, Failure> {
        let doing = sql.chars().take(80).collect::<String>();
        let done = match self {
            Self::Sqlite(connection) => {
                sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(|done| done.rows_affected())
            }
            Self::Postgres(connection) => {
                sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(|done| done.rows_affected())
            }
        };
        done.context(doing)
    }

    /// Several statements in one durable transaction.
    pub async fn run_together(&mut self, statements: Vec<String>) -> Result<(), Failure> {
        let begin = match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres(_) => "BEGIN",
        };
        self.run(begin.to_owned()).await?;
        for statement in statements {
            self.run(statement).await?;
        }
        self.run("COMMIT".to_owned()).await.map(drop)
    }

    /// A single whole number.
    pub async fn number(&mut self, sql: &'static str) -> Result<i64, Failure> {
        match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_one(connection).await,
            Self::Postgres(connection) => sqlx::query_scalar(sql).fetch_one(connection).await,
        }
        .context(sql)
    }
}
