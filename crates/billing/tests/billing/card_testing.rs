//! Stolen cards at the checkout: few of them reach the processor, and whoever has a card of their own pays.

use std::time::Duration;

use paydesk_billing::app::Settings;
use paydesk_billing::http::HttpSettings;
use paydesk_domain::card_testing::Limits;
use serde_json::{Value, json};

use crate::support::{Engine, Reply, Stack, StackOptions, address, fresh, on_both, scale};

on_both! {
    a_session_is_stopped_and_hears_less;
    stolen_cards_among_honest_payers;
    at_once_from_one_address;
    replacing_a_saved_card_is_no_way_round;
    who_tried_what_is_forgotten_after_a_day;
}

const STOLEN: &str = "4000000000009995";
const GOOD: &str = "4242424242424242";

/// A server with the limits that it has by itself, which believes its proxy.
async fn guarded(engine: Engine) -> Stack {
    let base = StackOptions::default();
    let settings = Settings { card_testing: Limits::default(), ..base.settings };
    let http = HttpSettings { trusted_proxy: true, ..base.http };
    Stack::start_with(engine, StackOptions { settings, http, ..base }).await
}

/// A new client's invoice and session.
async fn stranger(stack: &Stack) -> String {
    let account = stack.client().await;
    let invoice = stack.invoice(&account, &[1_000]).await;
    stack.session(&invoice).await
}

/// Tries a card in a session, from a network address.
async fn try_card(stack: &Stack, secret: &str, number: &str, address: &str) -> Reply {
    let body = stack.with_card(number, 1_000).await;
    stack.send(stack.confirmation(secret, &body).header("x-forwarded-for", address)).await
}

/// Positive control: without the call of `limit_card_tests` the sixth card is tried; without that of `told`, the third refusal names
/// its reason.
async fn a_session_is_stopped_and_hears_less(engine: Engine) {
    let stack = guarded(engine).await;
    let account = stack.client().await;
    let invoice = stack.invoice(&account, &[1_000]).await;
    let secret = stack.session(&invoice).await;
    let mut heard = Vec::new();
    for _ in 0..5 {
        let reply = try_card(&stack, &secret, STOLEN, "203.0.113.7").await.expect(200);
        heard.push((reply.at("/decline/code"), reply.at("/decline/category")));
        assert_eq!(stack.charges().await.len(), 0);
    }
    let reason = ("insufficient_funds".to_owned(), "insufficient_funds".to_owned());
    let alike = ("card_declined".to_owned(), "generic".to_owned());
    assert_eq!(heard, [reason.clone(), reason, alike.clone(), alike.clone(), alike]);
    // What is asked for later says no more, and the organization sees the processor's own word.
    assert_eq!(stack.status(&secret).await.at("/attempt/decline/code"), "card_declined");
    let attempts = stack.attempts_of(&invoice).await;
    assert!(attempts.iter().all(|attempt| attempt["decline_code"] == "insufficient_funds"), "{attempts:?}");

    let stopped = try_card(&stack, &secret, GOOD, "203.0.113.7").await.expect_problem(429, "rate_limited");
    assert_eq!(stopped.headers["retry-after"], "3600");
    assert_eq!(stack.attempts_of(&invoice).await.len(), 5, "nothing was written of it");
    // A saved card has paid before: it is no try.
    let method = stack.saved_card(&account, GOOD).await;
    let body = stack.with_saved(&method, 1_000);
    let paid = stack.send(stack.confirmation(&secret, &body).header("x-forwarded-for", "203.0.113.7")).await;
    assert_eq!(paid.expect(200).at("/status"), "succeeded");

    // Another session of the same client is borne one more; an hour later it is forgotten.
    let invoice = stack.invoice(&account, &[1_000]).await;
    let secret = stack.session(&invoice).await;
    try_card(&stack, &secret, STOLEN, "203.0.113.8").await.expect(200);
    try_card(&stack, &secret, STOLEN, "203.0.113.9").await.expect_problem(429, "rate_limited");
    stack.clock.advance(Duration::from_secs(3_601));
    let secret = stack.session(&invoice).await;
    let paid = try_card(&stack, &secret, GOOD, "203.0.113.9").await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");
}

/// A thousand stolen cards from one address, in a hundred sessions of as many clients, among a hundred honest payers
/// (`PAYDESK_PROVE=long`: a thousand), each from an address of their own, every twentieth of them refused at first: less than one
/// in a hundred stolen cards reaches the processor, and everybody honest pays.
///
/// Positive control: with `Limits::NONE` in `guarded`, all of them reach it.
async fn stolen_cards_among_honest_payers(engine: Engine) {
    const CARDS: u32 = 1_000;
    const CARDS_OF_A_SESSION: u32 = 10;
    let honest = u32::try_from(scale(100, 1_000)).unwrap();
    let stack = guarded(engine).await;
    let attack = async {
        let (mut reached, mut turned_away) = (0, 0);
        for _ in 0..CARDS / CARDS_OF_A_SESSION {
            let secret = stranger(&stack).await;
            for _ in 0..CARDS_OF_A_SESSION {
                match try_card(&stack, &secret, STOLEN, "198.51.100.66").await.status {
                    200 => reached += 1,
                    429 => turned_away += 1,
                    other => panic!("{other}"),
                }
            }
        }
        assert_eq!(reached + turned_away, CARDS);
        reached
    };
    let pay = async {
        let mut paid = 0;
        for payer in 0..honest {
            let address = format!("10.0.{}.{}", payer / 250, payer % 250 + 1);
            let secret = stranger(&stack).await;
            if payer % 20 == 0 {
                let refused = try_card(&stack, &secret, STOLEN, &address).await.expect(200);
                assert_eq!(refused.at("/decline/code"), "insufficient_funds", "the honest hear the reason");
            }
            let reply = try_card(&stack, &secret, GOOD, &address).await.expect(200);
            paid += u32::from(reply.at("/status") == "succeeded");
        }
        paid
    };
    let (reached, paid) = tokio::join!(attack, pay);
    assert_eq!(paid, honest, "nobody honest is kept from paying");
    assert!(reached * 100 < CARDS, "{reached} of {CARDS} reached the processor");
}

/// Positive control: without `lock_network`, on PostgreSQL, more of them are tried than the limit says.
async fn at_once_from_one_address(engine: Engine) {
    let stack = guarded(engine).await;
    let mut requests = Vec::new();
    for _ in 0..40 {
        let secret = stranger(&stack).await;
        let body: Value = stack.with_card(STOLEN, 1_000).await;
        requests.push(stack.confirmation(&secret, &body).header("x-forwarded-for", "2001:db8:1:2::7"));
    }
    let replies = stack.send_all(requests.into_iter()).await;
    let tried = replies.iter().filter(|reply| reply.status == 200).count();
    let waits = |reply: &Reply| ["5", "3600"].contains(&reply.headers["retry-after"].to_str().unwrap());
    assert!((6..=9).contains(&tried), "{tried} were tried");
    assert!(
        replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.status == 429 && waits(reply))
    );
    // The whole /64 is one caller.
    let secret = stranger(&stack).await;
    try_card(&stack, &secret, STOLEN, "2001:db8:1:2:3:4:5:6").await.expect_problem(429, "rate_limited");
}

/// Positive control: without the call of `limit_card_tests` in `update_method` all of them reach the processor (tried).
async fn replacing_a_saved_card_is_no_way_round(engine: Engine) {
    let stack = guarded(engine).await;
    let account = stack.client().await;
    let method = stack.saved_card(&account, GOOD).await;
    let secret = stack.session(&stack.invoice(&account, &[1_000]).await).await;
    let replace = async |number: &str| {
        let body = json!({"token": stack.token(number).await, "billing_address": address()});
        let path = format!("/v1/checkout/methods/{method}/update");
        let request = stack.browser(reqwest::Method::POST, &secret, &path).json(&body);
        stack
            .send(request.header("idempotency-key", fresh("u-")).header("x-forwarded-for", "203.0.113.7"))
            .await
    };
    for _ in 0..5 {
        replace("4000000000000002").await.expect_problem(422, "card_refused");
    }
    replace(GOOD).await.expect_problem(429, "rate_limited");
    // It is the same count as that of cards that are typed to pay once.
    try_card(&stack, &secret, GOOD, "203.0.113.7").await.expect_problem(429, "rate_limited");
}

async fn who_tried_what_is_forgotten_after_a_day(engine: Engine) {
    let stack = guarded(engine).await;
    for _ in 0..2 {
        let secret = stranger(&stack).await;
        try_card(&stack, &secret, GOOD, "203.0.113.7").await.expect(200);
        stack.clock.advance(Duration::from_secs(3_600));
    }
    stack.clock.advance(Duration::from_secs(23 * 3_600 - 3_600));
    for (passed_s, forgotten) in [(0, 0), (1, 1), (3_600, 1), (3_600, 0)] {
        stack.clock.advance(Duration::from_secs(passed_s));
        assert_eq!(stack.app.forget_old().await.unwrap(), forgotten);
    }
}
