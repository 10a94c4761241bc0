//! The store: one SQL text for SQLite and PostgreSQL, rows only through a value that holds the organization.
//!
//! No rule of the business lives here. [`Store::organization`] gives a [`Tenant`], a tenant gives transactions, and
//! every statement on an organization's table binds that organization's id. On PostgreSQL row-level security is
//! forced besides: each transaction names for whom it acts, and a statement that forgot its `WHERE` sees no more.

mod accounts;
mod action_items;
mod actor;
mod attempts;
mod audit;
mod audit_hash;
mod backups;
mod checkout;
mod credits;
mod db;
mod deliveries;
mod dialect;
mod enrolments;
mod erased_clients;
mod erasures;
mod events;
pub mod exports;
mod idempotency;
mod inbox;
mod inserts;
mod invoices;
mod kept;
mod leaders;
mod macros;
mod mails;
mod mandates;
mod method_tasks;
mod method_updates;
mod methods;
mod migrate;
mod noted;
mod old;
mod organizations;
mod payers;
mod payments;
mod people;
mod plan_methods;
mod planned;
mod plans;
mod refunds;
mod retries;
mod rows;
mod setups;
mod several;
mod sql;
mod standing;
mod tx;
mod typed_cards;
mod wallet;
mod wallet_codes;
mod wallet_sessions;
mod wallet_verifications;
mod webhooks;
mod words;

pub use accounts::NewAccount;
pub use action_items::ActionItemFilter;
pub use actor::Actor;
pub use attempts::{AskedPayer, AttemptFilter, Claim, DueWork, NewAttempt, Outcome, Reading};
pub use audit::{AuditFilter, AuditHead, AuditRow, NewAuditEntry};
pub use audit_hash::{BEFORE_THE_FIRST, entry_hash};
pub use backups::BackupRow;
pub use credits::{
    CreditAllocationRow, CreditDecision, CreditFilter, CreditPartRow, CreditRow, CreditUseRow,
    NewCreditAllocation,
};
pub use db::{DatabaseUrl, DatabaseUrlError, Store};
pub use deliveries::{DeliveryRow, DueDelivery, TryOutcome};
pub use dialect::Engine;
pub use enrolments::{EnrolmentRow, FIRST_DAY, LAST_DAY, ListedPersonRow, MemberRow, MembershipRow};
pub use events::EventRow;
pub use idempotency::{KeyState, StoredAnswer};
pub use inbox::{EventsPass, EventsReadRow, NewProcessorEvent, OwnerRow, ProcessorEventRow};
pub use invoices::{InvoiceFilter, NewInvoice, NewItem};
pub use kept::{Kept, KeptRow};
pub use mails::{DueMail, ExpiringRow, LoginMailRow, MailOutcome, MailRow, NewMail};
pub use mandates::MandateFilter;
pub use method_tasks::MethodTaskRow;
pub use method_updates::{MethodUpdateRow, UpdateOutcome};
pub use methods::{AgreedAuthorizationRow, AuthorizationRow, NewAuthorization, NewMethod};
pub use old::Old;
pub use organizations::{ApiKeyRow, Credential, CredentialKind, NewOrganization};
pub use payers::PayerRow;
pub use payments::{Booking, NewAllocation, NewPayment, PaymentFilter, PaymentMove};
pub use people::{MONTHS, PeopleFilter, WalletFilter};
pub use planned::{NextRow, PlannedFilter, PlannedRow};
pub use plans::{ConfigurationRow, ItemTermsRow, PlanFilter, PlanRow};
pub use refunds::{RefundFilter, RefundRow, RefundUpdate};
pub use rows::{
    AccountRow, ActionItemRow, AllocationRow, AttemptRow, InvoiceRow, ItemRow, LedgerEntryRow, MandateRow,
    MethodRow, OrganizationRow, PaymentEventRow, PaymentRow, SessionRow,
};
pub use standing::{OpenLineRow, Standing};
pub use tx::{OrgTx, Page, Tenant};
pub use typed_cards::{Common, TriesRow};
pub use wallet::{
    CalledMethodRow, NewWalletEntry, WalletAuthorizationRow, WalletConsentRow, WalletOrganizationRow,
    WalletPlannedRow,
};
pub use wallet_codes::{NewWalletCode, NewWalletDevice, SentCodeRow, WalletCodeRow, WalletDeviceRow};
pub use wallet_sessions::WalletSessionRow;
pub use wallet_verifications::{Decided, VerificationRow};
pub use webhooks::{EndpointRow, SealedRow, SecretRow};
pub use words::WordRow;

/// What can go wrong in the store. None of it is a rule of the business: "not found" is `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed or refused.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed, or the database is newer than this program.
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Somebody else has decided about an attempt that was taken to be locked. Nothing was written.
    #[error("an attempt was decided about by somebody else")]
    FenceMoved,
    /// What was read does not have the form in which it was written.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
}

/// PostgreSQL's code for a lock that was waited for in vain (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// The same for a transaction that was ended so that another one could go on.
const DEADLOCK_DETECTED: &str = "40P01";

impl StoreError {
    /// True when the wait for a connection, or for somebody else's lock, was given up: nothing was done, and the same may
    /// be tried again.
    pub fn is_overload(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().as_deref() == Some(LOCK_NOT_AVAILABLE)
            }
            _ => false,
        }
    }

    /// True when nothing was done because of what others were doing: the same may be tried again.
    pub fn may_be_tried_again(&self) -> bool {
        let is_deadlock = matches!(self, Self::Database(sqlx::Error::Database(error))
            if error.code().as_deref() == Some(DEADLOCK_DETECTED));
        is_deadlock || self.is_overload()
    }

    /// True when a row with this key is already there.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Every statement that this program can send to an engine, with its name: for the test that prepares them all.
pub fn statements(engine: Engine) -> Vec<(&'static str, &'static str)> {
    let mut all = sql::all();
    for room in [
        action_items::ALL,
        audit::ALL,
        backups::ALL,
        credits::ALL,
        enrolments::ALL,
        inbox::ALL,
        erased_clients::ALL,
        erasures::ALL,
        exports::ALL,
        kept::ALL,
        leaders::ALL,
        mails::ALL,
        mandates::ALL,
        old::ALL,
        plan_methods::ALL,
        planned::ALL,
        plans::ALL,
        method_tasks::ALL,
        method_updates::ALL,
        payers::ALL,
        people::ALL,
        refunds::ALL,
        retries::ALL,
        setups::ALL,
        typed_cards::ALL,
        wallet::ALL,
        wallet_codes::ALL,
        wallet_sessions::ALL,
        wallet_verifications::ALL,
        words::ALL,
    ] {
        all.extend(room);
    }
    all.extend(dialect::statements(engine));
    all.extend(erased_clients::statements(engine));
    all.extend(several::statements(engine));
    all.extend(credits::statements(engine));
    all.extend(people::lists(engine));
    all.extend(enrolments::statements(engine));
    for (name, insert) in INSERTS {
        all.extend(insert.statements(engine).map(|statement| (name, statement)));
    }
    all
}

/// The statements that write rows, one or many.
const INSERTS: [(&str, &inserts::Insert); 9] = [
    ("PAYMENTS", &noted::PAYMENTS),
    ("RECEIPTS", &noted::RECEIPTS),
    ("PAYMENT_EVENTS", &noted::PAYMENT_EVENTS),
    ("ALLOCATIONS", &noted::ALLOCATIONS),
    ("DELIVERIES", &noted::DELIVERIES),
    ("ENTRIES", &payments::ENTRIES),
    ("TRANSACTIONS", &payments::TRANSACTIONS),
    ("OUTBOX", &events::OUTBOX),
    ("AUDIT_ENTRIES", &audit::ENTRIES),
];
