//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// The billing API: invoices, checkout sessions and charges. It only ever receives tokens.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    /// The configuration file (TOML). Every key can also be set by a variable: `processor.base_url` is
    /// `PAYDESK_PROCESSOR_BASE_URL`.
    #[arg(long, global = true, env = "PAYDESK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// How the log is written.
    #[arg(long, global = true, env = "PAYDESK_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON document a line.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and the checkout's frame.
    Serve,
    /// Work on what is due, without serving anything: as many processes as you like beside `serve`, on PostgreSQL.
    Work,
    /// Bring the database up to date.
    Migrate,
    /// Say whether the configuration can be used and the database answers.
    Check,
    /// Organizations.
    Org {
        #[command(subcommand)]
        command: OrgCommand,
    },
    /// API keys.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Telling organizations' servers about events.
    Webhooks {
        #[command(subcommand)]
        command: WebhooksCommand,
    },
    /// List the words that payers read in the checkout and that an organization may say in its own way, by their names:
    /// what `org set --wording` takes, with the words that it may change.
    Words {
        /// One language alone, such as fr.
        #[arg(long)]
        language: Option<String>,
    },
    /// The audit log.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// Make an organization. Prints {"organization":"org_…"}.
    Create {
        /// Its name, as payers see it.
        #[arg(long)]
        name: String,
        /// ISO 4217, such as CAD.
        #[arg(long)]
        currency: String,
        /// IANA, such as America/Toronto.
        #[arg(long)]
        time_zone: String,
        /// BCP 47, such as en or fr-CA.
        #[arg(long)]
        locale: String,
        /// ISO 3166-1 alpha-2, such as CA.
        #[arg(long)]
        country: String,
        /// Where payers reach it, such as an address and a telephone number: bank debits need it.
        #[arg(long)]
        contact: Option<String>,
        /// A page's origin that may embed the checkout. May be given several times.
        #[arg(long)]
        allowed_origin: Vec<String>,
    },
    /// Change an organization's settings, those as well that it cannot change by itself (currency, country, vault). What is
    /// not named stays. Prints the organization.
    Set {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
        /// Its name, as payers see it.
        #[arg(long)]
        name: Option<String>,
        /// ISO 4217, such as CAD: what invoices are in that name no other.
        #[arg(long)]
        currency: Option<String>,
        /// IANA, such as America/Toronto.
        #[arg(long)]
        time_zone: Option<String>,
        /// BCP 47, such as en or fr-CA.
        #[arg(long)]
        locale: Option<String>,
        /// ISO 3166-1 alpha-2, such as CA.
        #[arg(long)]
        country: Option<String>,
        /// Where payers reach it; nothing when empty.
        #[arg(long)]
        contact: Option<String>,
        /// How much of one bank debit may be given back in all, minor units.
        #[arg(long)]
        debit_refund_max: Option<i64>,
        /// The least that may be paid at once, minor units; 0: all that is payable, or nothing.
        #[arg(long)]
        partial_minimum: Option<i64>,
        /// For how many days after its end what a client agreed to is kept, 731 (two years) or more.
        #[arg(long)]
        records_kept_days: Option<i64>,
        /// A JSON file of words that the checkout says in the organization's own way: {"fr": {"pay": "Verser {0}"}}, by
        /// language and by the names that `paydesk-billing words` lists. A language that it names has these and no others from
        /// then on; none with {"fr": {}}.
        #[arg(long)]
        wording: Option<PathBuf>,
        /// Keep its methods in the account at the processor that this configuration names (`processor.vault`): those kept
        /// in another are not offered any more.
        #[arg(long)]
        this_vault: bool,
    },
    /// Say when the security code of a saved card is asked for again. Prints {"security_code":"above","above":5000}.
    SecurityCode {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
        /// When: `admin` asks whenever an admin pays for a client.
        #[arg(long, value_enum)]
        ask: AskFor,
        /// The amount for `--ask above`, in minor units of the organization's currency.
        #[arg(long)]
        above: Option<i64>,
    },
    /// Let pages of one more origin embed the checkout. Prints {"origin":"https://…"}.
    AddOrigin {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
        /// Such as https://shop.example.
        #[arg(long)]
        origin: String,
    },
    /// Let pages of an origin embed the checkout no more. Prints {"removed":"https://…"}.
    RemoveOrigin {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
        /// Such as https://shop.example.
        #[arg(long)]
        origin: String,
    },
}

/// When the security code of a saved card is asked for again.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AskFor {
    /// Never.
    Never,
    /// Whenever somebody is there to type it.
    Always,
    /// When more than an amount is paid.
    Above,
    /// When an admin acts for the client.
    Admin,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key for an organization's server. Prints {"key":"sk_paydesk_…","id":"key_…"}: the key this once.
    Create {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
    },
    /// Print an organization's keys, newest first: their ids, when they were made, and when they were revoked.
    List {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
    },
    /// End a key: from now on it opens nothing. Prints {"revoked":"key_…"}.
    Revoke {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
        /// Which, `key_…`.
        #[arg(long)]
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Seal every endpoint's secret with the first key of `webhooks.secret_key`, so that the others can be taken away. Prints
    /// {"resealed":…,"kept":…,"unreadable":…}. Ends with 1 when there are secrets that none of the keys opens.
    Reseal,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say of each chain whether it is whole. Prints {"organization":"org_…","entries":…,"head":"…"} for one that is, and
    /// the first entry that is wrong for one that is not. Ends with 1 unless all are whole.
    Verify {
        /// Only this one, `org_…`.
        #[arg(long)]
        organization: Option<String>,
        /// What earlier runs printed, kept where nobody who can write to the database can: no chain may be shorter, or
        /// another, than it was then.
        #[arg(long)]
        anchors: Option<PathBuf>,
    },
    /// Print every entry of an organization, one JSON document a line, in the order of the chain.
    Export {
        /// Whose, `org_…`.
        #[arg(long)]
        organization: String,
    },
}
