//! The migrations of both engines, compiled in.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::store::dialect::Engine;

const SQLITE: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (3, "webhooks", include_str!("../../migrations/sqlite/0003_webhooks.sql")),
];
const POSTGRES: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("../../migrations/postgres/0001_first.sql")),
    (3, "webhooks", include_str!("../../migrations/postgres/0003_webhooks.sql")),
];

/// What brings a database of this engine up to date.
pub(crate) fn migrator(engine: Engine) -> Migrator {
    let list = match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let migrations = list
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql.into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}
