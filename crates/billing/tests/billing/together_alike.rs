//! The same outcomes, one at a time, together, or together in any order: the same books.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use paydesk_billing::app::record_outcome::Applied;
use paydesk_billing::app::report::Report;
use paydesk_billing::app::verify_audit::{Anchors, verify_chain};
use paydesk_billing::ports::processor::Taken;
use paydesk_billing::store::{ActionItemFilter, AttemptRow, AuditFilter, Claim, Page, PaymentFilter, Tenant};
use paydesk_domain::attempt::{AttemptEvent, Challenge, ProcessorReference};
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::return_code::ReturnCode;
use serde_json::{Value, json};

use crate::histories::Dice;
use crate::histories::cast::Client;
use crate::support::{Engine, Stack, attempt_id, fresh, on_both, scale};

on_both! {
    the_books_do_not_tell_how_they_were_written;
    a_late_one_among_others_writes_nothing;
}

/// How many times everything is played, each time with other outcomes.
const ROUNDS: usize = 6;
const ROUNDS_LONG: usize = 200;
/// More than one transaction holds.
const CHARGES: usize = 40;

/// What becomes of a charge.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Paid,
    Declined,
    DeclinedForNow,
    NeverSent,
    Lost,
    Challenged,
    Debited,
    DebitedAndSettled,
    DebitedAndReturned,
}

impl Fate {
    /// The usual one is half of them.
    fn thrown(dice: &mut Dice) -> Self {
        match dice.below(16) {
            0 => Self::Declined,
            1 => Self::DeclinedForNow,
            2 => Self::NeverSent,
            3 => Self::Lost,
            4 => Self::Debited,
            5 => Self::DebitedAndSettled,
            6 => Self::DebitedAndReturned,
            7 => Self::Challenged,
            _ => Self::Paid,
        }
    }

    const fn kind(self) -> MethodKind {
        match self {
            Self::Debited | Self::DebitedAndSettled | Self::DebitedAndReturned => MethodKind::Pad,
            _ => MethodKind::Card,
        }
    }

    /// What a reply reports, with the method's own name at the network.
    fn report(self, attempt: &str, client: &Client) -> Report {
        let taken = |since| Taken {
            reference: format!("pi_{attempt}"),
            network_transaction_id: Some(format!("nti_{}", client.method)),
            mandate: client.mandate.as_ref().map(|mandate| format!("pmd_{mandate}")),
            since,
        };
        let returned = || DebitEvent::Return(ReturnCode::parse("901").unwrap());
        match self {
            Self::Paid => taken(None).into(),
            Self::Declined => AttemptEvent::Decline(Decline::new("stolen_card")).into(),
            Self::DeclinedForNow => AttemptEvent::Decline(Decline::new("insufficient_funds")).into(),
            Self::NeverSent => AttemptEvent::FailBeforeSend("unreachable".to_owned()).into(),
            Self::Lost => AttemptEvent::LoseAnswer.into(),
            Self::Challenged => AttemptEvent::Challenge(Challenge {
                reference: ProcessorReference(format!("pi_{attempt}")),
                url: "https://bank.example/ask".to_owned(),
                until_ms: i64::MAX,
            })
            .into(),
            Self::Debited => taken(None).into(),
            Self::DebitedAndSettled => taken(Some(DebitEvent::Settle)).into(),
            Self::DebitedAndReturned => taken(Some(returned())).into(),
        }
    }
}

/// How outcomes are written.
#[derive(Clone, Copy, Debug)]
enum Way {
    OneByOne,
    Together,
    /// In another order, and some replies twice.
    Shuffled,
}

/// Charges that were claimed and are about to be decided: each with its client.
struct Debts {
    clients: Vec<Client>,
    attempts: Vec<String>,
    claimed: HashMap<String, AttemptRow>,
}

impl Debts {
    /// Some clients owe twice: their methods are the same, and their accounts.
    async fn claim(stack: &Stack, tenant: &Tenant, fates: &[Fate]) -> Self {
        let mut tx = tenant.write().await.unwrap();
        let (mut clients, mut attempts): (Vec<Client>, Vec<String>) = (Vec::new(), Vec::new());
        for (index, fate) in fates.iter().enumerate() {
            let again =
                clients.iter().rev().take(3).find(|client| client.kind == fate.kind() && index % 3 == 0);
            let client = match again {
                Some(client) => client.clone(),
                None => Client::write(&stack.app, &mut tx, fate.kind()).await,
            };
            attempts.push(attempt_id());
            client.owe(&stack.app, &mut tx, &attempts[index]).await;
            clients.push(client);
        }
        tx.commit().await.unwrap();
        let now = stack.app.mint.now_ms();
        let claim = Claim { owner: "somebody".to_owned(), leased_until_ms: now + 60_000 };
        let claimed = stack.app.store.claim_due(&claim, now, 1_000).await.unwrap();
        let claimed = claimed.into_iter().map(|row| (row.id.clone(), row)).collect();
        Self { clients, attempts, claimed }
    }
}

/// All of them at once: what comes first is held up until the others wait as well.
async fn at_once(stack: &Stack, tenant: &Tenant, reports: Vec<(AttemptRow, Report)>) -> Vec<Applied> {
    let mut held = tenant.write().await.unwrap();
    held.next_receipt_number().await.unwrap();
    let writing = reports.into_iter().map(|(claimed, report)| {
        let (app, tenant) = (stack.app.clone(), tenant.clone());
        tokio::spawn(async move { app.record_outcome(&tenant, &claimed, report).await.unwrap() })
    });
    let writing: Vec<_> = writing.collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    held.rollback().await.unwrap();
    let mut applied = Vec::new();
    for one in writing {
        applied.push(one.await.unwrap());
    }
    applied
}

/// Everything that the outcomes led to, for each charge, without the names of things.
async fn books(stack: &Stack, tenant: &Tenant, debts: &Debts) -> Vec<Value> {
    let mut tx = tenant.read().await.unwrap();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for entry in tx.list_entries().await.unwrap() {
        *sums.entry(entry.account).or_default() += entry.amount;
    }
    assert_eq!(sums.values().sum::<i64>(), 0);
    let everything = Page { after: String::new(), limit: 10_000 };
    let items = tx.list_action_items(&everything, &ActionItemFilter::default()).await.unwrap();
    let events = tx.list_events(&everything, "").await.unwrap();
    let now = stack.app.mint.now_ms();
    let mut books = Vec::new();
    for (attempt, client) in debts.attempts.iter().zip(&debts.clients) {
        let row = tx.find_attempt(attempt).await.unwrap().unwrap();
        let invoice = tx.find_invoice(&row.invoice_id).await.unwrap().unwrap();
        let covered: Vec<i64> =
            tx.list_items(&invoice.id).await.unwrap().iter().map(|item| item.covered).collect();
        let payment = tx.payment_of_attempt(attempt).await.unwrap();
        let mut history = Vec::new();
        if let Some(payment) = &payment {
            for event in tx.list_payment_events(&payment.id).await.unwrap() {
                history.push(json!([event.kind, event.code, event.amount]));
            }
        }
        let subjects = [Some(attempt), payment.as_ref().map(|payment| &payment.id)];
        let mut noted = Vec::new();
        for subject in subjects.into_iter().flatten() {
            let of_it = AuditFilter { subject: subject.clone(), action: String::new() };
            let entries = tx.list_audit(&everything, &of_it).await.unwrap();
            noted.extend(entries.into_iter().rev().map(|entry| json!([entry.action, entry.outcome])));
        }
        let is_about = |id: &String| subjects.contains(&Some(id));
        let mut told: Vec<&str> = events
            .iter()
            .filter(|event| is_about(&event.subject))
            .map(|event| event.topic.as_str())
            .collect();
        told.sort_unstable();
        let asked: Vec<Value> = items
            .iter()
            .filter(|item| is_about(&item.subject))
            .map(|item| json!([item.kind, item.code, item.amount]))
            .collect();
        tx.act_for_login(&client.login).await.unwrap();
        let method =
            tx.method_by_reference(&client.login, "default", &client.reference).await.unwrap().unwrap();
        let account = |kind: &str| sums.get(&format!("{kind}:{}", client.account)).copied();
        books.push(json!({
            "attempt": [row.status, row.decline_code, row.failure, row.fence, row.due_at_ms - now, row.look_ups],
            "reference": row.processor_reference.map(|reference| reference == format!("pi_{attempt}")),
            "invoice": [invoice.paid, invoice.pending],
            "covered": covered,
            "payment": payment.map(|payment| json!([payment.status, payment.return_code, payment.amount, payment.last4])),
            "history": history,
            "ledger": [account("receivable"), account("unsettled"), account("credit")],
            "audit": noted,
            "told": told,
            "asked": asked,
            "retry": tx.planned_retry(attempt).await.unwrap().is_some(),
            "network": method.network_transaction_id.is_some(),
            "blocked": method.blocked_by,
        }));
    }
    books
}

/// Every payment has a receipt, the numbers have no gap, and the chain is whole.
pub async fn is_whole(tenant: &Tenant, payments: usize) {
    let everything = Page { after: String::new(), limit: 100_000 };
    let mut tx = tenant.read().await.unwrap();
    let mut numbers: Vec<i64> = tx
        .list_payments(&everything, &PaymentFilter::default())
        .await
        .unwrap()
        .iter()
        .map(|payment| payment.receipt_number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=i64::try_from(payments).unwrap()).collect::<Vec<_>>());
    assert!(verify_chain(tenant, &Anchors::default()).await.unwrap().is_ok());
}

/// Positive controls (tried): lines that go to another attempt than theirs in `lock_standings`; statements that do not write
/// what was noted before them (`settle` in `store/macros.rs`).
async fn the_books_do_not_tell_how_they_were_written(engine: Engine) {
    let stack = Stack::start(engine).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let mut dice = Dice(20_261_130);
    let mut payments = 0;
    for _ in 0..scale(ROUNDS, ROUNDS_LONG) {
        let fates: Vec<Fate> = (0..CHARGES).map(|_| Fate::thrown(&mut dice)).collect();
        let mut wanted: Option<Vec<Value>> = None;
        for way in [Way::OneByOne, Way::Together, Way::Shuffled] {
            let debts = Debts::claim(&stack, &tenant, &fates).await;
            let mut reports: Vec<(AttemptRow, Report)> = Vec::new();
            for ((fate, attempt), client) in fates.iter().zip(&debts.attempts).zip(&debts.clients) {
                reports.push((debts.claimed[attempt].clone(), fate.report(attempt, client)));
            }
            match way {
                Way::OneByOne => {
                    for (claimed, report) in reports {
                        let applied = stack.app.record_outcome(&tenant, &claimed, report).await.unwrap();
                        assert_eq!(applied, Applied::Changed);
                    }
                }
                Way::Together => {
                    let applied = at_once(&stack, &tenant, reports).await;
                    assert_eq!(applied, vec![Applied::Changed; CHARGES]);
                }
                Way::Shuffled => {
                    let twice: Vec<_> = (0..5).map(|_| reports[dice.below(CHARGES)].clone()).collect();
                    let count = twice.len();
                    reports.extend(twice);
                    for index in (1..reports.len()).rev() {
                        reports.swap(index, dice.below(index + 1));
                    }
                    let applied = at_once(&stack, &tenant, reports).await;
                    let late = applied.iter().filter(|applied| **applied == Applied::LostFence).count();
                    assert_eq!(late, count, "the second reply finds another fence");
                }
            }
            let books = books(&stack, &tenant, &debts).await;
            payments += books.iter().filter(|book| !book["payment"].is_null()).count();
            match &wanted {
                None => wanted = Some(books),
                Some(wanted) => {
                    for ((wanted, book), fate) in wanted.iter().zip(&books).zip(&fates) {
                        assert_eq!(wanted, book, "{way:?} {fate:?}");
                    }
                }
            }
        }
    }
    is_whole(&tenant, payments).await;
}

/// One of many has been decided by somebody else since, another is being asked about: of these nothing is written, and of
/// the others everything.
///
/// Positive control: without the comparison of fences in `in_one_transaction` the second is paid (tried).
async fn a_late_one_among_others_writes_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let debts = Debts::claim(&stack, &tenant, &[Fate::Paid; 12]).await;
    let (refused, asked) = (&debts.attempts[3], &debts.attempts[7]);
    let decline = AttemptEvent::Decline(Decline::new("stolen_card"));
    stack.app.apply_report(&tenant, refused, decline.into()).await.unwrap();
    let mut tx = tenant.write().await.unwrap();
    assert!(tx.touch_fence(asked, debts.claimed[asked].fence).await.unwrap());
    tx.commit().await.unwrap();
    let late = ProcessorReference(fresh("pi_late_"));
    let reports = debts.attempts.iter().map(|attempt| {
        let event = if attempt == refused {
            AttemptEvent::Succeed(late.clone())
        } else {
            AttemptEvent::Succeed(ProcessorReference(format!("pi_{attempt}")))
        };
        (debts.claimed[attempt].clone(), Report::from(event))
    });
    let applied = at_once(&stack, &tenant, reports.collect()).await;
    let mut statuses = Vec::new();
    for (attempt, applied) in debts.attempts.iter().zip(applied) {
        let is_late = attempt == refused || attempt == asked;
        assert_eq!(applied, if is_late { Applied::LostFence } else { Applied::Changed }, "{attempt}");
        let mut tx = tenant.read().await.unwrap();
        statuses.push(tx.find_attempt(attempt).await.unwrap().unwrap().status);
        assert_eq!(tx.payment_of_attempt(attempt).await.unwrap().is_some(), !is_late);
    }
    let mut wanted = ["succeeded"; 12];
    (wanted[3], wanted[7]) = ("declined", "sending");
    assert_eq!(statuses, wanted);
    is_whole(&tenant, 10).await;
}
