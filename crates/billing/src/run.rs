//! Puts the parts together and runs them: used by the program and by tests.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::adapters::stripe::{ClientError, Stripe};
use crate::adapters::webhooks::Sender;
use crate::app::breaker::Breaker;
use crate::app::{App, Settings, Webhooks};
use crate::clock::{Clock, Entropy, Mint, NoEntropy};
use crate::config::{Config, ConfigError};
use crate::http::router;
use crate::metrics::Metrics;
use crate::ports::processor::Processor;
use crate::secret::hex;
use crate::store::{Store, StoreError};
use crate::tls::{TlsError, acceptor};
use crate::{server, worker};

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The processor's client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The way to organizations' servers.
    #[error("the HTTP client for webhooks cannot be made: {0}")]
    Webhooks(#[from] rustls::Error),
    /// No random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// The network.
    #[error("{0}: {1}")]
    Io(SocketAddr, io::Error),
}

/// Puts the application together.
///
/// # Errors
/// When there are no random bytes, or TLS cannot be set up.
pub fn app(
    store: Store,
    processor: Arc<dyn Processor>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    charges_concurrent_max: usize,
) -> Result<App, RunError> {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes)?;
    let sender = Sender::new(settings.webhooks.allow_loopback_http)?;
    let webhooks = Arc::new(Webhooks::new(Arc::new(sender), settings.webhooks.clone()));
    Ok(App {
        store,
        processor,
        mint: Mint::new(clock, entropy),
        metrics: Arc::new(Metrics::default()),
        settings,
        charges: TaskTracker::new(),
        charge_slots: Arc::new(Semaphore::new(charges_concurrent_max)),
        work: Arc::new(Notify::new()),
        to_send: Arc::new(Notify::new()),
        to_mail: Arc::new(Notify::new()),
        outcomes: Arc::default(),
        breaker: Arc::new(Breaker::default()),
        webhooks,
        owner: format!("{}-{}", std::process::id(), hex(&bytes)).into(),
    })
}

/// Opens the database, brings it up to date and puts the application together.
async fn open(config: &Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<App, RunError> {
    let processor = Arc::new(Stripe::new(config.processor())?);
    let store = Store::open(&config.database()?).await?;
    app(store, processor, clock, entropy, config.settings(), config.charges_concurrent_max())
}

/// Works until `stop` is done, without serving anything: sends what is due, looks up what is in doubt. Any number of
/// processes may do so on PostgreSQL.
///
/// # Errors
/// [`RunError`].
pub async fn work(
    config: &Config,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let app = open(config, clock, entropy).await?;
    let stopping = CancellationToken::new();
    let worker = tokio::spawn(worker::run(app.clone(), config.sweep(), stopping.clone()));
    let teller = tokio::spawn(worker::run_webhooks(app.clone(), config.sweep(), stopping.clone()));
    let postman = tokio::spawn(worker::run_mails(app.clone(), config.sweep(), stopping.clone()));
    let poller = tokio::spawn(worker::run_poller(app.clone(), stopping.clone()));
    let forgetting = tokio::spawn(worker::run_forgetting(app.clone(), stopping.clone()));
    stop.await;
    tracing::info!("stopping");
    stopping.cancel();
    let _ = worker.await;
    let _ = teller.await;
    let _ = postman.await;
    let _ = poller.await;
    let _ = forgetting.await;
    drain(&app).await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for charges under way, and closes the database. A charge takes at most its lease; what is not done by then is
/// looked up after the next start.
async fn drain(app: &App) {
    app.charges.close();
    if tokio::time::timeout(app.settings.lease, app.charges.wait()).await.is_err() {
        tracing::warn!("some charges did not end in time: they will be looked up");
    }
    app.store.close().await;
}

/// A server that is about to run.
pub struct Server {
    app: App,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    http: crate::http::HttpSettings,
    sweep: Duration,
    address: SocketAddr,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the database, brings it up to date and listens.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn start(
        config: &Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, RunError> {
        let tls = match (&config.tls_cert, &config.tls_key) {
            (Some(certificate), Some(key)) => Some(acceptor(certificate, key)?),
            _ => None,
        };
        let app = open(config, clock, entropy).await?;
        let io = |error| RunError::Io(config.listen, error);
        let listener = TcpListener::bind(config.listen).await.map_err(io)?;
        let address = listener.local_addr().map_err(io)?;
        Ok(Self { app, listener, tls, http: config.http(), sweep: config.sweep(), address })
    }

    /// Where it listens, as an origin.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.address)
    }

    /// The application, for what a test wants to see.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Serves until `stop` is done, then drains: no new connections, requests under way are answered, charges under
    /// way are finished.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), RunError> {
        let stopping = CancellationToken::new();
        let sweeper = tokio::spawn(worker::run(self.app.clone(), self.sweep, stopping.clone()));
        let teller = tokio::spawn(worker::run_webhooks(self.app.clone(), self.sweep, stopping.clone()));
        let postman = tokio::spawn(worker::run_mails(self.app.clone(), self.sweep, stopping.clone()));
        let poller = tokio::spawn(worker::run_poller(self.app.clone(), stopping.clone()));
        let forgetting = tokio::spawn(worker::run_forgetting(self.app.clone(), stopping.clone()));
        let serving =
            server::serve(self.listener, self.tls, router(self.app.clone(), self.http), stopping.clone());
        let serving = tokio::spawn(serving);
        stop.await;
        tracing::info!("stopping");
        stopping.cancel();
        if let Ok(Err(error)) = serving.await {
            return Err(RunError::Io(self.address, error));
        }
        let _ = sweeper.await;
        let _ = teller.await;
        let _ = postman.await;
        let _ = poller.await;
        let _ = forgetting.await;
        drain(&self.app).await;
        tracing::info!("stopped");
        Ok(())
    }
}
