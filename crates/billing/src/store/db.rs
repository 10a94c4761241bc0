//! Opening a database, with the settings that durability rests on.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::store::StoreError;
use crate::store::dialect::Engine;
use crate::store::migrate::migrator;
use crate::store::tx::Tx;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const READERS_MAX: u32 = 4;
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// For how long a transaction may stand still between two statements, in milliseconds. No transaction waits for anything
/// but the database, so that one that does stands still with its process: a stopped machine, or a network that is cut.
/// Everybody else would wait for its locks as long as that lasts.
const IDLE_IN_TRANSACTION_MS_MAX: &str = "3000";
/// How long a statement waits for a lock, in milliseconds. An organization's transactions follow one another, and one that
/// works slowly and does not stand still would hold up all the others for as long as it takes: they give up, having done
/// nothing, and come back. Longer than a transaction may stand still, so that nobody gives up for that alone.
const LOCK_MS_MAX: &str = "5000";

/// Where the database is.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(SqliteConnectOptions),
    /// A server. May hold a password, and is never printed.
    Postgres(PgConnectOptions),
}

/// Not a database that this program knows.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("database_url must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE")]
pub struct DatabaseUrlError;

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "DatabaseUrl(sqlite)",
            Self::Postgres(_) => "DatabaseUrl(postgres, …)",
        })
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok(Self::Sqlite(SqliteConnectOptions::new().filename(path)));
        }
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return text.parse().map(Self::Postgres).map_err(|_| DatabaseUrlError);
        }
        Err(DatabaseUrlError)
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
}

#[derive(Clone, Debug)]
enum Db {
    /// One connection writes, a few read.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached, or was made by a newer version.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the database as it is.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let db = match url {
            DatabaseUrl::Sqlite(options) => {
                // FULL, not NORMAL: with NORMAL a committed charge can be lost when the power fails.
                // A connection on which a disk error ended the transaction takes itself to be in it for ever, and
                // would refuse every write after that: it is given up for a new one.
                let options = options
                    .clone()
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(BUSY_TIMEOUT);
                let pool = |connections_max| {
                    SqlitePoolOptions::new()
                        .max_connections(connections_max)
                        .acquire_timeout(ACQUIRE_TIMEOUT)
                        .before_acquire(|connection, _| {
                            Box::pin(std::future::ready(Ok(!connection.is_in_transaction())))
                        })
                };
                let writer = pool(1).connect_with(options.clone()).await?;
                let readers = pool(READERS_MAX).connect_with(options.pragma("query_only", "ON")).await?;
                Db::Sqlite { writer, readers }
            }
            DatabaseUrl::Postgres(options) => {
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS_MAX)
                    .acquire_timeout(ACQUIRE_TIMEOUT);
                let options = options.clone().options([
                    ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MS_MAX),
                    ("lock_timeout", LOCK_MS_MAX),
                ]);
                Db::Postgres(pool.connect_with(options).await?)
            }
        };
        Ok(Self { db })
    }

    /// Brings the tables up to date. Several processes may do this at once.
    ///
    /// # Errors
    /// When a migration fails, or the database was made by a newer version.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = migrator(self.engine());
        match &self.db {
            Db::Sqlite { writer, .. } => migrator.run(writer).await?,
            Db::Postgres(pool) => {
                // One process migrates and the others wait for it, however long that takes.
                let mut patient = pool.acquire().await?.detach();
                sqlx::query("SET lock_timeout = 0").execute(&mut patient).await?;
                migrator.run(&mut patient).await?;
                patient.close().await?;
            }
        }
        Ok(())
    }

    /// Which engine is behind it.
    pub fn engine(&self) -> Engine {
        match &self.db {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Closes every connection once what is under way is done.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }

    /// Calls `wake` whenever another process hints that there is something to do, until the connection fails. Never
    /// returns where there is nobody else.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn hear_hints(&self, wake: impl Fn()) -> Result<(), StoreError> {
        let Db::Postgres(pool) = &self.db else {
            return std::future::pending().await;
        };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("paydesk_work").await?;
        loop {
            listener.recv().await?;
            wake();
        }
    }

    /// A transaction that reads.
    pub(crate) async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.db {
            Db::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that writes. SQLite takes the write lock at once: a transaction that reads first and wants to
    /// write later is refused without waiting when somebody else wrote in between.
    pub(crate) async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.db {
            Db::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_urls_and_hides_them() {
        for good in ["sqlite:billing.db", "sqlite:///var/lib/p.db", "postgres://u:hunter@h/db"] {
            let url: DatabaseUrl = good.parse().unwrap();
            assert!(!format!("{url:?}").contains("hunter"), "a URL may hold a password");
        }
        for bad in ["", "sqlite:", "mysql://x", "billing.db"] {
            assert!(bad.parse::<DatabaseUrl>().is_err(), "{bad}");
        }
    }
}
