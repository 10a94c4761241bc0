//! Cards whose bank asks the client for a proof, while they are saved in the wallet or brought up to date there: the proof is given,
//! fails, is called off, is waited for in vain, or the page is closed. The server decides each of them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::challenges::answer;
use crate::nothing_due_now::verifications;
use crate::support::{Engine, Keeper, Reply, Stack, StackOptions, fresh, on_both};

on_both! {
    a_proof_that_is_given_saves_the_card;
    a_proof_that_fails_saves_nothing;
    a_client_calls_it_off;
    calling_off_too_late_is_having_saved;
    nobody_waits_for_it_for_ever;
    a_closed_page_changes_nothing;
    a_card_is_updated_once_its_proof_is_given;
    a_reload_finds_it_and_nobody_else_does;
    a_question_whose_answer_was_lost_is_asked_again;
    two_proofs_of_one_card_save_one;
    hints_do_not_make_it_ask_more_often;
}

const CARD: &str = "4242424242424242";
/// Its bank always asks.
const ALWAYS: &str = "4000002760003184";
const MINUTE: Duration = Duration::from_secs(60);

impl Keeper {
    /// Saves a card whose bank asks: the verification's id, and the page.
    async fn asked(&self) -> (String, String) {
        self.read_asked(&self.save(ALWAYS, json!({})).await.expect(202))
    }

    fn read_asked(&self, reply: &Reply) -> (String, String) {
        assert_eq!(reply.at("/verification/status"), "requires_action");
        let url = reply.at("/verification/challenge/url");
        assert!(url.starts_with(&format!("{}/challenge/", self.stack.processor)), "{url}");
        (reply.at("/verification/id"), url)
    }

    pub async fn verification(&self, id: &str) -> Reply {
        let path = format!("/v1/wallet/verifications/{id}");
        self.stack.send(self.stack.browser(Method::GET, &self.secret, &path)).await
    }

    pub async fn call_off(&self, id: &str) -> Reply {
        let path = format!("/v1/wallet/verifications/{id}");
        let request = self.stack.browser(Method::DELETE, &self.secret, &path);
        self.stack.send(request.header("idempotency-key", fresh("w-"))).await
    }

    /// Where it stands, once enough time has passed to ask the processor again.
    async fn told(&self, id: &str) -> Value {
        self.stack.clock.advance(Duration::from_secs(2));
        self.verification(id).await.expect(200).json()
    }

    async fn cards(&self) -> Value {
        self.counts().await.0
    }
}

/// The cards that the processor keeps under some customer.
async fn kept(stack: &Stack) -> Vec<String> {
    let mut kept = Vec::new();
    for intent in verifications(stack).await {
        let Some(method) = intent["payment_method"].as_str() else { continue };
        if stack.stored(method).await["customer"] != Value::Null {
            kept.push(method.to_owned());
        }
    }
    kept.sort();
    kept.dedup();
    kept
}

async fn a_proof_that_is_given_saves_the_card(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (id, url) = keeper.asked().await;
    assert_eq!(keeper.cards().await, 0, "nothing is saved before");
    let back = answer(&url, "complete").await;
    assert!(back.starts_with(&format!("{}/challenge-done?parent=", keeper.stack.billing)), "{back}");
    let told = keeper.told(&id).await;
    assert_eq!((&told["status"], told.get("challenge"), told.get("refusal")), (&json!("saved"), None, None));
    assert_eq!(told["method"]["last4"], "3184");
    assert_eq!(told["method"], keeper.method(told["method"]["id"].as_str().unwrap()).await);
    assert_eq!(keeper.wallet().await["verifications"], json!([]));
    let entries = keeper.entries().await;
    assert_eq!(entries.iter().filter(|action| *action == "method.saved").count(), 1, "{entries:?}");
    // Asked again it is the same; and a card that nobody asks about is saved at once.
    assert_eq!(keeper.told(&id).await, told);
    keeper.save(CARD, json!({})).await.expect(201);
}

async fn a_proof_that_fails_saves_nothing(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (id, url) = keeper.asked().await;
    answer(&url, "fail").await;
    let told = keeper.told(&id).await;
    assert_eq!(
        (&told["status"], &told["refusal"]["code"]),
        (&json!("refused"), &json!("authentication_failed"))
    );
    keeper.stack.work().await;
    assert_eq!(keeper.cards().await, 0);
    assert!(kept(&keeper.stack).await.is_empty(), "and the processor keeps nothing");
    let (id, url) = keeper.asked().await;
    answer(&url, "complete").await;
    assert_eq!(keeper.told(&id).await["status"], "saved", "the next try is another one");
}

/// Positive control (tried): deciding where the wish is written down, without `cancel_verification`, leaves the setup open: the card is
/// kept at the processor by the proof that comes later.
async fn a_client_calls_it_off(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (id, url) = keeper.asked().await;
    keeper.call_off(&id).await.expect(204);
    let told = keeper.verification(&id).await.expect(200).json();
    assert_eq!(
        (&told["status"], &told["refusal"]["code"]),
        (&json!("refused"), &json!("authentication_abandoned"))
    );
    assert_eq!(verifications(&keeper.stack).await[0]["status"], "canceled");
    answer(&url, "complete").await;
    keeper.stack.work_after(MINUTE).await;
    assert_eq!(keeper.cards().await, 0);
    assert!(kept(&keeper.stack).await.is_empty());
    keeper.call_off(&id).await.expect(204);
    // While the processor does not answer it is wanted, and done later.
    let (id, _) = keeper.asked().await;
    let order = json!({"match": "every", "on": ["setup_intents.cancel", "setup_intents.retrieve"], "action": {"type": "drop_answer", "when": "before"}, "times": 2});
    keeper.stack.scenario(order).await;
    keeper.call_off(&id).await.expect_problem(503, "unavailable");
    assert_eq!(keeper.verification(&id).await.expect(200).at("/status"), "processing");
    keeper.stack.forget_scenarios().await;
    keeper.stack.work_after(2 * MINUTE).await;
    assert_eq!(keeper.verification(&id).await.expect(200).at("/status"), "refused");
}

/// Positive control (tried): taking the refusal to cancel for a cancellation tells a client who has a card that they have none, and the
/// processor keeps it.
async fn calling_off_too_late_is_having_saved(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (id, url) = keeper.asked().await;
    answer(&url, "complete").await;
    keeper.call_off(&id).await.expect_problem(409, "not_changeable");
    assert_eq!(keeper.verification(&id).await.expect(200).at("/status"), "saved");
    assert_eq!(keeper.cards().await, 1);
}

/// Positive control (tried): a deadline that every look moves (`challenge_until_ms = $6` in `ASK_FOR_PROOF`) keeps it open.
async fn nobody_waits_for_it_for_ever(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (id, url) = keeper.asked().await;
    for _ in 0..14 {
        keeper.stack.work_after(MINUTE).await;
        assert_eq!(keeper.verification(&id).await.at("/status"), "requires_action");
    }
    keeper.stack.work_after(2 * MINUTE).await;
    assert_eq!(keeper.verification(&id).await.at("/refusal/code"), "authentication_abandoned");
    assert_eq!(verifications(&keeper.stack).await[0]["status"], "canceled");
    answer(&url, "complete").await;
    keeper.stack.app.poll_events().await.unwrap();
    keeper.stack.work().await;
    assert_eq!(keeper.cards().await, 0);
}

/// A webhook decides it, and without webhooks the look-up does. Positive control (tried): without `setup_intent.…` in the adapter's
/// `news`, the first part waits in vain.
async fn a_closed_page_changes_nothing(engine: Engine) {
    let listens = StackOptions { webhooks: true, ..StackOptions::default() };
    let keeper = Keeper::on(Stack::start_with(engine, listens).await).await;
    let (_, url) = keeper.asked().await;
    // Whoever has just asked is not asked again within two seconds.
    keeper.stack.clock.advance(Duration::from_secs(2));
    answer(&url, "complete").await;
    let mut waited = 0;
    while keeper.cards().await != 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        keeper.stack.work().await;
        waited += 1;
        assert!(waited < 500, "no webhook decided it");
    }
    drop(keeper);

    let keeper = Keeper::start(engine).await;
    let (_, url) = keeper.asked().await;
    answer(&url, "complete").await;
    keeper.stack.work_after(MINUTE).await;
    assert_eq!(keeper.cards().await, 1);
    keeper.remove(keeper.wallet().await["cards"]["methods"][0]["id"].as_str().unwrap()).await.expect(200);
    let (_, url) = keeper.asked().await;
    answer(&url, "fail").await;
    keeper.stack.work_after(MINUTE).await;
    assert_eq!((keeper.cards().await, &keeper.wallet().await["verifications"]), (json!(0), &json!([])));
}

async fn a_card_is_updated_once_its_proof_is_given(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let card = stack.saved_card(&keeper.account, CARD).await;
    stack.installments_with(&keeper.account, &card).await;
    let before = keeper.method(&card).await;
    for (word, status) in [("fail", "refused"), ("complete", "saved")] {
        let asked = keeper.updated(&card, keeper.other_card(&card, ALWAYS).await).await.expect(202);
        let (id, url) = keeper.read_asked(&asked);
        assert_eq!(asked.at("/verification/updates"), card);
        assert_eq!(keeper.method(&card).await, before, "it is as it was meanwhile");
        // Nothing else is done to it, and it can be charged.
        keeper
            .updated(&card, keeper.other_card(&card, CARD).await)
            .await
            .expect_problem(409, "update_in_progress");
        let secret = stack.session(&stack.invoice(&keeper.account, &[100]).await).await;
        assert_eq!(
            stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect(200).at("/status"),
            "succeeded"
        );
        answer(&url, word).await;
        let told = keeper.told(&id).await;
        assert_eq!(told["status"], status);
        if word == "fail" {
            assert_eq!(keeper.method(&card).await, before);
        } else {
            assert_eq!(told["method"]["last4"], "3184");
            for same in ["id", "authorizations", "planned", "nickname"] {
                assert_eq!(told["method"][same], before[same], "{same} stays");
            }
        }
    }
    stack.work_after(5 * MINUTE).await;
    assert_eq!(kept(stack).await, [keeper.reference(&card).await], "one card is kept at the processor");
}

/// Positive control (tried): without `login_id = $1` in `OWN_VERIFICATION`, another client of the same organization reads it.
async fn a_reload_finds_it_and_nobody_else_does(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let stack = &keeper.stack;
    let (id, url) = keeper.asked().await;
    let shown = keeper.wallet().await["verifications"].clone();
    assert_eq!((&shown[0]["id"], &shown[0]["challenge"]["url"]), (&json!(id), &json!(url)));
    let other = stack.signed_in().await;
    let others = stack.wallet_session(&other).await;
    assert_eq!(stack.wallet(&others).await.expect(200).json()["verifications"], json!([]));
    let path = format!("/v1/wallet/verifications/{id}");
    let request =
        |method: Method| stack.browser(method, &others, &path).header("idempotency-key", fresh("w-"));
    for method in [Method::GET, Method::DELETE] {
        stack.send(request(method)).await.expect_problem(404, "not_found");
    }
    // From the page of another organization, the client looks after the same wallet.
    let body = json!({"client": keeper.sister.account, "allowed_origin": crate::support::STORE});
    let opened =
        stack.write_as(&keeper.sister.key, &fresh("k-"), "/v1/wallet_sessions", &body).await.expect(201);
    stack.clock.advance(Duration::from_secs(1));
    let secret = stack.confirm_wallet(&opened.at("/secret")).await;
    let there = Keeper { secret, ..keeper };
    assert_eq!(there.wallet().await["verifications"][0]["id"], json!(id));
    answer(&url, "complete").await;
    assert_eq!(there.told(&id).await["status"], "saved");
}

async fn a_question_whose_answer_was_lost_is_asked_again(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let order = json!({"match": "every", "on": ["setup_intents.create"], "action": {"type": "drop_answer", "when": "after"}, "times": 1});
    keeper.stack.scenario(order).await;
    let token = keeper.stack.token(ALWAYS).await;
    let request = keeper.saving(&token, &json!({}));
    let again = request.try_clone().unwrap();
    keeper.stack.send(request).await.expect_problem(503, "unavailable");
    let (id, url) = keeper.read_asked(&keeper.stack.send(again.try_clone().unwrap()).await.expect(202));
    assert_eq!(keeper.read_asked(&keeper.stack.send(again).await.expect(202)), (id.clone(), url.clone()));
    assert_eq!(verifications(&keeper.stack).await.len(), 1);
    answer(&url, "complete").await;
    assert_eq!(keeper.told(&id).await["status"], "saved");
}

/// Positive control (tried): without the look at `method_by_fingerprint` in `keep_new`, the card is there twice.
async fn two_proofs_of_one_card_save_one(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (first, second) = (keeper.asked().await, keeper.asked().await);
    assert_eq!(keeper.wallet().await["verifications"].as_array().unwrap().len(), 2);
    for (_, url) in [&first, &second] {
        answer(url, "complete").await;
    }
    let saved = keeper.told(&first.0).await;
    let known = keeper.told(&second.0).await;
    assert_eq!((saved.get("known"), &known["known"]), (None, &json!(true)));
    assert_eq!(saved["method"]["id"], known["method"]["id"]);
    keeper.stack.work().await;
    assert_eq!(keeper.cards().await, 1);
    let id = saved["method"]["id"].as_str().unwrap();
    assert_eq!(kept(&keeper.stack).await, [keeper.reference(id).await], "what nobody needs is let go");
}

async fn hints_do_not_make_it_ask_more_often(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let (id, _) = keeper.asked().await;
    let asked = async || {
        let sql = "SELECT tries || '' FROM wallet_verifications";
        keeper.stack.database.read_past_everybody(sql).await.unwrap().remove(0).parse::<i64>().unwrap()
    };
    let before = asked().await;
    keeper.stack.clock.advance(Duration::from_secs(2));
    for _ in 0..10 {
        keeper.verification(&id).await.expect(200);
    }
    assert_eq!(asked().await, before + 1);
}
