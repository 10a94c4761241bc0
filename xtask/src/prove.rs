//! The proofs that take long: thousands of crashes, workers that are killed and stopped. `cargo xtask prove` runs their long
//! forms. Their short ones are part of the tests: in the suite `prove` where they are built apart, else among the others.

use crate::clock::{Stopwatch, readable};
use crate::demo;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::stop::Stop;
use crate::test::{Equipment, Tally, counted, has_nextest};

/// One proof: tests of one target that have a short form and a long one. A new one has a line in [`PROOFS`], and reads
/// `PAYDESK_PROVE`.
#[derive(Debug, PartialEq, Eq)]
pub struct Proof {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it proves.
    pub about: &'static str,
    package: &'static str,
    /// The test target.
    target: &'static str,
    /// The module of its tests.
    module: &'static str,
    /// What the package is built with for it.
    features: Option<&'static str>,
}

impl Proof {
    /// Whether it is built apart, so that its short form does not run with the other tests of its package.
    pub fn is_apart(&self) -> bool {
        self.features.is_some()
    }
}

/// All proofs.
pub const PROOFS: [Proof; 7] = [
    Proof {
        name: "crash",
        about: "killed at every named place, on both databases: 1,000 crashes, or 10,000",
        package: "paydesk-billing",
        target: "prove",
        module: "crash",
        features: Some("failpoints"),
    },
    Proof {
        name: "workers",
        about: "four processes killed and stopped under 2,000 charges that are due, or 10,000",
        package: "paydesk-billing",
        target: "prove",
        module: "workers",
        features: Some("failpoints"),
    },
    Proof {
        name: "simulation",
        about: "the rules alone, under chance: 10,000 seeds, or 1,000,000",
        package: "paydesk-domain",
        target: "simulation",
        module: "seeds",
        features: None,
    },
    Proof {
        name: "histories",
        about: "what the processor tells, in every order, on both databases: 500 histories, or 10,000",
        package: "paydesk-billing",
        target: "billing",
        module: "histories",
        features: None,
    },
    Proof {
        name: "return_days",
        about: "debits that come back, on both databases: every third day, or every day",
        package: "paydesk-billing",
        target: "billing",
        module: "return_days",
        features: None,
    },
    Proof {
        name: "ceilings",
        about: "400 days of refusals, on both databases: 40 cards, or 300",
        package: "paydesk-billing",
        target: "billing",
        module: "ceilings",
        features: None,
    },
    Proof {
        name: "overload",
        about: "three times what the program can take, on both databases: some seconds, or a minute",
        package: "paydesk-billing",
        target: "billing",
        module: "overload",
        features: None,
    },
];

/// How much is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Some minutes.
    Short,
    /// Ten times as much.
    Long,
}

/// Runs the long form of the named proofs, or of all.
///
/// # Errors
/// Where a name is unknown, something needed is missing, or a proof failed.
pub fn run(place: &Place, names: &[String]) -> Result<(), Stop> {
    let chosen = choose(names)?;
    let equipment = Equipment::for_proofs(place)?;
    let watch = Stopwatch::start();
    let tally = prove(&equipment, &chosen, Form::Long)?;
    say::note(&format!("in all {}", readable(watch.elapsed())));
    say::line(&format!("{} passed, {} failed", tally.passed, tally.failed));
    if tally.failed == 0 { Ok(()) } else { Err(Stop::Told { exit_code: 1 }) }
}

/// Runs proofs one after the other: each of them wants the machine for itself.
///
/// The program with the named places where it dies is built in the usual folder, with the dependencies that the tests
/// have there already: only the package itself is built a second time. The other tests and everything that is shipped
/// are built without; whoever starts the program there builds it first, and so gets the one without.
///
/// # Errors
/// Where they cannot run at all.
pub fn prove(equipment: &Equipment<'_>, proofs: &[&Proof], form: Form) -> Result<Tally, Stop> {
    let place = equipment.place();
    if proofs.iter().any(|proof| proof.is_apart()) {
        // The processor's program.
        demo::build_programs(place)?;
    }
    let mut sum = Tally::default();
    for proof in proofs {
        say::note(&format!("\n{}: {}", proof.name, proof.about));
        let tests = format!("{}::", proof.module);
        let mut command = if has_nextest() {
            process::cargo(
                &place.root,
                ["nextest", "run", "--locked", "--no-fail-fast", "--success-output=immediate"],
            )
        } else {
            process::cargo(&place.root, ["test", "--locked", "--no-fail-fast"])
        };
        command.args(["--package", proof.package, "--test", proof.target]);
        if let Some(features) = proof.features {
            command.args(["--features", features]);
        }
        command.arg(tests);
        if !has_nextest() {
            command.args(["--", "--nocapture"]);
        }
        if form == Form::Long {
            command.env("PAYDESK_PROVE", "long");
        }
        sum = sum.plus(counted(equipment.apply(&mut command))?);
    }
    Ok(sum)
}

fn choose(names: &[String]) -> Result<Vec<&'static Proof>, Stop> {
    if let Some(unknown) = names.iter().find(|name| PROOFS.iter().all(|proof| proof.name != name.as_str())) {
        let known: Vec<&str> = PROOFS.iter().map(|proof| proof.name).collect();
        return Err(Stop::Usage(format!("there is no proof `{unknown}`; there are {}", known.join(", "))));
    }
    let is_wanted = |proof: &&Proof| names.is_empty() || names.iter().any(|name| name == proof.name);
    Ok(PROOFS.iter().filter(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_chosen_by_name() {
        assert_eq!(choose(&[]).unwrap().len(), PROOFS.len());
        assert_eq!(choose(&["workers".to_owned()]).unwrap(), [&PROOFS[1]]);
        assert!(choose(&["nothing".to_owned()]).is_err());
    }
}
