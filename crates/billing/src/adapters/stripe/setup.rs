//! Verifying a method for later charges: the dialect's setup intents.

use paydesk_domain::decline::Decline;
use serde_json::Value;

use crate::adapters::stripe::answers;
use crate::adapters::stripe::charge::mandate;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::ports::processor::{ProcessorError, Taken, VerifyOutcome, VerifyRequest};

pub(super) async fn verify(
    client: &Client,
    verification: VerifyRequest<'_>,
) -> Result<VerifyOutcome, ProcessorError> {
    match client.post("/v1/setup_intents", verification.key, form(&verification)).await? {
        Answer::Done(json) if answers::text(&json, "status") == "requires_action" => {
            match standing(&json).filter(|_| verification.return_url.is_some()) {
                Some(challenged) => Ok(challenged),
                None => give_up(client, verification.key, &json).await,
            }
        }
        Answer::Done(json) => {
            standing(&json).ok_or_else(|| ProcessorError::Unknown("the verification is undecided".to_owned()))
        }
        Answer::Refused(refusal) => {
            refusal.decline().map(VerifyOutcome::Declined).ok_or_else(|| refusal.rejected())
        }
    }
}

/// Reads what became of it.
pub(super) async fn read(client: &Client, reference: &str) -> Result<Option<VerifyOutcome>, ProcessorError> {
    match client.get(&format!("/v1/setup_intents/{reference}"), &Form::default()).await? {
        Answer::Done(json) => Ok(standing(&json)),
        Answer::Refused(refusal) => Err(refusal.rejected()),
    }
}

/// Cancels it. A refusal says that there is nothing to cancel any more: what it is instead is read.
pub(super) async fn cancel(
    client: &Client,
    key: &str,
    reference: &str,
) -> Result<Option<VerifyOutcome>, ProcessorError> {
    let form = Form::default().with("cancellation_reason", answers::ABANDONED);
    match client.post(&format!("/v1/setup_intents/{reference}/cancel"), key, form).await? {
        Answer::Done(json) => Ok(standing(&json)),
        Answer::Refused(_) => read(client, reference).await,
    }
}

/// Where a verification stands; `None` while it is undecided. A reply and a look-up tell of the same setup.
fn standing(json: &Value) -> Option<VerifyOutcome> {
    let error = json.get("last_setup_error").filter(|error| error.is_object());
    let reference = || Some(answers::text(json, "id").to_owned()).filter(|id| !id.is_empty());
    match answers::text(json, "status") {
        "succeeded" => Some(VerifyOutcome::Verified(Taken {
            reference: reference()?,
            network_transaction_id: None,
            mandate: Some(answers::text(json, "mandate").to_owned()).filter(|mandate| !mandate.is_empty()),
            since: None,
        })),
        "requires_action" => {
            Some(VerifyOutcome::Challenged { reference: reference()?, url: answers::challenge_url(json)? })
        }
        "canceled" if error.is_none() => Some(VerifyOutcome::Declined(Decline::abandoned())),
        "canceled" => Some(VerifyOutcome::Declined(answers::decline_of(error))),
        "requires_payment_method" if error.is_some() => {
            Some(VerifyOutcome::Declined(answers::decline_of(error)))
        }
        _ => None,
    }
}

/// The request. It is made of the attempt's facts alone, so that the same attempt is the same request.
fn form(verification: &VerifyRequest<'_>) -> Form {
    let form = Form::default()
        .with("payment_method", verification.method)
        .with_some("customer", verification.customer)
        .with("payment_method_types[0]", answers::name_of(verification.kind))
        .with("usage", "off_session")
        .with("confirm", "true")
        .with("metadata[attempt]", verification.attempt)
        .with("metadata[organization]", verification.organization)
        .with_some("return_url", verification.return_url);
    match verification.mandate {
        Some(proof) => mandate(form, verification.kind, proof),
        None => form,
    }
}

/// The bank wants the payer to prove who they are, and there is nothing to show them: it is called off, so that the method is not
/// kept behind our back.
async fn give_up(client: &Client, key: &str, intent: &Value) -> Result<VerifyOutcome, ProcessorError> {
    let path = format!("/v1/setup_intents/{}/cancel", answers::id(intent)?);
    match client.post(&path, &format!("{key}.cancel"), Form::default()).await {
        Ok(Answer::Done(json)) if answers::text(&json, "status") == "canceled" => {
            Ok(VerifyOutcome::Declined(Decline::new("authentication_required")))
        }
        _ => Err(ProcessorError::Unknown("the verification waits for the payer".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use paydesk_domain::mandate::HolderType;
    use paydesk_domain::method_kind::MethodKind;

    use super::*;
    use crate::ports::processor::MandateProof;

    #[test]
    fn a_setup_says_where_it_stands() {
        let url = "https://bank.example/ask";
        let asks = serde_json::json!({"redirect_to_url": {"url": url}});
        let error = serde_json::json!({"code": "setup_intent_authentication_failure"});
        let of = |json: Value| standing(&json);
        let setup = |status: &str| serde_json::json!({"id": "seti_1", "status": status});
        let with = |status: &str, name: &str, value: &Value| {
            let mut json = setup(status);
            json[name] = value.clone();
            json
        };
        let challenged = VerifyOutcome::Challenged { reference: "seti_1".to_owned(), url: url.to_owned() };
        assert_eq!(of(with("requires_action", "next_action", &asks)), Some(challenged));
        assert_eq!(of(setup("requires_action")), None, "where nobody can be sent");
        assert!(
            matches!(of(setup("succeeded")), Some(VerifyOutcome::Verified(taken)) if taken.reference == "seti_1")
        );
        let declined = |json| match of(json) {
            Some(VerifyOutcome::Declined(decline)) => decline.told_code().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            declined(with("requires_payment_method", "last_setup_error", &error)),
            "authentication_failed"
        );
        assert_eq!(declined(setup("canceled")), "authentication_abandoned");
        for status in ["requires_payment_method", "requires_confirmation", "processing", "who_knows"] {
            assert_eq!(of(setup(status)), None, "{status}");
        }
    }

    #[test]
    fn it_is_asked_for_later_charges_under_what_was_agreed_to() {
        let card = VerifyRequest {
            key: "att_1.setup",
            organization: "org_1",
            attempt: "att_1",
            method: "pm_1",
            kind: MethodKind::Card,
            customer: Some("cus_1"),
            mandate: None,
            return_url: None,
        };
        let common = |kind: &str| {
            format!(
                "payment_method=pm_1 customer=cus_1 payment_method_types[0]={kind} usage=off_session confirm=true \
                 metadata[attempt]=att_1 metadata[organization]=org_1"
            )
        };
        assert_eq!(form(&card).readable(), common("card"));
        let shown = VerifyRequest { return_url: Some("https://pay.example/back"), ..card };
        assert_eq!(form(&shown).readable(), common("card") + " return_url=https://pay.example/back");
        let proof = MandateProof {
            reference: None,
            accepted_at: jiff::Timestamp::from_second(1_790_000_000).unwrap(),
            address: Some("203.0.113.7"),
            user_agent: Some("Browser/1"),
            holder: HolderType::Personal,
        };
        let account = VerifyRequest { kind: MethodKind::Pad, mandate: Some(proof), ..card };
        let asked = form(&account).readable();
        assert!(asked.starts_with(&common("acss_debit")), "{asked}");
        for part in [
            "mandate_data[customer_acceptance][accepted_at]=1790000000",
            "mandate_data[customer_acceptance][online][ip_address]=203.0.113.7",
            "payment_method_options[acss_debit][mandate_options][payment_schedule]=sporadic",
            "payment_method_options[acss_debit][mandate_options][transaction_type]=personal",
        ] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
    }
}
