//! The dialect's events: what follows from each, and nothing else of it.

use jiff::Timestamp;
use paydesk_domain::return_code::Rail;
use serde_json::{Value, json};

use crate::adapters::stripe::answers::text;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::{answers, refund, returns};
use crate::ports::processor::{EventPage, MethodDetails, News, ProcessorError, ProcessorEvent, StoredMethod};

const PAGE: &str = "100";

/// Reads an event; `None` when it is none.
pub(super) fn read(json: &Value) -> Option<ProcessorEvent> {
    let id = text(json, "id");
    let kind = text(json, "type");
    if id.is_empty() || kind.is_empty() {
        return None;
    }
    let created = json.get("created").and_then(Value::as_i64).unwrap_or_default();
    let object = json.pointer("/data/object").unwrap_or(&Value::Null);
    Some(ProcessorEvent {
        id: id.to_owned(),
        kind: kind.to_owned(),
        happened_at: Timestamp::from_second(created).unwrap_or_default(),
        news: news(kind, object),
    })
}

/// What follows from it. Kinds that nobody has heard of, and objects that are not ours, say nothing.
fn news(kind: &str, object: &Value) -> News {
    match kind {
        "payment_intent.succeeded"
        | "payment_intent.processing"
        | "payment_intent.requires_action"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled" => charge(object),
        "setup_intent.succeeded" | "setup_intent.setup_failed" | "setup_intent.canceled" => verified(object),
        "payment_method.automatically_updated" | "payment_method.updated" => changed(kind, object),
        "charge.pending" | "charge.succeeded" | "charge.failed" | "charge.updated" => names(object),
        "charge.dispute.created" | "charge.dispute.updated" | "charge.dispute.closed" => returned(object),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            refund_news(object)
        }
        "mandate.updated" if text(object, "status") == "inactive" => {
            News::MandateEnded { reference: text(object, "id").to_owned() }
        }
        _ => News::Nothing,
    }
}

/// The part of an intent that says where it stands. What it says of people is left out.
fn charge(object: &Value) -> News {
    let ours = |name: &str| object.pointer(&format!("/metadata/{name}")).and_then(Value::as_str);
    let (Some(organization), Some(attempt)) = (ours("organization"), ours("attempt")) else {
        return News::Nothing;
    };
    let error = object.get("last_payment_error").filter(|error| error.is_object()).map(|error| {
        json!({
            "code": error.get("code"), "decline_code": error.get("decline_code"),
            "network_decline_code": error.get("network_decline_code"),
            "payment_method": {"type": error.pointer("/payment_method/type")},
        })
    });
    let charge = object.get("latest_charge").map(|charge| charge.get("id").unwrap_or(charge));
    let standing = json!({
        "id": object.get("id"), "status": object.get("status"), "payment_method_types": object.get("payment_method_types"),
        "latest_charge": charge, "last_payment_error": error, "cancellation_reason": object.get("cancellation_reason"),
        "next_action": {"redirect_to_url": {"url": object.pointer(answers::CHALLENGE_URL)}},
    });
    News::Charge { organization: organization.to_owned(), attempt: attempt.to_owned(), standing }
}

/// That a verification of ours is decided. Where it stands is asked for then: events come in any order.
fn verified(object: &Value) -> News {
    let ours = |name: &str| object.pointer(&format!("/metadata/{name}")).and_then(Value::as_str);
    match (ours("organization"), ours("attempt")) {
        (Some(organization), Some(attempt)) => {
            News::Verified { organization: organization.to_owned(), attempt: attempt.to_owned() }
        }
        _ => News::Nothing,
    }
}

/// What a charge is called beside its own name. An event about an intent names its charge, and says no more of it; the
/// charge, which has the intent's notes, says under which mandate an account was debited.
fn names(object: &Value) -> News {
    let ours = |name: &str| object.pointer(&format!("/metadata/{name}")).and_then(Value::as_str);
    let (network_transaction_id, mandate) = answers::names(object);
    match (ours("organization"), ours("attempt")) {
        (Some(organization), Some(attempt)) if network_transaction_id.is_some() || mandate.is_some() => {
            let (organization, attempt) = (organization.to_owned(), attempt.to_owned());
            News::Named { organization, attempt, network_transaction_id, mandate }
        }
        _ => News::Nothing,
    }
}

/// A method that is not what it was. What a card is now is asked for then, as events come in any order; an account is changed by its
/// bank alone.
fn changed(kind: &str, object: &Value) -> News {
    let reference = text(object, "id");
    match (text(object, "type"), kind) {
        ("card", _) if !reference.is_empty() => News::CardChanged { reference: reference.to_owned() },
        ("card", _) | (_, "payment_method.updated") => News::Nothing,
        _ => corrected(object),
    }
}

/// An account that its bank has corrected. The notice's code (C01 and others) has no place in the dialect: what is new of the
/// account is all that is told.
fn corrected(object: &Value) -> News {
    let Ok(StoredMethod { reference, last4, details: MethodDetails::Bank { bank, .. }, .. }) =
        answers::method(object)
    else {
        return News::Nothing;
    };
    let routing_number = object.pointer("/us_bank_account/routing_number").and_then(Value::as_str);
    News::AccountCorrected { reference, last4, bank, routing_number: routing_number.map(str::to_owned) }
}

/// A dispute about a bank debit is its return. One about a card is not: it is fought with evidence, elsewhere.
fn returned(object: &Value) -> News {
    let rail = match object.pointer("/payment_method_details/type").and_then(Value::as_str) {
        Some("us_bank_account") => Rail::Ach,
        Some("acss_debit") => Rail::Pad,
        _ => return News::Nothing,
    };
    let reference = text(object, "payment_intent").to_owned();
    match returns::code_of_dispute(rail, object) {
        Some(code) if !reference.is_empty() => News::Returned { reference, code: code.as_str().to_owned() },
        _ => News::Nothing,
    }
}

/// What a refund says of itself, if it is one of ours.
fn refund_news(object: &Value) -> News {
    let ours = |name: &str| object.pointer(&format!("/metadata/{name}")).and_then(Value::as_str);
    match (ours("organization"), ours("refund"), refund::outcome(object)) {
        (Some(organization), Some(refund), Some(outcome)) => {
            News::Refund { organization: organization.to_owned(), refund: refund.to_owned(), outcome }
        }
        _ => News::Nothing,
    }
}

/// A page of the list of events, newest first.
pub(super) async fn between(
    client: &Client,
    from_s: i64,
    until_s: Option<i64>,
    after: Option<&str>,
) -> Result<EventPage, ProcessorError> {
    let query = Form::default()
        .with("limit", PAGE)
        .with("created[gte]", &from_s.to_string())
        .with_some("created[lt]", until_s.map(|until_s| until_s.to_string()).as_deref())
        .with_some("starting_after", after);
    match client.get("/v1/events", &query).await? {
        Answer::Done(json) => {
            let rows = json.get("data").and_then(Value::as_array).into_iter().flatten();
            let more = json.get("has_more").and_then(Value::as_bool) == Some(true);
            Ok(EventPage { events: rows.filter_map(read).collect(), more })
        }
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::processor::RefundOutcome;

    fn event(kind: &str, object: Value) -> News {
        read(&json!({"id": "evt_1", "type": kind, "created": 1, "data": {"object": object}})).unwrap().news
    }

    #[test]
    fn keeps_what_follows_and_nothing_of_people() {
        let object = json!({
            "id": "pi_1", "status": "succeeded", "payment_method_types": ["card"], "latest_charge": "ch_1",
            "metadata": {"organization": "org_1", "attempt": "att_1"}, "receipt_email": "kim@example.org",
            "shipping": {"name": "Kim Roy"}, "last_payment_error": null,
        });
        let News::Charge { organization, attempt, standing } =
            event("payment_intent.succeeded", object.clone())
        else {
            panic!()
        };
        assert_eq!((organization.as_str(), attempt.as_str()), ("org_1", "att_1"));
        let kept = standing.to_string();
        assert!(!kept.contains("kim") && !kept.contains("Kim"), "{kept}");
        assert_eq!(answers::standing(&standing), answers::standing(&object));
    }

    #[test]
    fn a_charge_tells_what_else_it_is_called() {
        let charge = |kind: &str, details: Value| {
            json!({"id": "py_1", "metadata": {"organization": "org_1", "attempt": "att_1"},
                "payment_method_details": {"type": kind, kind: details}})
        };
        let named = |network: Option<&str>, mandate: Option<&str>| News::Named {
            organization: "org_1".to_owned(),
            attempt: "att_1".to_owned(),
            network_transaction_id: network.map(str::to_owned),
            mandate: mandate.map(str::to_owned),
        };
        let debit = charge("acss_debit", json!({"mandate": "mandate_1", "last4": "6789"}));
        assert_eq!(event("charge.pending", debit), named(None, Some("mandate_1")));
        let card = charge("card", json!({"network_transaction_id": "nti_1", "mandate": null}));
        assert_eq!(event("charge.succeeded", card), named(Some("nti_1"), None));
        // Refused at once: nothing has a name.
        assert_eq!(
            event("charge.failed", charge("us_bank_account", json!({"mandate": null}))),
            News::Nothing
        );
        let stranger = json!({"payment_method_details": {"us_bank_account": {"mandate": "mandate_1"}}});
        assert_eq!(event("charge.pending", stranger), News::Nothing);
    }

    #[test]
    fn a_corrected_account_tells_what_is_new() {
        let account = json!({"bank_name": "Second Bank", "last4": "6789", "routing_number": "021000021"});
        let method = json!({"id": "pm_1", "type": "us_bank_account", "us_bank_account": account,
            "billing_details": {"name": "Kim Roy"}});
        let News::AccountCorrected { reference, last4, bank, routing_number } =
            event("payment_method.automatically_updated", method)
        else {
            panic!()
        };
        assert_eq!((reference.as_str(), last4.as_str(), bank.as_str()), ("pm_1", "6789", "Second Bank"));
        assert_eq!(routing_number.as_deref(), Some("021000021"));
        let card = json!({"id": "pm_2", "type": "card", "card": {"last4": "4242", "exp_month": 3, "exp_year": 2034}});
        assert_eq!(event("payment_method.automatically_updated", card), News::Nothing);
    }

    #[test]
    fn a_refund_tells_where_it_stands() {
        let object = json!({"id": "re_1", "status": "failed", "failure_reason": "expired_or_canceled_card",
            "metadata": {"organization": "org_1", "refund": "ref_1"}});
        let failed = News::Refund {
            organization: "org_1".to_owned(),
            refund: "ref_1".to_owned(),
            outcome: RefundOutcome::Failed("expired_or_canceled_card".to_owned()),
        };
        assert_eq!(event("refund.failed", object.clone()), failed);
        assert_eq!(event("charge.refund.updated", object), failed);
        let stranger = json!({"id": "re_2", "status": "succeeded", "metadata": {}});
        assert_eq!(event("refund.created", stranger), News::Nothing);
    }

    #[test]
    fn what_is_not_ours_or_unheard_of_says_nothing() {
        assert_eq!(event("payment_intent.succeeded", json!({"id": "pi_1", "metadata": {}})), News::Nothing);
        assert_eq!(event("kind.of_2031", json!({"id": "x"})), News::Nothing);
        assert_eq!(event("mandate.updated", json!({"id": "mandate_1", "status": "active"})), News::Nothing);
        let card = json!({"payment_intent": "pi_1", "reason": "fraudulent", "payment_method_details": {"type": "card"}});
        assert_eq!(event("charge.dispute.created", card), News::Nothing);
        assert_eq!(read(&json!({"type": "x"})), None);
    }
}
