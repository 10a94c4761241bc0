//! The processor without HTTP: accounts, the vault, the log, and the way of one call through them.

mod account;
mod answer;
mod errands;
mod fill;
mod perform;
mod remember;

pub use account::Account;
pub use answer::{Answer, Exchange, Reply};
pub use errands::run_errands;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::Notify;

use crate::clock::AheadClock;
use crate::config::Config;
use crate::ids::Ids;
use crate::store::{Book, Change, Log, LogError};
use crate::vault::{Vault, VaultError};

/// Why the processor cannot run.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault's key would lie beside what it protects.
    #[error("the vault's key file must not lie in the data directory")]
    KeyBesideData,
    /// A call that was to fill the processor was refused.
    #[error("filling stopped: {0}")]
    Filling(String),
    /// The system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The processor.
#[derive(Debug)]
pub struct Engine {
    /// How it is set up.
    pub config: Config,
    /// Ids and secrets.
    pub ids: Ids,
    /// Rung when there may be letters to send.
    pub letters: Notify,
    /// Rung when something may have been put on an agenda.
    errands: Notify,
    /// The clock that everything here reads, as what it is: one that can be moved.
    clock: Arc<AheadClock>,
    /// Held while the clock is moved.
    clock_moves: Mutex<()>,
    vault: Vault,
    log: Log,
    accounts: RwLock<HashMap<String, Arc<Account>>>,
}

impl Engine {
    /// Opens the data directory and reads what is in it.
    ///
    /// # Errors
    /// When it cannot be read, is in use, or is damaged.
    pub fn open(config: Config) -> Result<Self, SandboxError> {
        let ids = Ids::new(config.seed)?;
        if config.vault_key_file.as_ref().is_some_and(|file| file.starts_with(&config.data)) {
            return Err(SandboxError::KeyBesideData);
        }
        let vault = match &config.vault_key_file {
            Some(file) => Vault::from_file(file, &ids)?,
            None => Vault::in_memory(&ids),
        };
        let mut books: HashMap<String, Book> = HashMap::new();
        let mut ahead_ms = 0;
        let log = Log::open(&config.data, |account, change| {
            if let Change::ClockMoved { ahead_ms: moved_ms } = change {
                ahead_ms = ahead_ms.max(moved_ms);
            }
            if let Some(book) = books.get_mut(account) {
                book.apply(change);
            } else {
                books.entry(account.to_owned()).or_default().apply(change);
            }
        })?;
        let engine = Self::new(config, ids, vault, log, ahead_ms);
        let now_ms = engine.config.clock.now().as_millisecond();
        let accounts = books.into_iter().map(|(id, mut book)| {
            book.forget_old_answers(now_ms);
            (id.clone(), Arc::new(Account::new(id, book)))
        });
        let accounts = RwLock::new(accounts.collect());
        Ok(Self { accounts, ..engine })
    }

    /// A processor without accounts, whose clock is ahead of the one in `config`.
    fn new(mut config: Config, ids: Ids, vault: Vault, log: Log, ahead_ms: i64) -> Self {
        let clock = Arc::new(AheadClock::new(Arc::clone(&config.clock), ahead_ms));
        config.clock = Arc::<AheadClock>::clone(&clock);
        Self {
            config,
            ids,
            letters: Notify::new(),
            errands: Notify::new(),
            clock,
            clock_moves: Mutex::default(),
            vault,
            log,
            accounts: RwLock::default(),
        }
    }

    /// An account; it comes into being when its key is first used.
    pub fn account(&self, id: &str) -> Arc<Account> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = accounts.get(id) {
            return Arc::clone(account);
        }
        drop(accounts);
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let account = accounts
            .entry(id.to_owned())
            .or_insert_with(|| Arc::new(Account::new(id.to_owned(), Book::default())));
        Arc::clone(account)
    }

    /// All accounts.
    pub fn accounts(&self) -> Vec<Arc<Account>> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect()
    }

    /// The log.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The vault.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }
}
