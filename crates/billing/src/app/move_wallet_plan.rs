//! Moves what is planned of one plan to another method of the client's wallet, in the transaction of the organization whose plan it is.

use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{WalletPlanMethodRequest, WalletPlanMethodView};
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::change_wallet_method::shown;
use crate::app::chargeable::Ground;
use crate::app::keep_with_plan::is_kept_with_plan;
use crate::app::read_wallet::payment;
use crate::app::update_plan::movable;
use crate::app::update_planned_payment::not_changeable;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError};
use crate::store::{OrgTx, Tenant, WalletPlannedRow};

impl App {
    /// The part of the store of the organization that has a plan of the client's.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn has_plan(&self, client: &Client, id: &str) -> Result<Tenant, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_wallet(login).await?;
        let found = tx.whose_plan(login, id).await?;
        let tenant = found.and_then(|org| self.tenant_of(&org)).ok_or_else(AppError::not_found)?;
        Ok(tenant.acting(client.actor()))
    }

    /// Charges a method that is still the one that was shown for what is to come of a plan.
    ///
    /// # Errors
    /// `not_found`, `method_changed`, `not_changeable`, `not_authorized`, another refusal of the method; when the database fails.
    pub async fn move_wallet_plan(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
        request: WalletPlanMethodRequest,
    ) -> Result<(OrgTx, WalletPlanMethodView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let method = shown(&mut tx, login, &request.method, request.version).await?;
        let plan = movable(&mut tx, id).await?;
        if plan.login_id != *login {
            return Err(AppError::not_found());
        }
        // What an admin entered for somebody who had never signed in is in no wallet, and the organization's affair.
        if is_kept_with_plan(plan.method_id.as_deref()) {
            return Err(not_changeable());
        }
        if tx.live_authorization(login, &method.id).await?.is_none() {
            let detail = "This organization may not charge this method: authorize it first.";
            return Err(AppError::param(ErrorCode::NotAuthorized, "method", detail));
        }
        self.may_charge(&mut tx, &plan, &method.id, Ground::Permission).await?;
        if plan.method_id.as_ref() != Some(&method.id) {
            self.charge_from_now_on(&mut tx, &plan, &method.id).await?;
            let detail = json!({"plan": id, "from": plan.method_id});
            note_by(&mut tx, &self.mint, client, &method.id, "plan.moved", detail).await?;
        }
        let of_it = |row: &&WalletPlannedRow| row.plan_id == id && row.method_id.as_ref() == Some(&method.id);
        let planned = tx.wallet_planned(login).await?.iter().filter(of_it).map(payment).collect();
        Ok((tx, WalletPlanMethodView { plan: plan.id, method: method.id, planned }))
    }
}
