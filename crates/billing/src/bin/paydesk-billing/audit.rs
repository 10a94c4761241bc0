//! `audit verify` and `audit export`.

use std::collections::BTreeMap;
use std::path::Path;

use paydesk_billing::app::verify_audit::{Anchors, every_entry, every_organization, verify_chain};
use paydesk_billing::config::Config;
use paydesk_billing::store::{AuditRow, Store};
use paydesk_domain::id::OrganizationId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::AuditCommand;
use crate::commands::{Done, say};

/// The end of a whole chain, as `verify` prints it and reads it back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    organization: String,
    entries: i64,
    head: String,
}

pub(crate) async fn run(config: &Config, command: AuditCommand) -> Done {
    let store = Store::connect(&config.database()?).await?;
    let done = match command {
        AuditCommand::Verify { organization, anchors } => {
            let anchors = anchors.as_deref().map_or_else(|| Ok(BTreeMap::new()), read_anchors)?;
            verify(&store, organization, anchors).await
        }
        AuditCommand::Export { organization } => export(&store, organization.parse()?).await,
    };
    store.close().await;
    done
}

async fn verify(store: &Store, only: Option<String>, mut anchors: BTreeMap<String, Anchors>) -> Done {
    let mut broken: u64 = 0;
    let mut check = async |organization: OrganizationId| -> Done {
        let known = anchors.remove(organization.as_str()).unwrap_or_default();
        let tenant = store.organization(organization);
        let organization = tenant.id().as_str().to_owned();
        match verify_chain(&tenant, &known).await? {
            Ok(whole) => {
                let end = End { organization, entries: whole.entries, head: whole.head };
                say(&serde_json::to_string(&end)?)
            }
            Err(flaw) => {
                broken += 1;
                let (wrong, detail) = (flaw.wrong.as_str(), flaw.wrong.sentence());
                let line = json!({
                    "organization": organization, "seq": flaw.seq, "id": flaw.id, "wrong": wrong, "detail": detail,
                });
                say(&line.to_string())
            }
        }
    };
    match only {
        Some(organization) => {
            check(organization.parse()?).await?;
            anchors.clear();
        }
        None => every_organization(store, &mut check).await?,
    }
    for organization in anchors.keys() {
        broken += 1;
        let detail = "the organization is gone, which had a chain when its end was written down";
        say(&json!({"organization": organization, "wrong": "gone", "detail": detail}).to_string())?;
    }
    if broken > 0 { Err(format!("the audit log is not whole: {broken} wrong").into()) } else { Ok(()) }
}

async fn export(store: &Store, organization: OrganizationId) -> Done {
    let tenant = store.organization(organization);
    every_entry(&tenant, |row| -> Done { say(&line(tenant.id(), row)) }).await
}

/// Every column as it is stored, so that the hash can be made again from the line.
fn line(organization: &OrganizationId, row: AuditRow) -> String {
    json!({
        "organization": organization.as_str(),
        "seq": row.seq,
        "id": row.id,
        "at_ms": row.at_ms,
        "actor_kind": row.actor_kind,
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "origin": row.origin,
        "outcome": row.outcome,
        "detail": row.detail,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    })
    .to_string()
}

/// Reads what earlier runs of `verify` printed, one after the other.
fn read_anchors(file: &Path) -> Result<BTreeMap<String, Anchors>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut anchors: BTreeMap<String, Anchors> = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let at = |what: &str| format!("{}:{number}: {what}", file.display());
        let end: End =
            serde_json::from_str(line).map_err(|_| at("not what `audit verify` prints of a whole chain"))?;
        if !anchors.entry(end.organization).or_default().add(end.entries, &end.head) {
            return Err(at("contradicts an earlier line: as many entries, another hash").into());
        }
    }
    Ok(anchors)
}
