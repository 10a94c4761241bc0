//! What is told of a charge, composed as the engine composes it: first what it says of the attempt, then what it says of the
//! debit. Every state with every report, every order of them, and every code in every state on every day.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use paydesk_domain::attempt::{AttemptEvent, AttemptState, ProcessorReference};
use paydesk_domain::debit::{DebitEvent, DebitState};
use paydesk_domain::decline::Decline;
use paydesk_domain::engine::{Heard, hear};
use paydesk_domain::retry::{NoRetry, RetryDecision, decide_card, decide_debit};
use paydesk_domain::return_code::{Consequence, Rail, ReturnCode, rules};

/// A bank debit: its attempt, and what became of it since, once it was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Charge {
    attempt: AttemptState,
    debit: Option<DebitState>,
}

type Report = (AttemptEvent, Option<DebitEvent>);

/// What was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    TooEarly,
    Contradiction,
}

impl Charge {
    fn of(attempt: AttemptState) -> Self {
        Self { attempt, debit: None }
    }

    fn apply(self, (event, debit): Report) -> Result<Self, Refused> {
        let attempt = match hear(&self.attempt, event) {
            Heard::News(after) => after,
            Heard::Known => self.attempt,
            Heard::TooEarly => return Err(Refused::TooEarly),
            Heard::Contradiction(_) => return Err(Refused::Contradiction),
        };
        let is_taken = matches!(attempt, AttemptState::Succeeded(_));
        let state = self.debit.or_else(|| is_taken.then_some(DebitState::Submitted));
        let debit = match (state, debit) {
            (Some(state), Some(event)) => Some(state.apply(event).map_err(|_| Refused::Contradiction)?),
            (None, Some(_)) => unreachable!("only what was taken moves on"),
            (state, None) => state,
        };
        Ok(Self { attempt, debit })
    }

    fn name(&self) -> String {
        match &self.debit {
            Some(DebitState::Returned(code)) => code.as_str().to_owned(),
            Some(state) => state.name().to_owned(),
            None => self.attempt.name().to_owned(),
        }
    }
}

fn code(text: &str) -> ReturnCode {
    ReturnCode::parse(text).unwrap()
}

fn taken(name: &str) -> AttemptEvent {
    AttemptEvent::Succeed(ProcessorReference(name.to_owned()))
}

/// What the processor may say of one debit.
fn told() -> Vec<Report> {
    let moves = [
        None,
        Some(DebitEvent::Settle),
        Some(DebitEvent::Return(code("R01"))),
        Some(DebitEvent::Return(code("R10"))),
        Some(DebitEvent::Cancel),
    ];
    moves.into_iter().map(|event| (taken("pi_1"), event)).collect()
}

fn reports() -> Vec<Report> {
    let others = [
        taken("pi_2"),
        AttemptEvent::Decline(Decline::new("generic_decline")),
        AttemptEvent::FailBeforeSend("no route".to_owned()),
        AttemptEvent::KeepBack,
        AttemptEvent::LoseAnswer,
        AttemptEvent::FindNothing,
    ];
    told().into_iter().chain(others.map(|event| (event, None))).collect()
}

fn charges() -> Vec<Charge> {
    let debits =
        [DebitState::Submitted, DebitState::Settled, DebitState::Returned(code("R01")), DebitState::Canceled];
    let attempts = [
        AttemptState::Created,
        AttemptState::Sending,
        AttemptState::InDoubt,
        AttemptState::Declined(Decline::new("generic_decline")),
        AttemptState::FailedBeforeSend("no route".to_owned()),
    ];
    let submitted = AttemptState::Succeeded(ProcessorReference("pi_1".to_owned()));
    let taken = debits.map(|debit| Charge { attempt: submitted.clone(), debit: Some(debit) }).into_iter();
    attempts.map(Charge::of).into_iter().chain(taken).collect()
}

/// Every state with every report, by the name of what follows: `=` where nothing does, `~` where it is too early, `-` where
/// a human must look. The columns: taken; and settled, returned R01, returned R10, called off; taken under another name;
/// declined, failed before it was sent, kept back, answer lost, nothing found.
///
/// Positive control: letting a final attempt take another reference, or a settled debit be called off, makes a cell differ.
#[test]
fn the_whole_table() {
    let table = [
        ("created", "~ ~ ~ ~ ~ ~ ~ failed_before_send ~ ~ ~"),
        (
            "sending",
            "submitted settled R01 R10 canceled submitted declined failed_before_send created in_doubt -",
        ),
        ("in_doubt", "submitted settled R01 R10 canceled submitted declined - - = created"),
        ("declined", "- - - - - - = - - - -"),
        ("failed_before_send", "- - - - - - - - - - -"),
        ("submitted", "= settled R01 R10 canceled - - - - - -"),
        ("settled", "= = R01 R10 - - - - - - -"),
        ("R01", "= = = - - - - - - - -"),
        ("canceled", "= - - - = - - - - - -"),
    ];
    for (charge, (name, row)) in charges().into_iter().zip(table) {
        assert_eq!(charge.name(), name);
        let row: Vec<&str> = row.split(' ').collect();
        assert_eq!(row.len(), reports().len());
        for (report, wanted) in reports().into_iter().zip(row) {
            let next = match charge.clone().apply(report.clone()) {
                Ok(next) if next == charge => "=".to_owned(),
                Ok(next) => next.name(),
                Err(Refused::TooEarly) => "~".to_owned(),
                Err(Refused::Contradiction) => "-".to_owned(),
            };
            assert_eq!(next, wanted, "{name} {report:?}");
        }
    }
}

/// All sequences of up to five things that the processor may say: those that hold the same things end alike, or each of
/// them holds a contradiction. From the sending on, and from doubt.
///
/// Positive control: letting `Settle` lead out of `Returned` makes two orders of the same news differ.
#[test]
fn the_order_of_the_news_does_not_matter() {
    let told = told();
    for first in [AttemptState::Sending, AttemptState::InDoubt] {
        let mut sequences: Vec<Vec<usize>> = vec![vec![]];
        for _ in 0..5 {
            sequences = sequences
                .iter()
                .flat_map(|sequence| {
                    (0..told.len()).map(move |report| sequence.iter().copied().chain([report]).collect())
                })
                .collect();
            let mut ends: HashMap<Vec<usize>, Result<Charge, Refused>> = HashMap::new();
            for sequence in &sequences {
                let reports = sequence.iter().map(|report| told[*report].clone());
                let end = reports.into_iter().try_fold(Charge::of(first.clone()), Charge::apply);
                let mut bag = sequence.clone();
                bag.sort_unstable();
                let known = ends.entry(bag).or_insert_with(|| end.clone());
                assert_eq!(*known, end, "{sequence:?}");
            }
        }
    }
}

fn start() -> Timestamp {
    "2026-11-25T15:00:00Z".parse().unwrap()
}

/// Every code of both rails, and some that nobody knows, in every state of a debit, on every day from the first to the
/// hundredth: what the debit becomes, and whether it is presented again.
///
/// Positive control: a check of the rail's window against the day of hearing instead of the planned one.
#[test]
fn every_return_code_in_every_state_on_every_day() {
    for text in rules().map(|rule| rule.code).chain(["R99", "999", "bank_account_unusable"]) {
        let (told, other) = (code(text), code(if text == "R01" { "R02" } else { "R01" }));
        for (state, wanted) in [
            (DebitState::Submitted, Some(true)),
            (DebitState::Settled, Some(true)),
            (DebitState::Returned(told.clone()), Some(false)),
            (DebitState::Returned(other), None),
            (DebitState::Canceled, None),
        ] {
            let after = state.clone().apply(DebitEvent::Return(told.clone()));
            assert_eq!(after.clone().ok().map(|after| after != state), wanted, "{text} {state:?}");
            assert!(after.is_err() || after == Ok(DebitState::Returned(told.clone())));
        }
        for day in 0..=100 {
            let heard = start() + SignedDuration::from_hours(24 * day);
            let again = SignedDuration::from_hours(24 * 7 * ((day + 6) / 7).max(1));
            let is_in_time = match told.rule().map(|rule| rule.rail) {
                Some(Rail::Ach) => again <= SignedDuration::from_hours(24 * 180),
                Some(Rail::Pad) => again <= SignedDuration::from_hours(24 * 30),
                None => false,
            };
            let wanted = match (told.consequence(), is_in_time) {
                (Consequence::Retry, true) => RetryDecision::At(start() + again),
                (Consequence::Retry, false) => RetryDecision::Never(NoRetry::TooLate),
                _ => RetryDecision::Never(NoRetry::Hard),
            };
            assert_eq!(decide_debit(&told, &[start()], heard), wanted, "{text} day {day}");
        }
        let consequence = told.consequence();
        assert_eq!(
            consequence.ends_consent(),
            !matches!(consequence, Consequence::Retry | Consequence::Review)
        );
        assert!(consequence.ends_consent() || !consequence.blocks_account(), "{text}");
    }
}

/// Every decline, in every state of an attempt: it is news exactly once, and only where something was asked. And whatever
/// day it is heard on, a hard one is the last word.
#[test]
fn every_decline_in_every_state_on_every_day() {
    let hard =
        ["stolen_card", "lost_card", "expired_card", "do_not_honor", "stop_payment_order", "of_tomorrow"];
    let soft = ["insufficient_funds", "processing_error", "generic_decline", "try_again_later"];
    for (text, is_hard) in hard.map(|text| (text, true)).into_iter().chain(soft.map(|text| (text, false))) {
        let decline = Decline::new(text);
        let known = AttemptState::Succeeded(ProcessorReference("pi_1".to_owned()));
        for (state, wanted) in [
            (AttemptState::Created, "too early"),
            (AttemptState::Sending, "news"),
            (AttemptState::InDoubt, "news"),
            (AttemptState::Declined(decline.clone()), "known"),
            (known, "contradiction"),
            (AttemptState::FailedBeforeSend("no route".to_owned()), "contradiction"),
        ] {
            let heard = match hear(&state, AttemptEvent::Decline(decline.clone())) {
                Heard::News(after) => {
                    assert_eq!(after, AttemptState::Declined(decline.clone()));
                    "news"
                }
                Heard::Known => "known",
                Heard::TooEarly => "too early",
                Heard::Contradiction(_) => "contradiction",
            };
            assert_eq!(heard, wanted, "{text} {state:?}");
        }
        for day in 0..=100 {
            let heard = start() + SignedDuration::from_hours(24 * day);
            match decide_card(&decline, &[start()], heard) {
                RetryDecision::Never(NoRetry::Hard) => assert!(is_hard, "{text} day {day}"),
                RetryDecision::At(at) => {
                    assert!(!is_hard && at >= heard && at <= start() + SignedDuration::from_hours(24 * 30));
                }
                RetryDecision::Never(NoRetry::TooLate) => assert!(!is_hard && day > 26, "{text} day {day}"),
                RetryDecision::Never(NoRetry::CeilingReached) => unreachable!("{text} day {day}"),
            }
        }
    }
}
