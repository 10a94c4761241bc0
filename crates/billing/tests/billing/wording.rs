//! An organization's own words: set as a whole language, told to its checkouts and to no other's, and refused where they
//! would not do.

use std::path::Path;

use paydesk_words::{ENGLISH, FRENCH, STAMP};
use serde_json::{Value, json};

use crate::program::{config, organization as made, run};
use crate::support::{Engine, STORE, Stack, fresh, on_both, organization};

on_both! {
    own_words_are_told_to_the_checkout_by_language;
    what_would_not_do_is_refused_and_changes_nothing;
    another_organizations_words_are_not_told;
    a_word_that_this_version_does_not_take_is_left_out;
}

/// What the checkout is told of a file, by the place of each word.
fn said(lines: &[&str]) -> Vec<(&'static str, String)> {
    assert_eq!((lines.len(), lines.last()), (ENGLISH.all().len() + 1, Some(&STAMP)));
    let names = ENGLISH.all().into_iter().map(|(name, _)| name);
    let said = names.zip(lines).filter(|(_, line)| !line.is_empty());
    said.map(|(name, line)| (name, (*line).to_owned())).collect()
}

async fn told(stack: &Stack, secret: &str) -> Vec<Vec<(&'static str, String)>> {
    let view = stack.view(secret).await.expect(200).json();
    let lines: Vec<&str> =
        view["words"].as_str().map(|files| files.split('\n').collect()).unwrap_or_default();
    lines.chunks(ENGLISH.all().len() + 1).map(said).collect()
}

fn only(language: &str, words: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let words = words.iter().map(|(name, word)| (*name, (*word).to_owned()));
    [("language", language.to_owned())].into_iter().chain(words).collect()
}

async fn own_words_are_told_to_the_checkout_by_language(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    assert!(stack.view(&secret).await.json().get("words").is_none(), "nobody has said anything");
    let wording = json!({
        "en": {"pay": " Donate {0} ", "retry": ENGLISH.retry},
        "fr": {"pay": "Verser {0}", "paid": "Merci !"},
    });
    let kept = json!({"en": {"pay": "Donate {0}"}, "fr": {"pay": "Verser {0}", "paid": "Merci !"}});
    let answer = stack.change(json!({"wording": wording, "name": "Riverside"})).await.expect(200).json();
    assert_eq!(answer["wording"], kept, "as it is said, and what the original says is not said again");
    assert_eq!(stack.read("/v1/organization").await.json()["wording"], kept);
    let (english, french) =
        (only("en", &[("pay", "Donate {0}")]), only("fr", &[("pay", "Verser {0}"), ("paid", "Merci !")]));
    assert_eq!(told(&stack, &secret).await, [english.clone(), french]);

    // A language that is named is another one as a whole; the other one stays.
    stack.change(json!({"wording": {"fr": {"total": "Somme"}}})).await.expect(200);
    assert_eq!(told(&stack, &secret).await, [english.clone(), only("fr", &[("total", "Somme")])]);
    stack.change(json!({"wording": {"fr": {"total": "Somme"}}, "name": "Riverside"})).await.expect(200);
    stack.change(json!({"wording": {"fr": {"total": FRENCH.total}}})).await.expect(200);
    assert_eq!(told(&stack, &secret).await, [english]);
    stack.change(json!({"wording": {"en": {}, "fr": {}}})).await.expect(200);
    assert!(stack.view(&secret).await.json().get("words").is_none());

    // The log says which words, and not what they say.
    let page = stack.read("/v1/audit_entries?action=organization.changed").await.expect(200).json();
    let logged: Vec<&Value> = page["data"].as_array().unwrap().iter().map(|entry| &entry["detail"]).collect();
    let wanted = [
        json!({"wording": {"en": ["pay"]}}),
        json!({"wording": {"fr": ["total"]}}),
        json!({"wording": {"fr": ["paid", "pay", "total"]}}),
        json!({"name": "changed", "wording": {"en": ["pay"], "fr": ["paid", "pay"]}}),
    ];
    assert_eq!(logged, wanted.iter().collect::<Vec<_>>(), "what changes nothing is not put down");
}

async fn what_would_not_do_is_refused_and_changes_nothing(engine: Engine) {
    let stack = Stack::start(engine).await;
    stack.change(json!({"wording": {"en": {"pay": "Donate {0}"}}})).await.expect(200);
    let before = stack.read("/v1/organization").await.json();
    let cut = format!("wording.en.{}", "x".repeat(60));
    for (wording, param, remedy) in [
        (json!({"de": {}}), "wording.de", "name en or fr"),
        (json!({"en": {"pay_up": "{0}"}}), "wording.en.pay_up", "lists them all"),
        (json!({"en": {"x".repeat(999): "x"}}), cut.as_str(), "lists them all"),
        (json!({"fr": {"language": "en"}}), "wording.fr.language", "leave it out"),
        (json!({"fr": {"agree": "Oui"}}), "wording.fr.agree", "leave it out"),
        (json!({"fr": {"pay": "Payer"}}), "wording.fr.pay", "It has to say {0}"),
        (json!({"fr": {"pay": "Payer {0} {1}"}}), "wording.fr.pay", "It has to say {0}"),
        (json!({"fr": {"pay": "Payer {0} }"}}), "wording.fr.pay", "leave it out"),
        (json!({"fr": {"retry": "a\nb"}}), "wording.fr.retry", "in one line"),
        (json!({"fr": {"retry": " "}}), "wording.fr.retry", "leave the name out"),
        (json!({"fr": {"retry": "x".repeat(301)}}), "wording.fr.retry", "in 300 at most"),
    ] {
        let refused = stack.change(json!({"name": "Other", "wording": wording})).await;
        let refused = refused.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), param);
        assert!(refused.at("/detail").contains(remedy), "{param}: {}", refused.at("/detail"));
    }
    for malformed in [json!({"fr": {"retry": 1}}), json!({"fr": "x"}), json!([])] {
        stack.change(json!({"wording": malformed})).await.expect_problem(400, "invalid_request");
    }
    assert_eq!(stack.read("/v1/organization").await.json(), before);
}

/// Positive control: without `WHERE org_id = $1` in `LIST_WORDS` this fails on SQLite (tried); on PostgreSQL row-level
/// security stands behind it.
async fn another_organizations_words_are_not_told(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    let write =
        async |path: &str, body: Value| stack.write_as(&other, &fresh("k-"), path, &body).await.expect(201);
    let account =
        write("/v1/clients", json!({"login": {"name": "Kim"}, "account": {"name": "Kim"}})).await.at("/id");
    let items = json!([{"description": "x", "amount": 100}]);
    let invoice = write("/v1/invoices", json!({"account": account, "items": items})).await.at("/id");
    let theirs = write("/v1/checkout_sessions", json!({"invoice": invoice, "allowed_origin": STORE}))
        .await
        .at("/secret");

    stack.change(json!({"wording": {"en": {"pay": "Donate {0}"}}})).await.expect(200);
    assert_eq!(told(&stack, &theirs).await, [[]; 0]);
    assert_eq!(stack.read_as(&other, "/v1/organization").await.json()["wording"], json!({}));
    let own = json!({"wording": {"en": {"pay": "Join for {0}"}}});
    stack.change_as(&other, &fresh("k-"), &own).await.expect(200);
    assert_eq!(told(&stack, &secret).await, [only("en", &[("pay", "Donate {0}")])]);
    assert_eq!(told(&stack, &theirs).await, [only("en", &[("pay", "Join for {0}")])]);
    // Taking away is for oneself as well.
    stack.change_as(&other, &fresh("k-"), &json!({"wording": {"en": {}}})).await.expect(200);
    assert_eq!(told(&stack, &secret).await, [only("en", &[("pay", "Donate {0}")])]);
}

/// What an earlier version took, and this one does not: another word has gone, or its places are others.
async fn a_word_that_this_version_does_not_take_is_left_out(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (_, secret) = stack.open().await;
    let tenant = stack.app.store.organization(stack.organization.clone());
    let by = paydesk_billing::store::Actor::CommandLine { user: "test".to_owned() };
    let mut tx = tenant.acting(by).write().await.unwrap();
    for (language, name, word) in
        [("en", "pay", "Pay"), ("en", "gone", "x"), ("en", "paid", "Thank you"), ("xx", "pay", "{0}")]
    {
        tx.insert_word(language, name, word).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(told(&stack, &secret).await, [only("en", &[("paid", "Thank you")])]);
}

/// The command line takes what it lists, and tells what is wrong with it.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_and_takes_words() {
    let folder = tempfile::tempdir().unwrap();
    // Without any configuration.
    let (done, listed, _) = run("/nowhere", &["words"]).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert!(done);
    assert_eq!((&listed["en"]["pay"], &listed["fr"]["pay"]), (&json!(ENGLISH.pay), &json!(FRENCH.pay)));
    assert!(listed["en"].get("agree").is_none(), "what may not be replaced is not offered");
    let (done, french, _) = run("/nowhere", &["words", "--language", "fr"]).await;
    assert!(done && french.starts_with("{\n  \"fr\": {\n    \"pay_to\": \"Paiement à {0}\",\n"), "{french}");
    let (done, _, why) = run("/nowhere", &["words", "--language", "de"]).await;
    assert!(!done && why.contains("name en or fr"), "{why}");

    let config = config(folder.path(), "http://127.0.0.1:9", "");
    let (organization, _) = made(&config).await;
    let set = async |file: &Path| {
        let file = file.display().to_string();
        run(&config, &["org", "set", "--organization", &organization, "--wording", &file]).await
    };
    let file = folder.path().join("words.json");
    std::fs::write(&file, french.replace("\"Payer {0}\"", "\"Verser {0}\"")).unwrap();
    let (done, answer, why) = set(&file).await;
    assert!(done, "{why}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        answer["wording"],
        json!({"fr": {"pay": "Verser {0}"}}),
        "of the whole list only what was changed"
    );

    std::fs::write(&file, "{\"fr\": {\"pay\": \"Verser\"}}").unwrap();
    let (done, _, why) = set(&file).await;
    assert!(!done && why.contains("wording.fr.pay: It has to say {0}"), "{why}");
    std::fs::write(&file, "[\"Verser\"]").unwrap();
    let (done, _, why) = set(&file).await;
    assert!(!done && why.contains("words.json: ") && why.contains("it has to be like {\"fr\""), "{why}");
    let (done, _, why) = set(&folder.path().join("none.json")).await;
    assert!(!done && why.contains("none.json"), "{why}");
}
