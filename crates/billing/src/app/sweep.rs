//! Takes up what is due: attempts to send, senders that died, answers that were lost, tries that were planned, debits of
//! which nothing was heard.

use std::future::Future;

use paydesk_domain::attempt::AttemptState;
use tokio::task::JoinSet;

use crate::app::audit::note_attempt;
use crate::app::{App, AppError, millis};
use crate::store::{Claim, DueWork, Tenant};

/// How many rows of each kind one sweep takes up at most.
const BATCH: i64 = 100;

impl App {
    /// Works on everything that is due and answers how much that was. Errors of single rows are logged; they stay due,
    /// or become so again when their lease runs out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        let mut tasks = JoinSet::new();
        self.send_due(&mut tasks).await?;
        for work in self.store.due_attempts(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                match work.status.as_str() {
                    "sending" => app.expire_lease(&tenant, &work.id).await,
                    _ => app.look_up_attempt(&tenant, &work.id).await,
                }
            });
        }
        for work in self.store.due_retries(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.take_retry(&tenant, &work.id).await
            });
        }
        for work in self.store.due_checks(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.check_debit(&tenant, &work.id).await
            });
        }
        let is_open = self.breaker.is_open(now);
        for work in self.store.due_refunds(now, BATCH).await? {
            // What is to be sent waits while the processor does not answer.
            if is_open && work.status == "created" {
                continue;
            }
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.take_up_refund(&tenant, &work).await
            });
        }
        for event in self.store.due_processor_events(now, BATCH).await? {
            let app = self.clone();
            tasks.spawn(self.charges.track_future(async move {
                complain(&event.id, app.apply_event(&event).await);
            }));
        }
        let count = tasks.len();
        while tasks.join_next().await.is_some() {}
        Ok(count)
    }

    /// Claims what is to be sent, no more than can be sent now: what nobody has claimed, another process can take.
    async fn send_due(&self, tasks: &mut JoinSet<()>) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let free = i64::try_from(self.charge_slots.available_permits()).unwrap_or(BATCH).min(BATCH);
        if free == 0 || self.breaker.is_open(now) {
            return Ok(());
        }
        let leased_until_ms = now.saturating_add(millis(self.settings.lease));
        let claim = Claim { owner: self.owner.to_string(), leased_until_ms };
        for row in self.store.claim_due(&claim, now, free).await? {
            let Ok(org) = row.org_id.parse() else {
                tracing::error!(attempt = row.id, "an attempt of an unreadable organization");
                continue;
            };
            let (app, tenant) = (self.clone(), self.store.organization(org));
            tasks.spawn(self.charges.track_future(async move {
                let id = row.id.clone();
                complain(&id, app.charge_attempt(&tenant, row).await);
            }));
        }
        Ok(())
    }

    fn take_up<F>(&self, tasks: &mut JoinSet<()>, work: DueWork, how: impl FnOnce(Self, Tenant, DueWork) -> F)
    where
        F: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        let id = work.id.clone();
        let tenant = self.store.organization(work.org.clone());
        let doing = how(self.clone(), tenant, work);
        tasks.spawn(self.charges.track_future(async move { complain(&id, doing.await) }));
    }

    async fn expire_lease(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
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

fn complain(id: &str, done: Result<(), AppError>) {
    if let Err(error) = done {
        tracing::error!(subject = id, %error, "what was due could not be done");
    }
}
