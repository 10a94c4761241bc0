//! A login's wallet across organizations. `$1` is the login here: the statements that read what lies with other organizations are
//! all in this file, and on PostgreSQL see nothing unless the transaction acts for the wallet.

use crate::store::StoreError;
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::rows::{MethodRow, NumberRow};
use crate::store::sql::method_columns;
use crate::store::tx::{IdRow, OrgTx};

statements! {
    WALLET_METHODS = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.removed_at_ms IS NULL ORDER BY m.is_default DESC, m.id DESC");
    WALLET_AUTHORIZATIONS = "SELECT a.id, a.org_id, a.method_id, a.accepted_at_ms, o.name AS organization FROM authorizations a \
        JOIN organizations o ON o.org_id = a.org_id \
        WHERE a.login_id = $1 AND a.revoked_at_ms IS NULL ORDER BY a.accepted_at_ms, a.id";
    WALLET_PLANNED = "SELECT p.org_id, p.plan_id, p.method_id, p.due_on, p.amount, p.currency, o.name AS organization \
        FROM planned_payments p JOIN organizations o ON o.org_id = p.org_id \
        WHERE p.login_id = $1 AND p.status IN ('planned', 'charging', 'processing') ORDER BY p.due_on, p.id";
    WALLET_ORGANIZATIONS = "SELECT o.org_id, o.name, o.vault FROM organizations o WHERE EXISTS (SELECT 1 FROM accounts a \
        WHERE a.org_id = o.org_id AND a.login_id = $1 AND a.erased_at_ms IS NULL) ORDER BY o.name, o.org_id";
    // Also of a permission that has ended.
    WHOSE_AUTHORIZATION = "SELECT org_id AS id FROM authorizations WHERE login_id = $1 AND id = $2";
    WHOSE_PLAN = "SELECT org_id AS id FROM plans WHERE login_id = $1 AND id = $2";
    // Who may charge a method, or has something planned on it, or had and may again.
    ORGANIZATIONS_OF_METHOD = "SELECT a.org_id AS id FROM authorizations a WHERE a.login_id = $1 AND a.method_id = $2 \
            AND (a.revoked_at_ms IS NULL OR a.plans_continue = 1) \
        UNION SELECT p.org_id FROM plans p WHERE p.login_id = $1 AND p.method_id = $2 \
            AND p.status IN ('pending', 'active', 'completed') ORDER BY id";
    // One that waits for the try that begins it, too: nothing is planned of it yet.
    PLANS_WITH = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM plans \
        WHERE login_id = $1 AND method_id = $2 AND status IN ('pending', 'active')";
    UPDATES_OF = "SELECT CAST((SELECT COUNT(*) FROM method_updates \
            WHERE login_id = $1 AND method_id = $2 AND status || '' = 'sending') \
        + (SELECT COUNT(*) FROM wallet_verifications WHERE login_id = $1 AND updates = $2 AND status = 'sending') AS BIGINT) AS number";
    // Also where the processor still has an expiry that was refused.
    UNSETTLED = "SELECT CAST((SELECT COUNT(*) FROM method_updates \
            WHERE login_id = $1 AND method_id = $2 AND status || '' = 'sending') \
        + (SELECT COUNT(*) FROM wallet_verifications WHERE login_id = $1 AND updates = $2 \
            AND (status = 'sending' OR left_over = 'expiry')) AS BIGINT) AS number";
    METHOD_CALLED = "SELECT m.id, m.login_id, MIN(a.org_id) AS org_id FROM payment_methods m JOIN accounts a ON a.login_id = m.login_id \
        WHERE m.vault = $1 AND m.reference = $2 AND m.removed_at_ms IS NULL GROUP BY m.id, m.login_id";
    // What was known of it before stays beside it, unless nothing of that changes.
    HEAR_OF_CARD = "UPDATE payment_methods SET closed_at_ms = $10, version = version + 1, \
        bank_told_at_ms = CASE WHEN last4 = $5 AND exp_month = $6 AND exp_year = $7 THEN bank_told_at_ms ELSE $11 END, \
        was_last4 = CASE WHEN last4 = $5 AND exp_month = $6 AND exp_year = $7 THEN was_last4 ELSE last4 END, \
        was_exp_month = CASE WHEN last4 = $5 AND exp_month = $6 AND exp_year = $7 THEN was_exp_month ELSE exp_month END, \
        was_exp_year = CASE WHEN last4 = $5 AND exp_month = $6 AND exp_year = $7 THEN was_exp_year ELSE exp_year END, \
        brand = $4, last4 = $5, exp_month = $6, exp_year = $7, fingerprint = NULLIF($8, '') \
        WHERE login_id = $1 AND id = $2 AND version = $3 AND reference = $9 AND removed_at_ms IS NULL";
    // All of them, or one by its id. A one-time mandate names no saved method.
    WALLET_CONSENTS = "SELECT a.id AS id, a.org_id, o.name AS organization, 'authorization' AS what, m.kind, m.brand, m.last4, t.text, \
            a.consent_version AS version, a.consent_hash AS hash, a.consent_locale AS locale, a.accepted_at_ms AS accepted_at_ms, \
            a.revoked_at_ms AS ended_at_ms, a.plans_continue, a.actor, a.address, a.user_agent \
        FROM authorizations a JOIN organizations o ON o.org_id = a.org_id \
        JOIN payment_methods m ON m.login_id = a.login_id AND m.id = a.method_id \
        LEFT JOIN consent_texts t ON t.org_id = a.org_id AND t.login_id = a.login_id AND t.hash = a.consent_hash \
        WHERE a.login_id = $1 AND ($2 = '' OR a.id = $2) \
        UNION ALL SELECT d.id, d.org_id, o.name, 'mandate', d.kind, m.brand, m.last4, d.text, d.text_version, d.text_hash, d.locale, \
            d.accepted_at_ms, d.ended_at_ms, 0, d.actor, d.address, d.user_agent \
        FROM mandates d JOIN organizations o ON o.org_id = d.org_id \
        LEFT JOIN payment_methods m ON m.login_id = d.login_id AND m.id = d.method_id \
        WHERE d.login_id = $1 AND d.text_hash <> '' AND ($2 = '' OR d.id = $2) \
        UNION ALL SELECT b.id, b.org_id, o.name, 'backup', m.kind, m.brand, m.last4, t.text, b.consent_version, b.consent_hash, \
            b.consent_locale, b.accepted_at_ms, b.ended_at_ms, 0, b.actor, b.address, b.user_agent \
        FROM backups b JOIN organizations o ON o.org_id = b.org_id \
        JOIN payment_methods m ON m.login_id = b.login_id AND m.id = b.method_id \
        LEFT JOIN consent_texts t ON t.org_id = b.org_id AND t.login_id = b.login_id AND t.hash = b.consent_hash \
        WHERE b.login_id = $1 AND ($2 = '' OR b.id = $2) ORDER BY accepted_at_ms DESC, id DESC";
    FIND_OWN_METHOD = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.id = $2 AND m.removed_at_ms IS NULL");
    FIND_REMOVED_METHOD = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.id = $2 AND m.removed_at_ms IS NOT NULL");
    CHANGE_OWN_METHOD = "UPDATE payment_methods SET nickname = $4, billing_address = $5, version = version + 1 \
        WHERE login_id = $1 AND id = $2 AND version = $3 AND removed_at_ms IS NULL";
    NO_DEFAULT = "UPDATE payment_methods SET is_default = 0 \
        WHERE login_id = $1 AND (kind = 'card') = ($2 = 'card') AND is_default = 1";
    SET_DEFAULT = "UPDATE payment_methods SET is_default = $3 WHERE login_id = $1 AND id = $2";
    REMOVE_METHOD = "UPDATE payment_methods SET removed_at_ms = $4, is_default = 0, version = version + 1 \
        WHERE login_id = $1 AND id = $2 AND version = $3 AND removed_at_ms IS NULL";
    METHOD_BY_FINGERPRINT = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.vault = $2 AND m.fingerprint = $3 AND m.removed_at_ms IS NULL \
        AND (m.kind <> 'card' OR (m.exp_month = $4 AND m.exp_year = $5)) ORDER BY m.id LIMIT 1");
    WITHOUT_FINGERPRINT = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.vault = $2 AND m.last4 = $3 AND m.fingerprint IS NULL AND m.removed_at_ms IS NULL");
    SET_FINGERPRINT = "UPDATE payment_methods SET fingerprint = $3 WHERE login_id = $1 AND id = $2 AND fingerprint IS NULL";
    COUNT_WALLET_ENTRIES = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM wallet_entries \
        WHERE login_id = $1 AND action = $2 AND at_ms > $3";
    INSERT_WALLET_ENTRY = "INSERT INTO wallet_entries (login_id, id, at_ms, method_id, action, detail, session_id, address) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

row! {
    /// A permission that stands, with the name of the organization that has it.
    WalletAuthorizationRow {
        /// `aut_…`.
        id: String,
        /// Who may charge.
        org_id: String,
        /// What.
        method_id: String,
        /// Since when.
        accepted_at_ms: i64,
        /// The organization's name.
        organization: String,
    }
}

row! {
    /// A method that the processor names, with one of the organizations that know its client.
    CalledMethodRow {
        /// `pm_…`.
        id: String,
        /// Whose wallet.
        login_id: String,
        /// `org_…`.
        org_id: String,
    }
}

row! {
    /// An organization that a login has an account with.
    WalletOrganizationRow {
        /// `org_…`.
        org_id: String,
        /// Its name.
        name: String,
        /// Where it takes payments: it can charge the methods that are kept there.
        vault: String,
    }
}

row! {
    /// Something that a client, or somebody for them, agreed to.
    WalletConsentRow {
        /// `aut_…` or `man_…`.
        id: String,
        /// With whom.
        org_id: String,
        /// The organization's name today.
        organization: String,
        /// `authorization`, `mandate` or `backup`.
        what: String,
        /// The method's kind.
        kind: String,
        /// Its brand or bank, where it was saved.
        brand: Option<String>,
        /// Its last four digits, where it was saved.
        last4: Option<String>,
        /// The text as it was shown, where it was kept.
        text: Option<String>,
        /// Which text it was.
        version: String,
        /// The text's hash.
        hash: String,
        /// The language it was shown in.
        locale: String,
        /// When it was agreed to.
        accepted_at_ms: i64,
        /// When it ended.
        ended_at_ms: Option<i64>,
        /// 1 where what was agreed to before goes on to be charged.
        plans_continue: i64,
        /// Who agreed: `payer`, `admin`, or `organization` when its server says that the payer did.
        actor: String,
        /// From which network address.
        address: Option<String>,
        /// With which browser.
        user_agent: Option<String>,
    }
}

row! {
    /// A payment that is to come or under way, with the name of the organization that planned it.
    WalletPlannedRow {
        /// Who charges.
        org_id: String,
        /// What was agreed to.
        plan_id: String,
        /// What.
        method_id: Option<String>,
        /// The day where the organization is, as 2026-12-31.
        due_on: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// The organization's name.
        organization: String,
    }
}

/// Something that happened in a wallet.
#[derive(Clone, Debug)]
pub struct NewWalletEntry {
    /// Whose wallet.
    pub login_id: String,
    /// `wen_…`.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// What it happened to; `None`: to the wallet as a whole.
    pub method_id: Option<String>,
    /// What happened.
    pub action: &'static str,
    /// A JSON object of ids and states.
    pub detail: String,
    /// The session through which the client did it.
    pub session_id: Option<String>,
    /// The network address that the request came from.
    pub address: Option<String>,
}

impl Store {
    /// The method in some wallet that the processor calls so now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn method_called(
        &self,
        vault: &str,
        reference: &str,
    ) -> Result<Option<CalledMethodRow>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        fetch_optional!(door, CalledMethodRow, METHOD_CALLED, vault, reference)
    }
}

impl OrgTx {
    /// Whether what the processor has of a card may not be what is to stay: it is being brought up to date. The transaction must act
    /// for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_unsettled(&mut self, login: &str, method: &str) -> Result<bool, StoreError> {
        let counted = fetch_optional!(self, NumberRow, UNSETTLED, login, method)?;
        Ok(counted.is_some_and(|row| row.number > 0))
    }

    /// Writes what a card's bank told of it, where it is still the version and the card of `row`. Answers whether it was. The
    /// transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hear_of_card(
        &mut self,
        row: &MethodRow,
        fingerprint: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            HEAR_OF_CARD,
            &row.login_id,
            &row.id,
            row.version,
            &row.brand,
            &row.last4,
            row.exp_month,
            row.exp_year,
            fingerprint,
            &row.reference,
            row.closed_at_ms,
            now_ms
        )?;
        Ok(changed == 1)
    }

    /// Every method in a login's wallet, the default first, then newest first. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_methods(&mut self, login: &str) -> Result<Vec<MethodRow>, StoreError> {
        fetch_all!(self, MethodRow, WALLET_METHODS, login)
    }

    /// Every organization that may charge a method of a login. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_authorizations(
        &mut self,
        login: &str,
    ) -> Result<Vec<WalletAuthorizationRow>, StoreError> {
        fetch_all!(self, WalletAuthorizationRow, WALLET_AUTHORIZATIONS, login)
    }

    /// The organizations that a login has an account with, by name. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_organizations(
        &mut self,
        login: &str,
    ) -> Result<Vec<WalletOrganizationRow>, StoreError> {
        fetch_all!(self, WalletOrganizationRow, WALLET_ORGANIZATIONS, login)
    }

    /// Which organization has, or had, a permission of a login. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn whose_authorization(&mut self, login: &str, id: &str) -> Result<Option<String>, StoreError> {
        Ok(fetch_optional!(self, IdRow, WHOSE_AUTHORIZATION, login, id)?.map(|row| row.id))
    }

    /// Which organization has a plan of a login. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn whose_plan(&mut self, login: &str, id: &str) -> Result<Option<String>, StoreError> {
        Ok(fetch_optional!(self, IdRow, WHOSE_PLAN, login, id)?.map(|row| row.id))
    }

    /// The organizations that have to do with a method of a login, by their ids. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organizations_of_method(
        &mut self,
        login: &str,
        method: &str,
    ) -> Result<Vec<String>, StoreError> {
        let found = fetch_all!(self, IdRow, ORGANIZATIONS_OF_METHOD, login, method)?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Everything that was ever agreed to in a wallet, the newest first; or one of these, where an id is named. The transaction must act
    /// for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_consents(
        &mut self,
        login: &str,
        id: &str,
    ) -> Result<Vec<WalletConsentRow>, StoreError> {
        fetch_all!(self, WalletConsentRow, WALLET_CONSENTS, login, id)
    }

    /// Everything that any organization has planned to charge a login. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_planned(&mut self, login: &str) -> Result<Vec<WalletPlannedRow>, StoreError> {
        fetch_all!(self, WalletPlannedRow, WALLET_PLANNED, login)
    }

    /// How many plans that have begun, or wait for a try, are to be charged to a method. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plans_with(&mut self, login: &str, method: &str) -> Result<i64, StoreError> {
        Ok(fetch_optional!(self, NumberRow, PLANS_WITH, login, method)?.map_or(0, |row| row.number))
    }

    /// Whether a card is being brought up to date. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_being_updated(&mut self, login: &str, method: &str) -> Result<bool, StoreError> {
        let counted = fetch_optional!(self, NumberRow, UPDATES_OF, login, method)?;
        Ok(counted.is_some_and(|row| row.number > 0))
    }

    /// Finds a method in a login's wallet, whoever may charge it. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_own_method(&mut self, login: &str, id: &str) -> Result<Option<MethodRow>, StoreError> {
        fetch_optional!(self, MethodRow, FIND_OWN_METHOD, login, id)
    }

    /// Finds a method that was removed from a login's wallet. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_removed_method(
        &mut self,
        login: &str,
        id: &str,
    ) -> Result<Option<MethodRow>, StoreError> {
        fetch_optional!(self, MethodRow, FIND_REMOVED_METHOD, login, id)
    }

    /// Writes a method's name and address where it is still the version of `row`. Answers whether it was. The transaction must act
    /// for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_own_method(&mut self, row: &MethodRow) -> Result<bool, StoreError> {
        let MethodRow { login_id, id, version, nickname, billing_address, .. } = row;
        let changed = execute!(self, CHANGE_OWN_METHOD, login_id, id, *version, nickname, billing_address)?;
        Ok(changed == 1)
    }

    /// Prefers a method to the others of its kind, or no longer. The transaction must act for the login and hold its lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prefer_method(&mut self, row: &MethodRow, is_default: bool) -> Result<(), StoreError> {
        if is_default {
            execute!(self, NO_DEFAULT, &row.login_id, &row.kind)?;
        }
        execute!(self, SET_DEFAULT, &row.login_id, &row.id, i64::from(is_default))?;
        Ok(())
    }

    /// Takes a method out of its wallet where it is still this version; the row stays. Answers whether it was. The transaction must
    /// act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_method(&mut self, row: &MethodRow, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, REMOVE_METHOD, &row.login_id, &row.id, row.version, now_ms)? == 1)
    }

    /// Finds a method in a login's wallet by the processor's name for its number. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn method_by_fingerprint(
        &mut self,
        login: &str,
        vault: &str,
        fingerprint: &str,
        expiry: Option<(u8, u16)>,
    ) -> Result<Option<MethodRow>, StoreError> {
        // None is told: that is no number that two methods share.
        if fingerprint.is_empty() {
            return Ok(None);
        }
        let (month, year) = expiry.map(|(month, year)| (i64::from(month), i64::from(year))).unzip();
        fetch_optional!(self, MethodRow, METHOD_BY_FINGERPRINT, login, vault, fingerprint, month, year)
    }

    /// The methods with these last digits of whose number nothing else is known. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn methods_without_fingerprint(
        &mut self,
        login: &str,
        vault: &str,
        last4: &str,
    ) -> Result<Vec<MethodRow>, StoreError> {
        fetch_all!(self, MethodRow, WITHOUT_FINGERPRINT, login, vault, last4)
    }

    /// Keeps the processor's name for a method's number. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_fingerprint(
        &mut self,
        login: &str,
        id: &str,
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        execute!(self, SET_FINGERPRINT, login, id, fingerprint)?;
        Ok(())
    }

    /// How often something was done in a wallet since then. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_wallet_entries(
        &mut self,
        login: &str,
        action: &str,
        since_ms: i64,
    ) -> Result<i64, StoreError> {
        let counted = fetch_optional!(self, NumberRow, COUNT_WALLET_ENTRIES, login, action, since_ms)?;
        Ok(counted.map_or(0, |row| row.number))
    }

    /// Writes down what happened in a wallet. The transaction must act for the login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_wallet_entry(&mut self, new: NewWalletEntry) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_WALLET_ENTRY,
            new.login_id,
            new.id,
            new.at_ms,
            new.method_id,
            new.action,
            new.detail,
            new.session_id,
            new.address
        )?;
        Ok(())
    }
}
