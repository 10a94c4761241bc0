//! Debits that fail or come back on every day on which they may: what follows is what the table of codes says, on that day
//! and not before, for a code of each consequence on both rails. The domain's tests take every code on every day; here each
//! case goes through the sandbox, the engine and the store, so that every third day is taken; `cargo xtask prove return_days` takes every day.

use paydesk_billing::store::{ActionItemFilter, Page};
use paydesk_domain::return_code::{Consequence, Rail, rules};
use serde_json::{Value, json};

use crate::support::{Debit, Engine, Stack, on_both, scale};

on_both! {
    what_follows_a_return_follows_on_its_day;
}

const AMOUNT: i64 = 900;
const DAY_S: u32 = 86_400;
/// The day on which debits settle here.
const SETTLES: u32 = 1;

/// A debit and what becomes of it.
struct Case {
    rail: Rail,
    code: &'static str,
    consequence: Consequence,
    /// It had settled before.
    settled: bool,
    /// On which day after it was sent it comes back.
    day: u32,
    debit: Debit,
}

/// A code of each consequence that the rail has.
fn representatives(rail: Rail) -> Vec<(&'static str, Consequence)> {
    let of = |consequence: &Consequence| {
        let code = rules().find(|rule| rule.rail == rail && rule.consequence == *consequence)?.code;
        Some((code, *consequence))
    };
    Consequence::ALL.iter().filter_map(of).collect()
}

/// On which days what happens, on both rails: refused by the bank until long after the first look, and sent back on each
/// day of the rail's window.
fn plan() -> Vec<(Rail, bool, u32)> {
    let mut plan = Vec::new();
    for (rail, window) in [(Rail::Ach, 60), (Rail::Pad, 90)] {
        plan.extend((1..=5).chain((8..=100).step_by(7)).map(|day| (rail, false, day)));
        plan.extend((0..=window).map(|after| (rail, true, SETTLES + after)));
    }
    plan
}

async fn case(stack: &Stack, index: usize, (rail, settled, day): (Rail, bool, u32)) -> Case {
    let codes = representatives(rail);
    let (code, consequence) = codes[index % codes.len()];
    let after = if settled { day - SETTLES } else { day };
    let outcome = if settled { "return" } else { "fail" };
    let mut fate = json!({"type": "debit", "outcome": outcome, "code": code, "after_s": after * DAY_S});
    if settled {
        fate["settle_after_s"] = json!(SETTLES * DAY_S);
    }
    let fate = json!({"match": "every", "on": ["payment_intents.create"], "times": 1, "action": fate});
    stack.scenario(fate).await;
    let debit = stack.debit(rail.as_str(), "000123456789", &[500, 400], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    Case { rail, code, consequence, settled, day, debit }
}

impl Case {
    fn name(&self) -> String {
        format!("{} {} settled {} day {}", self.rail.as_str(), self.code, self.settled, self.day)
    }

    /// Whether it is presented again: for lack of money, after whole weeks, within the rail's ceiling.
    fn is_presented_again(&self) -> bool {
        let again = self.day.div_ceil(7).max(1) * 7;
        self.consequence == Consequence::Retry && again <= if self.rail == Rail::Ach { 180 } else { 30 }
    }

    /// The evening before, nothing has happened but that it settled.
    async fn before(&self, stack: &Stack, today: u32) {
        let is_paid = self.settled && today >= SETTLES;
        let figures = if is_paid { (0, 0, 0) } else { (AMOUNT, AMOUNT, 0) };
        assert_eq!(stack.three_figures(&self.debit.invoice).await, figures, "{}", self.name());
        let mandate = self.mandate(stack).await;
        assert_eq!(mandate["ended_because"], Value::Null, "{}", self.name());
    }

    async fn on_the_day(&self, stack: &Stack) {
        let name = self.name();
        let payment = stack.payment_of(self.debit.attempt()).await;
        assert_eq!(
            (&payment["status"], &payment["return_code"]),
            (&json!("returned"), &json!(self.code)),
            "{name}"
        );
        assert!(payment["allocations"].as_array().unwrap().is_empty(), "{name}");
        // What is presented again on the very day is under way again.
        let (balance, ..) = stack.three_figures(&self.debit.invoice).await;
        assert_eq!(balance, AMOUNT, "{name}");
        let mandate = self.mandate(stack).await;
        let ended = match self.consequence {
            Consequence::NewAccount | Consequence::StopDebits | Consequence::NewConsent => json!(self.code),
            Consequence::Retry | Consequence::Review => Value::Null,
        };
        assert_eq!(mandate["ended_because"], ended, "{name}");
        let view = stack.view(&stack.session(&self.other_invoice(stack).await).await).await.json();
        let is_blocked = matches!(self.consequence, Consequence::NewAccount | Consequence::StopDebits);
        let saved = &view["accounts"][0];
        assert_eq!(
            (saved["blocked_by"].is_string(), saved["has_mandate"].as_bool()),
            (is_blocked, Some(ended.is_null())),
            "{name}: {saved}"
        );
    }

    async fn other_invoice(&self, stack: &Stack) -> String {
        let currency = if self.rail == Rail::Ach { "USD" } else { "CAD" };
        let items = json!([{"description": "Swimming", "amount": 100}]);
        let body = json!({"account": self.debit.account, "items": items, "currency": currency});
        stack.write("/v1/invoices", body).await.expect(201).at("/id")
    }

    async fn mandate(&self, stack: &Stack) -> Value {
        let payment = stack.payment_of(self.debit.attempt()).await;
        stack.read(&format!("/v1/mandates/{}", payment["mandate"].as_str().unwrap())).await.json()
    }

    /// In the end it was presented again, once, or never, and paid or not.
    async fn at_last(&self, stack: &Stack, items: &[(String, Option<String>)]) {
        let name = self.name();
        let attempts = stack.attempts_of(&self.debit.invoice).await;
        let again = self.is_presented_again();
        assert_eq!(attempts.len(), if again { 2 } else { 1 }, "{name}: {attempts:?}");
        let figures = if again { (0, 0, 0) } else { (AMOUNT, 0, AMOUNT) };
        assert_eq!(stack.three_figures(&self.debit.invoice).await, figures, "{name}");
        let attempt = self.debit.attempt();
        let of_it: Vec<_> = items.iter().filter(|(subject, _)| subject == attempt).collect();
        let wanted = [(attempt.to_owned(), Some(self.code.to_owned()))];
        let wanted = if again { &[][..] } else { &wanted[..] };
        assert!(of_it.iter().copied().eq(wanted), "{name}: {of_it:?}");
    }
}

/// The action items that are open about debits that came back.
async fn open_items(stack: &Stack) -> Vec<(String, Option<String>)> {
    let tenant = stack.app.store.organization(stack.organization.clone());
    let filter = ActionItemFilter { kind: "debit_failed".to_owned(), ..ActionItemFilter::default() };
    let page = Page { after: String::new(), limit: 1_000 };
    let rows = tenant.read().await.unwrap().list_action_items(&page, &filter).await.unwrap();
    rows.into_iter().map(|row| (row.subject, row.code)).collect()
}

/// Positive control: letting `Consequence::ends_consent` leave out one of its three makes the day of such a code differ, and
/// a `PAD` of 60 days presents again what is too late (tried).
async fn what_follows_a_return_follows_on_its_day(engine: Engine) {
    let stack = Stack::start(engine).await;
    let mut cases = Vec::new();
    let step = scale(3, 1);
    for (index, planned) in plan().into_iter().step_by(step).enumerate() {
        cases.push(case(&stack, index, planned).await);
    }
    let last = cases.iter().map(|case| case.day).max().unwrap();
    for today in 0..=last {
        for case in cases.iter().filter(|case| case.day == today + 1) {
            case.before(&stack, today).await;
        }
        stack.pass(1).await;
        for case in cases.iter().filter(|case| case.day == today + 1) {
            case.on_the_day(&stack).await;
        }
    }
    // Long enough for whatever is presented again to settle.
    stack.pass(30).await;
    let items = open_items(&stack).await;
    for case in &cases {
        case.at_last(&stack, &items).await;
    }
}
