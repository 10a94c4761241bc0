//! Charges in a second, from a row that is due to its payment in the books, beside what the machine can commit.

use std::time::Duration;

use paydesk_e2e::clock::{Stopwatch, until};
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use crate::ceiling::{Ceiling, Rates};
use crate::field::{Engine, Field, is_journal_in_memory};
use crate::fill::Standing;
use crate::{commits, note, stats};

/// So many in each run: some seconds of work, of which the moment until the workers look for what is due is a small part.
const CHARGES: u32 = 12_000;
/// So many before it, which are not counted.
pub const WARM_UP: u32 = 800;
/// A run that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(300);
/// The audit chain puts the commits of one organization in an order: one is measured, and many.
const ORGANIZATIONS: [usize; 2] = [1, 8];
/// What is asked for of the ceiling.
const GOAL: f64 = 0.5;

/// On these databases.
pub async fn measure(engines: &[Engine]) -> Result<Value, Failure> {
    let needed = commits::measure().await?;
    let mut document = json!({
        "processor_journal": if is_journal_in_memory() { "in memory" } else { "on the disk" },
        "commits_per_charge": needed,
        "goal": GOAL,
    });
    // A row that is due is claimed and decided: that much is needed by the one charge that is alone.
    let alone = needed.pointer("/due_row").and_then(Value::as_f64).unwrap_or(2.0);
    for engine in engines {
        let (ceiling, workers): (_, &[usize]) = match engine {
            Engine::Sqlite => (Some(Ceiling::sqlite().await?), &[1]),
            Engine::Postgres => (Ceiling::postgres()?, &[1, 2, 4]),
        };
        if let Some(mut ceiling) = ceiling {
            document[engine.name()] = on(*engine, workers, &mut ceiling, alone).await?;
        }
    }
    Ok(document)
}

async fn on(engine: Engine, workers: &[usize], ceiling: &mut Ceiling, needed: f64) -> Result<Value, Failure> {
    let mut runs = Vec::new();
    for organizations in ORGANIZATIONS {
        for workers in workers {
            note(&format!("charges on {engine:?}: {organizations} organization(s), {workers} worker(s)"));
            let before = ceiling.look().await?;
            let took = once(engine, organizations, *workers).await?;
            let after = ceiling.look().await?;
            let rate = f64::from(CHARGES) / took.as_secs_f64();
            let mean = Rates {
                one: f64::midpoint(before.one, after.one),
                many: f64::midpoint(before.many, after.many),
            };
            let share = |ceiling: f64| stats::hundredth(rate / (GOAL * ceiling / needed));
            runs.push(json!({
                "organizations": organizations,
                "workers": workers,
                "charges": CHARGES,
                "charges_per_s": stats::tenth(rate),
                "ceiling_commits_per_s": stats::tenth(mean.many),
                "ceiling_one_after_the_other": stats::tenth(mean.one),
                "charges_per_ceiling_commit": stats::hundredth(rate / mean.many),
                "share_of_goal": share(mean.many),
                "share_of_goal_one_after_the_other": share(mean.one),
            }));
        }
    }
    Ok(json!({"commits_needed": needed, "runs": runs}))
}

async fn once(engine: Engine, organizations: usize, workers: usize) -> Result<Duration, Failure> {
    let mut field = in_use(engine, organizations, workers).await?.context("a database")?;
    let took = charged(&mut field, CHARGES).await?;
    field.stop_workers();
    field.agrees(i64::from(WARM_UP + CHARGES)).await?;
    Ok(took)
}

/// A database that has been in use, with workers at work. `None` where this engine is not there.
pub async fn in_use(engine: Engine, organizations: usize, workers: usize) -> Result<Option<Field>, Failure> {
    let Some(mut field) = Field::lay_out(engine, organizations).await? else { return Ok(None) };
    field.stop_api();
    // The same workers all the time: each reads the processor's list of events when it starts and once a minute, which is
    // work of its own.
    field.start_workers(workers)?;
    charged(&mut field, WARM_UP).await?;
    if engine == Engine::Postgres {
        // As a server does by itself within a minute: until then it plans as if its tables were empty.
        field.sql.run("ANALYZE".to_owned()).await?;
    }
    Ok(Some(field))
}

/// From the moment when so many rows are due until each is decided.
pub async fn charged(field: &mut Field, count: u32) -> Result<Duration, Failure> {
    let statements = field.filler.statements(count, Standing::Due)?;
    field.sql.run_together(statements).await?;
    let watch = Stopwatch::start();
    until("every charge", PATIENCE, async || Ok((field.undecided().await? == 0).then_some(()))).await?;
    Ok(watch.elapsed())
}
