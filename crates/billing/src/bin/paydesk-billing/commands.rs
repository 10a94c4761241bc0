//! What the commands do.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

use paydesk_billing::app::add_origin::add_origin;
use paydesk_billing::app::create_key::create_key;
use paydesk_billing::app::create_organization::create_organization;
use paydesk_billing::app::read_keys::list_keys;
use paydesk_billing::app::remove_origin::remove_origin;
use paydesk_billing::app::reseal_secrets::{Resealed, reseal_secrets};
use paydesk_billing::app::revoke_key::revoke_key;
use paydesk_billing::app::text::time;
use paydesk_billing::app::update_organization::{OrganizationChange, set_organization};
use paydesk_billing::app::verify_audit::every_organization;
use paydesk_billing::app::{AppError, Refusal};
use paydesk_billing::clock::{Mint, SystemClock, SystemEntropy};
use paydesk_billing::config::Config;
use paydesk_billing::run::{Server, work};
use paydesk_billing::store::{Actor, ApiKeyRow, NewOrganization, Store};
use paydesk_billing::wire::ChangedOrganization;
use paydesk_domain::security_code::SecurityCodePolicy;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, AskFor, Command, KeyCommand, LogFormat, OrgCommand, WebhooksCommand};
use crate::{audit, words};

pub(crate) type Done = Result<(), Box<dyn Error>>;

pub(crate) async fn run(arguments: Arguments) -> Done {
    // Whoever asks for words need not have anything set up.
    if let Command::Words { language } = &arguments.command {
        return say(&words::listed(language.as_deref())?);
    }
    let config = Config::load(arguments.config.as_deref(), |name| std::env::var(name).ok())?;
    match arguments.command {
        Command::Serve => {
            log(arguments.log_format);
            serve(&config).await
        }
        Command::Work => {
            log(arguments.log_format);
            // Before it is said to work: whoever reads that may ask it to stop at once.
            let stop = stopped()?;
            say("paydesk-billing working")?;
            Ok(work(&config, Arc::new(SystemClock), Arc::new(SystemEntropy), stop).await?)
        }
        Command::Migrate => {
            Store::open(&config.database()?).await?.close().await;
            say("the database is up to date")
        }
        Command::Check => {
            let store = Store::connect(&config.database()?).await?;
            store.check().await?;
            store.close().await;
            say("the configuration can be used and the database answers")
        }
        Command::Org { command } => {
            let store = Store::open(&config.database()?).await?;
            let answer = organizations(&store, config.vault(), command).await?;
            store.close().await;
            say(&answer.to_string())
        }
        Command::Key { command } => {
            let store = Store::open(&config.database()?).await?;
            let answer = keys(&store, command).await?;
            store.close().await;
            say(&answer.to_string())
        }
        Command::Webhooks { command: WebhooksCommand::Reseal } => {
            let store = Store::open(&config.database()?).await?;
            let done = reseal(&store, &config).await;
            store.close().await;
            done
        }
        Command::Audit { command } => audit::run(&config, command).await,
        // Answered above.
        Command::Words { .. } => Ok(()),
    }
}

async fn serve(config: &Config) -> Done {
    let server = Server::start(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?;
    let stop = stopped()?;
    say(&format!("paydesk-billing listening on {}", server.origin()))?;
    Ok(server.run(stop).await?)
}

/// Is done when somebody asks the program to stop.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    })
}

async fn organizations(store: &Store, vault: &str, command: OrgCommand) -> Result<Value, Box<dyn Error>> {
    match command {
        OrgCommand::Create { name, currency, time_zone, locale, country, contact, allowed_origin } => {
            let vault = vault.to_owned();
            let new = NewOrganization { name, currency, time_zone, locale, country, vault, contact };
            let made = create_organization(store, &mint(), operator(), new, &allowed_origin).await;
            Ok(json!({"organization": made.map_err(explain)?.as_str()}))
        }
        OrgCommand::SecurityCode { organization, ask, above } => {
            let policy = match (ask, above) {
                (AskFor::Never, None) => SecurityCodePolicy::Never,
                (AskFor::Always, None) => SecurityCodePolicy::Always,
                (AskFor::Admin, None) => SecurityCodePolicy::Admin,
                (AskFor::Above, Some(amount)) => SecurityCodePolicy::Above(amount),
                _ => return Err("--above goes with `--ask above`, and with nothing else".into()),
            };
            let change = OrganizationChange { security_code: Some(policy), ..OrganizationChange::default() };
            let tenant = store.organization(organization.parse()?).acting(operator());
            let set = set_organization(&tenant, &mint(), change).await.map_err(explain)?;
            Ok(json!({"security_code": set.security_code, "above": set.security_code_above}))
        }
        OrgCommand::AddOrigin { organization, origin } => {
            let added = add_origin(store, &mint(), operator(), organization.parse()?, &origin).await;
            Ok(json!({"origin": added.map_err(explain)?}))
        }
        OrgCommand::RemoveOrigin { organization, origin } => {
            let removed = remove_origin(store, &mint(), operator(), organization.parse()?, &origin).await;
            Ok(json!({"removed": removed.map_err(explain)?}))
        }
        OrgCommand::Set {
            organization,
            name,
            currency,
            time_zone,
            locale,
            country,
            contact,
            debit_refund_max,
            partial_minimum,
            records_kept_days,
            wording,
            this_vault,
        } => {
            let wording = wording.as_deref().map(words::read).transpose()?;
            let own = ChangedOrganization {
                name,
                contact,
                locale,
                time_zone,
                debit_refund_max,
                partial_minimum,
                records_kept_days,
                wording,
            };
            let vault = this_vault.then(|| vault.to_owned());
            let change = OrganizationChange { own, currency, country, vault, security_code: None };
            let tenant = store.organization(organization.parse()?).acting(operator());
            let set = set_organization(&tenant, &mint(), change).await.map_err(explain)?;
            Ok(serde_json::to_value(set)?)
        }
    }
}

/// Seals the secrets of every organization, one after the other: what was done before something fails stays done.
async fn reseal(store: &Store, config: &Config) -> Done {
    let keys = config.settings().webhooks.secret_key.ok_or("there is no webhooks.secret_key to seal with")?;
    let mint = mint();
    let mut sum = Resealed::default();
    every_organization(store, async |organization| -> Result<(), AppError> {
        let tenant = store.organization(organization).acting(operator());
        sum = sum.and(reseal_secrets(&tenant, &mint, &keys).await?);
        Ok(())
    })
    .await
    .map_err(explain)?;
    say(&serde_json::to_string(&sum)?)?;
    match sum.unreadable {
        0 => Ok(()),
        count => Err(format!("secrets that none of the keys in webhooks.secret_key opens: {count}").into()),
    }
}

async fn keys(store: &Store, command: KeyCommand) -> Result<Value, Box<dyn Error>> {
    match command {
        KeyCommand::Create { organization } => {
            let secret =
                create_key(store, &mint(), operator(), organization.parse()?).await.map_err(explain)?;
            let made = store.credential(&secret.hash()).await?;
            Ok(json!({"key": secret.reveal(), "id": made.map(|credential| credential.subject)}))
        }
        KeyCommand::List { organization } => {
            let keys = list_keys(store, organization.parse()?).await.map_err(explain)?;
            let shown = |key: ApiKeyRow| json!({"id": key.id, "created_at": time(key.created_at_ms), "revoked_at": key.revoked_at_ms.map(time)});
            Ok(json!({"keys": keys.into_iter().map(shown).collect::<Vec<_>>()}))
        }
        KeyCommand::Revoke { organization, id } => {
            revoke_key(store, &mint(), operator(), organization.parse()?, &id).await.map_err(explain)?;
            Ok(json!({"revoked": id}))
        }
    }
}

/// Whoever runs the command: the owner of this process, whom the system knows better than any variable does.
fn operator() -> Actor {
    let owner = std::fs::metadata("/proc/self").map(|process| process.uid());
    let user = owner.map_or_else(|_| "unknown".to_owned(), |uid| format!("uid:{uid}"));
    Actor::CommandLine { user }
}

fn mint() -> Mint {
    Mint::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
}

/// A refusal in words, with the field that is at fault.
fn explain(error: AppError) -> Box<dyn Error> {
    match error {
        AppError::Refused(refusal) => {
            let Refusal { detail, param, .. } = *refusal;
            param.map_or_else(|| detail.to_string(), |param| format!("{param}: {detail}")).into()
        }
        error => error.into(),
    }
}

pub(crate) fn say(line: &str) -> Done {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// The log goes to the error output: what the program answers goes to the other one.
fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("PAYDESK_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    let log = log.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
