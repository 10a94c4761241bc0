//! The way of one call: its key's memory, the faults on order, the work, the log, the answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Exchange, Reply};
use super::remember::{Digests, Memory, recall};
use super::{Account, Engine};
use crate::config::milliseconds;
use crate::error::ApiError;
use crate::keys::Power;
use crate::ops::{expand, touch};
use crate::scenario::Plan;
use crate::store::{Acknowledgement, Change, Context, LogError, Tx};

impl Engine {
    /// Carries out one call. It runs to its end even if the caller goes away: give it a task of its own.
    pub async fn perform(&self, exchange: Exchange) -> Reply {
        let account = self.account(&exchange.call.key.account);
        let mut plan = self.plan(&account, &exchange);
        let reply = self.reply(&account, &exchange, &mut plan).await;
        account.scenarios().give_back(plan.unused());
        reply
    }

    async fn reply(&self, account: &Arc<Account>, exchange: &Exchange, plan: &mut Plan) -> Reply {
        if plan.drop_before {
            return Reply::Dropped;
        }
        if let Some(error) = plan.refusal.take() {
            return Reply::Answer(Answer::error(&error));
        }
        let reply = match self.answer(account, exchange, plan).await {
            Ok(answer) => answer,
            Err(error) => Answer::error(&error),
        };
        wait(plan.delay_after).await;
        match (plan.drop_after, plan.error_after.take()) {
            (true, _) => Reply::Dropped,
            (false, Some(error)) => Reply::Answer(Answer::error(&error)),
            (false, None) => Reply::Answer(reply),
        }
    }

    fn plan(&self, account: &Account, exchange: &Exchange) -> Plan {
        let key = exchange.idempotency_key.as_deref();
        account.scenarios().draw(&exchange.verb, key, || touch::names(&account.book(), &exchange.call))
    }

    async fn answer(
        &self,
        account: &Arc<Account>,
        exchange: &Exchange,
        plan: &mut Plan,
    ) -> Result<Answer, ApiError> {
        let key = exchange.idempotency_key.as_deref().filter(|_| exchange.is_write);
        let mut remembered = None;
        let mut under_way = None;
        if let Some(key) = key {
            let digests = Digests::of(exchange, self.vault());
            let now_ms = self.config.clock.now().as_millisecond();
            let memory = recall(&mut account.book(), key, &digests, self.vault(), now_ms)?;
            if let Memory::Answered(answer) = memory {
                return Ok(answer);
            }
            under_way = Some(UnderWay { account: Arc::clone(account), key });
            remembered = Some((key, digests));
        }
        wait(self.config.latency + plan.delay_before).await;
        let worked = self.work(account, exchange, remembered, plan);
        let (answer, written) = worked.map_err(|_| disk_failed())?;
        written.wait().await.map_err(|_| disk_failed())?;
        drop(under_way);
        self.letters.notify_one();
        self.ring_for_errands();
        Ok(answer)
    }

    /// The work itself: everything that it changes, with the memory of its answer, is one line of the log. What
    /// was due before it is done before it.
    pub(super) fn work(
        &self,
        account: &Account,
        exchange: &Exchange,
        remembered: Option<(&str, Digests)>,
        plan: &mut Plan,
    ) -> Result<(Answer, Acknowledgement), LogError> {
        let mut book = account.book();
        let now = self.config.clock.now();
        let (_, caught_up) = self.catch_up(account, &mut book, now)?;
        let context = Context {
            account: &account.id,
            now,
            ids: &self.ids,
            vault: self.vault(),
            request: Some(&exchange.request),
            idempotency_key: exchange.idempotency_key.as_deref(),
            origin: exchange.origin.as_deref(),
            search_lag_ms: milliseconds(self.config.search_lag),
            times: self.config.debits,
        };
        let mut tx = Tx::new(&mut book, context);
        tx.ordered_decline = plan.decline.take();
        tx.ordered_debit = plan.debit.as_ref().map(|ordered| ordered.order.clone());
        tx.ordered_refund = plan.refund.as_ref().map(|ordered| ordered.order.clone());
        let result = run(&mut tx, exchange);
        // What the call had no use for is for the next one.
        plan.debit = plan.debit.take().filter(|_| tx.ordered_debit.is_some());
        plan.refund = plan.refund.take().filter(|_| tx.ordered_refund.is_some());
        let is_kept = result.as_ref().map_or_else(ApiError::is_remembered, |_| true);
        let answer = Answer::of(result, exchange.call.key.power);
        if let Some((key, digests)) = remembered.filter(|_| is_kept) {
            let fault = plan.error_after.as_ref().filter(|_| plan.error_is_remembered).map(Answer::error);
            let kept = fault.as_ref().unwrap_or(&answer);
            tx.put(Change::Answer(digests.save(key, exchange, kept, self.vault(), now.as_millisecond())));
        }
        let changes = tx.finish();
        // Still under the book's lock, so that the log has the calls in the order in which they were made.
        let written = if changes.is_empty() {
            caught_up.unwrap_or_else(Acknowledgement::nothing)
        } else {
            self.log().append(&account.id, &changes)?
        };
        drop(book);
        Ok((answer, written))
    }
}

fn run(tx: &mut Tx<'_>, exchange: &Exchange) -> Result<Value, ApiError> {
    let node = exchange.call.node();
    let paths = node.list("expand")?;
    expand::check(&paths)?;
    let mut view = (exchange.verb.run)(tx, &exchange.call)?;
    if exchange.call.key.power == Power::Secret {
        match expand::expand(tx.book(), &mut view, &paths) {
            // What was done stays done: an answer with an id in place of an object is still its answer.
            Err(error) if !exchange.is_write => return Err(error),
            _ => {}
        }
    }
    Ok(view)
}

fn disk_failed() -> ApiError {
    ApiError::api(500, "The processor cannot write its log.")
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Ends a key's time under way, however its call ends.
struct UnderWay<'a> {
    account: Arc<Account>,
    key: &'a str,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.account.book().in_flight.remove(self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::form::Form;
    use crate::ids::Ids;
    use crate::keys::Key;
    use crate::ops::{Call, payment_intents};
    use crate::store::slow_log;
    use crate::vault::Vault;

    fn charge(key: &str) -> Exchange {
        let form = "amount=900&currency=cad&payment_method=pm_card_visa&confirm=true";
        let call = Call {
            path_ids: Vec::new(),
            form: Form::decode(form.as_bytes()).unwrap(),
            key: Key::parse("sk_test_demo0123456789ab").unwrap(),
        };
        Exchange {
            verb: payment_intents::CREATE,
            call,
            target: String::new(),
            is_write: true,
            idempotency_key: Some(key.to_owned()),
            request: "req_test".to_owned(),
            origin: None,
        }
    }

    /// Seen to fail when the answer does not wait for its line of the log.
    #[tokio::test]
    async fn a_charge_is_answered_when_it_is_on_disk_and_not_before() {
        let ids = Ids::new(Some(1)).unwrap();
        let (log, has_appended, let_sync) = slow_log();
        let vault = Vault::in_memory(&ids);
        let engine = Arc::new(Engine::new(Config::new(""), ids, vault, log, 0));
        let perform = |key: &str| {
            let (engine, exchange) = (Arc::clone(&engine), charge(key));
            tokio::spawn(async move { engine.perform(exchange).await })
        };
        let first = perform("k-1");
        while has_appended.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        // It is written but not flushed: no answer, and its key is still under way.
        let Reply::Answer(conflict) = perform("k-1").await.unwrap() else { panic!("dropped") };
        assert_eq!(conflict.status, 409);
        assert!(!first.is_finished(), "answered before it was on disk");
        let_sync.send(Ok(())).unwrap();
        let Reply::Answer(paid) = first.await.unwrap() else { panic!("dropped") };
        assert_eq!(paid.status, 200);

        let_sync.send(Err(std::io::Error::other("no space"))).unwrap();
        let Reply::Answer(failed) = perform("k-2").await.unwrap() else { panic!("dropped") };
        assert_eq!(failed.status, 500, "a charge that is not on disk was reported as made");
    }
}
