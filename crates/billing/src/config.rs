//! The configuration: one TOML file, and a `PAYDESK_*` variable for every key of it.

mod mail;
mod sections;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use paydesk_domain::card_testing::Limits;
use serde::Deserialize;
use toml::{Table, Value};

use crate::adapters::stripe::{StripeSettings, TokenExchange};
use crate::app::text::normal_origin;
use crate::app::{Settings, WebhookSettings};
use crate::config::mail::MailConfig;
use crate::config::sections::{
    LimitsConfig, ProcessorConfig, RecoveryConfig, TokenExchangeConfig, WebhooksConfig,
};
use crate::http::HttpSettings;
use crate::seal::SealKeys;
use crate::secret::Secret;
use crate::store::DatabaseUrl;

/// Everything that can be set. Unknown keys are refused: a typing mistake must not silently change nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen, `127.0.0.1:4100`.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// `sqlite:FILE` or `postgres://…`. May hold a password.
    database_url: String,
    /// Under which origin browsers reach this server. With `https` they are told to stay with it (HSTS). Without this, that
    /// follows from who terminates TLS: this server, or the trusted proxy.
    pub public_url: Option<String>,
    /// The built widget.
    pub static_dir: Option<PathBuf>,
    /// A proxy in front of this server terminates TLS and sets `X-Forwarded-For`.
    #[serde(default)]
    pub trusted_proxy: bool,
    /// The certificate chain, PEM.
    pub tls_cert: Option<PathBuf>,
    /// Its key, PEM.
    pub tls_key: Option<PathBuf>,
    /// The payment processor.
    processor: ProcessorConfig,
    /// Bounds.
    #[serde(default)]
    limits: LimitsConfig,
    /// Timing of what happens in the background.
    #[serde(default)]
    recovery: RecoveryConfig,
    /// Telling organizations' servers about events.
    #[serde(default)]
    webhooks: WebhooksConfig,
    /// Mails to clients.
    #[serde(default)]
    mail: MailConfig,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {source}")]
    File {
        /// Which one.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It does not have the right form.
    #[error("the configuration does not fit: {0}")]
    Form(String),
    /// Two settings contradict each other, or one is unsafe.
    #[error("{0}")]
    Unfit(String),
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 4100))
}

/// Every key that a variable can set: `processor.base_url` is `PAYDESK_PROCESSOR_BASE_URL`.
const KEYS: &[&str] = &[
    "listen",
    "database_url",
    "public_url",
    "static_dir",
    "trusted_proxy",
    "tls_cert",
    "tls_key",
    "processor.kind",
    "processor.base_url",
    "processor.secret_key",
    "processor.publishable_key",
    "processor.webhook_secret",
    "processor.vault",
    "processor.token_exchange",
    "limits.body_bytes_max",
    "limits.request_timeout_ms",
    "limits.concurrent_max",
    "limits.charges_concurrent_max",
    "limits.per_address_per_minute",
    "limits.per_session_per_minute",
    "limits.per_key_per_minute",
    "limits.card_refusals_per_session",
    "limits.card_refusals_per_login",
    "limits.card_refusals_per_address",
    "limits.confirm_wait_ms",
    "limits.session_slide_ms",
    "limits.session_max_ms",
    "limits.challenge_ms",
    "recovery.first_look_up_ms",
    "recovery.look_up_pause_ms_max",
    "recovery.poll_ms",
    "recovery.visibility_lag_ms",
    "recovery.sweep_ms",
    "recovery.lease_ms",
    "recovery.call_timeout_ms",
    "webhooks.secret_key",
    "webhooks.allow_loopback_http",
    "webhooks.concurrent_max",
    "webhooks.per_endpoint_max",
    "webhooks.timeout_ms",
    "webhooks.retention_days",
    "mail.url",
    "mail.from",
    "mail.secret_key",
    "mail.ca_cert",
    "mail.timeout_ms",
];

const DAY_S: u64 = 24 * 60 * 60;

impl Config {
    /// Reads the file, if one is named, and then the variables, which win.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(file: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut table = match file {
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|source| ConfigError::File { file: file.to_owned(), source })?;
                // Only where it went wrong is told: the text itself holds secrets.
                text.parse::<Table>().map_err(|error| ConfigError::Form(error.message().to_owned()))?
            }
            None => Table::new(),
        };
        for key in KEYS {
            if let Some(text) = variable(&format!("PAYDESK_{}", key.replace('.', "_").to_uppercase())) {
                set(&mut table, key, &text);
            }
        }
        let config: Self = Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Form(error.message().to_owned()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let unfit = |message: &str| Err(ConfigError::Unfit(message.to_owned()));
        if self.processor.kind != "stripe" {
            return unfit("processor.kind must be \"stripe\": no other processor is built yet");
        }
        // The secret key and every charge go there.
        if normal_origin(&self.processor.base_url).is_none() {
            return unfit(
                "processor.base_url must be an origin such as https://api.stripe.com; http only on the machine itself",
            );
        }
        if self.public_url.as_deref().is_some_and(|url| normal_origin(url).is_none()) {
            return unfit(
                "public_url must be an origin such as https://pay.example; http only on the machine itself",
            );
        }
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return unfit("tls_cert and tls_key belong together: give both or neither");
        }
        if self.recovery.call_timeout_ms.saturating_mul(5) > self.recovery.lease_ms.saturating_mul(2) {
            return unfit("recovery.lease_ms must be at least two and a half times recovery.call_timeout_ms");
        }
        if self.tls_cert.is_none() && !self.trusted_proxy && !self.listen.ip().is_loopback() {
            return Err(ConfigError::Unfit(format!(
                "refusing to serve plain HTTP on {}: give tls_cert and tls_key, or listen on 127.0.0.1, or set \
                 trusted_proxy = true if a proxy in front of this server terminates TLS",
                self.listen
            )));
        }
        if self.webhooks.concurrent_max == 0 || self.webhooks.per_endpoint_max == 0 {
            return unfit("webhooks.concurrent_max and webhooks.per_endpoint_max must be at least 1");
        }
        let LimitsConfig {
            card_refusals_per_session,
            card_refusals_per_login,
            card_refusals_per_address,
            ..
        } = &self.limits;
        if [card_refusals_per_session, card_refusals_per_login, card_refusals_per_address].contains(&&0) {
            return unfit(
                "limits.card_refusals_per_session, _per_login and _per_address must be at least 1: with 0 no new card could pay",
            );
        }
        if self.webhooks.retention_days == 0 {
            return unfit("webhooks.retention_days must be at least 1");
        }
        self.seal_keys()?;
        self.mail.settings()?;
        self.database().map(|_| ())
    }

    /// Where the database is.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn database(&self) -> Result<DatabaseUrl, ConfigError> {
        self.database_url
            .parse()
            .map_err(|error: crate::store::DatabaseUrlError| ConfigError::Unfit(error.to_string()))
    }

    /// How to reach the processor.
    pub fn processor(&self) -> StripeSettings {
        StripeSettings {
            base_url: self.processor.base_url.clone(),
            secret_key: Secret::new(self.processor.secret_key.clone()),
            publishable_key: self.processor.publishable_key.clone(),
            timeout: Duration::from_millis(self.recovery.call_timeout_ms),
            visibility_lag: Duration::from_millis(self.recovery.visibility_lag_ms),
            token_exchange: match self.processor.token_exchange {
                TokenExchangeConfig::PaymentMethods => TokenExchange::PaymentMethods,
                TokenExchangeConfig::CustomerSources => TokenExchange::CustomerSources,
            },
            webhook_secrets: self
                .processor
                .webhook_secret
                .split(',')
                .map(str::trim)
                .filter(|secret| !secret.is_empty())
                .map(|secret| Secret::new(secret.to_owned()))
                .collect(),
        }
    }

    /// The figures that the rules take.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings {
            lease: Duration::from_millis(self.recovery.lease_ms),
            call_timeout: Duration::from_millis(self.recovery.call_timeout_ms),
            confirm_wait: Duration::from_millis(self.limits.confirm_wait_ms),
            session_slide: Duration::from_millis(self.limits.session_slide_ms),
            session_max: Duration::from_millis(self.limits.session_max_ms),
            challenge_max: Duration::from_millis(self.limits.challenge_ms),
            public_origin: self.public_origin(),
            card_testing: Limits {
                session_max: self.limits.card_refusals_per_session,
                login_max: self.limits.card_refusals_per_login,
                network_max: self.limits.card_refusals_per_address,
                ..Limits::default()
            },
            vault: self.processor.vault.clone(),
            webhooks: self.webhooks(),
            // Checked when the configuration was loaded.
            mail: self.mail.settings().unwrap_or_default(),
            ..Settings::default()
        };
        settings.first_look_up_after = Duration::from_millis(self.recovery.first_look_up_ms);
        settings.look_up_pause_max = Duration::from_millis(self.recovery.look_up_pause_ms_max);
        settings.poll_every = Duration::from_millis(self.recovery.poll_ms);
        settings
    }

    /// Under which origin browsers reach this server: what is set, else where it listens. A proxy's is not known.
    fn public_origin(&self) -> Option<String> {
        let listens = || {
            let scheme = if self.tls_cert.is_some() { "https" } else { "http" };
            format!("{scheme}://{}", self.listen)
        };
        let set = self.public_url.as_deref().and_then(normal_origin);
        set.or_else(|| (!self.trusted_proxy && !self.listen.ip().is_unspecified()).then(listens))
    }

    /// What webhook secrets are sealed with, if there are to be any.
    fn seal_keys(&self) -> Result<Option<SealKeys>, ConfigError> {
        let unfit = |error| ConfigError::Unfit(format!("webhooks.secret_key: {error}"));
        self.webhooks.secret_key.as_deref().map(SealKeys::parse).transpose().map_err(unfit)
    }

    fn webhooks(&self) -> WebhookSettings {
        WebhookSettings {
            // Checked when the configuration was loaded.
            secret_key: self.seal_keys().unwrap_or_default(),
            allow_loopback_http: self.webhooks.allow_loopback_http,
            timeout: Duration::from_millis(self.webhooks.timeout_ms),
            concurrent_max: self.webhooks.concurrent_max,
            per_endpoint_max: self.webhooks.per_endpoint_max,
            retention: Duration::from_secs(u64::from(self.webhooks.retention_days) * DAY_S),
            ..WebhookSettings::default()
        }
    }

    /// The settings of HTTP.
    pub fn http(&self) -> HttpSettings {
        HttpSettings {
            static_dir: self.static_dir.clone(),
            trusted_proxy: self.trusted_proxy,
            hsts: match &self.public_url {
                Some(url) => url.starts_with("https://"),
                None => self.tls_cert.is_some() || self.trusted_proxy,
            },
            body_bytes_max: self.limits.body_bytes_max,
            request_timeout: Duration::from_millis(self.limits.request_timeout_ms),
            concurrent_max: self.limits.concurrent_max,
            per_address_per_minute: self.limits.per_address_per_minute,
            per_session_per_minute: self.limits.per_session_per_minute,
            per_key_per_minute: self.limits.per_key_per_minute,
        }
    }

    /// How many charges may be under way at once.
    pub fn charges_concurrent_max(&self) -> usize {
        self.limits.charges_concurrent_max
    }

    /// How long the background task rests between two sweeps.
    pub fn sweep(&self) -> Duration {
        Duration::from_millis(self.recovery.sweep_ms)
    }

    /// Which account at the processor this server uses.
    pub fn vault(&self) -> &str {
        &self.processor.vault
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// Sets `a.b` in a table: a number or a truth value where the text is one.
fn set(table: &mut Table, key: &str, text: &str) {
    let value = match (text.parse::<i64>(), text.parse::<bool>()) {
        (Ok(number), _) => Value::Integer(number),
        (_, Ok(truth)) => Value::Boolean(truth),
        _ => Value::String(text.to_owned()),
    };
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, key)) => {
            let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Some(section) = section.as_table_mut() {
                section.insert(key.to_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "database_url = \"sqlite:x.db\"\n[processor]\nkind = \"stripe\"\nbase_url = \"http://127.0.0.1:4200\"\n\
                        secret_key = \"sk_test_hunter\"\npublishable_key = \"pk_test_x\"\n";

    fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("billing.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file), |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn variables_win_over_the_file() {
        let config =
            load(FILE, &[("PAYDESK_LISTEN", "127.0.0.1:0"), ("PAYDESK_LIMITS_BODY_BYTES_MAX", "10")])
                .unwrap();
        assert_eq!((config.listen.port(), config.http().body_bytes_max), (0, 10));
        let nothing = Config::load(None, |_| None);
        assert!(matches!(nothing, Err(ConfigError::Form(_))));
    }

    /// Positive control: without the check for loopback the third case starts a plain server for everybody.
    #[test]
    fn plain_http_stays_on_the_machine() {
        let open =
            |more: &[(&str, &str)]| load(FILE, &[&[("PAYDESK_LISTEN", "0.0.0.0:4100")], more].concat());
        assert!(open(&[("PAYDESK_TRUSTED_PROXY", "true")]).is_ok());
        assert!(open(&[("PAYDESK_TLS_CERT", "c.pem"), ("PAYDESK_TLS_KEY", "k.pem")]).is_ok());
        let Err(ConfigError::Unfit(message)) = open(&[]) else { panic!("it must refuse") };
        assert!(message.contains("trusted_proxy") && message.contains("tls_cert"));
        assert!(open(&[("PAYDESK_TLS_CERT", "c.pem")]).is_err());
    }

    /// Positive control: without the check of the origin, `http://processor.example` is taken.
    #[test]
    fn the_processor_is_asked_over_tls_or_on_the_machine() {
        let ask = |url: &str| load(FILE, &[("PAYDESK_PROCESSOR_BASE_URL", url)]);
        for good in [
            "https://api.stripe.com",
            "https://api.stripe.com/",
            "http://localhost:4200",
            "http://[::1]:4200",
        ] {
            assert!(ask(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.stripe.com",
            "http://10.0.0.8:4200",
            "http://127.0.0.1.example:4200",
            "http://localhost@processor.example",
            "ftp://api.stripe.com",
            "api.stripe.com",
        ] {
            let Err(ConfigError::Unfit(message)) = ask(bad) else { panic!("{bad} was taken") };
            assert!(message.contains("processor.base_url"), "{message}");
        }
    }

    #[test]
    fn browsers_are_told_to_stay_with_tls_wherever_it_ends() {
        let hsts = |more: &[(&str, &str)]| load(FILE, more).map(|config| config.http().hsts);
        let public = |url| ("PAYDESK_PUBLIC_URL", url);
        assert!(!hsts(&[]).unwrap());
        assert!(hsts(&[("PAYDESK_TRUSTED_PROXY", "true")]).unwrap());
        assert!(hsts(&[("PAYDESK_TLS_CERT", "c.pem"), ("PAYDESK_TLS_KEY", "k.pem")]).unwrap());
        assert!(hsts(&[public("https://pay.example")]).unwrap());
        assert!(!hsts(&[public("http://localhost:4100"), ("PAYDESK_TRUSTED_PROXY", "true")]).unwrap());
        assert!(hsts(&[public("http://pay.example")]).is_err());
    }

    #[test]
    fn mistakes_are_told_and_secrets_are_not() {
        for bad in
            [format!("{FILE}databse = 1"), FILE.replace("stripe", "adyen"), FILE.replace("sqlite:x.db", "x")]
        {
            let Err(error) = load(&bad, &[]) else { panic!("{bad}") };
            assert!(!error.to_string().contains("hunter"), "{error}");
        }
        let config = load(FILE, &[]).unwrap();
        assert!(!format!("{config:?}{:?}", config.processor()).contains("hunter"));
        assert!(
            load(FILE, &[("PAYDESK_RECOVERY_LEASE_MS", "30000")]).is_err(),
            "a call must fit into its lease"
        );
        for name in ["SESSION", "LOGIN", "ADDRESS"] {
            let name = format!("PAYDESK_LIMITS_CARD_REFUSALS_PER_{name}");
            let figure = |text| load(FILE, &[(name.as_str(), text)]);
            assert!(figure("1").is_ok() && figure("0").is_err(), "with {name} at 0 no new card could pay");
        }
    }

    #[test]
    fn webhooks_are_off_without_a_key() {
        let off = load(FILE, &[]).unwrap().settings().webhooks;
        assert!(off.secret_key.is_none() && !off.allow_loopback_http);
        let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        let on = load(FILE, &[("PAYDESK_WEBHOOKS_SECRET_KEY", key)]).unwrap();
        assert!(on.settings().webhooks.secret_key.is_some());
        assert!(!format!("{:?}", on.settings()).contains("BwcH"));
        let Err(error) = load(FILE, &[("PAYDESK_WEBHOOKS_SECRET_KEY", "hunter")]) else { panic!("no key") };
        assert!(error.to_string().contains("webhooks.secret_key") && !error.to_string().contains("hunter"));
        let two = format!("{key},{key}");
        assert!(load(FILE, &[("PAYDESK_WEBHOOKS_SECRET_KEY", &two)]).is_ok(), "while one replaces another");
        assert!(load(FILE, &[("PAYDESK_WEBHOOKS_CONCURRENT_MAX", "0")]).is_err());
        let kept = |days| load(FILE, &[("PAYDESK_WEBHOOKS_RETENTION_DAYS", days)]);
        assert_eq!(on.settings().webhooks.retention, Duration::from_secs(30 * DAY_S));
        assert_eq!(kept("7").unwrap().settings().webhooks.retention, Duration::from_secs(7 * DAY_S));
        assert!(kept("0").is_err() && kept("-1").is_err());
    }
}
