//! What is charged without its payer, over 400 days: no debt is sent more often than it may be, whatever the banks say.
//!
//! The policy itself is tested with ten thousand cards in the domain; here some go through the engine and the store: forty,
//! as each lives through about thirty-five charges of five durable commits. `cargo xtask prove ceilings` takes 300.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use paydesk_billing::ports::processor::{ChargeOutcome, Taken};
use paydesk_billing::store::{ActionItemFilter, Page};
use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;

use crate::histories::cast::Client;
use crate::histories::stage;
use crate::support::{Engine, Stack, attempt_id, on_both, scale};

on_both! {
    no_card_is_charged_too_often;
}

const CARDS: usize = 40;
const CARDS_LONG: usize = 300;
const DAYS: i64 = 400;
const DAY_MS: i64 = 86_400_000;
/// How many days lie between two debts of a card.
const DEBT_EVERY: i64 = 31;
const SOFT: [&str; 5] =
    ["insufficient_funds", "processing_error", "generic_decline", "try_again_later", "issuer_not_available"];
const HARD: [&str; 5] = ["stolen_card", "lost_card", "expired_card", "do_not_honor", "stop_payment_order"];

/// One in eight is paid, one in eight refused for good, all others may be tried again.
fn judge(attempt: &str) -> ChargeOutcome {
    let sum = attempt.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    match sum % 8 {
        0 => ChargeOutcome::Succeeded(Taken::named(format!("pi_{attempt}"))),
        1 => ChargeOutcome::Declined(Decline::new(HARD[sum / 8 % HARD.len()])),
        _ => ChargeOutcome::Declined(Decline::new(SOFT[sum / 8 % SOFT.len()])),
    }
}

/// The most times that fall into any stretch of so many milliseconds. The times ascend.
fn densest(times: &[i64], length_ms: i64) -> usize {
    let from = |at: &i64| times.iter().filter(|time| **time >= *at && **time < *at + length_ms).count();
    times.iter().map(from).max().unwrap_or_default()
}

/// Counted in what reached the processor, not in what the store says.
///
/// Positive control: planning a try a day after `RetryDecision::Never` charges debts too often and after the last word (tried).
async fn no_card_is_charged_too_often(engine: Engine) {
    let cards = scale(CARDS, CARDS_LONG);
    let stack = Stack::start(engine).await;
    let stage = stage(&stack, Some(judge));
    let mut clients = Vec::new();
    for _ in 0..cards {
        let mut tx = stage.tenant.write().await.unwrap();
        clients.push(Client::write(&stage.app, &mut tx, MethodKind::Card).await);
        tx.commit().await.unwrap();
    }
    for day in 0..DAYS {
        // The cards take turns, so that each day has some.
        for (client, _) in clients.iter().zip(0..).filter(|(_, card)| (day + card) % DEBT_EVERY == 0) {
            let mut tx = stage.tenant.write().await.unwrap();
            client.owe(&stage.app, &mut tx, &attempt_id()).await;
            tx.commit().await.unwrap();
        }
        while stage.app.sweep().await.unwrap() > 0 {}
        stack.clock.advance(Duration::from_secs(24 * 3_600));
    }
    let sent = stage.scripted.sent.lock().unwrap().clone();
    let mut debts: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    let mut of_card: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut tx = stage.tenant.read().await.unwrap();
    for (attempt, at_ms) in &sent {
        let row = tx.find_attempt(attempt).await.unwrap().unwrap();
        debts.entry(row.origin_id).or_default().push((attempt.clone(), *at_ms));
        of_card.entry(row.account_id).or_default().push(*at_ms);
    }
    let mut retries = 0;
    for (origin, tries) in &debts {
        let times: Vec<i64> = tries.iter().map(|(_, at_ms)| *at_ms).collect();
        assert!(tries.len() <= 4 && densest(&times, 30 * DAY_MS) <= 4, "{origin}: {tries:?}");
        assert!(times.last().unwrap() - times[0] <= 30 * DAY_MS, "{origin}: {tries:?}");
        for (attempt, _) in tries.iter().rev().skip(1) {
            let ChargeOutcome::Declined(decline) = judge(attempt) else {
                panic!("{origin} was charged again after it was paid");
            };
            assert!(!decline.is_hard(), "{origin} was charged again after {}", decline.code());
        }
        retries += tries.len() - 1;
    }
    assert!(retries > debts.len(), "the banks must lead to retries: {retries} of {}", debts.len());
    for (account, times) in &of_card {
        assert!(densest(times, 30 * DAY_MS) <= 20 && densest(times, DAY_MS) <= 8, "{account}: {times:?}");
    }
    // What was given up is with a human, and nothing else is.
    let given_up = debts.values().filter(|tries| {
        let (last, _) = tries.last().unwrap();
        matches!(judge(last), ChargeOutcome::Declined(decline) if decline.is_hard() || tries.len() == 4)
    });
    let wanted = given_up.count();
    let mut open = 0;
    let mut page = Page { after: String::new(), limit: 500 };
    loop {
        let rows = tx.list_action_items(&page, &ActionItemFilter::default()).await.unwrap();
        let Some(last) = rows.last() else { break };
        page.after = last.id.clone();
        assert!(rows.iter().all(|row| row.kind == "charge_failed"), "{rows:?}");
        open += rows.len();
    }
    assert_eq!(open, wanted);
}
