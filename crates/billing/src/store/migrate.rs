//! The migrations of both engines, compiled in.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::store::dialect::Engine;

macro_rules! migrations {
    ($engine:literal) => {
        &[
            (1, "first", include_str!(concat!("../../migrations/", $engine, "/0001_first.sql"))),
            (2, "engine", include_str!(concat!("../../migrations/", $engine, "/0002_engine.sql"))),
            (3, "webhooks", include_str!(concat!("../../migrations/", $engine, "/0003_webhooks.sql"))),
            (4, "audit", include_str!(concat!("../../migrations/", $engine, "/0004_audit.sql"))),
            (5, "inbox", include_str!(concat!("../../migrations/", $engine, "/0005_inbox.sql"))),
            (6, "engine_more", include_str!(concat!("../../migrations/", $engine, "/0006_engine_more.sql"))),
            (
                7,
                "refunds_more",
                include_str!(concat!("../../migrations/", $engine, "/0007_refunds_more.sql")),
            ),
            (8, "plans", include_str!(concat!("../../migrations/", $engine, "/0008_plans.sql"))),
            (9, "payers", include_str!(concat!("../../migrations/", $engine, "/0009_payers.sql"))),
            (
                10,
                "card_testing",
                include_str!(concat!("../../migrations/", $engine, "/0010_card_testing.sql")),
            ),
            (
                11,
                "payers_mended",
                include_str!(concat!("../../migrations/", $engine, "/0011_payers_mended.sql")),
            ),
            (12, "challenges", include_str!(concat!("../../migrations/", $engine, "/0012_challenges.sql"))),
            (13, "credits", include_str!(concat!("../../migrations/", $engine, "/0013_credits.sql"))),
            (
                14,
                "plan_methods",
                include_str!(concat!("../../migrations/", $engine, "/0014_plan_methods.sql")),
            ),
            (15, "words", include_str!(concat!("../../migrations/", $engine, "/0015_words.sql"))),
            (16, "wallet", include_str!(concat!("../../migrations/", $engine, "/0016_wallet.sql"))),
            (17, "mail", include_str!(concat!("../../migrations/", $engine, "/0017_mail.sql"))),
            (18, "cards", include_str!(concat!("../../migrations/", $engine, "/0018_cards.sql"))),
            (19, "people", include_str!(concat!("../../migrations/", $engine, "/0019_people.sql"))),
            (21, "devices", include_str!(concat!("../../migrations/", $engine, "/0021_devices.sql"))),
            (22, "privacy", include_str!(concat!("../../migrations/", $engine, "/0022_privacy.sql"))),
        ]
    };
}

const SQLITE: &[(i64, &str, &str)] = migrations!("sqlite");
const POSTGRES: &[(i64, &str, &str)] = migrations!("postgres");

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
