//! Bank debits are called back while they are under way and refunded once they have settled; and what other processors
//! than the sandbox can do with a charge of the same day.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paydesk_billing::app::create_refund::RefundOrder;
use paydesk_billing::app::{App, AppError};
use paydesk_billing::ports::processor::{
    Attachment, Capabilities, Changed, ChargeOutcome, ChargeRequest, EventPage, EventRefused, Exchange,
    Found, FoundRefund, LookUp, MethodChange, NewCustomer, Processor, ProcessorError, ProcessorEvent,
    PublicSide, RefundLookUp, RefundOutcome, RefundRequest, StoredMethod, VerifyOutcome, VerifyRequest,
};
use paydesk_billing::wire::{NewRefund, RefundView};
use paydesk_domain::address::Address;
use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::refund::{RefundEvent, RefundKind};
use paydesk_domain::return_code::ReturnCode;
use paydesk_domain::wire::error::ErrorCode;
use serde_json::{Value, json};

use crate::refunds::{books, covered, history, paid, read_refund, refund, sums, topics};
use crate::support::{Engine, Stack, fresh, on_both};

on_both! {
    a_debit_is_called_back_while_it_is_under_way;
    a_lost_answer_to_calling_back_is_looked_up;
    what_went_to_the_bank_is_not_called_back;
    a_settled_debit_is_refunded_up_to_the_cap;
    a_debit_that_comes_back_after_its_refund_is_owed_once;
    a_processor_that_undoes_charges_does_so_on_the_same_day;
}

const GOOD: &str = "000123456789";
const REFUND_FAILS: &str = "000999999992";

async fn submitted(stack: &Stack, kind: &str, number: &str, amounts: &[i64]) -> (String, String, String) {
    let debit = stack.debit(kind, number, amounts, false).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    let payment = stack.payment_of(debit.attempt()).await;
    (debit.invoice.clone(), payment["id"].as_str().unwrap().to_owned(), debit.attempt().to_owned())
}

async fn a_debit_is_called_back_while_it_is_under_way(engine: Engine) {
    let stack = Stack::start(engine).await;
    for kind in ["ach", "pad"] {
        let (invoice, payment, _) = submitted(&stack, kind, GOOD, &[5_000, 1_250]).await;
        let item = stack.read(&format!("/v1/invoices/{invoice}")).await.at("/items/0/id");
        for part in [json!({"amount": 1_000}), json!({"lines": [{"item": item, "amount": 5_000}]})] {
            let refused = refund(&stack, &payment, part.clone()).await;
            assert!([400, 409].contains(&refused.status), "{part}: {}", refused.text);
        }
        let done = refund(&stack, &payment, json!({})).await.expect(201);
        assert_eq!(
            (done.at("/kind"), done.at("/status"), done.at("/lines")),
            ("cancel_debit".into(), "succeeded".into(), "[]".into())
        );
        let view = stack.read(&format!("/v1/payments/{payment}")).await.expect(200);
        assert_eq!((view.at("/status"), view.at("/refunded")), ("canceled".into(), "0".into()));
        assert_eq!(history(&stack, &payment).await, ["submitted 6250", "canceled 6250"]);
        // It is owed again, and nothing comes any more.
        assert_eq!(stack.three_figures(&invoice).await, (6_250, 0, 6_250));
        refund(&stack, &payment, json!({})).await.expect_problem(422, "refund_too_large");
        let mut told = topics(&stack, &payment).await;
        told.sort();
        assert_eq!(told, ["payment.canceled", "payment.submitted"]);
        assert_eq!(topics(&stack, &done.at("/id")).await, ["refund.succeeded"]);
    }
    stack.pass(10).await;
    assert_eq!(stack.debit_journal().await, ["submit", "cancel", "submit", "cancel"]);
    assert_eq!(books(&stack).await, sums(&[("income", -12_500), ("receivable", 12_500)]));
    assert!(stack.action_items().await.is_empty());
}

async fn a_lost_answer_to_calling_back_is_looked_up(engine: Engine) {
    let stack = Stack::start(engine).await;
    for (when, status) in [("after", "in_doubt"), ("before", "in_doubt")] {
        let (invoice, payment, _) = submitted(&stack, "ach", GOOD, &[900]).await;
        let action = json!({"type": "drop_answer", "when": when});
        stack
            .scenario(
                json!({"match": "every", "on": ["payment_intents.cancel"], "action": action, "times": 1}),
            )
            .await;
        let doubted = refund(&stack, &payment, json!({})).await.expect(201);
        assert_eq!(doubted.at("/status"), status);
        assert_eq!(stack.three_figures(&invoice).await, (900, 900, 0), "on its way until it is known");
        stack.work_after(Duration::from_secs(3_600)).await;
        assert_eq!(read_refund(&stack, &doubted.at("/id")).await["status"], "succeeded", "{when}");
        assert_eq!(stack.three_figures(&invoice).await, (900, 0, 900));
    }
    assert_eq!(stack.debit_journal().await, ["submit", "cancel", "submit", "cancel"]);
}

async fn what_went_to_the_bank_is_not_called_back(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, payment, _) = submitted(&stack, "ach", GOOD, &[900]).await;
    stack.pass(2).await;
    let refused = refund(&stack, &payment, json!({})).await.expect(201);
    assert_eq!((refused.at("/kind"), refused.at("/status")), ("cancel_debit".into(), "refused".into()));
    assert_eq!(refused.at("/code"), "payment_intent_unexpected_state");
    assert_eq!(stack.three_figures(&invoice).await, (900, 900, 0));
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["kind"]), (1, &json!("refund_failed")));
    stack.pass(4).await;
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    assert_eq!(refund(&stack, &payment, json!({})).await.expect(201).at("/kind"), "refund");
}

/// Positive control: leaving what other refunds hold out of the comparison with the cap lets the third one through
/// (tried).
async fn a_settled_debit_is_refunded_up_to_the_cap(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (invoice, payment, _) = submitted(&stack, "ach", GOOD, &[40_000, 20_000]).await;
    stack.pass(5).await;
    assert_eq!(stack.three_figures(&invoice).await, (0, 0, 0));
    for body in [json!({}), json!({"amount": 50_001})] {
        let refused = refund(&stack, &payment, body).await.expect_problem(422, "refund_above_cap");
        assert_eq!(refused.at("/param"), "amount");
    }
    let first = refund(&stack, &payment, json!({"amount": 30_000})).await.expect(201);
    assert_eq!((first.at("/kind"), first.at("/status")), ("refund".into(), "pending".into()));
    assert_eq!(covered(&stack, &invoice).await, [30_000, 0]);
    refund(&stack, &payment, json!({"amount": 20_001})).await.expect_problem(422, "refund_above_cap");
    refund(&stack, &payment, json!({"amount": 20_000})).await.expect(201);
    stack.pass(4).await;
    assert_eq!(read_refund(&stack, &first.at("/id")).await["status"], "succeeded");
    assert_eq!(stack.three_figures(&invoice).await, (50_000, 0, 50_000));
    assert_eq!(stack.read(&format!("/v1/payments/{payment}")).await.at("/reconciliation"), "full");
    stack.change(json!({"debit_refund_max": 60_000})).await.expect(200);
    assert_eq!(refund(&stack, &payment, json!({})).await.expect(201).at("/amount"), "10000");
    assert_eq!(books(&stack).await, sums(&[("income", -60_000), ("receivable", 60_000)]));
    // A refund to an account that takes none: everything is as it was.
    let (invoice, payment, _) = submitted(&stack, "ach", REFUND_FAILS, &[500, 400]).await;
    stack.pass(5).await;
    let failing = refund(&stack, &payment, json!({"amount": 500})).await.expect(201);
    assert_eq!(covered(&stack, &invoice).await, [400, 0]);
    stack.pass(4).await;
    assert_eq!(read_refund(&stack, &failing.at("/id")).await["status"], "failed");
    assert_eq!(covered(&stack, &invoice).await, [500, 400]);
    let items = stack.action_items().await;
    assert_eq!((items.len(), &items[0]["kind"]), (1, &json!("refund_failed")));
    // What the bank took back cannot be given back.
    let (_, payment, _) = submitted(&stack, "ach", "000222222227", &[900]).await;
    stack.pass(6).await;
    refund(&stack, &payment, json!({})).await.expect_problem(409, "not_refundable");
}

/// The bank takes a debit back whose refund is on its way: the payer has the money twice, until one of them fails.
async fn a_debit_that_comes_back_after_its_refund_is_owed_once(engine: Engine) {
    let stack = Stack::start(engine).await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let (invoice, payment, attempt) = submitted(&stack, "pad", GOOD, &[5_000, 1_250]).await;
    stack.pass(6).await;
    let pending = refund(&stack, &payment, json!({"amount": 2_000})).await.expect(201);
    assert_eq!(pending.at("/status"), "pending");
    let reference = stack.read(&format!("/v1/payments/{payment}")).await.at("/processor_reference");
    let known = AttemptEvent::Succeed(ProcessorReference(reference));
    let returned = DebitEvent::Return(ReturnCode::parse("903").unwrap());
    let report = paydesk_billing::app::report::Report::from(known).with_debit(Some(returned));
    stack.app.apply_report(&tenant, &attempt, report).await.unwrap();
    assert_eq!(stack.three_figures(&invoice).await, (6_250, 0, 6_250));
    // 62.50 for the invoice, and 20.00 that went back twice.
    let twice = sums(&[("income", -6_250), ("processor", -2_000), ("receivable", 8_250)]);
    assert_eq!(books(&stack).await, twice);
    let failed = RefundEvent::Fail("declined".to_owned());
    stack.app.apply_refund_report(&tenant, &pending.at("/id"), failed).await.unwrap();
    assert_eq!(covered(&stack, &invoice).await, [0, 0], "the lines of a payment that came back stay open");
    assert_eq!(books(&stack).await, sums(&[("income", -6_250), ("receivable", 6_250)]));

    // The other way round: the return comes while the refund is in doubt.
    let (invoice, payment, attempt) = submitted(&stack, "pad", GOOD, &[900]).await;
    stack.pass(6).await;
    let lost =
        json!({"match": "every", "on": ["refunds.create"], "action": {"type": "drop_answer"}, "times": 1});
    stack.scenario(lost).await;
    let doubted = refund(&stack, &payment, json!({"amount": 400})).await.expect(201);
    let reference = stack.read(&format!("/v1/payments/{payment}")).await.at("/processor_reference");
    let known = AttemptEvent::Succeed(ProcessorReference(reference));
    let returned = DebitEvent::Return(ReturnCode::parse("903").unwrap());
    let report = paydesk_billing::app::report::Report::from(known).with_debit(Some(returned));
    stack.app.apply_report(&tenant, &attempt, report).await.unwrap();
    stack.work_after(Duration::from_secs(30)).await;
    assert_eq!(read_refund(&stack, &doubted.at("/id")).await["status"], "pending");
    assert_eq!(covered(&stack, &invoice).await, [0]);
    let both = sums(&[("income", -7_150), ("processor", -400), ("receivable", 7_550)]);
    assert_eq!(books(&stack).await, both);
}

/// Like the processor behind it, but able to undo a charge of the same day, and unable to give back a part or to change a card's
/// expiry.
#[derive(Debug)]
pub struct Undoing {
    pub behind: Arc<dyn Processor>,
    pub asked: Mutex<Vec<RefundKind>>,
    /// What it answers when it is to undo a charge; undone when none.
    pub undo: Mutex<Option<Result<RefundOutcome, ProcessorError>>>,
    /// What a look-up of that finds.
    pub found: FoundRefund,
}

impl Undoing {
    /// One that undoes what it is asked to undo.
    pub fn before(behind: Arc<dyn Processor>) -> Self {
        Self { behind, asked: Mutex::default(), undo: Mutex::default(), found: FoundRefund::Undecided }
    }
}

#[async_trait]
impl Processor for Undoing {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            void: true,
            partial_refund: false,
            cancel_debit: false,
            update_expiry: false,
            ..self.behind.capabilities()
        }
    }

    fn public_side(&self) -> PublicSide {
        self.behind.public_side()
    }

    async fn create_customer(&self, key: &str, customer: NewCustomer<'_>) -> Result<String, ProcessorError> {
        self.behind.create_customer(key, customer).await
    }

    async fn exchange_token(
        &self,
        key: &str,
        kind: MethodKind,
        token: &str,
        address: &Address,
    ) -> Result<Exchange, ProcessorError> {
        self.behind.exchange_token(key, kind, token, address).await
    }

    async fn attach(&self, key: &str, method: &str, customer: &str) -> Result<Attachment, ProcessorError> {
        self.behind.attach(key, method, customer).await
    }

    async fn method(&self, method: &str) -> Result<Option<StoredMethod>, ProcessorError> {
        self.behind.method(method).await
    }

    async fn change_method(&self, change: MethodChange<'_>) -> Result<Changed, ProcessorError> {
        self.behind.change_method(change).await
    }

    async fn detach(&self, key: &str, method: &str, customer: &str) -> Result<(), ProcessorError> {
        self.behind.detach(key, method, customer).await
    }

    async fn charge(&self, charge: ChargeRequest<'_>) -> Result<ChargeOutcome, ProcessorError> {
        self.behind.charge(charge).await
    }

    async fn verify(&self, verification: VerifyRequest<'_>) -> Result<VerifyOutcome, ProcessorError> {
        self.behind.verify(verification).await
    }

    async fn verification_now(&self, reference: &str) -> Result<Option<VerifyOutcome>, ProcessorError> {
        self.behind.verification_now(reference).await
    }

    async fn cancel_verification(
        &self,
        key: &str,
        reference: &str,
    ) -> Result<Option<VerifyOutcome>, ProcessorError> {
        self.behind.cancel_verification(key, reference).await
    }

    async fn look_up(&self, wanted: LookUp<'_>) -> Result<Found, ProcessorError> {
        self.behind.look_up(wanted).await
    }

    async fn charge_now(&self, reference: &str) -> Result<Found, ProcessorError> {
        self.behind.charge_now(reference).await
    }

    async fn cancel_charge(&self, key: &str, reference: &str) -> Result<Found, ProcessorError> {
        self.behind.cancel_charge(key, reference).await
    }

    async fn debit_news(&self, reference: &str) -> Result<Option<DebitEvent>, ProcessorError> {
        self.behind.debit_news(reference).await
    }

    fn read_event(
        &self,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProcessorEvent, EventRefused> {
        self.behind.read_event(signature, body, now)
    }

    fn standing(&self, facts: &Value) -> Option<ChargeOutcome> {
        self.behind.standing(facts)
    }

    async fn events_between(
        &self,
        from_s: i64,
        until_s: Option<i64>,
        after: Option<&str>,
    ) -> Result<EventPage, ProcessorError> {
        self.behind.events_between(from_s, until_s, after).await
    }

    async fn refund(&self, refund: RefundRequest<'_>) -> Result<RefundOutcome, ProcessorError> {
        self.asked.lock().unwrap().push(refund.kind);
        let undo = self.undo.lock().unwrap().clone().filter(|_| refund.kind == RefundKind::Void);
        if let Some(answer) = undo {
            return answer;
        }
        // The sandbox has no way to undo what it took but to give it back.
        self.behind.refund(RefundRequest { kind: RefundKind::Refund, ..refund }).await
    }

    async fn look_up_refund(&self, wanted: RefundLookUp<'_>) -> Result<FoundRefund, ProcessorError> {
        match wanted.kind {
            RefundKind::Void => Ok(self.found.clone()),
            _ => self.behind.look_up_refund(wanted).await,
        }
    }
}

async fn order(app: &App, stack: &Stack, payment: &str, amount: Option<i64>) -> Result<RefundView, AppError> {
    let tenant = app.store.organization(stack.organization.clone());
    let new = NewRefund { amount, reason: None, lines: Vec::new() };
    let (key, payment) = (fresh("k-"), payment.to_owned());
    app.create_refund(&tenant, RefundOrder { request_hash: key.clone(), key, payment, new }).await
}

fn refused_as(done: Result<RefundView, AppError>) -> ErrorCode {
    match done {
        Err(AppError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

/// Positive control: comparing the days in UTC gives the first one back instead of undoing it, an hour before midnight
/// in Toronto (tried).
async fn a_processor_that_undoes_charges_does_so_on_the_same_day(engine: Engine) {
    let stack = Stack::start(engine).await;
    // Noon where the organization is, so that the day has as long to go as it had.
    let here = stack.app.mint.now().in_tz("America/Toronto").unwrap();
    let noon = here.tomorrow().unwrap().with().hour(12).minute(0).second(0).build().unwrap();
    let until = noon.timestamp().as_millisecond() - stack.app.mint.now_ms();
    stack.clock.advance(Duration::from_millis(until.try_into().unwrap()));
    let undoing = Arc::new(Undoing::before(stack.app.processor.clone()));
    let app = App { processor: undoing.clone(), ..stack.app.clone() };
    let today = paid(&stack, "4242424242424242", &[5_000, 1_250]).await;
    let yesterday = paid(&stack, "4242424242424242", &[900]).await;
    assert_eq!(refused_as(order(&app, &stack, &today.payment, Some(1)).await), ErrorCode::NotRefundable);
    stack.clock.advance(Duration::from_secs(11 * 3_600));
    let undone = order(&app, &stack, &today.payment, None).await.unwrap();
    assert_eq!((undone.kind.as_str(), undone.status.as_str()), ("void", "succeeded"));
    assert_eq!(covered(&stack, &today.invoice).await, [0, 0]);
    stack.clock.advance(Duration::from_secs(2 * 3_600));
    let refunded = order(&app, &stack, &yesterday.payment, Some(900)).await.unwrap();
    assert_eq!((refunded.kind.as_str(), refunded.status.as_str()), ("refund", "succeeded"));
    assert_eq!(*undoing.asked.lock().unwrap(), [RefundKind::Void, RefundKind::Refund]);
    assert_eq!(books(&stack).await, sums(&[("income", -7_150), ("receivable", 7_150)]));
    // It calls no debit back either.
    let (_, payment, _) = submitted(&stack, "ach", GOOD, &[900]).await;
    assert_eq!(refused_as(order(&app, &stack, &payment, None).await), ErrorCode::NotRefundable);
}
