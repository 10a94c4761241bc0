//! Joins the processor's journal with our books: every charge of the one has its attempt, payment, receipt and ledger
//! transaction in the other, and the other way round; what was told is true; nothing is left undecided.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::books::{Books, number, text};
use crate::processor::Moved;
use crate::work::Told;
use crate::world::World;

/// An attempt of ours.
struct Attempt {
    status: String,
    failure: String,
    amount: i64,
    reference: String,
    invoice: String,
}

/// A payment of ours.
struct Payment {
    id: String,
    attempt: String,
    status: String,
    amount: i64,
    reference: String,
}

/// A refund of ours, or a debit called back.
struct Refund {
    kind: String,
    payment: String,
    status: String,
    amount: i64,
}

/// What a join found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Everything that is wrong.
    pub wrong: Vec<String>,
    /// How many attempts and refunds ended in which state.
    pub ended: BTreeMap<String, usize>,
    /// How many charges the processor made.
    pub charges: usize,
    /// How many refunds.
    pub refunds: usize,
    /// How many debits it took back before they went to the bank.
    pub called_back: usize,
}

/// Compares everything, once nothing is due any more. Needs a life.
pub async fn join(world: &World, told: &[Told]) -> Findings {
    let mut books = world.books().await;
    let journal = world.journal().await;
    let attempts = attempts(&mut books).await;
    let payments = payments(&mut books).await;
    let refunds = refunds(&mut books).await;
    let mut findings = Findings::default();
    let charges: Vec<&Moved> =
        journal.iter().filter(|row| matches!(row.op.as_str(), "charge" | "submit")).collect();
    findings.charges = charges.len();
    for attempt in attempts.values() {
        let ended = format!("{} {}", attempt.status, attempt.failure);
        *findings.ended.entry(ended.trim_end().to_owned()).or_default() += 1;
    }
    let debits: BTreeSet<&str> =
        journal.iter().filter(|row| row.op == "submit").map(|row| row.intent.as_str()).collect();
    let intents: BTreeMap<&str, &str> =
        payments.iter().map(|paid| (paid.id.as_str(), paid.reference.as_str())).collect();
    for refund in refunds.values() {
        let is_of_debit = refund.kind == "refund" && debits.contains(intents[refund.payment.as_str()]);
        let of_what = if is_of_debit { " of a debit" } else { "" };
        *findings.ended.entry(format!("{}{of_what} {}", refund.kind, refund.status)).or_default() += 1;
    }
    findings.wrong.extend(charges_and_attempts(&charges, &attempts));
    findings.wrong.extend(charges_and_payments(&charges, &payments, &attempts));
    findings.wrong.extend(given_back(&journal, &refunds));
    findings.wrong.extend(called_back(&journal, &refunds, &payments, &intents));
    findings.refunds = journal.iter().filter(|row| row.op == "refund").count();
    findings.called_back = journal.iter().filter(|row| row.op == "cancel").count();
    findings.wrong.extend(ledger(&mut books, &journal, &payments, &refunds).await);
    findings.wrong.extend(invoices(world, &journal, &attempts).await);
    findings.wrong.extend(leftovers(&mut books, &mut world.workers_books().await).await);
    let ends = attempts.iter().map(|(id, attempt)| (id.as_str(), attempt.status.as_str()));
    let ends = ends.chain(refunds.iter().map(|(id, refund)| (id.as_str(), refund.status.as_str()))).collect();
    findings.wrong.extend(told.iter().filter_map(|told| is_true(told, &ends)));
    let (whole, said) = world.audit().await;
    if !whole {
        findings.wrong.push(format!("the audit log is not whole: {said}"));
    }
    findings
}

async fn attempts(books: &mut Books) -> BTreeMap<String, Attempt> {
    let columns = ["id", "status", "failure", "amount", "processor_reference", "invoice_id"];
    let rows = books.rows(columns, "attempts").await;
    let attempt = |[id, status, failure, amount, reference, invoice]: [Option<String>; 6]| {
        let attempt = Attempt {
            status: text(&status),
            failure: text(&failure),
            amount: number(&amount),
            reference: text(&reference),
            invoice: text(&invoice),
        };
        (text(&id), attempt)
    };
    rows.into_iter().map(attempt).collect()
}

async fn payments(books: &mut Books) -> Vec<Payment> {
    let columns = ["id", "attempt_id", "status", "amount", "processor_reference"];
    let rows = books.rows(columns, "payments").await;
    let payment = |[id, attempt, status, amount, reference]: [Option<String>; 5]| Payment {
        id: text(&id),
        attempt: text(&attempt),
        status: text(&status),
        amount: number(&amount),
        reference: text(&reference),
    };
    rows.into_iter().map(payment).collect()
}

async fn refunds(books: &mut Books) -> BTreeMap<String, Refund> {
    let rows = books.rows(["id", "kind", "payment_id", "status", "amount"], "refunds").await;
    let refund = |[id, kind, payment, status, amount]: [Option<String>; 5]| {
        let refund = Refund {
            kind: text(&kind),
            payment: text(&payment),
            status: text(&status),
            amount: number(&amount),
        };
        (text(&id), refund)
    };
    rows.into_iter().map(refund).collect()
}

/// Each refund that succeeded gave the money back once, each other one never, and nothing else was given back.
fn given_back(journal: &[Moved], refunds: &BTreeMap<String, Refund>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut by_refund: BTreeMap<&str, Vec<&Moved>> = BTreeMap::new();
    for row in journal.iter().filter(|row| row.op == "refund") {
        by_refund.entry(&row.refund).or_default().push(row);
        if !refunds.contains_key(&row.refund) {
            wrong.push(format!("given back, and no refund was written down: {row:?}"));
        }
    }
    for (id, refund) in refunds.iter().filter(|(_, refund)| refund.kind != "cancel_debit") {
        let made = by_refund.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
        match (refund.status.as_str(), made) {
            ("succeeded", [row]) if row.amount == refund.amount => {}
            ("refused" | "failed_before_send", []) => {}
            (status, made) => wrong.push(format!("{id} of {} is {status}: {made:?}", refund.amount)),
        }
    }
    wrong
}

/// Each debit that was called back was taken back once and its payment is canceled, each other one never.
fn called_back(
    journal: &[Moved],
    refunds: &BTreeMap<String, Refund>,
    payments: &[Payment],
    intents: &BTreeMap<&str, &str>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut taken_back: BTreeMap<&str, usize> = BTreeMap::new();
    for row in journal.iter().filter(|row| row.op == "cancel") {
        *taken_back.entry(&row.intent).or_default() += 1;
    }
    let canceled = payments.iter().filter(|paid| paid.status == "canceled");
    let mut canceled: BTreeSet<&str> = canceled.map(|paid| paid.reference.as_str()).collect();
    for (id, refund) in refunds.iter().filter(|(_, refund)| refund.kind == "cancel_debit") {
        let intent = intents[refund.payment.as_str()];
        let times = taken_back.remove(intent).unwrap_or_default();
        match (refund.status.as_str(), times, canceled.remove(intent)) {
            ("succeeded", 1, true) | ("refused" | "failed_before_send", 0, false) => {}
            (status, times, is_canceled) => wrong.push(format!(
                "{id} is {status}: the debit was taken back {times} times, and is canceled: {is_canceled}"
            )),
        }
    }
    wrong.extend(taken_back.iter().map(|odd| format!("called back, and nothing was written down: {odd:?}")));
    wrong.extend(canceled.iter().map(|odd| format!("canceled, and not called back: {odd}")));
    wrong
}

/// Each attempt that succeeded was charged once, each other one never, and nothing else was charged.
fn charges_and_attempts(charges: &[&Moved], attempts: &BTreeMap<String, Attempt>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut by_attempt: BTreeMap<&str, Vec<&Moved>> = BTreeMap::new();
    for charge in charges {
        by_attempt.entry(&charge.attempt).or_default().push(charge);
        if !attempts.contains_key(&charge.attempt) {
            wrong.push(format!("charged, and no attempt was written down: {charge:?}"));
        }
    }
    for (id, attempt) in attempts {
        let made = by_attempt.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
        match (attempt.status.as_str(), made) {
            ("succeeded", [charge]) => {
                if charge.amount != attempt.amount || charge.intent != attempt.reference {
                    wrong.push(format!("{id} is of {} as {}: {charge:?}", attempt.amount, attempt.reference));
                }
            }
            ("declined" | "failed_before_send", []) => {}
            ("created" | "sending" | "in_doubt", _) => {
                wrong.push(format!("{id} is stuck: {}", attempt.status))
            }
            (status, made) => {
                wrong.push(format!("{id} is {status}, and was charged {} times: {made:?}", made.len()))
            }
        }
    }
    wrong
}

/// Each charge has one payment, and each payment one charge.
fn charges_and_payments(
    charges: &[&Moved],
    payments: &[Payment],
    attempts: &BTreeMap<String, Attempt>,
) -> Vec<String> {
    let charged: BTreeSet<_> = charges
        .iter()
        .map(|charge| (charge.intent.as_str(), charge.attempt.as_str(), charge.amount))
        .collect();
    let paid: BTreeSet<_> =
        payments.iter().map(|paid| (paid.reference.as_str(), paid.attempt.as_str(), paid.amount)).collect();
    let mut wrong: Vec<String> = charged
        .symmetric_difference(&paid)
        .map(|odd| format!("a charge or a payment without the other: {odd:?}"))
        .collect();
    if charges.len() != payments.len() {
        wrong.push(format!("{} charges and {} payments", charges.len(), payments.len()));
    }
    for payment in payments {
        let is_ours = attempts.get(&payment.attempt).is_some_and(|attempt| attempt.status == "succeeded");
        if !is_ours || !matches!(payment.status.as_str(), "succeeded" | "settled" | "canceled") {
            wrong.push(format!("{} of {} is {}", payment.id, payment.attempt, payment.status));
        }
    }
    wrong
}

/// Each payment and refund is booked once, the money that the books say the processor holds is what it took and did not
/// give back, and all sums to zero.
async fn ledger(
    books: &mut Books,
    journal: &[Moved],
    payments: &[Payment],
    refunds: &BTreeMap<String, Refund>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut booked: BTreeMap<(String, String), usize> = BTreeMap::new();
    for [kind, subject] in books.rows(["kind", "subject"], "ledger_transactions").await {
        *booked.entry((text(&subject), text(&kind))).or_default() += 1;
    }
    let of_payments = payments.iter().map(|payment| match payment.status.as_str() {
        "settled" => (&payment.id, ["debit_submitted", "debit_arrived", "debit_settled"].as_slice()),
        "canceled" => (&payment.id, ["debit_submitted", "debit_arrived"].as_slice()),
        _ => (&payment.id, ["payment"].as_slice()),
    });
    // A debit that was called back had brought no money.
    let accepted =
        refunds.iter().filter(|(_, refund)| refund.kind != "cancel_debit" && refund.status == "succeeded");
    for (subject, kinds) in of_payments.chain(accepted.map(|(id, _)| (id, ["refund"].as_slice()))) {
        for kind in kinds {
            let times = booked.remove(&(subject.clone(), (*kind).to_owned())).unwrap_or_default();
            if times != 1 {
                wrong.push(format!("{subject} is booked {times} times as {kind}"));
            }
        }
    }
    let others = booked.into_iter().filter(|((_, kind), times)| kind != "invoice" || *times != 1);
    wrong.extend(others.map(|odd| format!("booked beside: {odd:?}")));
    let unbalanced = "ledger_entries GROUP BY transaction_id, currency HAVING SUM(amount) <> 0";
    for [transaction] in books.rows(["transaction_id"], unbalanced).await {
        wrong.push(format!("{} does not sum to zero", text(&transaction)));
    }
    let held = number(&books.rows(["SUM(amount)"], "ledger_entries WHERE account = 'processor'").await[0][0]);
    let kept: i64 = journal
        .iter()
        .map(|row| match row.op.as_str() {
            "charge" | "settle" => row.amount,
            "refund" => -row.amount,
            _ => 0,
        })
        .sum();
    if held != kept {
        wrong.push(format!("the processor has kept {kept}, and the books say {held}"));
    }
    let numbers = books.rows(["MIN(number)", "MAX(number)", "COUNT(*)"], "receipts").await;
    let [first, last, count] = [0, 1, 2].map(|at| number(&numbers[0][at]));
    let whole = usize::try_from(count) == Ok(payments.len()) && last == count && first == count.min(1);
    if !whole {
        wrong.push(format!("{count} receipts, {first} to {last}, of {} payments", payments.len()));
    }
    wrong
}

/// Each invoice is paid by what was charged for it and neither given back nor called back, and nothing is on its way.
async fn invoices(world: &World, journal: &[Moved], attempts: &BTreeMap<String, Attempt>) -> Vec<String> {
    let invoice_of: BTreeMap<&str, &str> =
        attempts.values().map(|attempt| (attempt.reference.as_str(), attempt.invoice.as_str())).collect();
    let mut charged: BTreeMap<&str, i64> = BTreeMap::new();
    for row in journal {
        let sign = match row.op.as_str() {
            "charge" | "submit" => 1,
            "refund" | "cancel" => -1,
            _ => 0,
        };
        if let Some(invoice) = invoice_of.get(row.intent.as_str()) {
            *charged.entry(invoice).or_default() += sign * row.amount;
        }
    }
    let mut wrong = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.read(&format!("/v1/invoices?limit=100{cursor}")).await;
        for invoice in page["data"].as_array().unwrap() {
            let figure = |name: &str| invoice[name].as_i64().unwrap();
            let taken = charged.get(invoice["id"].as_str().unwrap()).copied().unwrap_or_default();
            let (total, balance) = (figure("total"), figure("balance"));
            let fits = taken <= total && balance == total - taken && figure("pending") == 0;
            if !fits || figure("payable_now") != balance {
                wrong.push(format!("charged {taken} for {invoice}"));
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return wrong,
        }
    }
}

/// Nothing contradicts anything, and nothing is left that a human would have to look at: no client had a bad card.
async fn leftovers(books: &mut Books, workers_books: &mut Books) -> Vec<String> {
    let mut wrong = Vec::new();
    let kinds = "'contradiction', 'attempt_undecided', 'refund_undecided', 'debit_overdue', 'debit_failed'";
    let items = &format!("action_items WHERE kind IN ({kinds})");
    for [kind, subject, code] in books.rows(["kind", "subject", "code"], items).await {
        wrong.push(format!("a human is asked about {}: {} {}", text(&subject), text(&kind), text(&code)));
    }
    let events = "processor_events WHERE status IN ('contradiction', 'given_up')";
    for [id, kind, status] in workers_books.rows(["id", "kind", "status"], events).await {
        wrong.push(format!("the event {} {} is {}", text(&id), text(&kind), text(&status)));
    }
    wrong
}

/// What is wrong with an answer, seen from the end. Whoever was told of an attempt or a refund finds it, and an outcome
/// stays.
fn is_true(told: &Told, ends: &BTreeMap<&str, &str>) -> Option<String> {
    let (id, status) = told.order()?;
    let ends = ends.get(id).copied();
    let holds = match status {
        "succeeded" | "declined" | "refused" | "failed_before_send" => ends == Some(status),
        "failed" => ends == Some("failed_before_send"),
        _ => ends.is_some(),
    };
    let reply = told.reply.as_ref().map(|reply| reply.json.clone()).unwrap_or(Value::Null);
    (!holds).then(|| format!("told {reply}, and in the end it is {ends:?}"))
}
