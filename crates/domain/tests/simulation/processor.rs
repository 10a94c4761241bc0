//! A processor that keeps its word about keys and visibility, and breaks every other expectation.

use std::collections::HashMap;

use paydesk_domain::look_up::KEY_WINDOW_MS;
use paydesk_domain::method_kind::MethodKind;

use crate::books::Subject;
use crate::dice::Dice;
use crate::{DAY_MS, HOUR_MS, LAG_MS, MINUTE_MS};

/// A charge to make, or a refund.
#[derive(Clone, Debug)]
pub struct Order {
    pub key: String,
    pub what: Subject,
    /// The attempt that is charged, or whose money goes back.
    pub attempt: usize,
    pub amount: i64,
    pub kind: MethodKind,
    /// Whether the payer can be asked to prove who they are.
    pub may_ask: bool,
}

/// What the bank says of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bank {
    Takes,
    Refuses(String),
    /// The payer is asked, and has not answered.
    Asks,
}

/// What becomes of a debit that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Settles,
    Fails(String),
    ComesBack { days: i64, code: String },
}

/// A row of the processor's journal: it was asked for once, and did it.
#[derive(Clone, Debug)]
pub struct Charge {
    pub reference: String,
    pub what: Subject,
    pub attempt: usize,
    pub amount: i64,
    pub kind: MethodKind,
    pub at_ms: i64,
    /// Until then it says that it is working on it.
    pub decided_at_ms: i64,
    pub seen_from_ms: i64,
    pub bank: Bank,
    /// What became of the debit so far, oldest first: `settle`, `return R01`.
    pub moves: Vec<Move>,
    /// The payer was asked: that is what its key remembers, whatever came of it.
    pub was_asked: bool,
}

/// A debit moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    Settle,
    Return(String),
}

/// An answer to a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Decided(usize),
    /// The payer was asked when this was answered first.
    Asked(usize),
    /// Somebody is at work under this key.
    Conflict,
    /// 5xx.
    Fault,
    /// 429.
    TurnedAway,
    /// 401.
    Forbidden,
}

/// An answer to a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Decided(usize),
    Pending,
    Nothing,
}

#[derive(Debug)]
struct Key {
    first_at_ms: i64,
    charge: usize,
    /// The key remembers a fault rather than what was done.
    spoiled: bool,
}

#[derive(Debug, Default)]
pub struct Processor {
    keys: HashMap<String, Key>,
    pub journal: Vec<Charge>,
}

const SOFT: [&str; 4] = ["insufficient_funds", "processing_error", "generic_decline", "try_again_later"];
const HARD: [&str; 4] = ["stolen_card", "expired_card", "do_not_honor", "revocation_of_authorization"];
const RETURNS_ACH: [&str; 7] = ["R01", "R09", "R02", "R03", "R08", "R10", "R16"];
const RETURNS_PAD: [&str; 7] = ["901", "908", "902", "905", "907", "911", "912"];

impl Processor {
    /// Does what is asked, or says again what it did under this key. Also answers whether it did something now.
    pub fn charge(&mut self, order: &Order, spoil: bool, now_ms: i64, dice: &mut Dice) -> (Answer, bool) {
        if let Some(key) = self.keys.get(&order.key)
            && now_ms < key.first_at_ms + KEY_WINDOW_MS
        {
            let answer = match (key.spoiled, now_ms < self.journal[key.charge].decided_at_ms) {
                (_, true) => Answer::Conflict,
                (true, false) => Answer::Fault,
                (false, false) if self.journal[key.charge].was_asked => Answer::Asked(key.charge),
                (false, false) => Answer::Decided(key.charge),
            };
            return (answer, false);
        }
        let slow_ms = if dice.permille(60) { dice.below(3 * MINUTE_MS) } else { dice.below(900) };
        let charge = self.journal.len();
        let asks = order.may_ask && dice.permille(400);
        let bank = if asks { Bank::Asks } else { bank(order, dice) };
        self.journal.push(Charge {
            reference: format!("ref_{charge}"),
            what: order.what,
            attempt: order.attempt,
            amount: order.amount,
            kind: order.kind,
            at_ms: now_ms,
            decided_at_ms: now_ms + slow_ms,
            seen_from_ms: now_ms + dice.below(LAG_MS),
            bank,
            moves: Vec::new(),
            was_asked: asks,
        });
        self.keys.insert(order.key.clone(), Key { first_at_ms: now_ms, charge, spoiled: spoil });
        (Answer::Decided(charge), true)
    }

    /// The payer answers, rightly or not. Answers whether they were still asked.
    pub fn answer(&mut self, charge: usize, dice: &mut Dice) -> bool {
        let row = &mut self.journal[charge];
        if row.bank != Bank::Asks {
            return false;
        }
        let refusals = ["payment_intent_authentication_failure", "insufficient_funds"];
        let refuses = dice.permille(350);
        row.bank = if refuses { Bank::Refuses(dice.one_of(&refusals).to_owned()) } else { Bank::Takes };
        true
    }

    /// Cancels a charge that waits for the payer, and says what it is. Also answers whether that was news.
    pub fn cancel(&mut self, charge: usize) -> bool {
        let row = &mut self.journal[charge];
        let waits = row.bank == Bank::Asks;
        if waits {
            row.bank = Bank::Refuses("authentication_abandoned".to_owned());
        }
        waits
    }

    /// The charge of something, by its name: shown at once.
    pub fn named(&self, what: Subject) -> Option<usize> {
        self.journal.iter().position(|charge| charge.what == what)
    }

    /// What it shows of something. Money that moved outweighs everything else.
    pub fn look_up(&self, what: Subject, now_ms: i64) -> Shown {
        let seen = || {
            self.journal
                .iter()
                .enumerate()
                .filter(|(_, charge)| charge.what == what && charge.seen_from_ms <= now_ms)
        };
        let decided = || seen().filter(|(_, charge)| charge.decided_at_ms <= now_ms);
        let taken = decided().find(|(_, charge)| charge.bank == Bank::Takes);
        match (taken.or_else(|| decided().next()), seen().next()) {
            (Some((index, _)), _) => Shown::Decided(index),
            (None, Some(_)) => Shown::Pending,
            (None, None) => Shown::Nothing,
        }
    }

    /// What becomes of a refund that was accepted: it arrives, or does not, or is sent back after it did.
    pub fn fate_of_refund(dice: &mut Dice) -> Vec<(i64, Move)> {
        let arrives_ms = dice.below(5 * DAY_MS);
        let fails = Move::Return("lost_or_stolen_card".to_owned());
        match dice.below(4) {
            0 => vec![(arrives_ms, fails)],
            1 => vec![(arrives_ms, Move::Settle), (arrives_ms + dice.below(10 * DAY_MS), fails)],
            _ => vec![(arrives_ms, Move::Settle)],
        }
    }

    /// What becomes of a debit, and after how long each step comes.
    pub fn fate(kind: MethodKind, dice: &mut Dice) -> Vec<(i64, Move)> {
        let codes = if kind == MethodKind::Ach { RETURNS_ACH } else { RETURNS_PAD };
        let code = dice.one_of(&codes).to_owned();
        let settles_ms = dice.between(HOUR_MS, 4 * DAY_MS);
        let fate = match dice.below(5) {
            0 | 1 => Fate::Settles,
            2 | 3 => Fate::Fails(code),
            _ => Fate::ComesBack { days: dice.between(1, 90), code },
        };
        match fate {
            Fate::Settles => vec![(settles_ms, Move::Settle)],
            Fate::Fails(code) => vec![(settles_ms, Move::Return(code))],
            Fate::ComesBack { days, code } => {
                vec![(settles_ms, Move::Settle), (settles_ms + days * DAY_MS, Move::Return(code))]
            }
        }
    }

    /// How much of this attempt's money it holds now, or was ordered to debit, before anything is given back.
    pub fn holds(&self, attempt: usize) -> i64 {
        self.sum(|charge| charge.what == Subject::Attempt(attempt))
    }

    /// How much of this attempt's money it gave back, or is about to.
    pub fn gives_back(&self, attempt: usize) -> i64 {
        self.sum(|charge| charge.attempt == attempt && matches!(charge.what, Subject::Refund(_)))
    }

    fn sum(&self, which: impl Fn(&Charge) -> bool) -> i64 {
        let counts = |charge: &&Charge| {
            which(charge)
                && charge.bank == Bank::Takes
                && !charge.moves.iter().any(|step| matches!(step, Move::Return(_)))
        };
        self.journal.iter().filter(counts).map(|charge| charge.amount).sum()
    }
}

fn bank(order: &Order, dice: &mut Dice) -> Bank {
    if matches!(order.what, Subject::Refund(_)) {
        // It takes every order, even one for more than it holds: it is not it that must keep count.
        let refuses = dice.permille(100);
        return if refuses { Bank::Refuses("charge_disputed".to_owned()) } else { Bank::Takes };
    }
    let kind = order.kind;
    match dice.below(10) {
        0..=5 => Bank::Takes,
        _ if kind != MethodKind::Card => Bank::Takes,
        6..=8 => Bank::Refuses(dice.one_of(&SOFT).to_owned()),
        _ => Bank::Refuses(dice.one_of(&HARD).to_owned()),
    }
}
