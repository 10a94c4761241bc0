//! Reads a try to pay: everything about the request that can be judged without the database.

use paydesk_domain::address::Address;
use paydesk_domain::consent::ConsentText;
use paydesk_domain::id::AttemptId;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Currency;
use paydesk_domain::wire::billing::ConfirmRequest;

use crate::app::acting::consent_text;
use crate::app::authenticate::Payer;
use crate::app::payer_rules::is_token;
use crate::app::{App, AppError, address, millis};
use crate::secret::sha256_hex;
use crate::store::AttemptRow;

/// Where a request came from: kept with a consent, as its proof.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// The browser.
    pub user_agent: Option<String>,
}

impl App {
    /// The attempt that a request asks for, not written yet. It is claimed by whoever writes it.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub(super) fn read_confirmation(
        &self,
        payer: &Payer,
        request: &ConfirmRequest,
        origin: &Origin,
    ) -> Result<AttemptRow, AppError> {
        let session = &payer.session;
        let id: AttemptId = request
            .attempt_id
            .parse()
            .map_err(|_| AppError::invalid("attempt_id", "att_ and 30 letters."))?;
        let currency: Currency = request
            .currency
            .parse()
            .map_err(|_| AppError::invalid("currency", "Three letters, such as CAD."))?;
        let credit = request.credit.unwrap_or_default();
        if credit < 0 {
            return Err(AppError::invalid("credit", "Minor units, zero or more."));
        }
        // Nothing can be due now where something is paid later, and nothing is charged where credit covers all.
        if request.amount < 0 || (request.amount == 0 && request.plan.is_none() && credit == 0) {
            let detail = "Minor units, above zero; zero with a plan, or where credit covers all.";
            return Err(AppError::invalid("amount", detail));
        }
        let is_charged = request.amount != 0 || credit == 0;
        let fresh = if is_charged { new_method(request)? } else { no_method(request)? };
        let kind = kind_of(payer, request, currency)?;
        let now = self.mint.now_ms();
        let row = AttemptRow {
            org_id: payer.tenant.id().as_str().to_owned(),
            id: id.as_str().to_owned(),
            session_id: Some(session.id.clone()),
            origin_id: id.as_str().to_owned(),
            kind: kind.as_str().to_owned(),
            initiation: "payer".to_owned(),
            account_id: session.account_id.clone(),
            login_id: session.login_id.clone(),
            invoice_id: session.invoice_id.clone(),
            amount: request.amount,
            credit,
            currency: currency.code().to_owned(),
            method_id: request.saved_method.clone(),
            vault: payer.organization.vault.clone(),
            request_hash: request_hash(&session.id, request),
            idempotency_key: format!("{}.charge", id.as_str()),
            status: "sending".to_owned(),
            fence: 1,
            due_at_ms: now.saturating_add(millis(self.settings.lease)),
            created_at_ms: now,
            first_sent_at_ms: Some(now),
            sent_at_ms: Some(now),
            ..AttemptRow::default()
        };
        let Some((token, address)) = fresh else {
            return Ok(row);
        };
        let row = AttemptRow { token: Some(token), billing_address: Some(address::stored(&address)?), ..row };
        if !request.save && !keeps_with_plan(payer, request) {
            return Ok(row);
        }
        let shown = shown_consent(payer, request, kind)?;
        Ok(AttemptRow {
            save: i64::from(request.save),
            consent_version: Some(shown.version.to_owned()),
            consent_hash: Some(sha256_hex(shown.text.as_bytes())),
            consent_locale: Some(shown.locale.to_owned()),
            consented_at_ms: Some(now),
            consent_address: origin.address.clone(),
            consent_user_agent: origin.user_agent.clone(),
            ..row
        })
    }
}

/// The kind of method that pays: one of the currency, and one that whoever acts may enter.
fn kind_of(payer: &Payer, request: &ConfirmRequest, currency: Currency) -> Result<MethodKind, AppError> {
    let kind = request.method_kind.unwrap_or_default();
    if !kind.pays_in(currency) {
        let detail = "This kind of account does not pay in this currency.";
        return Err(AppError::invalid("method_kind", detail));
    }
    if request.token.is_some() && kind != MethodKind::Card && payer.on_behalf.is_some() {
        let detail = "A new bank account is the client's own to enter: its mandate is theirs to give.";
        return Err(AppError::invalid("method_kind", detail));
    }
    Ok(kind)
}

/// The token and the address of a new card or bank account; `None` for a saved one.
fn new_method(request: &ConfirmRequest) -> Result<Option<(String, Address)>, AppError> {
    match (&request.saved_method, &request.token) {
        (Some(_), None) => Ok(None),
        (None, Some(token)) if is_token(token) => {
            let given = request.billing_address.as_ref();
            let given = given
                .ok_or_else(|| AppError::invalid("billing_address", "A new method needs its address."))?;
            Ok(Some((token.clone(), address::accept("billing_address", given)?)))
        }
        (None, Some(_)) => Err(AppError::invalid("token", "Not a token of the processor.")),
        _ => Err(AppError::invalid("saved_method", "Give either saved_method or token.")),
    }
}

/// Nothing is charged: what would be is a mistake.
fn no_method(request: &ConfirmRequest) -> Result<Option<(String, Address)>, AppError> {
    let given = [
        ("saved_method", request.saved_method.is_some()),
        ("token", request.token.is_some()),
        ("mandate", request.mandate.is_some()),
        ("save", request.save),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((field, _)) => Err(AppError::invalid(field, "Credit covers all: nothing is charged.")),
        None => Ok(None),
    }
}

/// Whether a plan is to keep the new card for its own payments, as the client has never signed in: their admin has agreed to it.
fn keeps_with_plan(payer: &Payer, request: &ConfirmRequest) -> bool {
    let is_unseen = payer.on_behalf.as_ref().is_some_and(|on_behalf| on_behalf.never_logged_in);
    is_unseen && request.plan.is_some() && request.consent_version.is_some()
}

/// The consent that the payer saw, if it is the present one for whoever acts.
fn shown_consent(payer: &Payer, request: &ConfirmRequest, kind: MethodKind) -> Result<ConsentText, AppError> {
    if let (true, Some(on_behalf)) = (request.save, &payer.on_behalf) {
        on_behalf.may_save()?;
    }
    if request.save && payer.session.may_save != 1 {
        return Err(AppError::invalid("save", "This session may not save methods."));
    }
    let needed = || {
        let detail = "Keeping a method needs the version and locale of the consent that was shown.";
        AppError::invalid("consent_version", detail)
    };
    let locale = request.consent_locale.as_deref().ok_or_else(needed)?;
    let shown = consent_text(payer, kind, locale);
    if request.consent_version.as_deref() == Some(shown.version) { Ok(shown) } else { Err(needed()) }
}

/// What the request asked for. Written out as JSON, whose order of fields is that of the type.
fn request_hash(session: &str, request: &ConfirmRequest) -> String {
    let asked = serde_json::to_string(request).unwrap_or_default();
    sha256_hex(format!("{session}\n{asked}").as_bytes())
}
