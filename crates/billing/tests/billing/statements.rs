//! Every statement is prepared on both engines, so that a mistake in one is found without running its use case.

use paydesk_billing::store::{self, statements};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::{Database, Engine, on_both};

on_both! { every_statement_prepares; durability_is_set; }

/// Positive control: a misspelt column in any statement of `sql.rs` or `dialect.rs` fails this by name (tried).
async fn every_statement_prepares(engine: Engine) {
    let database = Database::fresh(engine).await;
    database.open().await.close().await;
    let known = match engine {
        Engine::Sqlite => store::Engine::Sqlite,
        Engine::Postgres => store::Engine::Postgres,
    };
    let all = statements(known);
    assert!(all.len() > 50);
    for (name, sql) in all {
        let prepared = match engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
                connection.prepare(sqlx::SqlSafeStr::into_sql_str(sql)).await.map(|_| ())
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&database.url).await.unwrap();
                connection.prepare(sqlx::SqlSafeStr::into_sql_str(sql)).await.map(|_| ())
            }
        };
        assert!(prepared.is_ok(), "{name}: {}", prepared.unwrap_err());
    }
}

/// A committed charge must survive a power failure: SQLite with WAL needs `synchronous = FULL` for that.
async fn durability_is_set(engine: Engine) {
    let database = Database::fresh(engine).await;
    let store = database.open().await;
    let settings = store.durability().await.unwrap();
    assert_eq!(settings.len(), if engine == Engine::Sqlite { 3 } else { 1 }, "each of them is asked for");
    for (name, value) in settings {
        let wanted = match name {
            "journal_mode" => "wal",
            "synchronous" => "2",
            "foreign_keys" => "1",
            "synchronous_commit" => "on",
            other => panic!("nobody said what {other} should be"),
        };
        assert_eq!(value, wanted, "{name}");
    }
}
