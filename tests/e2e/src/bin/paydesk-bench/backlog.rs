//! Ten thousand attempts at once: how long they take when the processor does, and how soon a server that is started
//! among them is ready.

use std::time::Duration;

use paydesk_e2e::Failure;
use paydesk_e2e::clock::{Stopwatch, until};
use paydesk_e2e::sandbox::client;
use serde_json::{Value, json};

use crate::charges::{WARM_UP, charged, in_use};
use crate::field::{Engine, Field};
use crate::fill::Standing;
use crate::{note, stats};

const ATTEMPTS: u32 = 10_000;
/// How long the processor takes for each charge.
const PROCESSOR_MS: u32 = 50;
const PATIENCE: Duration = Duration::from_secs(300);

/// On these databases.
pub async fn measure(engines: &[Engine]) -> Result<Value, Failure> {
    let mut document = json!({});
    for engine in engines {
        let workers: &[usize] = if *engine == Engine::Sqlite { &[1] } else { &[1, 2] };
        for workers in workers {
            note(&format!(
                "{ATTEMPTS} attempts on {engine:?}, a processor of {PROCESSOR_MS} ms, {workers} worker(s)"
            ));
            let Some(field) = in_use(*engine, 1, *workers).await? else { continue };
            let seconds = slow_processor(field).await?;
            document[engine.name()][format!("slow_processor_{workers}_workers")] = json!({
                "attempts": ATTEMPTS, "processor_ms": PROCESSOR_MS, "seconds": stats::tenth(seconds), "goal_s": 60,
            });
        }
        note(&format!("restart among {ATTEMPTS} attempts in flight on {engine:?}"));
        let Some(field) = Field::lay_out(*engine, 1).await? else { continue };
        document[engine.name()]["restart"] = restart(field).await?;
    }
    Ok(document)
}

async fn slow_processor(mut field: Field) -> Result<f64, Failure> {
    let scenario = json!({
        "match": "every", "action": {"type": "delay", "ms": PROCESSOR_MS}, "on": ["payment_intents.create"],
    });
    field.sandbox.misbehave(scenario).await?;
    let took = charged(&mut field, ATTEMPTS).await?;
    field.stop_workers();
    field.agrees(i64::from(WARM_UP + ATTEMPTS)).await?;
    Ok(took.as_secs_f64())
}

/// A third each: abandoned, leased by somebody who is gone, and in doubt.
async fn restart(mut field: Field) -> Result<Value, Failure> {
    const THIRD: u32 = ATTEMPTS / 3;
    field.stop_api();
    let mut statements = field.filler.statements(THIRD, Standing::Abandoned)?;
    statements.extend(field.filler.statements(THIRD, Standing::Leased)?);
    statements.extend(field.filler.statements(ATTEMPTS - 2 * THIRD, Standing::Doubtful)?);
    field.sql.run_together(statements).await?;
    let watch = Stopwatch::start();
    field.start_api()?;
    let (http, ready) = (client()?, format!("{}/readyz", field.url()?));
    until("a server that is ready", PATIENCE, async || {
        let answered = http.get(&ready).send().await;
        Ok(answered.is_ok_and(|answer| answer.status().is_success()).then_some(()))
    })
    .await?;
    let ready = watch.elapsed();
    // How long the look-ups take that follow is the processor's affair: the sandbox searches through all that it has.
    until("what was abandoned", PATIENCE, async || {
        let abandoned = field.sql.number("SELECT COUNT(*) FROM attempts WHERE lease_owner = 'gone'").await?;
        Ok((abandoned == 0).then_some(()))
    })
    .await?;
    let found = watch.elapsed();
    Ok(json!({
        "in_flight": ATTEMPTS,
        "ready_s": stats::hundredth(ready.as_secs_f64()),
        "goal_s": 5,
        "abandoned_in_doubt_s": stats::tenth(found.as_secs_f64()),
    }))
}
