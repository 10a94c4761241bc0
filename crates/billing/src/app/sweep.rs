//! Takes up what is due: attempts to send, senders that died, answers that were lost, tries that were planned, planned
//! payments whose day has come, debits of which nothing was heard, saved cards that are brought up to date, saved methods that
//! their clients changed or removed, and what they save.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use paydesk_domain::attempt::AttemptState;
use tokio::task::JoinSet;

use crate::app::audit::note_attempt;
use crate::app::charge_attempt::Permitted;
use crate::app::{App, AppError, millis};
use crate::store::{AttemptRow, Claim, DueWork, Tenant};

/// How many rows of each kind one sweep takes up at most.
const BATCH: i64 = 100;
/// How many attempts one commit claims at most.
const SENT_AT_ONCE: usize = 100;

/// What was claimed to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// How many attempts.
    pub claimed: usize,
    /// Whether there may be more of them than there was room for.
    pub more: bool,
}

impl App {
    /// Works on everything that is due and answers how much that was. Errors of single rows are logged; they stay due,
    /// or become so again when their lease runs out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let mut tasks = JoinSet::new();
        let sent = self.send_due(&mut tasks).await?.claimed;
        let looked_after = self.look_after().await?;
        while tasks.join_next().await.is_some() {}
        Ok(sent + looked_after)
    }

    /// Works on everything that is due but the charges to be sent, and answers how much that was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_after(&self) -> Result<usize, AppError> {
        let now = self.mint.now_ms();
        let mut tasks = JoinSet::new();
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
        for work in self.store.due_planned(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.take_planned(&tenant, &work.id).await
            });
        }
        for work in self.store.due_setups(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.verify_again(&tenant, &work.id).await
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
        for work in self.store.due_method_updates(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.take_up_update(&tenant, &work).await
            });
        }
        for work in self.store.due_method_tasks(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.take_up_method_task(&tenant, &work.id).await
            });
        }
        for work in self.store.due_verifications(now, BATCH).await? {
            self.take_up(&mut tasks, work, |app, tenant, work| async move {
                app.take_up_verification(&tenant, &work.id).await
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

    /// Claims what is to be sent and begins to send it, no more than can be sent now: what nobody has claimed, another
    /// process can take. One commit claims all of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_due(&self, tasks: &mut JoinSet<()>) -> Result<Sent, AppError> {
        let now = self.mint.now_ms();
        let free = self.charge_slots.available_permits().min(SENT_AT_ONCE);
        // After a silence one goes to see; the others are not even claimed.
        let free = self.breaker.room(free, now);
        if free == 0 {
            return Ok(Sent::default());
        }
        // Taken before the claim: what waits for a slot afterwards could be too late to be sent.
        let wanted = u32::try_from(free).unwrap_or(1);
        let Ok(mut slots) = Arc::clone(&self.charge_slots).try_acquire_many_owned(wanted) else {
            return Ok(Sent::default());
        };
        let leased_until_ms = now.saturating_add(millis(self.settings.lease));
        let claim = Claim { owner: self.owner.to_string(), leased_until_ms };
        let rows = self.store.claim_due(&claim, now, i64::from(wanted)).await?;
        let sent = Sent { claimed: rows.len(), more: rows.len() == free };
        let mut asking = JoinSet::new();
        for (org, rows) in by_organization(rows) {
            let Ok(org) = org.parse() else {
                tracing::error!(organization = org, "attempts of an unreadable organization");
                continue;
            };
            let (app, tenant) = (self.clone(), self.store.organization(org));
            asking.spawn(async move { (app.permitted_or_left(&tenant, rows).await, tenant) });
        }
        while let Some(asked) = asking.join_next().await {
            let Ok((permitted, tenant)) = asked else { continue };
            for permitted in permitted {
                let Some(slot) = slots.split(1) else { continue };
                let (app, tenant) = (self.clone(), tenant.clone());
                tasks.spawn(self.charges.track_future(async move {
                    let id = permitted.row.id.clone();
                    complain(&id, app.charge_in_slot(&tenant, permitted, slot).await);
                }));
            }
        }
        Ok(sent)
    }

    /// What of these may be sent is asked for all of them at once, and for each alone where that fails: what is wrong with one
    /// keeps no other from being sent. It is left until its lease runs out, as all are where the database cannot keep up.
    async fn permitted_or_left(&self, tenant: &Tenant, rows: Vec<AttemptRow>) -> Vec<Permitted> {
        match self.permitted(tenant, rows.clone()).await {
            Ok(permitted) => return permitted,
            Err(error) if error.is_overload() => {
                tracing::error!(%error, count = rows.len(), "what may be sent could not be asked");
                return Vec::new();
            }
            Err(error) => {
                tracing::warn!(%error, "what may be sent could not be asked at once: now one by one")
            }
        }
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id.clone();
            match self.permitted(tenant, vec![row]).await {
                Ok(permitted) => all.extend(permitted),
                Err(error) => complain(&id, Err(error)),
            }
        }
        all
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

fn by_organization(rows: Vec<AttemptRow>) -> HashMap<String, Vec<AttemptRow>> {
    let mut groups: HashMap<String, Vec<AttemptRow>> = HashMap::new();
    for row in rows {
        groups.entry(row.org_id.clone()).or_default().push(row);
    }
    groups
}

fn complain(id: &str, done: Result<(), AppError>) {
    if let Err(error) = done {
        tracing::error!(subject = id, %error, "what was due could not be done");
    }
}
