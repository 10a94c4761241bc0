//! What a million attempts that are over cost: nothing, in memory or in time.

use std::time::Duration;

use paydesk_e2e::clock::{Stopwatch, until};
use paydesk_e2e::sandbox::client;
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use crate::field::{Engine, Field, PARENT};
use crate::fill::Standing;
use crate::server::Caller;
use crate::{note, stats};

const STORED: u32 = 1_000_000;
/// In each transaction of the fill.
const AT_ONCE: u32 = 50_000;
const CONFIRMS: usize = 150;
const DUE: u32 = 1_000;
const PATIENCE: Duration = Duration::from_secs(120);

/// On these databases.
pub async fn measure(engines: &[Engine]) -> Result<Value, Failure> {
    let mut document = json!({"attempts": STORED});
    for engine in engines {
        let Some(mut field) = Field::lay_out(*engine, 1).await? else { continue };
        note(&format!("with no attempts stored, {engine:?}"));
        let mut number = 0;
        let without = under_load(&mut field, &mut number).await?;
        note(&format!("writing {STORED} attempts that are over"));
        field.stop_api();
        for _ in 0..STORED / AT_ONCE {
            let statements = field.filler.statements(AT_ONCE, Standing::Finished)?;
            field.sql.run_together(statements).await?;
        }
        field.sql.run("ANALYZE".to_owned()).await?;
        note(&format!("with {STORED} attempts stored, {engine:?}"));
        field.start_api()?;
        let with = under_load(&mut field, &mut number).await?;
        document[engine.name()] = json!({"without": without, "with": with});
    }
    Ok(document)
}

/// The same work each time, in a program that was just started: confirms one after the other, then rows that are due.
async fn under_load(field: &mut Field, number: &mut usize) -> Result<Value, Failure> {
    field.stop_api();
    field.start_api()?;
    let caller = Caller { http: client()?, pay: field.url()?.to_owned(), parent: PARENT.to_owned() };
    let mut confirms = Vec::new();
    for _ in 0..CONFIRMS {
        let payee = field.payees.first().context("an organization")?;
        let checkout = payee.organization.checkout(&payee.account, "en").await?;
        let saved = caller.saved_method(&checkout).await?;
        let watch = Stopwatch::start();
        caller.confirm(&checkout, &saved, *number).await?;
        confirms.push(stats::ms(watch.elapsed()));
        *number += 1;
    }
    let statements = field.filler.statements(DUE, Standing::Due)?;
    field.sql.run_together(statements).await?;
    let watch = Stopwatch::start();
    until("every charge", PATIENCE, async || Ok((field.undecided().await? == 0).then_some(()))).await?;
    let rate = f64::from(DUE) / watch.elapsed().as_secs_f64();
    Ok(json!({
        "confirm_ms": stats::of_many(confirms),
        "charges_per_s": stats::tenth(rate),
        "resident_mb": resident_mb(field.api.as_ref().context("the API serves")?.id())?,
    }))
}

/// What the program holds in memory.
fn resident_mb(id: u32) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).context("the program's status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().context("VmRSS")?;
    Ok(kilobytes / 1_024)
}
