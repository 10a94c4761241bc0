//! Who changes something, as the audit log puts it down.

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An organization's server.
    ApiKey {
        /// `key_…`.
        id: String,
        /// The network address that the request came from.
        address: Option<String>,
    },
    /// A payer's browser.
    CheckoutSession {
        /// `cks_…`.
        id: String,
        /// The network address that the request came from.
        address: Option<String>,
    },
    /// A client, who looks after their wallet in their browser.
    Client {
        /// `log_…`: whichever organization's page it was, all of them know the client by it.
        id: String,
        /// The network address that the request came from.
        address: Option<String>,
    },
    /// An admin of the organization, through a session in which they act for a client.
    Admin {
        /// The organization's own id for them.
        id: String,
        /// The network address that the request came from.
        address: Option<String>,
    },
    /// This program, by itself.
    Worker,
    /// Whoever runs the program's commands on its machine.
    CommandLine {
        /// The system's user, such as `uid:1000`.
        user: String,
    },
}

impl Actor {
    /// The kind as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ApiKey { .. } => "api_key",
            Self::CheckoutSession { .. } => "checkout_session",
            Self::Client { .. } => "client",
            Self::Admin { .. } => "admin",
            Self::Worker => "worker",
            Self::CommandLine { .. } => "command_line",
        }
    }

    /// Which one of its kind.
    pub fn name(&self) -> &str {
        match self {
            Self::ApiKey { id, .. }
            | Self::CheckoutSession { id, .. }
            | Self::Client { id, .. }
            | Self::Admin { id, .. } => id,
            Self::Worker => "worker",
            Self::CommandLine { user } => user,
        }
    }

    /// The network address that it acts from, where there is one.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::ApiKey { address, .. }
            | Self::CheckoutSession { address, .. }
            | Self::Client { address, .. }
            | Self::Admin { address, .. } => address.as_deref(),
            Self::Worker | Self::CommandLine { .. } => None,
        }
    }
}
