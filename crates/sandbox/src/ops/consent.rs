//! The payer's consent to a debit: what a call says of it, and the mandate that covers a debit.

use super::find;
use crate::banks::Rail;
use crate::error::ApiError;
use crate::form::Node;
use crate::keys::Power;
use crate::model::{Acceptance, Channel, DebitTerms, Mandate, MandateScope, MandateStatus, PaymentMethod};
use crate::store::{Change, PageRequest, Tx};

/// What a call says of the payer's consent.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// They have given it now.
    acceptance: Option<Acceptance>,
    /// They gave it earlier, in this mandate.
    mandate: Option<String>,
}

impl Consent {
    /// Reads `mandate_data` and `mandate`. A server says where its payer's browser was; a browser need not.
    pub fn of_node(tx: &Tx<'_>, node: &Node<'_>, power: Power) -> Result<Self, ApiError> {
        let mandate = node.owned("mandate")?;
        if mandate.is_some() && node.has("mandate_data") {
            let message = "You may only specify one of these parameters: mandate, mandate_data.";
            return Err(ApiError::invalid(message).code("parameters_exclusive").param("mandate"));
        }
        let acceptance = match node.group("mandate_data")? {
            Some(data) => Some(acceptance_of(tx, &data, power)?),
            None => None,
        };
        Ok(Self { acceptance, mandate })
    }
}

fn acceptance_of(tx: &Tx<'_>, data: &Node<'_>, power: Power) -> Result<Acceptance, ApiError> {
    data.allow(&["customer_acceptance"])?;
    let missing = || ApiError::missing(&data.name_of("customer_acceptance"));
    let node = data.group("customer_acceptance")?.ok_or_else(missing)?;
    node.allow(&["accepted_at", "offline", "online", "type"])?;
    let kind = node.choice("type", &["offline", "online"])?;
    let channel = match kind.ok_or_else(|| ApiError::missing(&node.name_of("type")))? {
        "offline" => Channel::Offline,
        _ => {
            let online = node.group("online")?.ok_or_else(|| ApiError::missing(&node.name_of("online")))?;
            online.allow(&["infer_from_client", "ip_address", "user_agent"])?;
            if power == Power::Secret {
                online.required("ip_address")?;
                online.required("user_agent")?;
            }
            Channel::Online {
                ip_address: online.owned("ip_address")?,
                user_agent: online.owned("user_agent")?,
            }
        }
    };
    let accepted_at = node.integer("accepted_at")?.unwrap_or_else(|| tx.now_s());
    Ok(Acceptance { accepted_at, channel })
}

/// Which intent asks, for the code of its refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A debit.
    Payment,
    /// A setup for later debits: it needs a consent of its own.
    Setup,
}

/// The mandate that covers a debit: a new one of the consent given now, the named one, or one that holds for
/// the method already. It is not put into the book.
///
/// # Errors
/// 400 when there is none, or when the named one does not hold for this method.
pub fn covering_mandate(
    tx: &Tx<'_>,
    asker: Asker,
    consent: &Consent,
    method: &PaymentMethod,
    scope: MandateScope,
    terms: &DebitTerms,
) -> Result<Mandate, ApiError> {
    if let Some(acceptance) = &consent.acceptance {
        return Ok(Mandate {
            id: tx.id("mandate"),
            created: tx.now_s(),
            payment_method: method.id.clone(),
            kind: method.instrument.kind().to_owned(),
            status: MandateStatus::Active,
            scope,
            acceptance: acceptance.clone(),
            terms: terms.clone(),
        });
    }
    if let Some(id) = &consent.mandate {
        let mandate = find::mandate_param(tx, id)?;
        if mandate.payment_method != method.id || mandate.status != MandateStatus::Active {
            let message = "The provided mandate is not active for this payment method.";
            return Err(refused(asker, message, "mandate"));
        }
        return Ok(mandate);
    }
    let holding = match asker {
        Asker::Payment => holding_mandate(tx, method),
        Asker::Setup => None,
    };
    holding.ok_or_else(|| {
        let message = "This intent requires a mandate, but no existing mandate was found. Collect mandate acceptance from \
                       the customer and try again, providing acceptance data in the mandate_data parameter.";
        refused(asker, message, "mandate_data")
    })
}

/// The newest mandate that holds for any number of debits of this method.
fn holding_mandate(tx: &Tx<'_>, method: &PaymentMethod) -> Option<Mandate> {
    let holds = |mandate: &Mandate| {
        mandate.status == MandateStatus::Active && mandate.scope == MandateScope::MultiUse
    };
    let newest = PageRequest { limit: 1, ..PageRequest::default() };
    let page = tx.book().mandates.page(Some(&format!("payment_method={}", method.id)), newest, holds)?;
    page.rows.first().map(|mandate| (*mandate).clone())
}

fn refused(asker: Asker, message: &str, param: &str) -> ApiError {
    let code = match asker {
        Asker::Payment => "payment_intent_mandate_invalid",
        Asker::Setup => "setup_intent_mandate_invalid",
    };
    ApiError::invalid(message).code(code).param(param)
}

/// Puts a mandate with this status into the book, and tells of it if anything is new about it.
pub fn put_mandate(tx: &mut Tx<'_>, mut mandate: Mandate, status: MandateStatus) {
    let is_known = tx.book().mandates.row(&mandate.id).is_some_and(|known| known.status == status);
    if is_known {
        return;
    }
    mandate.status = status;
    tx.emit("mandate.updated", &mandate.view());
    tx.put(Change::Mandate(mandate));
}

/// Gives the mandate with this id another status.
pub fn set_mandate_status(tx: &mut Tx<'_>, id: Option<&str>, status: MandateStatus) {
    if let Some(mandate) = id.and_then(|id| tx.book().mandates.row(id)).cloned() {
        put_mandate(tx, mandate, status);
    }
}

/// Merges `payment_method_options[us_bank_account|acss_debit]` into how an account is to be debited. Options of
/// cards are checked where they say something, and change nothing.
pub fn merge_options(node: &Node<'_>, terms: &mut DebitTerms, off_session: bool) -> Result<(), ApiError> {
    let Some(options) = node.group("payment_method_options")? else {
        return Ok(());
    };
    if let Some(card) = options.group("card")? {
        check_exemption(&card, off_session)?;
    }
    for rail in [Rail::Ach, Rail::Pad] {
        let Some(option) = options.group(rail.kind())? else {
            continue;
        };
        option.allow(&[
            "currency",
            "financial_connections",
            "mandate_options",
            "networks",
            "setup_future_usage",
            "verification_method",
        ])?;
        if let Some(by) = option.choice("verification_method", &["automatic", "instant", "microdeposits"])? {
            terms.by_microdeposits = by == "microdeposits";
        }
        if let Some(says) = option.group("mandate_options")? {
            says.choice("payment_schedule", &["combined", "interval", "sporadic"])?;
            says.choice("transaction_type", &["business", "personal"])?;
            says.update("payment_schedule", &mut terms.payment_schedule)?;
            says.update("transaction_type", &mut terms.transaction_type)?;
            says.update("interval_description", &mut terms.interval_description)?;
        }
    }
    Ok(())
}

/// `mit_exemption[network_transaction_id]`: the reference of the first charge, which the payer was there for.
fn check_exemption(card: &Node<'_>, off_session: bool) -> Result<(), ApiError> {
    let Some(exemption) = card.group("mit_exemption")? else {
        return Ok(());
    };
    exemption.allow(&["claim_without_transaction_id", "network_transaction_id"])?;
    if !off_session {
        let message = "You may only claim an exemption for merchant-initiated payments with `off_session`.";
        return Err(ApiError::invalid(message).param(card.name_of("mit_exemption")));
    }
    let Some(id) = exemption.text("network_transaction_id")? else {
        return Ok(());
    };
    if id.len() > 50 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let name = exemption.name_of("network_transaction_id");
        return Err(ApiError::invalid("This is not a network transaction id.").param(name));
    }
    Ok(())
}
