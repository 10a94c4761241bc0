//! Ends the permission of one organization to charge one method, in that organization's own transaction, and tells it. What was agreed
//! to before goes on, or ends with it, as the client says.

use paydesk_domain::id::OutboxId;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::WalletAuthorizationEndView;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::authenticate::Client;
use crate::app::mail_text::{Named, Occasion};
use crate::app::read_wallet::payment;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError, event_types, text};
use crate::store::{AuthorizationRow, MethodRow, OrgTx, PlanRow, Tenant, WalletPlannedRow};

/// Why a permission ended: the method was taken out of the wallet.
pub(super) const METHOD_REMOVED: &str = "method_removed";

/// Why a permission ended: its client said so.
const BY_CLIENT: &str = "client";

/// What is to become of what was agreed to while the permission stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// It goes on to be charged.
    Continues,
    /// It ends with the permission.
    Ends,
}

impl App {
    /// The part of the store of the organization that has a permission of the client's, or had it.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn has_authorization(&self, client: &Client, id: &str) -> Result<Tenant, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_wallet(login).await?;
        let found = tx.whose_authorization(login, id).await?;
        let tenant = found.and_then(|org| self.tenant_of(&org)).ok_or_else(AppError::not_found)?;
        Ok(tenant.acting(client.actor()))
    }

    /// Ends a permission by its client's wish. Where something was agreed to with it, the client says what is to become of that.
    /// One that has ended is answered as it is, save that what goes on after it can be ended, too. The transaction is the organization's that has the permission.
    ///
    /// # Errors
    /// `not_found`, `method_in_use`; when the database fails.
    pub async fn revoke_authorization(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
        agreed: Option<Agreed>,
    ) -> Result<(OrgTx, WalletAuthorizationEndView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let given = tx.find_authorization(login, id).await?.ok_or_else(AppError::not_found)?;
        let stands = given.revoked_at_ms.is_none();
        if stands || (given.plans_continue == 1 && agreed == Some(Agreed::Ends)) {
            // That of a removed method is about to end by itself.
            let found = tx.find_own_method(login, &given.method_id).await?;
            let method = found.ok_or_else(AppError::not_found)?;
            let plans = tx.plans_on_method(login, &method.id).await?;
            let continues = self.see_to_plans(&mut tx, &method, plans, agreed).await?;
            if stands {
                self.end_authorization(&mut tx, id, &method, BY_CLIENT, continues).await?;
            } else if tx.live_authorization(login, &method.id).await?.is_none() {
                tx.end_continuing(login, &method.id).await?;
                self.end_standing_mandate(&mut tx, &method.id, BY_CLIENT).await?;
            }
            let detail = json!({"authorization": id, "plans_continue": continues});
            note_by(&mut tx, &self.mint, client, &method.id, "authorization.revoked", detail).await?;
        }
        let ended = tx.find_authorization(login, id).await?.ok_or_else(AppError::not_found)?;
        let view = end_view(&tx, ended);
        Ok((tx, view))
    }

    /// Ends what was agreed to, or lets it go on, as the client says. Answers whether something goes on.
    async fn see_to_plans(
        &self,
        tx: &mut OrgTx,
        method: &MethodRow,
        plans: Vec<PlanRow>,
        agreed: Option<Agreed>,
    ) -> Result<bool, AppError> {
        let is_pending = plans.iter().any(|plan| plan.status == "pending");
        let Some(agreed) = agreed.filter(|_| !is_pending) else {
            if plans.is_empty() {
                return Ok(false);
            }
            let organization = tx.organization().to_owned();
            let planned = tx.wallet_planned(&method.login_id).await?;
            let of_it = |row: &&WalletPlannedRow| {
                row.org_id == organization && row.method_id.as_ref() == Some(&method.id)
            };
            let planned = planned.iter().filter(of_it).map(payment).collect();
            let detail = match is_pending {
                true => "A purchase with this method is under way: wait for its outcome.",
                false => {
                    "Something was agreed to: say whether it goes on (plans=continue) or ends (plans=end)."
                }
            };
            return Err(AppError::planned(ErrorCode::MethodInUse, detail, planned));
        };
        if agreed == Agreed::Ends {
            for plan in &plans {
                self.end_active_plan(tx, &plan.id, BY_CLIENT).await?;
            }
        }
        Ok(agreed == Agreed::Continues && !plans.is_empty())
    }

    /// Ends a permission of the transaction's organization. Answers whether it stood.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn end_authorization(
        &self,
        tx: &mut OrgTx,
        id: &str,
        method: &MethodRow,
        because: &str,
        plans_continue: bool,
    ) -> Result<bool, AppError> {
        if !self.end_permission(tx, id, method, because, plans_continue).await? {
            return Ok(false);
        }
        let occasion = Occasion::ConsentEnded { method: Named::of(method), plans_continue };
        self.mail_of_organization(tx, &method.login_id, occasion).await?;
        Ok(true)
    }

    /// The same without a mail: the client is told of it with something else.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn end_permission(
        &self,
        tx: &mut OrgTx,
        id: &str,
        method: &MethodRow,
        because: &str,
        plans_continue: bool,
    ) -> Result<bool, AppError> {
        let now = self.mint.now_ms();
        if !tx.revoke_authorization(id, plans_continue, now).await? {
            return Ok(false);
        }
        let detail = json!({"method": method.id, "login": method.login_id, "because": because, "plans_continue": plans_continue});
        note(tx, &self.mint, Action::AuthorizationRevoked, id, detail)?;
        let told = event_types::authorization(id, method, Some(because));
        let event = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(event.as_str(), event_types::AUTHORIZATION_REVOKED, id, &told, now).await?;
        // What goes on to be debited needs it; and what had gone on after an earlier permission ends with this one.
        if !plans_continue {
            tx.end_continuing(&method.login_id, &method.id).await?;
            self.end_standing_mandate(tx, &method.id, because).await?;
        }
        Ok(true)
    }

    /// Ends the agreement under which a bank account was debited: it said that it ends with the permission.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn end_standing_mandate(
        &self,
        tx: &mut OrgTx,
        method: &str,
        because: &str,
    ) -> Result<(), AppError> {
        let Some(mandate) = tx.standing_mandate(method).await? else { return Ok(()) };
        if tx.end_mandate(&mandate.id, because, self.mint.now_ms()).await? {
            note(tx, &self.mint, Action::MandateEnded, &mandate.id, json!({"because": because}))?;
            let (topic, account) = (event_types::MANDATE_ENDED, &mandate.account_id);
            self.announce_mandate(tx, topic, &mandate.id, account).await?;
        }
        Ok(())
    }
}

fn end_view(tx: &OrgTx, row: AuthorizationRow) -> WalletAuthorizationEndView {
    WalletAuthorizationEndView {
        id: row.id,
        organization: tx.organization().to_owned(),
        revoked_at: text::time(row.revoked_at_ms.unwrap_or_default()),
        plans_continue: row.plans_continue == 1,
    }
}
