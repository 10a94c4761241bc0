//! The billing API as its callers meet it: over HTTP, on both databases, against the sandbox processor.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

mod support;

mod audit;
mod audit_tampering;
mod card_numbers;
mod card_testing;
mod ceilings;
mod challenges;
mod charges;
mod credit_limits;
mod credits;
mod debit_news;
mod debit_refunds;
mod debits;
#[cfg(target_os = "linux")]
mod disk_faults;
mod engine;
mod histories;
mod idempotency;
mod installment_rules;
mod installments;
mod late_voids;
mod ledger;
mod mailer_contract;
mod mails;
mod nothing_due_now;
mod organizations;
mod overload;
mod payers;
mod plan_methods;
mod planned_changes;
mod plans;
mod processor_contract;
mod program;
mod refund_news;
mod refunds;
mod replays;
mod return_days;
mod saved_methods;
mod statements;
mod story;
mod subscriptions;
mod surface;
mod tenancy;
mod together;
mod together_alike;
mod update_methods;
mod wallet_access;
mod wallet_authorizations;
mod wallet_confirmation;
mod wallet_consents;
mod wallet_mails;
mod wallet_methods;
mod wallet_proofs;
mod wallet_replacing;
mod wallet_saving;
mod wallet_updates;
mod wallets;
mod webhook_api;
mod webhook_network;
mod webhook_retention;
mod webhook_seals;
mod webhooks;
mod wording;
