//! Runs what CI runs, suite by suite, and closes with one line: how many passed, and how many failed.

mod suites;
mod tally;

use std::time::Duration;

use crate::clock::{Stopwatch, readable};
use crate::place::Place;
use crate::say;
use crate::stop::Stop;

pub use suites::{Equipment, counted, has_nextest};
use suites::{SUITES, Suite};
pub use tally::Tally;

/// Prints the names of the suites.
pub fn list() {
    for suite in &SUITES {
        say::line(&format!("{:11} {}", suite.name, suite.about));
    }
}

/// Runs the named suites, or all of them.
///
/// # Errors
/// Where a name is unknown, something needed is missing, or anything failed.
pub fn run(place: &Place, names: &[String]) -> Result<(), Stop> {
    let chosen = choose(names)?;
    let watch = Stopwatch::start();
    let outcome = Equipment::bring(place, &chosen).map(|equipment| run_chosen(&equipment, &chosen));
    let results = match outcome {
        Ok(results) => results,
        Err(stop) => {
            say::stop(&stop);
            close(Tally { passed: 0, failed: 1 });
            return Err(Stop::Told { exit_code: stop.exit_code() });
        }
    };
    say::note("");
    let mut sum = Tally::default();
    for (name, tally, took) in &results {
        say::note(&format!(
            "{name:11} {:>5} passed {:>4} failed   {:>12}",
            tally.passed,
            tally.failed,
            readable(*took)
        ));
        sum = sum.plus(*tally);
    }
    say::note(&format!("in all {}", readable(watch.elapsed())));
    let good = sum.failed == 0 && sum.passed > 0;
    if !good {
        say::stop(&Stop::Failed(failure(&results)));
    }
    // Nothing after it: whoever reads the output reads its last line.
    close(sum);
    if good { Ok(()) } else { Err(Stop::Told { exit_code: 1 }) }
}

/// Which suites failed, and how to run one of them again.
fn failure(results: &[(&'static str, Tally, Duration)]) -> String {
    let failed: Vec<&str> =
        results.iter().filter(|(_, tally, _)| tally.failed > 0).map(|(name, ..)| *name).collect();
    format!("failed: {}. One suite alone: cargo xtask test NAME", failed.join(", "))
}

fn run_chosen(equipment: &Equipment<'_>, chosen: &[&'static Suite]) -> Vec<(&'static str, Tally, Duration)> {
    suites::grouped(chosen)
        .into_iter()
        .map(|(name, work)| {
            let watch = Stopwatch::start();
            say::note(&format!("\n----- {name}"));
            let tally = work.run(equipment).unwrap_or_else(|stop| {
                say::stop(&stop);
                Tally { passed: 0, failed: 1 }
            });
            (name, tally, watch.elapsed())
        })
        .collect()
}

/// The closing line, which other programs read.
fn close(sum: Tally) {
    say::line(&format!("{} passed, {} failed", sum.passed, sum.failed));
}

fn choose(names: &[String]) -> Result<Vec<&'static Suite>, Stop> {
    if names.is_empty() {
        return Ok(SUITES.iter().filter(|suite| suite.runs_unnamed()).collect());
    }
    if let Some(unknown) = names.iter().find(|name| SUITES.iter().all(|suite| suite.name != name.as_str())) {
        let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        return Err(Stop::Usage(format!("there is no suite `{unknown}`; there are {}", known.join(", "))));
    }
    Ok(SUITES.iter().filter(|suite| names.iter().any(|name| name == suite.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_named_and_told_once() {
        let result = |name, failed| (name, Tally { passed: 3, failed }, Duration::ZERO);
        assert_eq!(
            failure(&[result("lint", 0), result("wasm", 2), result("e2e", 1)]),
            "failed: wasm, e2e. One suite alone: cargo xtask test NAME"
        );
        // What comes after the closing line would hide it.
        let told = Stop::Told { exit_code: 2 };
        assert_eq!((told.to_string().as_str(), told.exit_code()), ("", 2));
    }

    #[test]
    fn suites_are_chosen_by_name_in_their_own_order() {
        let names = ["size".to_owned(), "lint".to_owned()];
        let chosen: Vec<&str> = choose(&names).unwrap().iter().map(|suite| suite.name).collect();
        assert_eq!(chosen, ["lint", "size"]);
        assert_eq!(choose(&[]).unwrap().len(), SUITES.len() - 1, "all but Firefox's");
        assert!(choose(&["nothing".to_owned()]).is_err());
    }
}
