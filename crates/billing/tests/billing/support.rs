//! A billing server and a sandbox processor on free ports of this machine, and what a test does with them.

mod database;
mod debits;
mod mailbox;
mod purchases;
mod receiver;
mod reply;
mod smtp;
mod stack;
mod wallets;

pub use database::{Database, Engine, Tamperer};
pub use debits::Debit;
pub use mailbox::{Letter, file_mail};
pub use receiver::{Behaviour, Receiver};
pub use reply::Reply;
pub use smtp::{SmtpServer, parsed, python};
pub use stack::{
    PROCESSOR_SECRET, STORE, Stack, StackOptions, WEBHOOK_SECRET, address, attempt_id, fresh, organization,
};
pub use wallets::Keeper;

/// How much is tested: as much as fits among the other tests, or with `PAYDESK_PROVE=long` as much as a proof takes.
pub fn scale(short: usize, long: usize) -> usize {
    if std::env::var("PAYDESK_PROVE").as_deref() == Ok("long") { long } else { short }
}

/// Runs an async test on both databases, each as a test of its own.
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        mod $name {
            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(crate::support::Engine::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                if crate::support::Database::postgres_is_wanted() {
                    super::$name(crate::support::Engine::Postgres).await;
                }
            }
        }
    )*};
}

pub(crate) use on_both;
