//! Sends mails: to an SMTP server, or into a folder, for development and demonstrations.

mod file;
mod message;
mod smtp;

pub use file::FileMailer;
pub use message::{From, NotAnAddress};
pub use smtp::{SmtpMailer, SmtpSettings, Tls, TlsUnfit};
