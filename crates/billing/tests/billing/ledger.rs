//! The books: every transaction sums to zero, by the database's own rule, and receipts have no gaps.

use std::collections::BTreeMap;

use paydesk_billing::store::LedgerEntryRow;
use paydesk_domain::id::LedgerEntryId;

use crate::support::{Engine, Stack, on_both};

on_both! { the_books_balance; an_unbalanced_transaction_is_refused; what_is_written_stays; receipts_have_no_gaps; }

async fn the_books_balance(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card("4242424242424242", 6_250).await;
    stack.confirm(&secret, &body).await.expect(200);
    let tenant = stack.app.store.organization(stack.organization.clone());
    let entries = tenant.read().await.unwrap().list_entries().await.unwrap();
    let mut by_transaction: BTreeMap<&str, i64> = BTreeMap::new();
    let mut by_account: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in &entries {
        *by_transaction.entry(&entry.transaction_id).or_default() += entry.amount;
        let kind = entry.account.split(':').next().unwrap();
        *by_account.entry(kind).or_default() += entry.amount;
    }
    assert!(by_transaction.values().all(|sum| *sum == 0), "{entries:?}");
    assert_eq!(by_account, BTreeMap::from([("income", -6_250), ("processor", 6_250), ("receivable", 0)]));
}

fn entry(transaction: &str, amount: i64) -> LedgerEntryRow {
    LedgerEntryRow {
        transaction_id: transaction.to_owned(),
        account: "income".to_owned(),
        amount,
        currency: "CAD".to_owned(),
    }
}

/// Positive control: without the trigger `ledger_transactions_balance` the first two commit.
async fn an_unbalanced_transaction_is_refused(engine: Engine) {
    let stack = Stack::start(engine).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let id = || stack.app.mint.id(LedgerEntryId::new).unwrap().as_str().to_owned();
    let write = async |amounts: &[i64], close: bool| {
        let mut tx = tenant.write().await.unwrap();
        let transaction = id();
        for amount in amounts {
            tx.insert_entry(&id(), &entry(&transaction, *amount)).await?;
        }
        if close {
            tx.close_transaction(&transaction, "test", "test", 0).await?;
        }
        tx.commit().await
    };
    assert!(write(&[100, -99], true).await.is_err(), "it does not sum to zero");
    assert!(write(&[], true).await.is_err(), "it has no lines");
    assert!(write(&[100, -100], false).await.is_err(), "it is not closed");
    assert!(write(&[100, -100], true).await.is_ok());
    // A closed one takes no more lines.
    let mut tx = tenant.read().await.unwrap();
    let closed = tx.list_entries().await.unwrap().first().unwrap().transaction_id.clone();
    drop(tx);
    let mut tx = tenant.write().await.unwrap();
    assert!(tx.insert_entry(&id(), &entry(&closed, 5)).await.is_err());
}

async fn what_is_written_stays(engine: Engine) {
    let stack = Stack::start(engine).await;
    stack.open().await;
    for sql in [
        "UPDATE ledger_entries SET amount = 1",
        "DELETE FROM ledger_entries",
        "DELETE FROM ledger_transactions",
    ] {
        let done = stack.database.execute_for(stack.organization.as_str(), sql).await;
        assert!(done.unwrap_err().to_string().contains("ledger"), "{sql}");
    }
}

async fn receipts_have_no_gaps(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let mut sent = Vec::new();
    for number in
        ["4242424242424242", "4000000000000002", "5555555555554444", "4000000000009995", "378282246310005"]
    {
        let secret = stack.session(&stack.invoice(&account, &[400]).await).await;
        let body = stack.with_card(number, 400).await;
        sent.push(tokio::spawn(stack.confirmation(&secret, &body).send()));
    }
    let mut numbers = Vec::new();
    for reply in sent {
        let attempt: serde_json::Value = reply.await.unwrap().unwrap().json().await.unwrap();
        numbers.extend(attempt["receipt"]["number"].as_str().map(str::to_owned));
    }
    numbers.sort();
    assert_eq!(numbers, ["000001", "000002", "000003"]);
}
