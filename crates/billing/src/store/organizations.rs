//! Organizations, and the doors that lead from a secret or an origin to them.

use paydesk_domain::id::OrganizationId;

use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row};
use crate::store::rows::{NumberRow, OrganizationRow};
use crate::store::tx::{IdRow, OrgTx, Tx};
use crate::store::{StoreError, dialect, sql};

/// What an organization begins with.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// BCP 47.
    pub locale: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Which account at a processor keeps its methods.
    pub vault: String,
    /// Where a payer reaches it; bank debits need it, as a mandate must say so.
    pub contact: Option<String>,
}

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// An organization's server.
    ApiKey,
    /// A payer's browser.
    CheckoutSession,
    /// The confirmation of a wallet session: the organization's server knows this one.
    WalletSession,
    /// The browser of a client who has confirmed who they are, and looks after their wallet.
    WalletAccess,
}

impl CredentialKind {
    /// The kind as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::CheckoutSession => "checkout_session",
            Self::WalletSession => "wallet_session",
            Self::WalletAccess => "wallet_access",
        }
    }
}

/// Where a secret leads.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The stored hash, to be compared in constant time.
    pub hash: String,
    /// What kind it is.
    pub kind: CredentialKind,
    /// Whose it is.
    pub org: OrganizationId,
    /// The key's or the session's id.
    pub subject: String,
}

row! {
    /// A row of `credentials`.
    CredentialRow {
        /// SHA-256 of the secret.
        hash: String,
        /// What kind it is.
        kind: String,
        /// Whose it is.
        org_id: String,
        /// The key's or the session's id.
        subject: String,
    }
}

row! {
    /// A row of `api_keys`.
    ApiKeyRow {
        /// `key_…`.
        id: String,
        /// When it was made.
        created_at_ms: i64,
        /// When it was ended.
        revoked_at_ms: Option<i64>,
    }
}

impl Store {
    /// Finds what a secret with this hash opens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential(&self, hash: &str) -> Result<Option<Credential>, StoreError> {
        let mut door = self.door("paydesk.credential", hash).await?;
        let Some(row) = fetch_optional!(door, CredentialRow, sql::FIND_CREDENTIAL, hash)? else {
            return Ok(None);
        };
        let kind = match row.kind.as_str() {
            "api_key" => CredentialKind::ApiKey,
            "checkout_session" => CredentialKind::CheckoutSession,
            "wallet_session" => CredentialKind::WalletSession,
            "wallet_access" => CredentialKind::WalletAccess,
            _ => return Err(StoreError::Unreadable("kind of credential")),
        };
        let org = row.org_id.parse().map_err(|_| StoreError::Unreadable("organization id"))?;
        Ok(Some(Credential { hash: row.hash, kind, org, subject: row.subject }))
    }

    /// Tells whether any organization has registered this origin for its pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn origin_is_registered(&self, origin: &str) -> Result<bool, StoreError> {
        let mut door = self.door("paydesk.origin", origin).await?;
        Ok(fetch_optional!(door, IdRow, sql::ORIGIN_REGISTERED, origin)?.is_some())
    }
}

impl OrgTx {
    /// Writes the organization whose transaction this is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_organization(&mut self, new: NewOrganization, now_ms: i64) -> Result<(), StoreError> {
        let NewOrganization { name, currency, time_zone, locale, country, vault, contact } = new;
        execute!(
            self,
            sql::INSERT_ORGANIZATION,
            &self.org,
            name,
            currency,
            time_zone,
            locale,
            country,
            vault,
            contact,
            now_ms
        )?;
        Ok(())
    }

    /// The organization whose transaction this is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_organization(&mut self) -> Result<Option<OrganizationRow>, StoreError> {
        fetch_optional!(self, OrganizationRow, sql::FIND_ORGANIZATION, &self.org)
    }

    /// Waits for everybody else who is about to change the organization itself. Answers whether it is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_organization(&mut self) -> Result<bool, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => dialect::sqlite::LOCK_ORGANIZATION,
            Tx::Postgres(_) => dialect::postgres::LOCK_ORGANIZATION,
        };
        Ok(fetch_optional!(self, IdRow, sql, &self.org)?.is_some())
    }

    /// Writes everything about the organization that can change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_organization(&mut self, row: &OrganizationRow) -> Result<(), StoreError> {
        execute!(
            self,
            sql::CHANGE_ORGANIZATION,
            &self.org,
            &row.name,
            &row.currency,
            &row.time_zone,
            &row.locale,
            &row.country,
            &row.vault,
            &row.contact,
            row.debit_refund_max,
            &row.security_code_policy,
            row.security_code_above,
            row.partial_minimum,
            row.records_kept_days
        )?;
        Ok(())
    }

    /// The next number of an invoice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_invoice_number(&mut self) -> Result<i64, StoreError> {
        let row = fetch_optional!(self, NumberRow, sql::NEXT_INVOICE, &self.org)?;
        row.map(|row| row.number).ok_or(StoreError::Unreadable("organization"))
    }

    /// Lets pages of this origin embed the organization's checkout.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_origin(&mut self, origin: &str) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_ORIGIN, &self.org, origin)?;
        Ok(())
    }

    /// Lets pages of this origin embed the organization's checkout no more. Answers whether they could.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_origin(&mut self, origin: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::DELETE_ORIGIN, &self.org, origin)? == 1)
    }

    /// The origins whose pages may embed the organization's checkout.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_origins(&mut self) -> Result<Vec<String>, StoreError> {
        let rows = fetch_all!(self, IdRow, sql::LIST_ORIGINS, &self.org)?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Tells whether pages of this origin may embed the organization's checkout.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_origin(&mut self, origin: &str) -> Result<bool, StoreError> {
        Ok(fetch_optional!(self, IdRow, sql::HAS_ORIGIN, &self.org, origin)?.is_some())
    }

    /// Writes an API key. Its secret is written as a credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_api_key(&mut self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_API_KEY, &self.org, id, now_ms)?;
        Ok(())
    }

    /// Tells whether an API key is there and not revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key_is_live(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(fetch_optional!(self, IdRow, sql::FIND_API_KEY, &self.org, id)?.is_some())
    }

    /// Lists the organization's API keys, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_api_keys(&mut self) -> Result<Vec<ApiKeyRow>, StoreError> {
        fetch_all!(self, ApiKeyRow, sql::LIST_API_KEYS, &self.org)
    }

    /// Ends an API key; false where there is none, or it has ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_api_key(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::REVOKE_API_KEY, &self.org, id, now_ms)? == 1)
    }

    /// Writes where a secret leads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_credential(
        &mut self,
        hash: &str,
        kind: CredentialKind,
        subject: &str,
    ) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_CREDENTIAL, &self.org, hash, kind.as_str(), subject)?;
        Ok(())
    }
}
