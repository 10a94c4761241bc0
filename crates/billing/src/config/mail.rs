//! Where mails go: to an SMTP server, with TLS wherever it is not the machine itself, or into a folder.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::{Host, Url};

use crate::adapters::mail::{FileMailer, From, SmtpMailer, SmtpSettings, Tls};
use crate::app::MailSettings;
use crate::config::ConfigError;
use crate::ports::mail::Mailer;
use crate::seal::SealKeys;
use crate::secret::Secret;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MailConfig {
    /// `smtps://USER:PASSWORD@HOST:PORT`, `smtp://…` for STARTTLS, or `file:FOLDER`. No mail without it.
    url: Option<String>,
    /// Whom mails are from.
    from: Option<String>,
    /// What mails are sealed with until they are sent; several, separated by commas, while the first replaces the others.
    secret_key: Option<String>,
    /// Besides the usual authorities, who may vouch for the SMTP server: a file, PEM.
    ca_cert: Option<PathBuf>,
    timeout_ms: u64,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self { url: None, from: None, secret_key: None, ca_cert: None, timeout_ms: 20_000 }
    }
}

impl MailConfig {
    /// How mail is sent; `None` where it is not.
    ///
    /// # Errors
    /// [`ConfigError`], without what may hold a password.
    pub(super) fn settings(&self) -> Result<Option<MailSettings>, ConfigError> {
        let unfit = |message: String| ConfigError::Unfit(message);
        let Some(url) = &self.url else {
            let is_any = self.from.is_some() || self.secret_key.is_some() || self.ca_cert.is_some();
            return match is_any {
                true => Err(unfit("mail.url is missing: without it no mail is sent".to_owned())),
                false => Ok(None),
            };
        };
        let needed = |name: &str| unfit(format!("mail.{name} is needed where mail.url is set"));
        let from: From = self
            .from
            .as_deref()
            .ok_or_else(|| needed("from"))?
            .parse()
            .map_err(|error| unfit(format!("mail.from must be {error}")))?;
        let key = self.secret_key.as_deref().ok_or_else(|| needed("secret_key"))?;
        let secret_key = SealKeys::parse(key).map_err(|error| unfit(format!("mail.secret_key: {error}")))?;
        if self.timeout_ms == 0 {
            return Err(unfit("mail.timeout_ms must be at least 1".to_owned()));
        }
        let mailer: Arc<dyn Mailer> = match url.strip_prefix("file:") {
            Some("") => return Err(unfit(URL_FORM.to_owned())),
            Some(folder) => Arc::new(FileMailer::new(PathBuf::from(folder), from)),
            None => {
                let mailer = SmtpMailer::new(self.smtp(url)?, from);
                Arc::new(mailer.map_err(|error| unfit(format!("mail.url or mail.ca_cert: {error}")))?)
            }
        };
        Ok(Some(MailSettings { mailer, secret_key, timeout: Duration::from_millis(self.timeout_ms) }))
    }

    fn smtp(&self, url: &str) -> Result<SmtpSettings, ConfigError> {
        let form = || ConfigError::Unfit(URL_FORM.to_owned());
        let url = Url::parse(url).map_err(|_| form())?;
        // A scheme that the parser does not know: its host is any text.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(form)?.to_owned();
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Always, 465),
            "smtp" if is_loopback(&host) => (Tls::None, 25),
            "smtp" => (Tls::Upgraded, 587),
            _ => return Err(form()),
        };
        if !bare {
            return Err(form());
        }
        let decoded = |text: &str| {
            percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).map_err(|_| form())
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) | (_, None) => return Err(form()),
            (name, Some(password)) => Some((decoded(name)?, Secret::new(decoded(password)?))),
        };
        let ca = self.ca_cert.as_ref().map(|file| {
            std::fs::read(file).map_err(|source| ConfigError::File { file: file.clone(), source })
        });
        let timeout = Duration::from_millis(self.timeout_ms);
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(SmtpSettings {
            host,
            port: url.port().unwrap_or(port),
            tls,
            ca: ca.transpose()?,
            credentials,
            timeout,
        })
    }
}

const URL_FORM: &str = "mail.url must be smtps://USER:PASSWORD@HOST:PORT, smtp://USER:PASSWORD@HOST:PORT (with STARTTLS, which only the \
                        machine itself need not speak) or file:FOLDER; special characters in it are percent-encoded";

fn is_loopback(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

    fn config(url: &str) -> MailConfig {
        let some = |text: &str| Some(text.to_owned());
        MailConfig {
            url: some(url),
            from: some("Paydesk <no-reply@pay.example>"),
            secret_key: some(KEY),
            ..MailConfig::default()
        }
    }

    fn smtp(url: &str) -> SmtpSettings {
        config(url).smtp(url).unwrap()
    }

    /// Positive control (tried): without the arm for loopback's own, a server elsewhere is spoken to in the clear.
    #[test]
    fn mail_leaves_the_machine_with_tls_alone() {
        for (url, tls, port) in [
            ("smtps://mail.example", Tls::Always, 465),
            ("smtp://mail.example", Tls::Upgraded, 587),
            ("smtp://mail.example:25/", Tls::Upgraded, 25),
            ("smtp://10.0.0.8", Tls::Upgraded, 587),
            ("smtp://127.0.0.1.example", Tls::Upgraded, 587),
            ("smtp://localhost@mail.example", Tls::Upgraded, 587),
            ("smtp://127.0.0.1:1025", Tls::None, 1025),
            ("smtp://[::1]:1025", Tls::None, 1025),
            ("smtp://localhost:1025", Tls::None, 1025),
            ("smtps://localhost", Tls::Always, 465),
        ] {
            // One of them names a user without a password.
            if url.contains('@') {
                assert!(config(url).smtp(url).is_err(), "{url}");
                continue;
            }
            let read = smtp(url);
            assert_eq!((read.tls, read.port), (tls, port), "{url}");
        }
        let read = smtp("smtps://kim%40pay:p%40ss%2Fw@mail.example:2465");
        let (name, password) = read.credentials.clone().unwrap();
        assert_eq!((name.as_str(), password.reveal(), read.port), ("kim@pay", "p@ss/w", 2465));
        assert!(!format!("{read:?}").contains("p@ss"));
    }

    #[test]
    fn what_is_missing_or_misspelled_is_told_without_the_password() {
        assert!(MailConfig::default().settings().unwrap().is_none());
        let set = config("smtp://u:hunter@mail.example").settings().unwrap().unwrap();
        assert!(!format!("{set:?}").contains("hunter") && !format!("{set:?}").contains("BwcH"));
        assert!(config("file:/tmp/x").settings().unwrap().is_some());
        for bad in [
            "",
            "file:",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://u:hunter@m.example/x",
            "smtps://:hunter@m",
        ] {
            let Err(error) = config(bad).settings() else { panic!("{bad} was taken") };
            assert!(
                error.to_string().starts_with("mail.url") && !error.to_string().contains("hunter"),
                "{error}"
            );
        }
        for (name, broken) in [
            ("mail.url", MailConfig { url: None, ..config("x") }),
            ("mail.from", MailConfig { from: None, ..config("file:x") }),
            ("mail.from", MailConfig { from: Some("x".to_owned()), ..config("file:x") }),
            ("mail.secret_key", MailConfig { secret_key: None, ..config("file:x") }),
            ("mail.secret_key", MailConfig { secret_key: Some("hunter".to_owned()), ..config("file:x") }),
            ("mail.timeout_ms", MailConfig { timeout_ms: 0, ..config("file:x") }),
        ] {
            let Err(error) = broken.settings() else { panic!("{name}") };
            assert!(error.to_string().contains(name) && !error.to_string().contains("hunter"), "{error}");
        }
    }
}
