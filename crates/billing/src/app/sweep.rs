//! Takes up what nobody is working on: attempts that were never sent, whose sender died, or whose answer was lost.

use paydesk_domain::attempt::AttemptState;
use tokio::task::JoinSet;

use crate::app::audit::note_attempt;
use crate::app::{App, AppError};

const BATCH: i64 = 100;

impl App {
    /// Works on everything that is due and answers how much that was. Errors of single attempts are logged; they stay
    /// due, or become so again when their lease runs out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        let due = self.store.due_attempts(now, BATCH).await?;
        let count = due.len();
        let mut tasks = JoinSet::new();
        for attempt in due {
            let app = self.clone();
            tasks.spawn(self.charges.track_future(async move {
                let tenant = app.store.organization(attempt.org);
                let done = match attempt.status.as_str() {
                    "sending" => app.expire_lease(&tenant, &attempt.id).await,
                    "in_doubt" => app.look_up_attempt(&tenant, &attempt.id).await,
                    _ => app.charge_attempt(&tenant, &attempt.id).await,
                };
                if let Err(error) = done {
                    tracing::error!(attempt = attempt.id, %error, "an attempt could not be worked on");
                }
            }));
        }
        while tasks.join_next().await.is_some() {}
        Ok(count)
    }

    async fn expire_lease(&self, tenant: &crate::store::Tenant, id: &str) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let expired = tx.expire_lease(id, self.mint.now_ms()).await?;
        if expired && let Some(row) = tx.find_attempt(id).await? {
            note_attempt(&mut tx, &self.mint, &row, &AttemptState::Sending, &AttemptState::InDoubt)?;
        }
        tx.commit().await?;
        if expired {
            tracing::warn!(attempt = id, "whoever sent this attempt did not come back: it is in doubt");
        }
        Ok(())
    }
}
