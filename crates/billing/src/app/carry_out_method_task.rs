//! Carries out what was written down when a client changed or removed a method: tells the processor a billing address; or ends what
//! organizations may do with the method, and has the processor let it go. Whatever dies or is not answered is done again.

use serde_json::json;

use crate::app::change_wallet_method::ADDRESS;
use crate::app::revoke_authorization::METHOD_REMOVED;
use crate::app::wallet_entry::note_done;
use crate::app::{App, AppError, address};
use crate::ports::processor::{Changed, MethodChange, ProcessorError};
use crate::store::{Actor, MethodRow, MethodTaskRow, Tenant};

/// How long it waits before it is done again.
const PAUSE_MS: i64 = 300_000;
/// How long after it was removed a method is let go: whoever has read its name has written what they do with it by then.
const DETACH_AFTER_MS: i64 = 300_000;
/// For how long an address is told at most: a day later it would be told by whoever changes it next.
const TOLD_MS_MAX: i64 = 20 * 60 * 60 * 1_000;
const DONE: &str = "done";
const GIVEN_UP: &str = "given_up";

impl App {
    /// Takes up what is left to do about a method.
    ///
    /// # Errors
    /// When the database fails. It is then taken up again.
    pub async fn take_up_method_task(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let mut tx = tenant.write().await?;
        let claimed = tx.claim_method_task(id, now.saturating_add(PAUSE_MS), now).await?;
        tx.commit().await?;
        let Some(task) = claimed else { return Ok(()) };
        let (status, action) = match task.kind.as_str() {
            ADDRESS => (self.tell_new_address(tenant, &task).await?, "method.address_told"),
            _ => (self.let_method_go(tenant, &task).await?, "method.detached"),
        };
        let Some(status) = status else { return Ok(()) };
        let mut tx = tenant.write().await?;
        if tx.finish_method_task(&task.id, task.fence, status).await? {
            tx.act_for_login(&task.login_id).await?;
            let detail = json!({"task": task.id, "status": status});
            note_done(&mut tx, &self.mint, &task.login_id, &task.method_id, action, detail).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Tells the processor the address that the method has now. `None` while it has not answered.
    async fn tell_new_address(
        &self,
        tenant: &Tenant,
        task: &MethodTaskRow,
    ) -> Result<Option<&'static str>, AppError> {
        let mut tx = tenant.read().await?;
        tx.act_for_login(&task.login_id).await?;
        let found = tx.find_own_method(&task.login_id, &task.method_id).await?;
        drop(tx);
        let Some(method) = found.filter(|found| self.is_in_reach(found)) else { return Ok(Some(GIVEN_UP)) };
        let address = address::read(&method.billing_address)?;
        // Telling it twice does no harm: each try has a key of its own, as the address may be another one by then.
        let key = format!("{}.change.{}", task.id, task.fence);
        let change = MethodChange {
            key: &key,
            method: &method.reference,
            customer: &method.customer,
            expiry: None,
            address: Some(&address),
        };
        let asked = self.processor.change_method(change);
        let answered = tokio::time::timeout(self.settings.call_timeout, asked).await;
        let is_late = self.mint.now_ms().saturating_sub(task.created_at_ms) > TOLD_MS_MAX;
        Ok(match answered {
            Ok(Ok(Changed::Method(_))) => Some(DONE),
            Ok(Ok(Changed::Declined(_) | Changed::Unknown) | Err(ProcessorError::Rejected(_))) => {
                tracing::warn!(task = task.id, "the processor does not take a billing address");
                Some(GIVEN_UP)
            }
            Ok(Err(_)) | Err(_) if is_late => Some(GIVEN_UP),
            Ok(Err(error)) => {
                tracing::warn!(task = task.id, %error, "the processor could not be told an address yet");
                None
            }
            Err(_) => None,
        })
    }

    /// Ends what every organization may do with a removed method, then has the processor let it go, once no charge rests on it any
    /// more. `None` while that is not so, or not known.
    async fn let_method_go(
        &self,
        tenant: &Tenant,
        task: &MethodTaskRow,
    ) -> Result<Option<&'static str>, AppError> {
        let mut tx = tenant.read().await?;
        tx.act_for_wallet(&task.login_id).await?;
        let lost = || AppError::Inconsistent("a removed method that is gone".into());
        let method = tx.find_removed_method(&task.login_id, &task.method_id).await?.ok_or_else(lost)?;
        let authorizations = tx.wallet_authorizations(&task.login_id).await?;
        let organizations = tx.organizations_of_method(&task.login_id, &task.method_id).await?;
        drop(tx);
        for given in authorizations.iter().filter(|given| given.method_id == method.id) {
            let Some(other) = self.tenant_of(&given.org_id) else { continue };
            let mut tx = other.acting(by_client(&method)).write().await?;
            if self.end_authorization(&mut tx, &given.id, &method, METHOD_REMOVED, false).await? {
                tx.commit().await?;
            }
        }
        // Where only what was agreed to had gone on: its agreement ends, too.
        for organization in organizations {
            let Some(other) = self.tenant_of(&organization) else { continue };
            let mut tx = other.acting(by_client(&method)).write().await?;
            self.end_standing_mandate(&mut tx, &method.id, METHOD_REMOVED).await?;
            tx.commit().await?;
        }
        if !self.is_in_reach(&method) {
            return Ok(Some(GIVEN_UP));
        }
        let is_early = self.mint.now_ms() < task.created_at_ms.saturating_add(DETACH_AFTER_MS);
        if is_early || self.store.is_in_use(&method.vault, &method.reference).await? {
            return Ok(None);
        }
        // Letting go twice does no harm: each try has a key of its own, so that none is answered with an old failure.
        let key = format!("{}.detach.{}", task.id, task.fence);
        let detached = self.processor.detach(&key, &method.reference, &method.customer);
        Ok(match tokio::time::timeout(self.settings.call_timeout, detached).await {
            Ok(Ok(())) => Some(DONE),
            Ok(Err(error)) => {
                tracing::warn!(task = task.id, %error, "a removed method could not be let go yet");
                None
            }
            Err(_) => None,
        })
    }

    /// Whether this server reaches the account at the processor that keeps a method.
    pub(super) fn is_in_reach(&self, method: &MethodRow) -> bool {
        method.vault == self.settings.vault
    }
}

/// The client, whose doing it is, also when it is carried out later.
fn by_client(method: &MethodRow) -> Actor {
    Actor::Client { id: method.login_id.clone(), address: None }
}
