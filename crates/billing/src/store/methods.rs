//! Saved methods, who may charge them, and the processor's customers that they hang on.

use crate::store::macros::{execute, fetch_all, fetch_among, fetch_optional, row};
use crate::store::rows::{MethodRow, NumberRow};
use crate::store::tx::{IdRow, OrgTx};
use crate::store::{StoreError, sql};

/// A method to keep.
#[derive(Clone, Debug)]
pub struct NewMethod {
    /// The row as it will be read.
    pub row: MethodRow,
    /// When it is kept.
    pub created_at_ms: i64,
}

/// A permission to charge a method.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// `aut_…`.
    pub id: String,
    /// Whose method it is.
    pub login_id: String,
    /// The method.
    pub method_id: String,
    /// Which text was accepted.
    pub consent_version: String,
    /// The hash of the text as it was shown.
    pub consent_hash: String,
    /// The language it was shown in.
    pub consent_locale: String,
    /// When it was accepted.
    pub accepted_at_ms: i64,
    /// Who accepted: `payer`, `admin`, or `organization` when its server says that the payer did.
    pub actor: String,
    /// Which admin.
    pub admin_id: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
}

row! {
    /// A permission to charge a method.
    AuthorizationRow {
        /// `aut_…`.
        id: String,
        /// What may be charged.
        method_id: String,
        /// Since when.
        accepted_at_ms: i64,
        /// Since when not any more.
        revoked_at_ms: Option<i64>,
        /// 1 where what was agreed to before goes on to be charged.
        plans_continue: i64,
    }
}

row! {
    /// What was agreed to when a permission was given.
    AgreedAuthorizationRow {
        /// `aut_…`.
        id: String,
        /// Which text was accepted.
        consent_version: String,
        /// The hash of the text as it was shown.
        consent_hash: String,
        /// The language it was shown in.
        consent_locale: String,
        /// When it was accepted.
        accepted_at_ms: i64,
        /// Who accepted.
        actor: String,
        /// Which admin.
        admin_id: Option<String>,
        /// From which network address.
        address: Option<String>,
        /// With which browser.
        user_agent: Option<String>,
        /// Since when it stands for what was agreed to before alone.
        revoked_at_ms: Option<i64>,
    }
}

impl OrgTx {
    /// Lists the methods of logins that this organization may charge, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_methods(&mut self, logins: &[&str], vault: &str) -> Result<Vec<MethodRow>, StoreError> {
        fetch_among!(self, MethodRow, LIST_METHODS, [logins], vault)
    }

    /// Keeps what a bank has corrected of an account. The transaction acts for its login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correct_method(
        &mut self,
        login: &str,
        id: &str,
        last4: &str,
        bank: &str,
    ) -> Result<(), StoreError> {
        execute!(self, sql::CORRECT_METHOD, login, id, last4, bank)?;
        Ok(())
    }

    /// Finds a method that this organization may charge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_method(
        &mut self,
        login: &str,
        vault: &str,
        id: &str,
    ) -> Result<Option<MethodRow>, StoreError> {
        fetch_optional!(self, MethodRow, sql::FIND_METHOD, &self.org, login, vault, id)
    }

    /// Finds a method of the login by the processor's name for it. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn method_by_reference(
        &mut self,
        login: &str,
        vault: &str,
        reference: &str,
    ) -> Result<Option<MethodRow>, StoreError> {
        fetch_optional!(self, MethodRow, sql::METHOD_BY_REFERENCE, login, vault, reference)
    }

    /// Counts the methods of a kind in a wallet: cards, or else bank accounts of either rail. The transaction must act
    /// for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_methods(&mut self, login: &str, kind: &str) -> Result<i64, StoreError> {
        Ok(fetch_optional!(self, NumberRow, sql::COUNT_METHODS, login, kind)?.map_or(0, |row| row.number))
    }

    /// Keeps what the network called a method's first charge; the first one stays, and what is told of a card that was replaced
    /// since is not kept. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_network_id(
        &mut self,
        login: &str,
        id: &str,
        network: &str,
        reference: &str,
    ) -> Result<(), StoreError> {
        execute!(self, sql::KEEP_NETWORK_ID, login, id, network, reference)?;
        Ok(())
    }

    /// Ends debits of a bank account, by the processor's name for it. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn block_method(
        &mut self,
        login: &str,
        vault: &str,
        reference: &str,
        code: &str,
    ) -> Result<(), StoreError> {
        execute!(self, sql::BLOCK_METHOD, login, vault, reference, code)?;
        Ok(())
    }

    /// Writes a method. The transaction must act for the login. Answers false when the vault's method is in some
    /// wallet already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_method(&mut self, new: NewMethod) -> Result<bool, StoreError> {
        let row = new.row;
        let written = execute!(
            self,
            sql::INSERT_METHOD,
            row.login_id,
            row.id,
            row.vault,
            row.customer,
            row.reference,
            row.kind,
            row.brand,
            row.last4,
            row.exp_month,
            row.exp_year,
            row.billing_address,
            row.nickname,
            row.network_transaction_id,
            new.created_at_ms
        )?;
        Ok(written == 1)
    }

    /// Writes a permission, unless there is a live one already. Answers whether it was written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_authorization(
        &mut self,
        new: NewAuthorization,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let written = execute!(
            self,
            sql::INSERT_AUTHORIZATION,
            &self.org,
            new.id,
            new.login_id,
            new.method_id,
            new.consent_version,
            new.consent_hash,
            new.consent_locale,
            new.accepted_at_ms,
            new.actor,
            new.address,
            new.user_agent,
            now_ms,
            new.admin_id
        )?;
        Ok(written == 1)
    }

    /// Keeps what somebody agrees to, as it was shown, by its hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_consent_text(&mut self, login: &str, hash: &str, text: &str) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_CONSENT_TEXT, &self.org, login, hash, text)?;
        Ok(())
    }

    /// Ends a permission. Answers whether it stood.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_authorization(
        &mut self,
        id: &str,
        plans_continue: bool,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::REVOKE_AUTHORIZATION, &self.org, id, now_ms, i64::from(plans_continue))? == 1)
    }

    /// Ends what earlier permissions for a method had left to go on. Answers whether there was something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_continuing(&mut self, login: &str, method: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, sql::END_CONTINUING, &self.org, login, method)? > 0)
    }

    /// Finds a permission of this organization, also one that has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_authorization(
        &mut self,
        login: &str,
        id: &str,
    ) -> Result<Option<AuthorizationRow>, StoreError> {
        fetch_optional!(self, AuthorizationRow, sql::FIND_AUTHORIZATION, &self.org, login, id)
    }

    /// This organization's permission to charge a method, where it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_authorization(
        &mut self,
        login: &str,
        method: &str,
    ) -> Result<Option<AuthorizationRow>, StoreError> {
        fetch_optional!(self, AuthorizationRow, sql::LIVE_AUTHORIZATION, &self.org, login, method)
    }

    /// What this organization may charge a method by: the permission that stands, or else one that what was agreed to goes on with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agreed_authorization(
        &mut self,
        login: &str,
        method: &str,
    ) -> Result<Option<AgreedAuthorizationRow>, StoreError> {
        fetch_optional!(self, AgreedAuthorizationRow, sql::AGREED_AUTHORIZATION, &self.org, login, method)
    }

    /// The methods of a login that this organization may charge no more, but for what was agreed to before. The transaction must
    /// act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn methods_of_plans(&mut self, login: &str, vault: &str) -> Result<Vec<MethodRow>, StoreError> {
        fetch_all!(self, MethodRow, sql::METHODS_OF_PLANS, &self.org, login, vault)
    }

    /// The processor's customer of a login. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_customer(&mut self, vault: &str, login: &str) -> Result<Option<String>, StoreError> {
        Ok(fetch_optional!(self, IdRow, sql::FIND_CUSTOMER, vault, login)?.map(|row| row.id))
    }

    /// Keeps the processor's customer of a login; the first one stays. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_customer(
        &mut self,
        vault: &str,
        login: &str,
        reference: &str,
    ) -> Result<(), StoreError> {
        execute!(self, sql::INSERT_CUSTOMER, vault, login, reference)?;
        Ok(())
    }
}
