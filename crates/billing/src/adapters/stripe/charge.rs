//! Taking money, and ordering debits.

use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::stored_credential::{Initiation, Sequence};
use serde_json::Value;

use crate::adapters::stripe::answers::Refusal;
use crate::adapters::stripe::client::{Answer, Client, Form};
use crate::adapters::stripe::{amount, answers};
use crate::ports::processor::{ChargeOutcome, ChargeRequest, MandateProof, ProcessorError};

pub(super) async fn charge(
    client: &Client,
    charge: ChargeRequest<'_>,
) -> Result<ChargeOutcome, ProcessorError> {
    match client.post("/v1/payment_intents", charge.key, form(&charge)?).await? {
        Answer::Done(json) if answers::text(&json, "status") == "requires_action" => {
            match answers::standing(&json).filter(|_| charge.return_url.is_some()) {
                Some(challenged) => Ok(challenged),
                None => give_up(client, charge.key, &json).await,
            }
        }
        Answer::Done(json) => answers::standing(&json)
            .ok_or_else(|| ProcessorError::Unknown("the charge is undecided".to_owned())),
        Answer::Refused(refusal) => refused(refusal),
    }
}

/// A refusal with the intent of a debit is read as an event about it will be.
fn refused(refusal: Refusal) -> Result<ChargeOutcome, ProcessorError> {
    let Some(decline) = refusal.decline() else {
        return Err(refusal.rejected());
    };
    let of_debit = answers::rail(&refusal.intent).and_then(|_| answers::standing(&refusal.intent));
    Ok(of_debit.unwrap_or(ChargeOutcome::Declined(decline)))
}

/// The request. It is made of the attempt's facts alone, so that the same attempt is the same request.
pub(super) fn form(charge: &ChargeRequest<'_>) -> Result<Form, ProcessorError> {
    let form = Form::default()
        .with("amount", &amount::smallest_unit(charge.amount)?.to_string())
        .with("currency", &charge.amount.currency().code().to_ascii_lowercase())
        .with("payment_method", charge.method)
        .with_some("customer", charge.customer)
        .with("payment_method_types[0]", answers::name_of(charge.kind))
        .with("confirm", "true")
        .with("expand[0]", "latest_charge")
        .with("metadata[attempt]", charge.attempt)
        .with("metadata[organization]", charge.organization);
    let form = credential(form, charge);
    let form = match charge.mandate {
        Some(proof) => mandate(form, charge.kind, proof),
        None => form,
    };
    let form = form.with_some("payment_method_options[card][cvc_token]", charge.security_code);
    let is_there = charge.credential.initiation() == Initiation::Payer;
    let form = form.with_some("return_url", charge.return_url.filter(|_| is_there));
    Ok(if charge.keep { form.with("setup_future_usage", "off_session") } else { form })
}

/// Who starts the charge. A merchant's names the network's first transaction, where the network gave it a name; the
/// reason for it is in the metadata, as the dialect has no field for it.
fn credential(form: Form, charge: &ChargeRequest<'_>) -> Form {
    let credential = charge.credential;
    let form = form.with(
        "metadata[sequence]",
        match credential.sequence() {
            Sequence::Initial => "initial",
            Sequence::Subsequent => "subsequent",
        },
    );
    match credential.initiation() {
        Initiation::Payer => form.with("metadata[initiation]", "payer"),
        Initiation::Merchant(reason) => {
            let form = form.with("metadata[initiation]", reason.as_str()).with("off_session", "true");
            let network = credential.network_transaction_id().filter(|_| charge.kind == MethodKind::Card);
            form.with_some("payment_method_options[card][mit_exemption][network_transaction_id]", network)
        }
    }
}

/// The payer's agreement: by the processor's name for it, or told for the first time.
pub(super) fn mandate(form: Form, kind: MethodKind, proof: MandateProof<'_>) -> Form {
    if let Some(reference) = proof.reference {
        return form.with("mandate", reference);
    }
    let form = form
        .with("mandate_data[customer_acceptance][accepted_at]", &proof.accepted_at.as_second().to_string());
    let form = match (proof.address, proof.user_agent) {
        (Some(address), Some(user_agent)) => form
            .with("mandate_data[customer_acceptance][type]", "online")
            .with("mandate_data[customer_acceptance][online][ip_address]", address)
            .with("mandate_data[customer_acceptance][online][user_agent]", user_agent),
        _ => form.with("mandate_data[customer_acceptance][type]", "offline"),
    };
    match kind {
        MethodKind::Pad => form
            .with("payment_method_options[acss_debit][mandate_options][payment_schedule]", "sporadic")
            .with(
                "payment_method_options[acss_debit][mandate_options][transaction_type]",
                proof.holder.as_str(),
            ),
        MethodKind::Ach | MethodKind::Card => form,
    }
}

/// The bank wants the payer to prove who they are, and nobody is there, or nothing to show them. The charge is cancelled, so that it
/// cannot go through later behind our back; if that fails, it is looked up.
async fn give_up(client: &Client, key: &str, intent: &Value) -> Result<ChargeOutcome, ProcessorError> {
    let id = answers::id(intent)?;
    match client
        .post(&format!("/v1/payment_intents/{id}/cancel"), &format!("{key}.cancel"), Form::default())
        .await
    {
        Ok(Answer::Done(json)) if answers::text(&json, "status") == "canceled" => {
            Ok(ChargeOutcome::Declined(Decline::new("authentication_required")))
        }
        _ => Err(ProcessorError::Unknown("the charge waits for the payer".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use paydesk_domain::mandate::HolderType;
    use paydesk_domain::money::Money;
    use paydesk_domain::stored_credential::{MerchantReason, MethodStorage, StoredCredential};

    use super::*;

    /// What is the same in every golden request.
    const COMMON: &str = "amount=1250 currency={currency} payment_method=pm_1 customer=cus_1 payment_method_types[0]={kind} \
        confirm=true expand[0]=latest_charge metadata[attempt]=att_1 metadata[organization]=org_1";

    struct Case {
        kind: MethodKind,
        initiation: Initiation,
        sequence: Sequence,
        network: Option<&'static str>,
        mandate: Option<MandateProof<'static>>,
        keep: bool,
        security_code: Option<&'static str>,
        return_url: Option<&'static str>,
    }

    const PAYER: Case = Case {
        kind: MethodKind::Card,
        initiation: Initiation::Payer,
        sequence: Sequence::Initial,
        network: None,
        mandate: None,
        keep: false,
        security_code: None,
        return_url: None,
    };

    fn sent(case: &Case) -> String {
        let currency = if case.kind == MethodKind::Ach { "USD" } else { "CAD" };
        let network = case.network.map(str::to_owned);
        let credential =
            StoredCredential::new(case.initiation, case.sequence, MethodStorage::Stored, network).unwrap();
        let request = ChargeRequest {
            key: "att_1.charge",
            organization: "org_1",
            attempt: "att_1",
            amount: Money::new(1_250, currency.parse().unwrap()),
            method: "pm_1",
            kind: case.kind,
            customer: Some("cus_1"),
            credential: &credential,
            mandate: case.mandate,
            keep: case.keep,
            security_code: case.security_code,
            return_url: case.return_url,
        };
        let all = form(&request).unwrap().readable();
        let common = COMMON
            .replace("{currency}", &currency.to_lowercase())
            .replace("{kind}", answers::name_of(case.kind));
        all.strip_prefix(&common).unwrap_or_else(|| panic!("{all}")).trim().to_owned()
    }

    fn agreed(reference: Option<&'static str>, online: bool) -> Option<MandateProof<'static>> {
        Some(MandateProof {
            reference,
            accepted_at: Timestamp::from_second(1_790_000_000).unwrap(),
            address: online.then_some("203.0.113.7"),
            user_agent: online.then_some("Browser/1"),
            holder: HolderType::Business,
        })
    }

    fn merchant(reason: MerchantReason) -> Case {
        Case {
            initiation: Initiation::Merchant(reason),
            sequence: Sequence::Subsequent,
            network: Some("nti_1"),
            ..PAYER
        }
    }

    /// Golden requests: what is particular to each way in which a method is charged.
    #[test]
    fn each_way_to_charge_tells_who_starts_it_and_under_what() {
        let mit = "payment_method_options[card][mit_exemption][network_transaction_id]=nti_1";
        let away = |reason: &str| {
            format!("metadata[sequence]=subsequent metadata[initiation]={reason} off_session=true {mit}")
        };
        let online = "mandate_data[customer_acceptance][accepted_at]=1790000000 mandate_data[customer_acceptance][type]=online \
            mandate_data[customer_acceptance][online][ip_address]=203.0.113.7 \
            mandate_data[customer_acceptance][online][user_agent]=Browser/1";
        let pad = "payment_method_options[acss_debit][mandate_options][payment_schedule]=sporadic \
            payment_method_options[acss_debit][mandate_options][transaction_type]=business";
        let payer = "metadata[sequence]=initial metadata[initiation]=payer";
        let bank = |kind, mandate| Case { kind, mandate, ..PAYER };
        for (case, wanted) in [
            (PAYER, payer.to_owned()),
            (Case { keep: true, ..PAYER }, format!("{payer} setup_future_usage=off_session")),
            (
                Case { sequence: Sequence::Subsequent, network: Some("nti_1"), ..PAYER },
                "metadata[sequence]=subsequent metadata[initiation]=payer".to_owned(),
            ),
            (
                Case { security_code: Some("cvctok_1"), sequence: Sequence::Subsequent, ..PAYER },
                "metadata[sequence]=subsequent metadata[initiation]=payer payment_method_options[card][cvc_token]=cvctok_1"
                    .to_owned(),
            ),
            (
                Case { return_url: Some("https://pay.example/challenge-done?parent=x"), ..PAYER },
                format!("{payer} return_url=https://pay.example/challenge-done?parent=x"),
            ),
            (merchant(MerchantReason::Installment), away("installment")),
            // Whoever is away is never asked.
            (
                Case { return_url: Some("https://pay.example"), ..merchant(MerchantReason::Recurring) },
                away("recurring"),
            ),
            (merchant(MerchantReason::Recurring), away("recurring")),
            (merchant(MerchantReason::Unscheduled), away("unscheduled")),
            (merchant(MerchantReason::Resubmission), away("resubmission")),
            (bank(MethodKind::Ach, agreed(None, true)), format!("{payer} {online}")),
            (bank(MethodKind::Pad, agreed(None, true)), format!("{payer} {online} {pad}")),
            (
                bank(MethodKind::Ach, agreed(None, false)),
                format!("{payer} mandate_data[customer_acceptance][accepted_at]=1790000000 mandate_data[customer_acceptance][type]=offline"),
            ),
            (
                Case {
                    kind: MethodKind::Ach,
                    mandate: agreed(Some("mandate_1"), true),
                    ..merchant(MerchantReason::Recurring)
                },
                "metadata[sequence]=subsequent metadata[initiation]=recurring off_session=true mandate=mandate_1".to_owned(),
            ),
        ] {
            assert_eq!(sent(&case), wanted);
        }
    }
}
