//! From the dialect's words for a debit that came back to the network's codes.
//!
//! The network's own code is taken wherever it is told. Where it is not, the dialect's word for it is translated to
//! the code of the rule that it was made from, so that what follows is decided by one table alone.

use paydesk_domain::return_code::{Rail, ReturnCode};
use serde_json::Value;

use crate::adapters::stripe::answers::text;

/// The words of `last_payment_error.code` and of a dispute's `reason`, with the codes of both rails.
const WORDS: &[(&str, &str, &str)] = &[
    ("insufficient_funds", "R01", "901"),
    ("account_closed", "R02", "905"),
    ("bank_account_closed", "R02", "905"),
    ("no_account", "R03", "902"),
    ("bank_account_invalid_details", "R03", "902"),
    ("bank_account_unusable", "R20", "907"),
    ("account_number_invalid", "R04", "912"),
    ("incorrect_account_details", "R03", "912"),
    ("invalid_currency", "R20", "909"),
    ("debit_not_authorized", "R10", "915"),
    ("debit_authorization_revoked", "R07", "917"),
    ("customer_initiated", "R08", "903"),
    ("stop_payment", "R08", "903"),
    ("bank_account_restricted", "R16", "911"),
    ("bank_ownership_changed", "R02", "905"),
    ("recipient_deceased", "R15", "910"),
    ("could_not_process", "R17", "900"),
    ("bank_cannot_process", "R17", "900"),
    ("payment_method_provider_decline", "R17", "990"),
    ("generic_could_not_process", "R17", "990"),
    ("debit_declined", "R17", "990"),
    ("unrecognized", "R10", "915"),
    ("fraudulent", "R10", "915"),
];

/// The words with which the processor itself refuses a debit at once: no bank was asked. Its limits, and accounts that it
/// has blocked or that were not verified (<https://docs.stripe.com/error-codes>).
const AT_ONCE: &[&str] = &[
    "charge_exceeds_source_limit",
    "charge_exceeds_transaction_limit",
    "charge_exceeds_weekly_limit",
    "payment_method_bank_account_blocked",
    "payment_method_microdeposit_failed",
    "payment_method_microdeposit_verification_attempts_exceeded",
    "payment_method_microdeposit_verification_timeout",
];

/// The code in an intent's `last_payment_error`; `None` when it has no word that a bank could have said.
pub(super) fn code_of_error(rail: Rail, error: &Value) -> Option<ReturnCode> {
    let words = ["decline_code", "code"].map(|name| text(error, name));
    if words.iter().any(|word| AT_ONCE.contains(word)) {
        return None;
    }
    network_code(text(error, "network_decline_code"))
        .or_else(|| words.into_iter().find_map(|word| translated(rail, word)))
        // A word that nobody has heard of keeps its place: the table asks for a human then.
        .or_else(|| words.into_iter().find_map(ReturnCode::parse))
}

/// The network's own code: one that the table knows.
fn network_code(told: &str) -> Option<ReturnCode> {
    ReturnCode::parse(told).filter(|code| code.rule().is_some())
}

fn translated(rail: Rail, word: &str) -> Option<ReturnCode> {
    WORDS.iter().find(|row| row.0 == word).and_then(|row| code(rail, row))
}

/// The code of a dispute: what the network said, else what the reason stands for. A reason that nobody has heard of
/// becomes the code that asks for a human.
pub(super) fn code_of_dispute(rail: Rail, dispute: &Value) -> Option<ReturnCode> {
    let told = dispute.pointer(&format!(
        "/payment_method_details/{}/network_reason_code",
        if rail == Rail::Ach { "us_bank_account" } else { "acss_debit" }
    ));
    let told = told.and_then(Value::as_str).unwrap_or_else(|| text(dispute, "network_reason_code"));
    network_code(told)
        .or_else(|| translated(rail, text(dispute, "reason")))
        .or_else(|| ReturnCode::parse(if rail == Rail::Ach { "R17" } else { "990" }))
}

fn code(rail: Rail, row: &(&str, &str, &str)) -> Option<ReturnCode> {
    ReturnCode::parse(match rail {
        Rail::Ach => row.1,
        Rail::Pad => row.2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_domain::return_code::Consequence;
    use serde_json::json;

    #[test]
    fn the_networks_own_code_wins() {
        let error = json!({"code": "debit_not_authorized", "network_decline_code": "R29"});
        assert_eq!(code_of_error(Rail::Ach, &error), ReturnCode::parse("R29"));
        let error = json!({"code": "debit_not_authorized"});
        assert_eq!(code_of_error(Rail::Ach, &error), ReturnCode::parse("R10"));
        assert_eq!(code_of_error(Rail::Pad, &error), ReturnCode::parse("915"));
        assert_eq!(code_of_error(Rail::Pad, &json!({"code": ""})), None);
        assert_eq!(code_of_error(Rail::Ach, &json!({"code": "charge_exceeds_weekly_limit"})), None);
        let unheard_of = code_of_error(Rail::Pad, &json!({"code": "reason_of_tomorrow"})).unwrap();
        assert_eq!(unheard_of.consequence(), Consequence::Review);
        let dispute = json!({"reason": "insufficient_funds", "network_reason_code": "R09"});
        assert_eq!(code_of_dispute(Rail::Ach, &dispute), ReturnCode::parse("R09"));
        assert_eq!(code_of_dispute(Rail::Pad, &json!({"reason": "who_knows"})), ReturnCode::parse("990"));
    }

    #[test]
    fn every_word_has_a_rule_on_both_rails() {
        for row in WORDS {
            for rail in [Rail::Ach, Rail::Pad] {
                let code = code(rail, row).unwrap();
                assert_eq!(code.rule().map(|rule| rule.rail), Some(rail), "{row:?}");
            }
        }
    }
}
