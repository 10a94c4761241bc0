//! Replaces a method of a client's wallet by another one: whatever organizations may charge the one, and have planned to, moves to the
//! other, all of it or nothing, in one transaction that turns to each of them. Then the method is taken out as any other is.
//!
//! A charge that is under way keeps the token that it has.

use paydesk_domain::id::{AuthorizationId, OutboxId};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{
    RemovedMethodView, WalletAuthorizationView, WalletPlannedView, WalletReplacementRequest,
    WalletReplacementView,
};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::authenticate::Client;
use crate::app::change_wallet_method::{method_changed, shown};
use crate::app::chargeable::Ground;
use crate::app::mail_client::ToClient;
use crate::app::mail_text::{Named, Occasion};
use crate::app::read_wallet::payment;
use crate::app::remove_wallet_method::REMOVAL;
use crate::app::wallet_entry::note_by;
use crate::app::{App, AppError, event_types, text, view};
use crate::store::{
    AgreedAuthorizationRow, MethodRow, NewAuthorization, OrgTx, OrganizationRow, PlanRow, WalletPlannedRow,
};

/// Why a permission or a mandate ended: another method took the place of its own.
const REPLACED: &str = "replaced";

/// A method, the one that takes its place, and what has moved so far.
struct Move<'a> {
    client: &'a Client,
    old: &'a MethodRow,
    new: &'a MethodRow,
    authorizations: Vec<WalletAuthorizationView>,
    plans: Vec<String>,
    /// Which plans cannot be charged to the other method.
    stuck: Vec<String>,
    /// For whom not everything can move.
    refused: Vec<String>,
}

impl App {
    /// Replaces a method that is still the one that was shown.
    ///
    /// # Errors
    /// `not_found`, `method_changed`, `method_cannot_take`, `method_in_use`, `update_in_progress`, a refusal of `by`; when the database
    /// fails.
    pub async fn replace_wallet_method(
        &self,
        mut tx: OrgTx,
        client: &Client,
        id: &str,
        request: WalletReplacementRequest,
    ) -> Result<(OrgTx, WalletReplacementView), AppError> {
        let login = &client.session.login_id;
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let old = shown(&mut tx, login, id, request.version).await?;
        let none = || AppError::invalid("by", "There is no such other method in the wallet.");
        let found = tx.find_own_method(login, &request.by).await?;
        let new = found.filter(|found| found.id != old.id).ok_or_else(none)?;
        if tx.is_being_updated(login, id).await? {
            let detail = "This card is being brought up to date: wait for the outcome.";
            return Err(AppError::refused(ErrorCode::UpdateInProgress, detail));
        }
        let mut moving = Move {
            client,
            old: &old,
            new: &new,
            authorizations: Vec::new(),
            plans: Vec::new(),
            stuck: Vec::new(),
            refused: Vec::new(),
        };
        // In the order of their ids.
        for organization in tx.organizations_of_method(login, id).await? {
            let Some(tenant) = self.tenant_of(&organization) else { continue };
            tx.turn_to(&tenant.acting(client.actor())).await?;
            self.move_at(&mut tx, &mut moving).await?;
        }
        tx.turn_to(&client.tenant).await?;
        if !moving.refused.is_empty() {
            return Err(cannot_take(&moving, planned_of(&mut tx, &old, &moving.stuck).await?));
        }
        let removed = self.take_out(&mut tx, &moving).await?;
        let planned = planned_of(&mut tx, &new, &moving.plans).await?;
        let Move { authorizations, .. } = moving;
        let method = self.shown_again(&mut tx, client, &new.id).await?;
        Ok((tx, WalletReplacementView { method, removed, planned, authorizations }))
    }

    /// Moves what one organization may charge, and has planned to. The transaction is that organization's.
    async fn move_at(&self, tx: &mut OrgTx, moving: &mut Move<'_>) -> Result<(), AppError> {
        let (old, new) = (moving.old, moving.new);
        let login = &old.login_id;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let plans = tx.plans_to_move(login, &old.id).await?;
        if plans.iter().any(|plan| plan.status == "pending") {
            let detail = "A purchase with this method is under way: wait for its outcome.";
            return Err(AppError::refused(ErrorCode::MethodInUse, detail));
        }
        let given = tx.agreed_authorization(login, &old.id).await?;
        let stands = given.as_ref().is_some_and(|given| given.revoked_at_ms.is_none());
        if !stands && plans.is_empty() {
            // Of what went on after a permission, nothing is left to move.
            tx.end_continuing(login, &old.id).await?;
            return self.end_standing_mandate(tx, &old.id, REPLACED).await;
        }
        let is_good = !view::is_expired(new, view::today(&organization, self.mint.now())?)
            && new.blocked_by.is_none()
            && new.closed_at_ms.is_none()
            && new.vault == organization.vault;
        if !is_good || !self.move_permission(tx, moving, &organization, given.as_ref()).await? {
            moving.stuck.extend(plans.into_iter().map(|plan| plan.id));
            moving.refused.push(organization.name);
            return Ok(());
        }
        self.move_plans(tx, moving, &organization, plans).await?;
        let Some(given) = given.filter(|_| stands) else {
            // What the client had let go on goes on: nobody may do more than before, which would be worth a mail.
            tx.end_continuing(login, &old.id).await?;
            return self.end_standing_mandate(tx, &old.id, REPLACED).await;
        };
        self.end_permission(tx, &given.id, old, REPLACED, false).await?;
        let to = ToClient {
            login,
            locale: &moving.client.session.locale,
            organization: &organization.name,
            about: None,
            until_ms: None,
        };
        let occasion = Occasion::ConsentMoved { from: Named::of(old), to: Named::of(new) };
        self.mail_client(tx, to, &occasion).await
    }

    async fn move_plans(
        &self,
        tx: &mut OrgTx,
        moving: &mut Move<'_>,
        organization: &OrganizationRow,
        plans: Vec<PlanRow>,
    ) -> Result<(), AppError> {
        let before = moving.stuck.len();
        for plan in plans {
            tx.lock_plan(&plan.id).await?;
            match self.may_charge(tx, &plan, &moving.new.id, Ground::Plan).await {
                Ok(()) => {
                    self.charge_from_now_on(tx, &plan, &moving.new.id).await?;
                    moving.plans.push(plan.id);
                }
                Err(AppError::Refused(_)) => moving.stuck.push(plan.id),
                Err(error) => return Err(error),
            }
        }
        if moving.stuck.len() > before {
            moving.refused.push(organization.name.clone());
        }
        Ok(())
    }

    /// Lets the organization charge the other method by what was agreed to for this one, unless it may already. Answers false where
    /// that was about another kind of method.
    async fn move_permission(
        &self,
        tx: &mut OrgTx,
        moving: &mut Move<'_>,
        organization: &OrganizationRow,
        given: Option<&AgreedAuthorizationRow>,
    ) -> Result<bool, AppError> {
        let (old, new) = (moving.old, moving.new);
        let Some(given) = given else { return Ok(true) };
        let stands = tx.agreed_authorization(&old.login_id, &new.id).await?;
        if stands.is_some_and(|stands| stands.revoked_at_ms.is_none() || given.revoked_at_ms.is_some()) {
            return Ok(true);
        }
        // Who agreed that a card is charged has not agreed to debits of an account.
        if is_card(old) != is_card(new) {
            return Ok(false);
        }
        let now = self.mint.now_ms();
        let moved = NewAuthorization {
            id: self.mint.id(AuthorizationId::new)?.as_str().to_owned(),
            login_id: old.login_id.clone(),
            method_id: new.id.clone(),
            consent_version: given.consent_version.clone(),
            consent_hash: given.consent_hash.clone(),
            consent_locale: given.consent_locale.clone(),
            accepted_at_ms: given.accepted_at_ms,
            actor: given.actor.clone(),
            admin_id: given.admin_id.clone(),
            address: given.address.clone(),
            user_agent: given.user_agent.clone(),
        };
        tx.insert_authorization(moved.clone(), now).await?;
        let stands = given.revoked_at_ms.is_none();
        let detail = json!({
            "method": new.id,
            "login": new.login_id,
            "consent_version": moved.consent_version,
            "consent_hash": moved.consent_hash,
            "accepted_at_ms": moved.accepted_at_ms,
            "moved_from": given.id,
            "plans_alone": !stands,
        });
        note(tx, &self.mint, Action::AuthorizationGiven, &moved.id, detail)?;
        if !stands {
            // What was agreed to goes on, and nothing else, as the client said.
            tx.revoke_authorization(&moved.id, true, now).await?;
            return Ok(true);
        }
        let told = event_types::authorization(&moved.id, new, None);
        let event = self.mint.id(OutboxId::new)?;
        tx.insert_outbox(event.as_str(), event_types::AUTHORIZATION_GIVEN, &moved.id, &told, now).await?;
        moving.authorizations.push(WalletAuthorizationView {
            id: moved.id,
            organization: organization.id.clone(),
            name: organization.name.clone(),
            since: text::time(moved.accepted_at_ms),
        });
        Ok(true)
    }

    /// Takes the replaced method out of the wallet. The transaction is that of the organization whose page it is.
    async fn take_out(&self, tx: &mut OrgTx, moving: &Move<'_>) -> Result<RemovedMethodView, AppError> {
        let (old, new) = (moving.old, moving.new);
        let now = self.mint.now_ms();
        if !tx.remove_method(old, now).await? {
            return Err(method_changed());
        }
        let are_cards = is_card(old) && is_card(new);
        if are_cards && old.vault == new.vault {
            // Charges for a later day and retries, which are no plan.
            tx.take_place_of(old, new).await?;
        }
        if old.is_default == 1 && is_card(old) == is_card(new) {
            tx.prefer_method(new, true).await?;
        }
        self.move_backups(tx, old, new).await?;
        self.leave_task(tx, REMOVAL, &old.login_id, &old.id).await?;
        let detail = json!({"by": new.id, "plans": moving.plans});
        note_by(tx, &self.mint, moving.client, &old.id, "method.replaced", detail).await?;
        Ok(RemovedMethodView { id: old.id.clone(), removed_at: text::time(now) })
    }
}

fn is_card(row: &MethodRow) -> bool {
    row.kind == MethodKind::Card.as_str()
}

/// What is planned of these plans on a method: a charge that is under way stays with the one that it has.
async fn planned_of(
    tx: &mut OrgTx,
    method: &MethodRow,
    plans: &[String],
) -> Result<Vec<WalletPlannedView>, AppError> {
    let planned = tx.wallet_planned(&method.login_id).await?;
    let of_them =
        |row: &&WalletPlannedRow| plans.contains(&row.plan_id) && row.method_id.as_ref() == Some(&method.id);
    Ok(planned.iter().filter(of_them).map(payment).collect())
}

fn cannot_take(moving: &Move<'_>, planned: Vec<WalletPlannedView>) -> AppError {
    let names = moving.refused.join(", ");
    let detail = format!(
        "The other method cannot take what these may charge, nothing has moved: {names}. Let them charge it first; a bank account needs \
         a mandate for what is planned."
    );
    AppError::planned(ErrorCode::MethodCannotTake, detail, planned)
}
