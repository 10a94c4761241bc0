//! A payment processor to test against.
//!
//! It speaks the dialect of Stripe, so that clients which nobody here wrote can test it: the official SDK
//! and command line run against it in `tests/outsiders`. It keeps a durable journal of every operation
//! that moved money, takes orders for faults, and never writes a card number or security code in clear.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use paydesk_sandbox::{Config, serve};
//!
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! println!("http://{}", listener.local_addr()?);
//! serve(Config::new("/tmp/sandbox"), listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

pub mod clock;
pub mod keys;
pub mod model;
pub mod scenario;
pub mod vault;

mod banks;
mod cards;
mod config;
mod engine;
mod errands;
mod error;
mod form;
mod http;
mod ids;
mod ops;
mod store;
mod webhooks;

pub use config::{Config, DebitTimes};
pub use engine::SandboxError;

use std::future::Future;
use std::sync::Arc;

use tokio::net::TcpListener;

use engine::Engine;

/// Runs a processor on a socket until `shutdown` is done; calls that have begun are finished first.
///
/// # Errors
/// When the data directory cannot be used, or the socket fails.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), SandboxError> {
    Sandbox::open(config)?.serve(listener, shutdown).await
}

/// A processor whose data directory is open.
#[derive(Clone, Debug)]
pub struct Sandbox {
    engine: Arc<Engine>,
}

impl Sandbox {
    /// Opens the data directory and reads what is in it.
    ///
    /// # Errors
    /// When it cannot be read, is in use by another process, or is damaged.
    pub fn open(config: Config) -> Result<Self, SandboxError> {
        Ok(Self { engine: Arc::new(Engine::open(config)?) })
    }

    /// Fills an account with customers who each have ten cards, each charged once and with something that waits
    /// on the agenda, until there are `count` cards: for measuring how the processor behaves when it holds
    /// many. Returns the customers' ids.
    ///
    /// # Errors
    /// When the key is not a secret key, or the log has failed.
    pub async fn fill(&self, secret_key: &str, count: usize) -> Result<Vec<String>, SandboxError> {
        self.engine.fill(secret_key, count).await
    }

    /// Answers on a socket until `shutdown` is done; calls that have begun are finished first.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), SandboxError> {
        let mut letters = tokio::task::JoinSet::new();
        letters.spawn(webhooks::deliver_until(Arc::clone(&self.engine)));
        let mut errands = tokio::task::JoinSet::new();
        errands.spawn(engine::run_errands(Arc::clone(&self.engine)));
        let service = http::router(&self.engine).into_make_service_with_connect_info::<http::Connection>();
        axum::serve(http::Listener::new(listener), service).with_graceful_shutdown(shutdown).await?;
        errands.shutdown().await;
        letters.shutdown().await;
        Ok(())
    }
}
