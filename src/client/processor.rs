//! The one call that carries the number of a card or a bank account: browser to processor, for a token.

use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::wire::billing::{DeclineView, ProcessorView};
use paydesk_domain::wire::processor::TokenizeRequest;

use super::http::{NoAnswer, Request, send};
use crate::js;

const TIMEOUT_MS: u32 = 20_000;

/// Why there is no token. No money can have moved.
#[derive(Debug)]
pub enum TokenRefusal {
    /// The card or the account is not one, or was refused.
    Refused(DeclineView),
    /// The processor does not take numbers with this key.
    Misconfigured,
    /// Too many requests.
    Busy,
    /// No answer.
    Unreachable,
}

/// Exchanges a card or a bank account for a token. The numbers are wiped from linear memory as soon as the browser has taken the body.
///
/// The body is a form and there is no header of our own, so that the browser asks no preflight.
///
/// # Errors
/// Why there is none.
pub async fn tokenize(processor: &ProcessorView, request: TokenizeRequest) -> Result<String, TokenRefusal> {
    let url = [&processor.base_url, request.path()].concat();
    let form = request.into_form(&processor.publishable_key);
    let answer = send(Request {
        method: "POST",
        url: &url,
        headers: &[("Content-Type", "application/x-www-form-urlencoded")],
        body: Some(&form),
        timeout_ms: TIMEOUT_MS,
    })
    .await;
    drop(form);
    let answer = answer.map_err(|NoAnswer| TokenRefusal::Unreachable)?;
    if answer.status == 200 {
        return js::text(&answer.body, "id").ok_or(TokenRefusal::Unreachable);
    }
    let error = js::get(&answer.body, "error");
    let kind = js::text(&error, "type").unwrap_or_default();
    let code = js::text(&error, "code").unwrap_or_default();
    Err(match (answer.status, kind.as_str()) {
        (429, _) => TokenRefusal::Busy,
        (_, "card_error") => TokenRefusal::Refused(decline(&error)),
        // `routing_number_invalid`, `account_number_invalid`: a typing error that no check of ours finds.
        _ if code.ends_with("_number_invalid") => TokenRefusal::Refused(DeclineView {
            code,
            category: DeclineCategory::IncorrectNumber,
            retryable: true,
        }),
        (500.., _) => TokenRefusal::Unreachable,
        // The payer cannot mend a key or an account's settings, and must not be shown their words.
        _ => TokenRefusal::Misconfigured,
    })
}

fn decline(error: &wasm_bindgen::JsValue) -> DeclineView {
    let code = js::text(error, "decline_code").or_else(|| js::text(error, "code"));
    let code = code.unwrap_or_else(|| "generic_decline".to_owned());
    let category = category(&code);
    // A typing error is mended in the form, whatever the category says of the card.
    let typing = matches!(category, DeclineCategory::IncorrectNumber | DeclineCategory::ExpiredCard);
    DeclineView { code, category, retryable: typing || category.is_retryable() }
}

/// What kind of refusal of a token it is: those of the codes that a payer can do something about here. What a bank says of a
/// charge comes by way of the billing API, which knows them all.
fn category(code: &str) -> DeclineCategory {
    match code {
        "incorrect_number" | "invalid_number" => DeclineCategory::IncorrectNumber,
        "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => DeclineCategory::ExpiredCard,
        "incorrect_cvc" | "invalid_cvc" => DeclineCategory::IncorrectCvc,
        "incorrect_zip" => DeclineCategory::IncorrectAddress,
        "insufficient_funds" => DeclineCategory::InsufficientFunds,
        "processing_error" => DeclineCategory::TryAgain,
        _ => DeclineCategory::Generic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_domain::decline::Decline;

    /// Positive control: calling `invalid_cvc` an incorrect number fails here.
    #[test]
    fn what_is_known_here_is_what_everybody_knows() {
        for code in [
            "incorrect_number",
            "invalid_number",
            "expired_card",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "incorrect_cvc",
            "invalid_cvc",
            "incorrect_zip",
            "insufficient_funds",
            "processing_error",
            "card_declined",
        ] {
            assert_eq!(category(code), Decline::new(code).category(), "{code}");
        }
    }
}
