//! Hands mails over to an SMTP server (RFC 5321, RFC 8314), over a connection for each.

use std::error::Error;
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as LettreTls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::adapters::mail::From;
use crate::adapters::mail::message::message;
use crate::ports::mail::{Handed, Mail, MailError, Mailer};
use crate::secret::Secret;

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte on.
    Always,
    /// By STARTTLS, without which nothing is said.
    Upgraded,
    /// Not at all: on this machine itself alone.
    None,
}

/// Which server takes mails.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Where it listens.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// Besides the usual authorities: who may vouch for it, as PEM.
    pub ca: Option<Vec<u8>>,
    /// As whom we sign in, with what.
    pub credentials: Option<(String, Secret)>,
    /// How long a conversation may take.
    pub timeout: Duration,
}

/// TLS cannot be set up as it was asked for.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not a host that TLS knows, or not a certificate (PEM)")]
pub struct TlsUnfit;

/// Hands mails over to an SMTP server.
#[derive(Clone, Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: From,
    timeout: Duration,
}

impl SmtpMailer {
    /// Mails from somebody, through a server.
    ///
    /// # Errors
    /// [`TlsUnfit`].
    pub fn new(settings: SmtpSettings, from: From) -> Result<Self, TlsUnfit> {
        let tls = match settings.tls {
            Tls::None => LettreTls::None,
            Tls::Always => LettreTls::Wrapper(parameters(&settings)?),
            Tls::Upgraded => LettreTls::Required(parameters(&settings)?),
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::Domain(from.domain().to_owned()))
            .timeout(Some(settings.timeout));
        let transport = match settings.credentials {
            Some((name, password)) => {
                transport.credentials(Credentials::new(name, password.reveal().to_owned()))
            }
            None => transport,
        };
        Ok(Self { transport: transport.build(), from, timeout: settings.timeout })
    }
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, TlsUnfit> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|_| TlsUnfit)?);
    }
    builder.build().map_err(|_| TlsUnfit)
}

/// Whether a handshake failed: lettre tells of it as of any connection that could not be made.
fn is_not_trusted(error: &dyn Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What servers say of a recipient that they will never take a mail for (RFC 3463, 3.2 and 3.3): no such mailbox, no such system, not
/// an address, moved away, takes no mail, given up. Everything else that they refuse is about us, or about now: a password that was
/// changed, or a sender whom they do not know, must not lose every mail of that hour. A code of three digits alone does not tell which.
const NEVER: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

/// Whether a server will never take a mail for this recipient, by its own word.
fn is_never(error: &lettre::transport::smtp::Error) -> bool {
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    words.split_whitespace().next().is_some_and(|first| NEVER.contains(&first))
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail<'_>) -> Result<Handed, MailError> {
        let Some(message) = message(&self.from, mail) else {
            return Ok(Handed::Refused("address".to_owned()));
        };
        // lettre's own time is that of connecting alone.
        let sent = tokio::time::timeout(self.timeout, self.transport.send(message)).await;
        let Err(error) = sent.map_err(|_| MailError::TimedOut)? else { return Ok(Handed::Taken) };
        // The server's own words may repeat what it was sent: they are not logged.
        match error.status().map(|code| code.to_string()) {
            Some(code) if is_never(&error) => Ok(Handed::Refused(code)),
            Some(code) => Err(MailError::NotNow(code)),
            None if error.is_timeout() => Err(MailError::TimedOut),
            // Also: no STARTTLS where it is required, no way to sign in that both know.
            None if error.is_tls() || error.is_client() || is_not_trusted(&error) => {
                Err(MailError::TlsFailed)
            }
            None => Err(MailError::NotReached),
        }
    }
}
