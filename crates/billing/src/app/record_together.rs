//! Writes what was found out about attempts: outcomes that wait at the same time in one transaction.
//!
//! An organization's transactions end one after the other, because each takes the next receipt's number and continues
//! the audit chain, and holds both until it is on the disk. That wait is what costs, so one commit serves all that was
//! found out during the last one. Nobody waits for company: an outcome that comes alone is written alone, at once.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use paydesk_domain::attempt::AttemptEvent;
use paydesk_domain::id::OrganizationId;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use crate::app::record_outcome::Applied;
use crate::app::report::Report;
use crate::app::{App, AppError};
use crate::store::{AttemptRow, Standing, Tenant};

/// How many outcomes one transaction holds at most, so that the first of them does not wait long for the others.
const TOGETHER_MAX: usize = 32;

/// How often a transaction is tried that had to wait too long for another one. A lease that ends meanwhile ends the claim,
/// and what is written then is heard as late.
const TRIES_MAX: usize = 3;

/// Outcomes that wait to be written.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// By organization. One has an entry as long as somebody writes for it, empty or not.
    waiting: Mutex<HashMap<OrganizationId, VecDeque<Found>>>,
}

/// What somebody who claimed an attempt found out.
#[derive(Debug)]
struct Found {
    tenant: Tenant,
    claimed: AttemptRow,
    report: Report,
    told: oneshot::Sender<Result<Applied, AppError>>,
}

impl Found {
    fn tell(self, applied: Result<Applied, AppError>) {
        // Whoever has gone needs no answer.
        let _ = self.told.send(applied);
    }
}

/// The right to write for an organization, and the duty to go on until nothing waits.
struct Turn {
    outcomes: Arc<Outcomes>,
    org: OrganizationId,
    is_over: bool,
}

impl Outcomes {
    fn lock(&self) -> MutexGuard<'_, HashMap<OrganizationId, VecDeque<Found>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an outcome to the others. `Some` for whom nobody writes yet.
    fn add(self: &Arc<Self>, found: Found) -> Option<Turn> {
        let org = found.tenant.id().clone();
        let mut waiting = self.lock();
        if let Some(others) = waiting.get_mut(&org) {
            others.push_back(found);
            return None;
        }
        waiting.insert(org.clone(), VecDeque::from([found]));
        Some(Turn { outcomes: Arc::clone(self), org, is_over: false })
    }
}

impl Turn {
    /// What is written next: of each invoice one outcome, so that none changes what another was read by. The turn is over when
    /// there is nothing: whoever comes after that gets one of their own.
    fn next(&mut self) -> Option<Vec<Found>> {
        let mut waiting = self.outcomes.lock();
        let others = waiting.get_mut(&self.org).filter(|others| !others.is_empty());
        let Some(others) = others else {
            waiting.remove(&self.org);
            self.is_over = true;
            return None;
        };
        let (mut together, mut later, mut invoices) = (Vec::new(), VecDeque::new(), HashSet::new());
        for found in others.drain(..) {
            if together.len() < TOGETHER_MAX && invoices.insert(found.claimed.invoice_id.clone()) {
                together.push(found);
            } else {
                later.push_back(found);
            }
        }
        *others = later;
        Some(together)
    }
}

impl Drop for Turn {
    /// Whoever waits when a turn ends early, which none should, is told by the end of their channel: their leases run
    /// out, and the attempts are looked up.
    fn drop(&mut self) {
        if !self.is_over {
            self.outcomes.lock().remove(&self.org);
        }
    }
}

impl App {
    /// Records what whoever claimed the attempt found out. Decides nothing when somebody else decides about it now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_outcome(
        &self,
        tenant: &Tenant,
        claimed: &AttemptRow,
        report: impl Into<Report>,
    ) -> Result<Applied, AppError> {
        let (told, answer) = oneshot::channel();
        let (tenant, claimed) = (tenant.clone(), claimed.clone());
        let found = Found { tenant, claimed, report: report.into(), told };
        if let Some(turn) = self.outcomes.add(found) {
            let app = self.clone();
            // A task of its own: whoever began it may have its answer long before the others have theirs.
            self.charges.spawn(async move { app.write_outcomes(turn).await }.in_current_span());
        }
        answer.await.map_err(|_| AppError::Inconsistent("an outcome that nobody wrote".into()))?
    }

    async fn write_outcomes(&self, mut turn: Turn) {
        while let Some(together) = turn.next() {
            self.write_together(together).await;
        }
    }

    async fn write_together(&self, together: Vec<Found>) {
        match self.in_tries(&together).await {
            Ok(applied) => {
                for (found, applied) in together.into_iter().zip(applied) {
                    found.tell(Ok(applied));
                }
            }
            Err(error) if together.len() > 1 => {
                let count = together.len();
                tracing::warn!(%error, count, "outcomes could not be written together: now one by one");
                self.write_apart(together).await;
            }
            Err(error) => give_up(together, error),
        }
    }

    /// What is wrong with one of them must keep no other from being written: neither what cannot be written at all, nor an
    /// invoice that somebody else holds. Where a second one waits in vain, what they wait for is everybody's, and those behind
    /// them would come to the end of their leases one after the other.
    async fn write_apart(&self, together: Vec<Found>) {
        let (mut left, mut in_vain) = (together.into_iter(), 0);
        while let Some(found) = left.next() {
            match self.write_alone(&found).await {
                Err(error) if error.is_overload() && in_vain == 1 => {
                    return give_up(std::iter::once(found).chain(left).collect(), error);
                }
                written => {
                    in_vain += usize::from(matches!(&written, Err(error) if error.is_overload()));
                    found.tell(written);
                }
            }
        }
    }

    /// Without further tries where it waits in vain: it has been waited for before.
    async fn write_alone(&self, found: &Found) -> Result<Applied, AppError> {
        let alone = std::slice::from_ref(found);
        let written = match self.in_one_transaction(alone).await {
            Err(error) if error.may_be_tried_again() && !error.is_overload() => self.in_tries(alone).await,
            written => written,
        };
        let none = || AppError::Inconsistent("an outcome without a step".into());
        written?.first().copied().ok_or_else(none)
    }

    /// Again where nothing was done because of what others were doing: what was found out is dear, and without it everything here is
    /// looked up.
    async fn in_tries(&self, together: &[Found]) -> Result<Vec<Applied>, AppError> {
        let mut written = self.in_one_transaction(together).await;
        for _ in 1..TRIES_MAX {
            if matches!(&written, Err(error) if error.may_be_tried_again()) {
                written = self.in_one_transaction(together).await;
            }
        }
        written
    }

    /// All of them or, when anything fails, none.
    async fn in_one_transaction(&self, together: &[Found]) -> Result<Vec<Applied>, AppError> {
        let Some(first) = together.first() else { return Ok(Vec::new()) };
        let mut tx = first.tenant.write().await?;
        // Every lock on an invoice comes before anything that is the organization's, as in every other transaction.
        let invoices: Vec<&str> = together.iter().map(|found| found.claimed.invoice_id.as_str()).collect();
        tx.lock_invoices(&invoices).await?;
        let attempts: Vec<&str> = together.iter().map(|found| found.claimed.id.as_str()).collect();
        let standings = tx.lock_standings(&attempts).await?.into_iter();
        let mut standings: HashMap<String, Standing> =
            standings.map(|standing| (standing.attempt.id.clone(), standing)).collect();
        // The organization's numbers before any plan, as in `take_planned`: one outcome may end a plan, and the next take a number.
        let takes_number = |found: &Found| matches!(found.report.event, AttemptEvent::Succeed(_));
        if together.len() > 1 && together.iter().any(takes_number) {
            tx.lock_receipts().await?;
        }
        // And every wallet: one outcome may move a plan on, and the next save a card of the same client, who takes them the other way
        // round where they look after their wallet.
        if together.len() > 1 {
            let saves = |found: &&Found| takes_number(found) && found.claimed.save == 1;
            let logins = together.iter().filter(saves).map(|found| found.claimed.login_id.as_str());
            for login in logins.collect::<BTreeSet<_>>() {
                tx.act_for_login(login).await?;
                tx.lock_login(login).await?;
            }
        }
        let mut steps = Vec::new();
        for Found { tenant, claimed, report, .. } in together {
            tx.act_by(tenant);
            let standing = standings.remove(&claimed.id);
            let standing = standing.ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
            steps.push(if standing.attempt.fence == claimed.fence {
                self.apply(&mut tx, standing, report.clone()).await?
            } else {
                self.hear_late(&mut tx, &standing.attempt, report).await?
            });
        }
        tx.commit().await?;
        Ok(steps.into_iter().map(|step| self.tell(step)).collect())
    }
}

/// Whoever waits is told by the end of their channel, but for the first. The leases run out, and the attempts are looked up.
fn give_up(together: Vec<Found>, error: AppError) {
    let count = together.len();
    tracing::error!(%error, count, "outcomes could not be written: they will be looked up");
    if let Some(found) = together.into_iter().next() {
        found.tell(Err(error));
    }
}
