use super::*;
use crate::return_code::rules;

const CODES_CARD: &[&str] = &[
    "insufficient_funds",
    "withdrawal_count_limit_exceeded",
    "card_velocity_exceeded",
    "processing_error",
    "issuer_not_available",
    "try_again_later",
    "reenter_transaction",
    "generic_decline",
    "card_declined",
    "approve_with_id",
    "expired_card",
    "incorrect_cvc",
    "incorrect_number",
    "incorrect_zip",
    "lost_card",
    "stolen_card",
    "pickup_card",
    "fraudulent",
    "do_not_honor",
    "stop_payment_order",
    "revocation_of_authorization",
    "revocation_of_all_authorizations",
    "authentication_required",
    "card_not_supported",
    "transaction_not_allowed",
    "restricted_card",
    "security_violation",
    "invalid_account",
    "new_account_information_available",
    "service_not_allowed",
    "duplicate_transaction",
    "invented_in_2031",
];

const SOFT_CARD: usize = 10;

fn start() -> Timestamp {
    "2026-11-25T15:00:00Z".parse().unwrap()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

/// Times, each some days after the one before.
fn every(spacing: SignedDuration, count: usize) -> Vec<Timestamp> {
    std::iter::successors(Some(start()), |last| Some(*last + spacing)).take(count).collect()
}

/// The most times that fall into any stretch of `length`.
fn densest(times: &[Timestamp], length: SignedDuration) -> usize {
    let within =
        |from: &Timestamp| times.iter().filter(|time| *time >= from && **time < *from + length).count();
    times.iter().map(within).max().unwrap_or_default()
}

/// SplitMix64: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn hours(&mut self, below: u64) -> SignedDuration {
        SignedDuration::from_hours(i64::try_from(self.below(below)).unwrap())
    }

    fn one_of<T: Copy>(&mut self, among: &[T]) -> T {
        among[usize::try_from(self.below(among.len().try_into().unwrap())).unwrap()]
    }
}

/// Every code, every count, every spacing, every day of hearing of it. Positive controls: a fifth try in one of
/// the policies, or a check of the window against `now` instead of the planned time, makes it fail.
#[test]
fn every_card_code_count_and_day() {
    for (index, code) in CODES_CARD.iter().enumerate() {
        let decline = Decline::new(*code);
        assert_eq!(decline.is_hard(), index >= SOFT_CARD, "{code}");
        for count in 1..=6 {
            for spacing in 0..=16 {
                let sent = every(days(spacing), count);
                let last = *sent.last().unwrap();
                for late in 0..=40 {
                    let now = last + days(late);
                    let decision = decide_card(&decline, &sent, now);
                    let wanted_never = if index >= SOFT_CARD {
                        Some(NoRetry::Hard)
                    } else if count >= 4 {
                        Some(NoRetry::CeilingReached)
                    } else {
                        None
                    };
                    match (decision, wanted_never) {
                        (RetryDecision::Never(reason), Some(wanted)) => assert_eq!(reason, wanted),
                        (RetryDecision::Never(NoRetry::TooLate), None) => {
                            assert!(now + days(8) > start() + days(30), "{code} {count} {spacing} {late}");
                        }
                        (RetryDecision::At(at), None) => {
                            assert!(at >= now && at > last && at <= start() + days(30));
                            let all: Vec<Timestamp> = sent.iter().copied().chain([at]).collect();
                            assert!(densest(&all, days(30)) <= 4);
                        }
                        other => panic!("{code} {count} {spacing} {late}: {other:?}"),
                    }
                }
            }
        }
    }
}

/// As above, for every code of both rails and every day up to the last on which it may arrive.
#[test]
fn every_return_code_count_and_day() {
    for code in rules().map(|rule| rule.code).chain(["R99", "999", "bank_account_unusable"]) {
        let (tries_max, window) = match code {
            "R01" | "R09" => (3, 180),
            "901" | "908" => (2, 30),
            _ => (0, 0),
        };
        let code = ReturnCode::parse(code).unwrap();
        for count in 1..=4 {
            for spacing in 0..=30 {
                let sent = every(days(spacing), count);
                let last = *sent.last().unwrap();
                for late in 0..=190 {
                    let now = last + days(late);
                    match decide_debit(&code, &sent, now) {
                        RetryDecision::At(at) => {
                            assert!(count < tries_max && at <= start() + days(window), "{code:?} {count}");
                            assert!(at >= now && at >= last + days(7));
                            assert_eq!(at.duration_since(last).as_hours() % (7 * 24), 0, "whole weeks");
                        }
                        RetryDecision::Never(NoRetry::Hard) => assert_eq!(tries_max, 0, "{code:?}"),
                        RetryDecision::Never(NoRetry::CeilingReached) => {
                            assert!(count >= tries_max && tries_max > 0)
                        }
                        RetryDecision::Never(NoRetry::TooLate) => {
                            assert!(
                                now + days(14) > start() + days(window),
                                "{code:?} {count} {spacing} {late}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_plan_of_one_debt() {
    let plan = |decide: &dyn Fn(&[Timestamp], Timestamp) -> RetryDecision| {
        let mut sent = vec![start()];
        while let RetryDecision::At(at) = decide(&sent, *sent.last().unwrap()) {
            sent.push(at);
        }
        sent.iter().map(|time| time.duration_since(start()).as_hours()).collect::<Vec<i64>>()
    };
    let card = |code: &str| plan(&|sent, now| decide_card(&Decline::new(code), sent, now));
    let debit = |code: &str| plan(&|sent, now| decide_debit(&ReturnCode::parse(code).unwrap(), sent, now));
    assert_eq!(card("processing_error"), [0, 1, 25, 97]);
    assert_eq!(card("insufficient_funds"), [0, 72, 192, 360]);
    assert_eq!(card("generic_decline"), [0, 24, 120, 312]);
    assert_eq!(card("lost_card"), [0]);
    assert_eq!(debit("R01"), [0, 168, 504]);
    assert_eq!(debit("908"), [0, 168]);
    assert_eq!(debit("R02"), [0]);
}

#[test]
fn a_late_return_waits_for_the_same_day_of_the_week() {
    let code = ReturnCode::parse("R01").unwrap();
    let sent = [start()];
    assert_eq!(decide_debit(&code, &sent, start() + days(7)), RetryDecision::At(start() + days(7)));
    let late = start() + days(7) + SignedDuration::from_secs(1);
    assert_eq!(decide_debit(&code, &sent, late), RetryDecision::At(start() + days(14)));
    let fraction = start() + days(7) + SignedDuration::from_nanos(1);
    assert_eq!(decide_debit(&code, &sent, fraction), RetryDecision::At(start() + days(14)));
    let canadian = ReturnCode::parse("901").unwrap();
    assert_eq!(decide_debit(&canadian, &sent, start() + days(28)), RetryDecision::At(start() + days(28)));
    assert_eq!(decide_debit(&canadian, &sent, start() + days(29)), RetryDecision::Never(NoRetry::TooLate));
}

/// What is asked without any time known counts as one try now; the calendar's ends do not panic.
#[test]
fn the_edges_of_time() {
    let decline = Decline::new("processing_error");
    assert_eq!(
        decide_card(&decline, &[], start()),
        RetryDecision::At(start() + SignedDuration::from_hours(1))
    );
    let end = [Timestamp::MAX];
    let code = ReturnCode::parse("R01").unwrap();
    for now in [Timestamp::MIN, start(), Timestamp::MAX] {
        decide_card(&decline, &end, now);
        decide_debit(&code, &end, now);
        decide_debit(&code, &[Timestamp::MIN], now);
    }
}

/// A debt that is sent until the policy says never, or it is paid; hearing takes up to `slow_hours`.
fn live(
    dice: &mut Dice,
    first: Timestamp,
    slow_hours: u64,
    decide: impl Fn(&mut Dice, &[Timestamp], Timestamp) -> Option<RetryDecision>,
) -> Vec<Timestamp> {
    let mut sent = vec![first];
    loop {
        let heard = *sent.last().unwrap() + dice.hours(slow_hours);
        match decide(dice, &sent, heard) {
            Some(RetryDecision::At(at)) => sent.push(at.max(heard) + dice.hours(3)),
            Some(RetryDecision::Never(_)) | None => return sent,
        }
    }
}

/// 10,000 cards over 400 days, a debt a month each, answers by dice. Counted afterwards, without the policy's own
/// constants: 4 times in 30 days for one debt, and for the card all together Visa's 20 in 30 days and Mastercard's
/// 10 in 24 hours.
///
/// Positive controls: `tries_max` and one more pause in `CARD_FAULT` make five; taking `lost_card` for soft makes
/// the last assertion fail.
#[test]
fn ten_thousand_cards_for_400_days() {
    let mut dice = Dice(20_261_125);
    let mut tries = 0;
    for _ in 0..10_000 {
        let mut card = Vec::new();
        for month in 0..13 {
            let first = start() + days(31 * month) + dice.hours(24);
            let after_hard = std::cell::Cell::new(0);
            let debt = live(&mut dice, first, 12, |dice, sent, now| {
                if dice.below(6) == 0 {
                    return None;
                }
                let index = usize::try_from(dice.below(CODES_CARD.len().try_into().unwrap())).unwrap();
                let soft = dice.below(3) > 0;
                let index = if soft { index % SOFT_CARD } else { index };
                if index >= SOFT_CARD {
                    after_hard.set(sent.len());
                }
                Some(decide_card(&Decline::new(CODES_CARD[index]), sent, now))
            });
            assert!(densest(&debt, days(30)) <= 4, "{debt:?}");
            assert!(debt.len() <= 4 && *debt.last().unwrap() <= first + days(30) + days(1));
            assert!(
                after_hard.get() == 0 || after_hard.get() == debt.len(),
                "a hard decline is the last word"
            );
            card.extend(debt);
        }
        assert!(densest(&card, days(30)) <= 20);
        assert!(densest(&card, days(1)) <= 10);
        tries += card.len();
    }
    assert!(tries > 200_000, "the dice must lead to retries: {tries}");
}

/// 10,000 accounts over 400 days, a debit a month each. Positive control: a third pause and `tries_max` in `PAD`.
#[test]
fn ten_thousand_bank_accounts_for_400_days() {
    let mut dice = Dice(901);
    let mut again = 0;
    for account in 0..10_000 {
        let (codes, tries_max, window) = if account % 2 == 0 {
            (["R01", "R09", "R01", "R02", "R10", "R11"], 3, 180)
        } else {
            (["901", "908", "901", "905", "915", "903"], 2, 30)
        };
        for month in 0..13 {
            let first = start() + days(31 * month);
            let debt = live(&mut dice, first, 24 * 7, |dice, sent, now| {
                if dice.below(4) == 0 {
                    return None;
                }
                let code = dice.one_of(&codes);
                let decision = decide_debit(&ReturnCode::parse(code).unwrap(), sent, now);
                let money = ["R01", "R09", "901", "908"].contains(&code);
                assert!(money || decision == RetryDecision::Never(NoRetry::Hard));
                Some(decision)
            });
            assert!(debt.len() <= tries_max, "{debt:?}");
            assert!(*debt.last().unwrap() <= first + days(window) + SignedDuration::from_hours(3));
            again += debt.len() - 1;
        }
    }
    assert!(again > 20_000, "the dice must lead to retries: {again}");
}

#[test]
fn every_policy_is_whole() {
    for policy in [CARD_FAULT, CARD_FUNDS, CARD_UNEXPLAINED, ACH, PAD] {
        assert_eq!(policy.pauses.len() + 1, policy.tries_max);
        let total = policy.pauses.iter().fold(SignedDuration::ZERO, |sum, pause| sum + *pause);
        assert!(total <= policy.window, "the last try is within the window when everything is on time");
        assert!(policy.source.contains("Ceiling") && policy.source.contains("Pauses"));
        assert!(policy.as_of.parse::<jiff::civil::Date>().is_ok());
    }
}
