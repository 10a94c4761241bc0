//! The store: one SQL text for SQLite and PostgreSQL, rows only through a value that holds the organization.
//!
//! No rule of the business lives here. [`Store::organization`] gives a [`Tenant`], a tenant gives transactions, and
//! every statement on an organization's table binds that organization's id. On PostgreSQL row-level security is
//! forced besides: each transaction names for whom it acts, and a statement that forgot its `WHERE` sees no more.

mod accounts;
mod attempts;
mod checkout;
mod db;
mod dialect;
mod idempotency;
mod invoices;
mod macros;
mod methods;
mod migrate;
mod organizations;
mod payments;
mod rows;
mod sql;
mod tx;

pub use accounts::NewAccount;
pub use attempts::{ClaimedLookUp, NewAttempt, Outcome};
pub use db::{DatabaseUrl, DatabaseUrlError, Store};
pub use dialect::Engine;
pub use idempotency::{KeyState, StoredAnswer};
pub use invoices::{InvoiceFilter, NewInvoice, NewItem};
pub use methods::{NewAuthorization, NewMethod};
pub use organizations::{ApiKeyRow, Credential, CredentialKind, NewOrganization};
pub use payments::{NewPayment, PaymentFilter};
pub use rows::{
    AccountRow, AllocationRow, AttemptRow, InvoiceRow, ItemRow, LedgerEntryRow, MethodRow, OrganizationRow,
    PaymentRow, PersonRow, SessionRow,
};
pub use tx::{OrgTx, Page, Tenant};

/// What can go wrong in the store. None of it is a rule of the business: "not found" is `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed or refused.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed, or the database is newer than this program.
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// What was read does not have the form in which it was written.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
}

impl StoreError {
    /// True when a row with this key is already there.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Every statement that this program can send to an engine, with its name: for the test that prepares them all.
pub fn statements(engine: Engine) -> Vec<(&'static str, &'static str)> {
    let mut all = sql::all();
    all.extend(dialect::statements(engine));
    all
}
