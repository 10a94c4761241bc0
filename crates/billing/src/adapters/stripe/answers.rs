//! Reading the dialect's answers: errors, methods and charges.

use paydesk_domain::card::Brand;
use paydesk_domain::debit::DebitEvent;
use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::return_code::Rail;
use serde_json::Value;
use url::{Host, Url};

use crate::adapters::stripe::client::Answer;
use crate::adapters::stripe::returns;
use crate::ports::processor::{ChargeOutcome, MethodDetails, ProcessorError, StoredMethod, Taken};

/// Where an intent says on which page its payer proves who they are.
pub(super) const CHALLENGE_URL: &str = "/next_action/redirect_to_url/url";
/// Why an intent is cancelled whose payer did not.
pub(super) const ABANDONED: &str = "abandoned";

/// A 4xx answer that says what is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// `decline_code`, else `code`, else `type`.
    pub(super) code: String,
    /// Which parameter is at fault.
    pub(super) param: String,
    /// The intent that was refused, where the answer holds it.
    pub(super) intent: Value,
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
                intent: error.get("payment_intent").cloned().unwrap_or_default(),
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

/// Reads a method.
pub(super) fn method(json: &Value) -> Result<StoredMethod, ProcessorError> {
    let customer =
        json.get("customer").and_then(|customer| customer.as_str().or_else(|| customer.get("id")?.as_str()));
    let bank = bank_of(json);
    // A card that is kept in the older way is the object itself.
    let part = bank.map_or_else(|| json.get("card").unwrap_or(json), |(_, bank)| bank);
    let details = match bank {
        Some((rail, bank)) => MethodDetails::Bank { rail, bank: text(bank, "bank_name").to_owned() },
        None => card(part)?,
    };
    Ok(StoredMethod {
        reference: id(json)?,
        customer: customer.map(str::to_owned),
        last4: text(part, "last4").to_owned(),
        fingerprint: text(part, "fingerprint").to_owned(),
        closed: text(part, "status") == "closed",
        details,
    })
}

fn card(card: &Value) -> Result<MethodDetails, ProcessorError> {
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
    let brand = Brand::parse(&text(card, "brand").to_ascii_lowercase());
    Ok(MethodDetails::Card { brand, exp_month, exp_year })
}

/// The dialect's names of the rails.
pub(super) const fn name_of(kind: MethodKind) -> &'static str {
    match kind {
        MethodKind::Card => "card",
        MethodKind::Ach => "us_bank_account",
        MethodKind::Pad => "acss_debit",
    }
}

fn bank_of(json: &Value) -> Option<(Rail, &Value)> {
    [(Rail::Ach, MethodKind::Ach), (Rail::Pad, MethodKind::Pad)]
        .into_iter()
        .find_map(|(rail, kind)| Some((rail, json.get(name_of(kind))?)))
}

/// Reads what became of a charge; `None` while it is undecided. A reply, an event and a look-up all tell of the same
/// intent, so that whoever reads it first reads the same.
pub(super) fn standing(json: &Value) -> Option<ChargeOutcome> {
    let error = json.get("last_payment_error").filter(|error| error.is_object());
    let status = text(json, "status");
    let Some(rail) = rail_of(json, error) else {
        return card_outcome(json, status, error);
    };
    let submitted = |since| Some(ChargeOutcome::Submitted(Taken { since, ..taken(json) }));
    match status {
        "processing" => submitted(None),
        "succeeded" => submitted(Some(DebitEvent::Settle)),
        "requires_payment_method" | "canceled" => {
            // A bank that was asked says why it refused; without that, and without a charge, nobody was asked.
            let code = error.and_then(|error| returns::code_of_error(rail, error));
            match (code, has_charge(json)) {
                (Some(code), true) => submitted(Some(DebitEvent::Return(code))),
                (_, true) if status == "canceled" && error.is_none() => submitted(Some(DebitEvent::Cancel)),
                _ if error.is_some() || status == "canceled" => declined(error),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The rail of a debit's intent; `None` for a card's.
pub(super) fn rail(json: &Value) -> Option<Rail> {
    rail_of(json, None)
}

fn rail_of(json: &Value, error: Option<&Value>) -> Option<Rail> {
    let types = json.get("payment_method_types").and_then(Value::as_array).into_iter().flatten();
    let of_error = error.and_then(|error| error.pointer("/payment_method/type")?.as_str());
    types.filter_map(Value::as_str).chain(of_error).find_map(|name| match name {
        "us_bank_account" => Some(Rail::Ach),
        "acss_debit" => Some(Rail::Pad),
        _ => None,
    })
}

fn has_charge(json: &Value) -> bool {
    json.get("latest_charge").is_some_and(|charge| !charge.is_null())
}

fn card_outcome(json: &Value, status: &str, error: Option<&Value>) -> Option<ChargeOutcome> {
    match status {
        "succeeded" => Some(ChargeOutcome::Succeeded(taken(json))),
        "requires_action" => challenged(json),
        "canceled" if error.is_none() && text(json, "cancellation_reason") == ABANDONED => {
            Some(ChargeOutcome::Declined(Decline::abandoned()))
        }
        "canceled" => declined(error),
        "requires_payment_method" if error.is_some() => declined(error),
        _ => None,
    }
}

/// A payer who must prove who they are, where they can be shown where.
fn challenged(json: &Value) -> Option<ChargeOutcome> {
    let url = challenge_url(json)?;
    let reference = text(json, "id").to_owned();
    Some(ChargeOutcome::Challenged { reference, url })
}

/// The page on which a payer is asked, of a charge's intent or of a setup's.
pub(super) fn challenge_url(json: &Value) -> Option<String> {
    let url = json.pointer(CHALLENGE_URL).and_then(Value::as_str);
    url.filter(|url| may_be_shown(url)).map(str::to_owned)
}

/// A browser is sent to pages alone, and without TLS to those of the machine itself.
fn may_be_shown(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

fn declined(error: Option<&Value>) -> Option<ChargeOutcome> {
    Some(ChargeOutcome::Declined(decline_of(error)))
}

/// Why the bank refused, from an intent's last error.
pub(super) fn decline_of(error: Option<&Value>) -> Decline {
    let codes = error.map(|error| [text(error, "decline_code"), text(error, "code")]).into_iter().flatten();
    let code = codes.into_iter().find(|code| !code.is_empty()).unwrap_or("generic_decline");
    Decline::new(code)
}

/// The processor's names for a charge. The others are told where the charge itself is part of the answer.
fn taken(json: &Value) -> Taken {
    let (network_transaction_id, mandate) = json.get("latest_charge").map(names).unwrap_or_default();
    let mandate = mandate.or_else(|| Some(text(json, "mandate").to_owned()).filter(|name| !name.is_empty()));
    Taken { reference: text(json, "id").to_owned(), network_transaction_id, mandate, since: None }
}

/// What the network calls a charge, and the processor the mandate that it rests on.
pub(super) fn names(charge: &Value) -> (Option<String>, Option<String>) {
    let details = charge.get("payment_method_details");
    let fact = |path: &str| details.and_then(|details| details.pointer(path)?.as_str()).map(str::to_owned);
    let mandate = fact("/us_bank_account/mandate").or_else(|| fact("/acss_debit/mandate"));
    (fact("/card/network_transaction_id"), mandate)
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
        let outcome = standing;
        let with = |status: &str| json!({"id": "pi_1", "status": status});
        assert_eq!(outcome(&with("succeeded")), Some(ChargeOutcome::Succeeded(Taken::named("pi_1"))));
        for undecided in
            ["processing", "requires_action", "requires_confirmation", "requires_payment_method", "who_knows"]
        {
            assert_eq!(outcome(&with(undecided)), None, "{undecided}");
        }
        let refused =
            json!({"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}});
        assert_eq!(outcome(&refused), Some(ChargeOutcome::Declined(Decline::new("card_declined"))));
    }

    /// Positive control: without `may_be_shown`, a script is taken for a page.
    #[test]
    fn a_payer_is_sent_to_pages_alone() {
        let asked = |url: &str| {
            standing(&json!({"id": "pi_1", "status": "requires_action",
                "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": url}}}))
        };
        for url in ["https://hooks.stripe.com/redirect/1", "http://127.0.0.1:4200/challenge/pi_1/x"] {
            let challenged = ChargeOutcome::Challenged { reference: "pi_1".to_owned(), url: url.to_owned() };
            assert_eq!(asked(url), Some(challenged));
        }
        for url in ["javascript:alert(1)", "http://bank.example/1", "data:text/html,x", "/challenge", ""] {
            assert_eq!(asked(url), None, "{url}");
        }
    }

    #[test]
    fn what_nobody_proved_is_told_apart_from_what_was_refused() {
        let canceled = |reason: &str, error: Value| {
            standing(
                &json!({"id": "pi_1", "status": "canceled", "cancellation_reason": reason, "last_payment_error": error}),
            )
        };
        let declined = |code: &str| Some(ChargeOutcome::Declined(Decline::new(code)));
        assert_eq!(canceled("abandoned", Value::Null), declined("authentication_abandoned"));
        assert_eq!(canceled("duplicate", Value::Null), declined("generic_decline"));
        let failed = json!({"code": "payment_intent_authentication_failure"});
        assert_eq!(canceled("abandoned", failed), declined("payment_intent_authentication_failure"));
    }

    #[test]
    fn a_debit_is_submitted_before_it_is_anything_else() {
        let with = |status: &str, error: Value, charge: Value| {
            json!({"id": "pi_1", "status": status, "payment_method_types": ["us_bank_account"],
                "last_payment_error": error, "latest_charge": charge})
        };
        let submitted = |since| Some(ChargeOutcome::Submitted(Taken { since, ..Taken::named("pi_1") }));
        let declined = |code: &str| Some(ChargeOutcome::Declined(Decline::new(code)));
        let code = paydesk_domain::return_code::ReturnCode::parse("R01").unwrap();
        let told = json!({"code": "insufficient_funds", "network_decline_code": "R01"});
        let at_once = json!({"code": "charge_exceeds_source_limit"});
        let unheard_of = json!({"code": "account_number_invalid"});
        let refused = "requires_payment_method";
        for (json, wanted) in [
            (with("processing", Value::Null, json!("ch_1")), submitted(None)),
            (with("succeeded", Value::Null, json!("ch_1")), submitted(Some(DebitEvent::Settle))),
            (with(refused, told.clone(), json!("ch_1")), submitted(Some(DebitEvent::Return(code.clone())))),
            (with("canceled", told, json!("ch_1")), submitted(Some(DebitEvent::Return(code)))),
            (with("canceled", Value::Null, json!("ch_1")), submitted(Some(DebitEvent::Cancel))),
            (with(refused, unheard_of, Value::Null), declined("account_number_invalid")),
            // Refused by the processor itself: no bank was asked, although there is a charge that says so.
            (with(refused, at_once.clone(), json!("ch_1")), declined("charge_exceeds_source_limit")),
            (with("canceled", at_once, json!("ch_1")), declined("charge_exceeds_source_limit")),
            (with("requires_confirmation", Value::Null, Value::Null), None),
        ] {
            assert_eq!(standing(&json), wanted, "{json}");
        }
    }
}
