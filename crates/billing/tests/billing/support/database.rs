//! A fresh database for one test, on either engine.

use paydesk_billing::clock::{Entropy as _, SystemEntropy};
use paydesk_billing::store::{DatabaseUrl, Store};
use paydesk_domain::id::OrganizationId;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use tempfile::TempDir;

/// Which engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database that nobody else uses.
pub struct Database {
    pub url: String,
    /// Kept as long as the file is used.
    folder: Option<TempDir>,
}

impl Database {
    /// Tests on PostgreSQL need a server: `cargo xtask test` brings one. Who has none says so.
    pub fn postgres_is_wanted() -> bool {
        std::env::var("PAYDESK_TEST_SKIP_POSTGRES").as_deref() != Ok("1")
    }

    /// The server to make databases on, as a role that may do that and is no superuser.
    fn server() -> String {
        std::env::var("PAYDESK_TEST_POSTGRES_URL").expect(
            "set PAYDESK_TEST_POSTGRES_URL to a PostgreSQL role that may create databases and is no superuser \
             (`cargo xtask test` does), or set PAYDESK_TEST_SKIP_POSTGRES=1",
        )
    }

    pub async fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("billing.db").display());
                Self { url, folder: Some(folder) }
            }
            Engine::Postgres => {
                let mut bytes = [0; 8];
                SystemEntropy.fill(&mut bytes).unwrap();
                let name = format!("t_{:016x}", u64::from_be_bytes(bytes));
                let server = Self::server();
                let mut connection =
                    PgConnection::connect(&server).await.expect("PAYDESK_TEST_POSTGRES_URL answers");
                let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
                sqlx::query(create).execute(&mut connection).await.unwrap();
                let (base, _) = server.rsplit_once('/').unwrap();
                Self { url: format!("{base}/{name}"), folder: None }
            }
        }
    }

    pub async fn open(&self) -> Store {
        let url: DatabaseUrl = self.url.parse().unwrap();
        Store::open(&url).await.unwrap()
    }

    /// Runs a statement past the store, in the name of an organization.
    pub async fn execute_for(&self, organization: &str, sql: &'static str) -> Result<(), sqlx::Error> {
        if self.folder.is_some() {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            return sqlx::query(sql).execute(&mut connection).await.map(|_| ());
        }
        let mut connection = PgConnection::connect(&self.url).await?;
        act_as(&mut connection, organization).await;
        sqlx::query(sql).execute(&mut connection).await.map(|_| ())
    }

    /// Changes one row past the store and past row-level security. Triggers stay.
    pub async fn execute_past_everybody(&self, sql: String) {
        if self.folder.is_some() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            let done = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut connection).await.unwrap();
            assert_eq!(done.rows_affected(), 1, "{sql}");
            return;
        }
        self.tamperer().await.change(1, sql).await;
    }

    /// What a statement answers, first column by row, past the store and past row-level security. Triggers stay.
    pub async fn read_past_everybody(&self, sql: &'static str) -> Result<Vec<String>, sqlx::Error> {
        if self.folder.is_some() {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
            return Ok(rows.iter().map(|row| row.get(0)).collect());
        }
        let mut connection = PgConnection::connect(&self.as_superuser()).await?;
        let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Every row of every table but those named, as text, past row-level security: the table, and all of its columns.
    pub async fn every_row(&self, but: &[&str]) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        if self.folder.is_some() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'";
            for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
                let table: String = table.get(0);
                let columns = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
                let columns = sqlx::query(columns).fetch_all(&mut connection).await.unwrap();
                let columns: Vec<_> = columns
                    .iter()
                    .map(|column| format!("COALESCE(CAST(\"{}\" AS TEXT), '')", column.get::<String, _>(0)))
                    .collect();
                let all = AssertSqlSafe(format!("SELECT {} FROM {table}", columns.join(" || ' ' || ")));
                for row in sqlx::query(all).fetch_all(&mut connection).await.unwrap() {
                    rows.push((table.clone(), row.get(0)));
                }
            }
        } else {
            let mut connection = PgConnection::connect(&self.as_superuser()).await.unwrap();
            let tables = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
            for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
                let table: String = table.get(0);
                let all = AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
                for row in sqlx::query(all).fetch_all(&mut connection).await.unwrap() {
                    rows.push((table.clone(), row.get(0)));
                }
            }
        }
        rows.retain(|(table, _)| !but.contains(&table.as_str()));
        rows
    }

    fn as_superuser(&self) -> String {
        let server = std::env::var("PAYDESK_TEST_POSTGRES_SUPERUSER_URL").expect(
            "set PAYDESK_TEST_POSTGRES_SUPERUSER_URL to the superuser of the server that PAYDESK_TEST_POSTGRES_URL names",
        );
        let (_, name) = self.url.rsplit_once('/').unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        format!("{base}/{name}")
    }

    /// Somebody with every power over the database: no trigger and no row-level security stands in their way.
    pub async fn tamperer(&self) -> Tamperer {
        if self.folder.is_some() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            let triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'";
            for trigger in sqlx::query(triggers).fetch_all(&mut connection).await.unwrap() {
                let drop = AssertSqlSafe(format!("DROP TRIGGER {}", trigger.get::<String, _>("name")));
                sqlx::query(drop).execute(&mut connection).await.unwrap();
            }
            sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut connection).await.unwrap();
            return Tamperer::Sqlite(connection);
        }
        let mut connection = PgConnection::connect(&self.as_superuser()).await.unwrap();
        let unheeded = sqlx::query("SET session_replication_role = replica");
        unheeded.execute(&mut connection).await.unwrap();
        Tamperer::Postgres(connection)
    }

    /// Everything that is stored of an organization, as text: the whole file and its log, or every row.
    pub async fn dump(&self, organization: &OrganizationId) -> Vec<String> {
        if let Some(folder) = &self.folder {
            let files = std::fs::read_dir(folder.path()).unwrap();
            return files
                .map(|file| String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into())
                .collect();
        }
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        act_as(&mut connection, organization.as_str()).await;
        let tables = "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relrowsecurity";
        let mut dumps = Vec::new();
        for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
            let name: String = table.get("name");
            let rows = AssertSqlSafe(format!("SELECT t::text AS row FROM {name} t"));
            let rows = sqlx::query(rows).fetch_all(&mut connection).await.unwrap();
            dumps.extend(rows.iter().map(|row| row.get::<String, _>("row")));
        }
        dumps
    }
}

/// Somebody with every power over a database.
pub enum Tamperer {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Tamperer {
    /// Runs a statement, which must change as many rows as said.
    pub async fn change(&mut self, rows: u64, sql: String) {
        let changed = match self {
            Self::Sqlite(connection) => sqlx::query(AssertSqlSafe(sql.clone()))
                .execute(connection)
                .await
                .map(|done| done.rows_affected()),
            Self::Postgres(connection) => sqlx::query(AssertSqlSafe(sql.clone()))
                .execute(connection)
                .await
                .map(|done| done.rows_affected()),
        };
        assert_eq!(changed.unwrap(), rows, "{sql}");
    }
}

async fn act_as(connection: &mut PgConnection, organization: &str) {
    let act = sqlx::query("SELECT set_config('paydesk.organization', $1, false)").bind(organization);
    act.execute(connection).await.unwrap();
}
