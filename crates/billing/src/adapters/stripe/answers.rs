//! Reading the dialect's answers: errors, methods and charges.

use paydesk_domain::card::Brand;
use paydesk_domain::decline::Decline;
use serde_json::Value;

use crate::adapters::stripe::client::Answer;
use crate::ports::processor::{ChargeOutcome, ProcessorError, StoredMethod};

/// A 4xx answer that says what is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// `decline_code`, else `code`, else `type`.
    pub(super) code: String,
    /// Which parameter is at fault.
    pub(super) param: String,
}

impl Refusal {
    /// Reads an error. One that leaves it open whether something was done is [`ProcessorError::Unknown`].
    pub(super) fn read(status: u16, json: &Value) -> Result<Answer, ProcessorError> {
        let error = json.get("error").unwrap_or(&Value::Null);
        let field = |name: &str| error.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let kind = field("type").unwrap_or("unknown_error");
        let code = field("decline_code").or_else(|| field("code")).unwrap_or(kind);
        match status {
            // Somebody is at work under this key, or it stands for another request: what was done is not known.
            409 => Err(ProcessorError::Unknown(format!("conflict: {code}"))),
            _ if kind == "idempotency_error" => {
                Err(ProcessorError::Unknown("the key stands for another request".to_owned()))
            }
            429 => Err(ProcessorError::NotSent(format!("rate limited: {code}"))),
            408 => Err(ProcessorError::Unknown("HTTP 408".to_owned())),
            _ => Ok(Answer::Refused(Self {
                status,
                code: code.to_owned(),
                param: field("param").unwrap_or_default().to_owned(),
            })),
        }
    }

    /// The refusal as one by the bank, if it is one.
    pub(super) fn decline(&self) -> Option<Decline> {
        (self.status == 402).then(|| Decline::new(self.code.clone()))
    }

    /// The refusal as a rejected request.
    pub(super) fn rejected(&self) -> ProcessorError {
        ProcessorError::Rejected(format!("HTTP {}, {}", self.status, self.code))
    }
}

/// A text field, or empty.
pub(super) fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The id of an object, which an answer must have.
pub(super) fn id(json: &Value) -> Result<String, ProcessorError> {
    let id = text(json, "id");
    if id.is_empty() {
        Err(ProcessorError::Unknown("an answer without an id".to_owned()))
    } else {
        Ok(id.to_owned())
    }
}

/// Reads a card method.
pub(super) fn method(json: &Value) -> Result<StoredMethod, ProcessorError> {
    // A card that is kept in the older way is the object itself.
    let card = json.get("card").unwrap_or(json);
    // One dialect writes numbers as texts after an update.
    let number = |name: &str| {
        let value = card.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    };
    let exp_month = number("exp_month").and_then(|month| u8::try_from(month).ok());
    let exp_year = number("exp_year").and_then(|year| u16::try_from(year).ok());
    let (Some(exp_month), Some(exp_year)) = (exp_month, exp_year) else {
        return Err(ProcessorError::Unknown("a method without an expiry".to_owned()));
    };
    let customer =
        json.get("customer").and_then(|customer| customer.as_str().or_else(|| customer.get("id")?.as_str()));
    Ok(StoredMethod {
        reference: id(json)?,
        customer: customer.map(str::to_owned),
        brand: Brand::parse(&text(card, "brand").to_ascii_lowercase()),
        last4: text(card, "last4").to_owned(),
        exp_month,
        exp_year,
    })
}

/// Reads where a charge stands; `None` while it is undecided.
pub(super) fn outcome(json: &Value) -> Option<ChargeOutcome> {
    let error = json.get("last_payment_error").filter(|error| error.is_object());
    let decline = |default: &str| {
        let code =
            error.map(|error| [text(error, "decline_code"), text(error, "code")]).into_iter().flatten();
        let code = code.into_iter().find(|code| !code.is_empty()).unwrap_or(default).to_owned();
        Some(ChargeOutcome::Declined(Decline::new(code)))
    };
    match text(json, "status") {
        "succeeded" => Some(ChargeOutcome::Succeeded(text(json, "id").to_owned())),
        "canceled" => decline("generic_decline"),
        "requires_payment_method" if error.is_some() => decline("generic_decline"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_keep_doubt_apart_from_refusal() {
        let declined = json!({"error": {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}});
        let Ok(Answer::Refused(refusal)) = Refusal::read(402, &declined) else { panic!() };
        assert_eq!(refusal.decline(), Some(Decline::new("insufficient_funds")));
        let malformed = json!({"error": {"type": "invalid_request_error", "param": "amount"}});
        let Ok(Answer::Refused(refusal)) = Refusal::read(400, &malformed) else { panic!() };
        assert_eq!((refusal.decline(), refusal.param.as_str()), (None, "amount"));
        for (status, kind) in [(409, "idempotency_error"), (400, "idempotency_error"), (408, "api_error")] {
            let read = Refusal::read(status, &json!({"error": {"type": kind}}));
            assert!(matches!(read, Err(ProcessorError::Unknown(_))), "{status}");
        }
        assert!(matches!(Refusal::read(429, &json!({})), Err(ProcessorError::NotSent(_))));
    }

    #[test]
    fn only_decided_charges_have_an_outcome() {
        let with = |status: &str| json!({"id": "pi_1", "status": status});
        assert_eq!(outcome(&with("succeeded")), Some(ChargeOutcome::Succeeded("pi_1".to_owned())));
        for undecided in
            ["processing", "requires_action", "requires_confirmation", "requires_payment_method", "who_knows"]
        {
            assert_eq!(outcome(&with(undecided)), None, "{undecided}");
        }
        let refused =
            json!({"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}});
        assert_eq!(outcome(&refused), Some(ChargeOutcome::Declined(Decline::new("card_declined"))));
    }
}
