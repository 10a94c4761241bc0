//! The browser reads every golden document as serde does, and refuses documents that lack a part.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Debug;

use paydesk::client::read;
use paydesk::wallet::client::{read_consents, read_wallet};
use paydesk_domain::address::CountryRules;
use paydesk_domain::wire::billing::{AttemptView, CheckoutView, MandateTextView, StatusView};
use paydesk_domain::wire::wallet::{WalletConsentsView, WalletView};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn parse(text: &str) -> JsValue {
    js_sys::JSON::parse(text).unwrap()
}

/// Reads by both ways; then once more without each part in turn: where serde misses it, so must we.
///
/// Positive control: reading `exp_month` as an optional part makes the second half fail.
fn agree<T: DeserializeOwned + PartialEq + Debug>(text: &str, read: fn(&JsValue) -> Option<T>) {
    let expected: T = serde_json::from_str(text).unwrap();
    assert_eq!(read(&parse(text)), Some(expected));
    let whole: Value = serde_json::from_str(text).unwrap();
    for path in paths(&whole) {
        let mut broken = whole.clone();
        *broken.pointer_mut(&path).unwrap() = serde_json::json!({"not": "this"});
        let by_serde = serde_json::from_value::<T>(broken.clone()).is_ok();
        let by_hand = read(&parse(&broken.to_string())).is_some();
        // An object where an optional text or a flag should be is nothing to us; serde is stricter. Never the
        // other way round, and never for what has to be there.
        assert!(by_serde <= by_hand, "{path}: serde reads it, we do not");
        let lenient = [
            "participant",
            "nickname",
            "name_fr",
            "may_save",
            "expired",
            "retryable",
            "brand",
            "last4",
            "postal_example",
            "prefixes",
            "email",
            "blocked_by",
            "has_mandate",
            "address_needed",
            "update_expiry",
            "admin",
            "save_refused_because",
            "line1",
            "line2",
            "city",
            "region",
            "postal_code",
            "needs_saved_method",
            "first_on",
            "next_on",
            "follow_up",
            "ends_on",
            "words",
            "bank",
            "expiry",
            "exp_month",
            "exp_year",
            "is_default",
            "update_expiry",
            "updates",
            "text",
            "ended_at",
            "plans_continue",
        ];
        let last = path.rsplit('/').next().unwrap();
        assert!(by_serde == by_hand || lenient.contains(&last), "{path}: a broken part was taken");
    }
}

/// The path of every part of a document that is not itself a document.
fn paths(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(parts) => parts.iter().map(|(name, part)| (name.clone(), part)).collect(),
        Value::Array(parts) => {
            parts.iter().enumerate().map(|(place, part)| (place.to_string(), part)).collect()
        }
        _ => return vec![String::new()],
    };
    let deeper = inner
        .into_iter()
        .flat_map(|(name, part)| paths(part).into_iter().map(move |path| format!("/{name}{path}")));
    deeper.collect()
}

#[wasm_bindgen_test]
fn sessions() {
    agree::<CheckoutView>(include_str!("data/checkout_open.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_new_client.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_complete.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_processing_fr.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_bank.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_bank_us.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_admin.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_plans.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_subscription.json"), read::checkout);
    agree::<CheckoutView>(include_str!("data/checkout_credit.json"), read::checkout);
    agree::<MandateTextView>(include_str!("data/mandate_pad.json"), read::mandate);
}

#[wasm_bindgen_test]
fn wallets() {
    agree::<WalletView>(include_str!("data/wallet.json"), read_wallet);
    let list = |value: &JsValue| {
        let (consents, next_cursor) = read_consents(value)?;
        Some(WalletConsentsView {
            consents: consents.iter().map(|one| (**one).clone()).collect(),
            next_cursor,
        })
    };
    agree::<WalletConsentsView>(include_str!("data/wallet_consents.json"), list);
}

/// Own words are of the version that reads them, so that no document that is written by hand has them.
#[wasm_bindgen_test]
fn own_words() {
    let mut document: Value = serde_json::from_str(include_str!("data/checkout_open.json")).unwrap();
    document["words"] = serde_json::json!("en\n\nPay\nfr\n\nPayer");
    agree::<CheckoutView>(&document.to_string(), read::checkout);
}

#[wasm_bindgen_test]
fn tries_and_states() {
    agree::<AttemptView>(include_str!("data/attempt_succeeded.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_agreed.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_plan.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_credit.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_credit_alone.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_submitted.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_declined.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_challenged.json"), read::attempt);
    agree::<AttemptView>(include_str!("data/attempt_processing.json"), read::attempt);
    agree::<StatusView>(include_str!("data/status_open.json"), read::status);
    agree::<StatusView>(include_str!("data/status_processing.json"), read::status);
}

#[wasm_bindgen_test]
fn a_category_of_the_future_is_a_plain_refusal() {
    let attempt = read::attempt(&parse(include_str!("data/attempt_unheard_of.json"))).unwrap();
    assert_eq!(attempt.decline.unwrap().category, paydesk_domain::decline::DeclineCategory::Generic);
}

#[wasm_bindgen_test]
fn address_rules() {
    agree::<CountryRules>(include_str!("../crates/domain/data/address/CA.json"), read::country_rules);
    agree::<CountryRules>(include_str!("../crates/domain/data/address/FR.json"), read::country_rules);
    agree::<CountryRules>(include_str!("../crates/domain/data/address/JP.json"), read::country_rules);
    agree::<CountryRules>(include_str!("../crates/domain/data/address/HK.json"), read::country_rules);
}

#[wasm_bindgen_test]
fn other_things_are_not_documents() {
    for text in ["null", "[]", "7", "\"cs\"", "{}", "{\"session\":null}"] {
        assert_eq!(read::checkout(&parse(text)), None, "{text}");
        assert_eq!(read::attempt(&parse(text)), None, "{text}");
    }
    // Amounts are whole numbers that JavaScript holds exactly.
    let attempt = include_str!("data/attempt_succeeded.json");
    for amount in ["13250.5", "1e300", "\"13250\"", "9007199254740993"] {
        let text = attempt.replacen("13250", amount, 1);
        assert_eq!(read::attempt(&parse(&text)), None, "{amount}");
    }
}
