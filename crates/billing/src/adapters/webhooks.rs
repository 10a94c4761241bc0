//! Sends webhooks: resolves a name once, checks every address, and connects to the very address that was checked.
//!
//! No redirect is followed, no proxy is asked, and no connection is used twice: each message is one connection to one
//! checked address. Of the answer only the status is kept, and when the other side wants to be asked again.

mod exchange;
mod network;
mod public;
mod retry_after;
mod target;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::adapters::webhooks::target::Target;
use crate::ports::webhooks::{Answer, Message, SendError, UrlRefused, WebhookSender};

pub use network::{Network, SystemNetwork};
pub use public::is_public;

/// How long one address may take to answer. The next one gets its turn then.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How many addresses of a name are tried.
const ADDRESSES_MAX: usize = 3;

/// Sends webhooks over the network.
#[derive(Clone)]
pub struct Sender {
    network: Arc<dyn Network>,
    tls: TlsConnector,
    loopback_http: bool,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("loopback_http", &self.loopback_http).finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender that trusts the usual authorities. `loopback_http` allows plain HTTP to this machine itself: for
    /// development and tests.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(loopback_http: bool) -> Result<Self, rustls::Error> {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self::with(Arc::new(SystemNetwork), roots, loopback_http)
    }

    /// A sender on another network, which trusts others.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn with(
        network: Arc<dyn Network>,
        roots: RootCertStore,
        loopback_http: bool,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { network, tls: TlsConnector::from(Arc::new(config)), loopback_http })
    }

    /// The addresses of a target, every one of them checked. One that is not public refuses them all: a name that
    /// leads to both is nothing to guess about.
    async fn addresses(&self, target: &Target) -> Result<Vec<IpAddr>, SendError> {
        let addresses = match target.address {
            Some(address) => vec![address],
            None => self.network.resolve(&target.host).await.map_err(|_| SendError::NameUnknown)?,
        };
        if addresses.is_empty() {
            return Err(SendError::NameUnknown);
        }
        if addresses.iter().any(|address| !target.may_be_at(*address)) {
            return Err(SendError::AddressRefused);
        }
        Ok(addresses)
    }

    /// A connection to the first checked address that takes one.
    async fn connect(&self, target: &Target) -> Result<TcpStream, SendError> {
        for address in self.addresses(target).await?.into_iter().take(ADDRESSES_MAX) {
            let connecting = self.network.connect(SocketAddr::new(address, target.port));
            if let Ok(Ok(stream)) = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
                return Ok(stream);
            }
        }
        Err(SendError::NotReached)
    }
}

#[async_trait]
impl WebhookSender for Sender {
    fn accept(&self, url: &str) -> Result<String, UrlRefused> {
        Target::read(url, self.loopback_http).map(|target| target.url)
    }

    async fn send(&self, message: Message<'_>) -> Result<Answer, SendError> {
        // Read again: what was accepted under other settings may not be acceptable now.
        let target = Target::read(message.url, self.loopback_http).map_err(|_| SendError::UrlRefused)?;
        let stream = self.connect(&target).await?;
        if !target.tls {
            return exchange::exchange(stream, &target, message).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(|_| SendError::UrlRefused)?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| SendError::TlsFailed)?;
        exchange::exchange(stream, &target, message).await
    }
}
