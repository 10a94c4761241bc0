//! Gives a try up whose payer does not want to prove who they are.

use paydesk_domain::attempt::{AttemptEvent, AttemptState};
use paydesk_domain::wire::billing::AttemptView;
use tracing::Instrument as _;

use crate::app::acting::is_by;
use crate::app::authenticate::Payer;
use crate::app::find_try::find_try;
use crate::app::{App, AppError, view};
use crate::failpoint;
use crate::store::Tenant;

impl App {
    /// Calls a challenge off and waits a while for what the processor says to that: the payer may have passed it a moment
    /// before. A try without an open challenge is left as it is.
    ///
    /// # Errors
    /// `not_found` for what is not this payer's; when the database fails.
    pub async fn cancel_attempt(&self, payer: &Payer, id: &str) -> Result<AttemptView, AppError> {
        let mut tx = payer.tenant.read().await?;
        let row = find_try(&mut tx, id).await?.ok_or_else(AppError::not_found)?;
        if !is_by(&mut tx, &row, &payer.session).await? {
            return Err(AppError::not_found());
        }
        drop(tx);
        if matches!(view::state(&row)?, AttemptState::Challenged(_)) {
            let (app, tenant, row) = (self.clone(), payer.tenant.clone(), row.clone());
            // A task of its own, as a charge is: a browser that goes away does not stop it half-way.
            let doing = async move {
                match row.amount {
                    0 => app.call_off_verification(&tenant, &row).await,
                    _ => app.call_off(&tenant, &row.id).await,
                }
            }
            .in_current_span();
            match tokio::time::timeout(self.settings.confirm_wait, self.charges.spawn(doing)).await {
                Ok(Ok(done)) => done?,
                Ok(Err(_)) => return Err(AppError::Inconsistent("a cancellation that ended early".into())),
                Err(_) => {}
            }
        }
        let mut tx = payer.tenant.read().await?;
        let row = find_try(&mut tx, &row.id).await?.ok_or_else(AppError::not_found)?;
        self.tell_attempt(&mut tx, &row).await
    }

    /// Writes the wish down, and then carries it out.
    async fn call_off(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let gone = || AppError::Inconsistent("an attempt that is gone".into());
        let invoice = tx.find_attempt(id).await?.ok_or_else(gone)?.invoice_id;
        tx.lock_invoice(&invoice).await?;
        let standing = tx.lock_standings(&[id]).await?.pop().ok_or_else(gone)?;
        // Meanwhile it may have been decided.
        if !matches!(view::state(&standing.attempt)?, AttemptState::Challenged(_)) {
            return Ok(());
        }
        let step = self.apply(&mut tx, standing, AttemptEvent::GiveUp.into()).await?;
        tx.commit().await?;
        self.tell(step);
        failpoint::hit("challenge.after_give_up");
        self.look_up_attempt(tenant, id).await
    }
}
