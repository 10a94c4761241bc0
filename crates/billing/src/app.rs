//! The use cases, one verb per file. No HTTP and no SQL: they decide, the store keeps, the processor acts.

pub mod accept_mandate;
pub mod acting;
pub mod add_method;
pub mod add_origin;
pub mod address;
pub mod after_failure;
mod agree_to_plan;
mod apply_credit;
pub mod apply_event;
pub mod apply_update;
mod ask_for_code;
mod ask_to_take_over;
pub mod audit;
pub mod authenticate;
mod begin_plans;
pub mod breaker;
pub mod cancel_attempt;
pub mod cancel_planned_payment;
mod carry_out_method_task;
mod carry_out_verification;
mod change_wallet_method;
pub mod charge_attempt;
pub mod charge_backup;
mod chargeable;
mod check_code;
pub mod check_debit;
pub mod close_action_item;
pub mod confirm_checkout;
mod continue_refund;
mod correct_account;
pub mod create_charge;
pub mod create_client;
pub mod create_credit;
pub mod create_endpoint;
pub mod create_installment_configuration;
pub mod create_invoice;
pub mod create_key;
pub mod create_organization;
pub mod create_refund;
pub mod create_session;
pub mod create_wallet_session;
pub mod delete_endpoint;
pub mod deliver;
pub mod end_plan;
pub mod erase_client;
mod erase_wallet;
pub mod error;
pub mod event_types;
pub mod export;
pub mod fan_out;
mod figures;
mod find_try;
mod follow_planned;
mod forget_device;
pub mod forget_old;
pub mod forget_records;
mod give_authorization;
mod hear_of_card;
mod hold_credit;
mod item_terms;
mod keep_verified;
mod keep_with_plan;
mod limit_card_tests;
pub mod look_up_attempt;
pub mod look_up_refund;
mod mail_client;
mod mail_text;
mod mails;
pub mod move_debit;
mod move_wallet_plan;
pub mod network;
mod offer_plans;
mod on_file;
mod open_action_item;
pub mod open_checkout;
mod organization_facts;
mod own_words;
mod payer_rules;
mod plan_terms;
pub mod poll_events;
pub mod read_action_items;
pub mod read_audit;
pub mod read_charges;
pub mod read_clients;
pub mod read_confirmation;
mod read_consents;
mod read_credits;
pub mod read_deliveries;
pub mod read_devices;
pub mod read_endpoints;
pub mod read_events;
pub mod read_installment_configurations;
pub mod read_invoices;
pub mod read_keys;
pub mod read_mandates;
pub mod read_organization;
pub mod read_payments;
pub mod read_people;
pub mod read_planned_payments;
pub mod read_plans;
pub mod read_refunds;
mod read_wallet;
pub mod receive_event;
pub mod record_outcome;
pub mod record_refund;
pub mod record_together;
mod refund_taking;
mod remind_of_expiry;
pub mod remove_origin;
mod remove_wallet_method;
mod replace_wallet_method;
pub mod replay_event;
pub mod report;
pub mod reseal_secrets;
pub mod revoke_authorization;
pub mod revoke_key;
pub mod rotate_secret;
mod save_wallet_method;
mod see_to_challenge;
mod see_to_verification;
mod send_mails;
pub mod send_refund;
mod set_backup;
mod show_plans;
pub mod sweep;
pub mod take_payment;
pub mod take_planned;
pub mod take_retry;
mod tell_attempt;
mod tell_client;
pub mod text;
pub mod update_client;
pub mod update_endpoint;
pub mod update_method;
pub mod update_organization;
pub mod update_person;
pub mod update_plan;
pub mod update_planned_payment;
mod update_wallet_method;
pub mod verify_audit;
pub mod verify_method;
pub mod view;
pub mod wallet_entry;
pub mod wallet_verification;
pub mod webhook_schedule;
pub mod webhook_signature;
pub mod webhooks;
pub mod write_once;

use std::sync::Arc;
use std::time::Duration;

use paydesk_domain::card_testing::Limits;
use paydesk_domain::method_kind::MethodKind;
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use crate::app::breaker::Breaker;
use crate::app::record_together::Outcomes;
use crate::clock::Mint;
use crate::metrics::Metrics;
use crate::ports::processor::Processor;
use crate::store::Store;

pub use ask_for_code::{ACCESS_PREFIX, DEVICE_PREFIX};
pub use error::{AppError, Refusal};
pub use mails::MailSettings;
pub use webhooks::{WebhookSettings, Webhooks};

/// Everything that the use cases share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The processor.
    pub processor: Arc<dyn Processor>,
    /// Time, ids and secrets.
    pub mint: Mint,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The figures that the rules take.
    pub settings: Settings,
    /// Charges that go on although the browser has hung up: a stopping server waits for them.
    pub charges: TaskTracker,
    /// How many calls that move money may be under way at once.
    pub charge_slots: Arc<Semaphore>,
    /// Wakes the worker: there is something to look after now.
    pub work: Arc<Notify>,
    /// Wakes the worker: there is something to send now.
    pub to_send: Arc<Notify>,
    /// Wakes the worker: there is a mail to send now.
    pub to_mail: Arc<Notify>,
    /// What was found out and is not written yet.
    pub outcomes: Arc<Outcomes>,
    /// Keeps charges back while the processor does not answer.
    pub breaker: Arc<Breaker>,
    /// What the use cases of webhooks share.
    pub webhooks: Arc<Webhooks>,
    /// Who holds this process's leases.
    pub owner: Arc<str>,
}

/// The figures that the rules take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For how long an attempt belongs to whoever sends it.
    pub lease: Duration,
    /// How long one call to the processor may take. Twice of it and a half must fit into the lease.
    pub call_timeout: Duration,
    /// How long a confirm waits for the processor before it answers that it is still under way.
    pub confirm_wait: Duration,
    /// How long after its answer was lost an attempt is first looked up.
    pub first_look_up_after: Duration,
    /// How long it takes at most from one look-up to the next. The domain says when within that.
    pub look_up_pause_max: Duration,
    /// After how long the processor is asked about a debit of which nothing was heard.
    pub debit_check_after: Duration,
    /// How long after that it is asked again.
    pub debit_check_every: Duration,
    /// After how many such questions a debit that is still under way becomes an action item.
    pub debit_checks_max: i64,
    /// After how long the processor is asked about a refund that is on its way and of which nothing was heard.
    pub refund_check_after: Duration,
    /// How long after that it is asked again.
    pub refund_check_every: Duration,
    /// After how long a refund that is still on its way becomes an action item. It is asked about all the same.
    pub refund_pending_max: Duration,
    /// How long a session lasts after each use.
    pub session_slide: Duration,
    /// How long a session lasts at most.
    pub session_max: Duration,
    /// How long a payer's bank may wait for their proof before the try is given up.
    pub challenge_max: Duration,
    /// Under which origin browsers reach this server. Without it nobody is asked for a proof: there is no way back from it.
    pub public_origin: Option<String>,
    /// How often the processor's own list of events is read.
    pub poll_every: Duration,
    /// How many pages of it one reading takes at most: the next one goes on.
    pub poll_pages_max: usize,
    /// How many refused cards are borne before it looks like card testing.
    pub card_testing: Limits,
    /// How many cards a wallet holds.
    pub cards_max: i64,
    /// How many bank accounts a wallet holds.
    pub accounts_max: i64,
    /// How long a write may take before another process may take it over.
    pub write_lease: Duration,
    /// How long an answer to a write is kept.
    pub answer_kept: Duration,
    /// Which account at the processor this server uses: methods of another are not offered.
    pub vault: String,
    /// The figures of webhooks.
    pub webhooks: WebhookSettings,
    /// How mail is sent to clients. Without it none is, and no wallet can be opened by a code.
    pub mail: Option<MailSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let seconds = Duration::from_secs;
        Self {
            lease: seconds(MINUTE),
            call_timeout: seconds(20),
            confirm_wait: seconds(10),
            first_look_up_after: seconds(30),
            look_up_pause_max: seconds(HOUR),
            debit_check_after: seconds(7 * 24 * HOUR),
            debit_check_every: seconds(24 * HOUR),
            debit_checks_max: 8,
            refund_check_after: seconds(HOUR),
            refund_check_every: seconds(24 * HOUR),
            refund_pending_max: seconds(30 * 24 * HOUR),
            session_slide: seconds(30 * MINUTE),
            session_max: seconds(24 * HOUR),
            challenge_max: seconds(15 * MINUTE),
            public_origin: None,
            poll_every: seconds(MINUTE),
            poll_pages_max: 100,
            card_testing: Limits::default(),
            cards_max: 10,
            accounts_max: 10,
            write_lease: seconds(MINUTE),
            answer_kept: seconds(24 * HOUR),
            vault: "default".to_owned(),
            webhooks: WebhookSettings::default(),
            mail: None,
        }
    }
}

impl Settings {
    /// How many methods of a kind a wallet holds.
    pub fn methods_max(&self, kind: &str) -> i64 {
        if kind == MethodKind::Card.as_str() { self.cards_max } else { self.accounts_max }
    }
}

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
