//! Lists of a million people, on PostgreSQL, over HTTP: each filter by itself, and with what is asked about their clients' wallets. In one
//! organization one client of a hundred has a card, in another one 99 have.

use paydesk_e2e::clock::Stopwatch;
use paydesk_e2e::seed::Organization;
use paydesk_e2e::{Context, Failure};
use serde_json::{Map, Value, json};

use crate::crowd::{self, Crowd, PEOPLE, id};
use crate::field::{Engine, Field};
use crate::{note, stats};

/// So many answers of each question are measured, and so many before them are not.
const ASKED: u32 = 200;
const WARM_UP: u32 = 20;
/// The slowest of a hundred may take so long.
const GOAL_MS: f64 = 20.0;

/// The lists, by what they are called in the document.
const LISTS: [(&str, &str); 12] = [
    ("clients", "/v1/clients?"),
    ("people", "/v1/people?"),
    ("program", "/v1/people?program=program-3"),
    ("activity", "/v1/people?activity=activity-3-7"),
    ("program_and_activity", "/v1/people?program=program-3&activity=activity-3-7"),
    ("half_of_all", "/v1/people?program=everybody"),
    ("membership", "/v1/people?membership=season"),
    ("activity_and_membership", "/v1/people?activity=activity-3-7&membership=gold"),
    ("all_three", "/v1/people?program=program-3&activity=activity-3-7&membership=season"),
    // Whose clients are alike, and of whom the oldest alone are not.
    ("all_alike", "/v1/people?program=alike"),
    ("all_but_the_last_alike", "/v1/people?program=last"),
    // Half of all, and half of all, and nobody is in both.
    ("two_that_nobody_meets", "/v1/people?program=everybody&membership=season"),
];

/// What is asked about the wallets.
const WALLETS: [(&str, &str); 4] = [
    ("card", "&saved_card=true"),
    ("no_card", "&saved_card=false"),
    ("echeck", "&saved_echeck=true"),
    ("card_and_no_echeck", "&saved_card=true&saved_echeck=false"),
];

/// The lists of two organizations.
pub async fn measure() -> Result<Value, Failure> {
    let Some(mut field) = Field::lay_out(Engine::Postgres, 2).await? else { return Ok(json!(null)) };
    let organizations: Vec<&Organization> = field.payees.iter().map(|payee| &payee.organization).collect();
    let [few, most] = <[_; 2]>::try_from(organizations).ok().context("two organizations")?;
    let crowds = [
        ("few_have_a_card", few, Crowd { organization: few.id(), after: 0, cards: 10, banks: 5 }),
        ("most_have_a_card", most, Crowd { organization: most.id(), after: PEOPLE, cards: 990, banks: 100 }),
    ];
    for (name, _, crowd) in &crowds {
        note(&format!("writing {PEOPLE} people: {name}"));
        crowd.fill(&mut field.sql).await?;
    }
    field.sql.run("VACUUM (ANALYZE)".to_owned()).await?;
    // Those that the field was laid out with are in their own wallets.
    crowd::agrees(&mut field.sql).await?;
    let mut document = json!({"people": PEOPLE, "answers": ASKED, "rows": 25, "goal_p99_ms": GOAL_MS});
    let mut slowest = 0.0_f64;
    for (name, organization, crowd) in &crowds {
        note(&format!("asking: {name}"));
        let mut lists = Map::new();
        for (list, path) in LISTS {
            lists.insert(list.to_owned(), of_list(organization, crowd, path, &mut slowest).await?);
        }
        document[name] = Value::Object(lists);
    }
    document["slowest_p99_ms"] = json!(slowest);
    document["load"] = json!(load()?);
    Ok(document)
}

/// One list, without a question about wallets and with each of them.
async fn of_list(
    organization: &Organization,
    crowd: &Crowd<'_>,
    path: &str,
    slowest: &mut f64,
) -> Result<Value, Failure> {
    let without = asked(organization, crowd, path).await?;
    let mut measured = json!({"without": without});
    for (name, wallet) in WALLETS {
        let mut with = asked(organization, crowd, &format!("{path}{wallet}")).await?;
        for figure in ["p50", "p99"] {
            let [with_it, without_it] = [&with, &without].map(|of| of[figure].as_f64().unwrap_or(f64::NAN));
            with[format!("{figure}_ratio")] = json!(stats::hundredth(with_it / without_it));
        }
        *slowest = slowest.max(with["p99"].as_f64().unwrap_or(f64::NAN));
        measured[name] = with;
    }
    Ok(measured)
}

/// The times of one question: every third time the first page, and else one from somewhere in the list.
async fn asked(organization: &Organization, crowd: &Crowd<'_>, path: &str) -> Result<Value, Failure> {
    let prefix = if path.starts_with("/v1/clients") { "acc" } else { "per" };
    let (mut times, mut rows) = (Vec::new(), 0_u32);
    for number in 0..WARM_UP + ASKED {
        let cursor = if number % 3 == 0 {
            String::new()
        } else {
            format!("&cursor={}", somewhere(crowd, prefix, number))
        };
        let watch = Stopwatch::start();
        let page = organization.read(&format!("{path}{cursor}")).await?;
        let took = stats::ms(watch.elapsed());
        if number >= WARM_UP {
            times.push(took);
            let found = page.pointer("/data").and_then(Value::as_array).map_or(0, Vec::len);
            rows += u32::try_from(found).context("a page")?;
        }
    }
    let mut measured = stats::of_many(times);
    measured["rows_a_page"] = json!(stats::tenth(f64::from(rows) / f64::from(ASKED)));
    Ok(measured)
}

/// An id from somewhere among those of the list: the same ones each time.
fn somewhere(crowd: &Crowd<'_>, prefix: &str, number: u32) -> String {
    let (first, last) = crowd.numbers();
    let offset = number.wrapping_mul(2_654_435_761) % (last - first);
    match prefix {
        "acc" => id(prefix, crowd.after + offset / 2 + 1),
        _ => id(prefix, first + offset),
    }
}

/// What else the machine is doing: how many have been at work in the last minute.
fn load() -> Result<String, Failure> {
    let load = std::fs::read_to_string("/proc/loadavg").context("the load")?;
    Ok(load.split(' ').next().unwrap_or_default().to_owned())
}
