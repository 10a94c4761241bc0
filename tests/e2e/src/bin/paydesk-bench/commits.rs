//! How many durable commits one charge needs when it is alone, by the way that it comes in.
//!
//! Counted on PostgreSQL, where a transaction takes a number when it first writes: the difference of two numbers is how
//! many have written in between. The engine does the same on SQLite.

use std::time::Duration;

use paydesk_e2e::clock::until;
use paydesk_e2e::sandbox::client;
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use crate::field::{CARD, Engine, Field, PARENT, Payee};
use crate::fill::Standing;
use crate::server::Caller;
use crate::{note, stats};

/// Each way is counted over so many charges, one after the other.
const CHARGES: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(60);
/// Nothing is looked for unless somebody hints at it, so that nobody else writes in between.
const AT_REST: &str = "[recovery]\nsweep_ms = 600000\npoll_ms = 600000\n";

/// By way; null where there is no PostgreSQL.
pub async fn measure() -> Result<Value, Failure> {
    let Some(mut field) = Field::lay_out_with(Engine::Postgres, 1, AT_REST).await? else {
        return Ok(json!(null));
    };
    note("commits that one charge needs");
    let (saved, token) = (confirms(&mut field, true).await?, confirms(&mut field, false).await?);
    let asked = charges(&mut field).await?;
    let due = due_rows(&mut field).await?;
    Ok(json!({
        "confirm_saved_card": saved,
        "confirm_token": token,
        "post_charge": asked,
        "due_row": due,
        "note": "alone; what happened is told to webhooks in batches, which is not in it",
    }))
}

async fn written(field: &mut Field) -> Result<i64, Failure> {
    field.sql.number("SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)").await
}

/// From a number before to one after, which takes a number itself.
fn each(before: i64, after: i64) -> Result<f64, Failure> {
    let writes = u32::try_from(after - before - 1).context("a count")?;
    Ok(stats::hundredth(f64::from(writes) / f64::from(CHARGES)))
}

fn payee(field: &Field) -> Result<&Payee, Failure> {
    field.payees.first().context("an organization")
}

async fn confirms(field: &mut Field, saved: bool) -> Result<f64, Failure> {
    let caller = Caller { http: client()?, pay: field.url()?.to_owned(), parent: PARENT.to_owned() };
    let mut ready = Vec::new();
    for _ in 0..CHARGES {
        let checkout = payee(field)?.organization.checkout(&payee(field)?.account, "en").await?;
        let method = caller.saved_method(&checkout).await?;
        let with = if saved {
            json!({"saved_method": method})
        } else {
            let address = json!({
                "line1": "120 Rue du Parc", "city": "Montréal", "region": "QC", "postal_code": "H2X 1Y4", "country": "CA",
            });
            json!({"token": field.sandbox.token(&CARD).await?, "billing_address": address})
        };
        ready.push((checkout, with));
    }
    let before = written(field).await?;
    for (number, (checkout, with)) in ready.iter().enumerate() {
        let number = if saved { number } else { number + ready.len() };
        caller.confirm_with(checkout, with, number).await?;
    }
    each(before, written(field).await?)
}

async fn charges(field: &mut Field) -> Result<f64, Failure> {
    let caller = Caller { http: client()?, pay: field.url()?.to_owned(), parent: PARENT.to_owned() };
    let mut ready = Vec::new();
    for _ in 0..CHARGES {
        let checkout = payee(field)?.organization.checkout(&payee(field)?.account, "en").await?;
        ready.push((checkout.invoice.clone(), caller.saved_method(&checkout).await?));
    }
    let before = written(field).await?;
    for (invoice, method) in &ready {
        payee(field)?.organization.charge(invoice, method).await?;
        decided(field).await?;
    }
    each(before, written(field).await?)
}

/// Rows that fall due one at a time.
async fn due_rows(field: &mut Field) -> Result<f64, Failure> {
    let mut writes = 0.0;
    for _ in 0..CHARGES {
        let statements = field.filler.statements(1, Standing::Due)?;
        field.sql.run_together(statements).await?;
        let before = written(field).await?;
        // The hint takes a number, too.
        field.sql.run("SELECT pg_notify('paydesk_work', '')".to_owned()).await?;
        decided(field).await?;
        writes += each(before + 1, written(field).await?)?;
    }
    Ok(stats::hundredth(writes))
}

async fn decided(field: &mut Field) -> Result<(), Failure> {
    until("a charge", PATIENCE, async || Ok((field.undecided().await? == 0).then_some(()))).await
}
