//! A login's wallet across organizations. `$1` is the login here: the statements that read what lies with other organizations are
//! all in this file, and on PostgreSQL see nothing unless the transaction acts for the wallet.

use crate::store::StoreError;
use crate::store::macros::{fetch_all, row, statements};
use crate::store::rows::MethodRow;
use crate::store::sql::method_columns;
use crate::store::tx::OrgTx;

statements! {
    WALLET_METHODS = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.removed_at_ms IS NULL ORDER BY m.is_default DESC, m.id DESC");
    WALLET_AUTHORIZATIONS = "SELECT a.id, a.org_id, a.method_id, a.accepted_at_ms, o.name AS organization FROM authorizations a \
        JOIN organizations o ON o.org_id = a.org_id \
        WHERE a.login_id = $1 AND a.revoked_at_ms IS NULL ORDER BY a.accepted_at_ms, a.id";
    WALLET_PLANNED = "SELECT p.org_id, p.method_id, p.due_on, p.amount, p.currency, o.name AS organization \
        FROM planned_payments p JOIN organizations o ON o.org_id = p.org_id \
        WHERE p.login_id = $1 AND p.status IN ('planned', 'charging', 'processing') ORDER BY p.due_on, p.id";
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
    /// A payment that is to come or under way, with the name of the organization that planned it.
    WalletPlannedRow {
        /// Who charges.
        org_id: String,
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

impl OrgTx {
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

    /// Everything that any organization has planned to charge a login. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wallet_planned(&mut self, login: &str) -> Result<Vec<WalletPlannedRow>, StoreError> {
        fetch_all!(self, WalletPlannedRow, WALLET_PLANNED, login)
    }
}
