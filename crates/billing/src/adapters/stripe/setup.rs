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
        Answer::Done(json) => match answers::text(&json, "status") {
            "succeeded" => Ok(VerifyOutcome::Verified(Taken {
                reference: answers::id(&json)?,
                network_transaction_id: None,
                mandate: Some(answers::text(&json, "mandate").to_owned())
                    .filter(|mandate| !mandate.is_empty()),
                since: None,
            })),
            "requires_action" => give_up(client, verification.key, &json).await,
            _ => Err(ProcessorError::Unknown("the verification is undecided".to_owned())),
        },
        Answer::Refused(refusal) => {
            refusal.decline().map(VerifyOutcome::Declined).ok_or_else(|| refusal.rejected())
        }
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
        .with("metadata[organization]", verification.organization);
    match verification.mandate {
        Some(proof) => mandate(form, verification.kind, proof),
        None => form,
    }
}

/// The bank wants the payer to prove who they are, which this mode cannot show: it is called off, so that it is not kept
/// behind our back.
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
    fn it_is_asked_for_later_charges_under_what_was_agreed_to() {
        let card = VerifyRequest {
            key: "att_1.setup",
            organization: "org_1",
            attempt: "att_1",
            method: "pm_1",
            kind: MethodKind::Card,
            customer: Some("cus_1"),
            mandate: None,
        };
        let common = |kind: &str| {
            format!(
                "payment_method=pm_1 customer=cus_1 payment_method_types[0]={kind} usage=off_session confirm=true \
                 metadata[attempt]=att_1 metadata[organization]=org_1"
            )
        };
        assert_eq!(form(&card).readable(), common("card"));
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
