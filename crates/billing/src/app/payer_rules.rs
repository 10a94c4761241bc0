//! What a confirm must bring along by who pays and with what: room in the wallet, the address of a saved method, a saved card's
//! security code. And what is kept of it.

use paydesk_domain::address::Address;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::security_code::SecurityCodePolicy;
use paydesk_domain::wire::billing::ConfirmRequest;
use paydesk_domain::wire::error::ErrorCode;
use serde_json::json;

use crate::app::acting::consent_text;
use crate::app::audit::{Action, note};
use crate::app::authenticate::Payer;
use crate::app::read_confirmation::Origin;
use crate::app::{App, AppError, address, view};
use crate::store::{AttemptRow, MethodRow, OrgTx, OrganizationRow, PayerRow};

/// What a confirm brought along, and where from.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    address: Option<Address>,
    security_code: Option<String>,
    /// The network address of whoever sent it.
    pub(super) from: Option<String>,
}

impl Brought {
    /// Reads it. The address is judged where it is needed.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub(super) fn of(request: &ConfirmRequest, origin: &Origin) -> Result<Self, AppError> {
        let security_code = request.cvc_token.clone().filter(|token| !token.is_empty());
        if let Some(token) = &security_code {
            read_security_code(token)?;
        }
        Ok(Self { address: request.billing_address.clone(), security_code, from: origin.address.clone() })
    }
}

/// Whether a text can be the processor's single-use name for something.
pub(super) fn is_token(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Reads the processor's name for a security code. A code itself, sent by mistake, is turned away before anything keeps it.
///
/// # Errors
/// A refusal that names the field.
pub(super) fn read_security_code(token: &str) -> Result<String, AppError> {
    if is_token(token) && !token.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(token.to_owned());
    }
    Err(AppError::invalid(
        "cvc_token",
        "Not a token of the processor: the code itself goes there, never here.",
    ))
}

/// When an organization asks for a saved card's security code again.
///
/// # Errors
/// When what is stored is none of the policies.
pub(super) fn security_code_policy(organization: &OrganizationRow) -> Result<SecurityCodePolicy, AppError> {
    SecurityCodePolicy::parse(&organization.security_code_policy, organization.security_code_above)
        .ok_or(AppError::Inconsistent("an unknown policy for security codes".into()))
}

/// Whether a saved method's billing address is missing, or not valid by its country's present rules.
pub(super) fn needs_address(method: &MethodRow) -> bool {
    let known = address::read(&method.billing_address);
    known.and_then(|known| address::accept("billing_address", &known)).is_err()
}

impl App {
    /// Refuses to save into a wallet that is full. Whoever may not see all that is in it is not told, by no code and no count:
    /// what finds no room after the payment is left out, as what is in another wallet is.
    pub(super) async fn room_in_wallet(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        row: &AttemptRow,
    ) -> Result<(), AppError> {
        let known_full = match payer.on_behalf {
            None => self.is_full(tx, &row.login_id, &row.kind).await?,
            Some(_) => self.is_visibly_full(tx, &row.login_id, &row.vault, &row.kind).await?,
        };
        if known_full {
            let detail = "The wallet holds as many of these as it may: pay without saving.";
            return Err(AppError::param(ErrorCode::WalletFull, "save", detail));
        }
        Ok(())
    }

    async fn is_full(&self, tx: &mut OrgTx, login: &str, kind: &str) -> Result<bool, AppError> {
        tx.act_for_login(login).await?;
        Ok(tx.count_methods(login, kind).await? >= self.settings.methods_max(kind))
    }

    /// Whether a wallet is full of methods that this organization may see.
    pub(super) async fn is_visibly_full(
        &self,
        tx: &mut OrgTx,
        login: &str,
        vault: &str,
        kind: &str,
    ) -> Result<bool, AppError> {
        let is_card = |kind: &str| kind == MethodKind::Card.as_str();
        let visible = tx.list_methods(&[login], vault).await?;
        let alike = visible.iter().filter(|method| is_card(&method.kind) == is_card(kind)).count();
        Ok(i64::try_from(alike).unwrap_or(i64::MAX) >= self.settings.methods_max(kind))
    }

    /// The attempt with what a saved method needs and the confirm brought: an address, which the method keeps, and where the
    /// organization asks for it, the security code.
    pub(super) async fn with_brought(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        row: AttemptRow,
        method: &MethodRow,
        brought: &mut Brought,
    ) -> Result<AttemptRow, AppError> {
        let asks = security_code_policy(&payer.organization)?.asks(row.amount, payer.on_behalf.is_some());
        // A verification sends no code: one that waits goes with the next charge.
        let is_charge = row.amount != 0 && method.kind == MethodKind::Card.as_str();
        let waiting = if is_charge { self.take_waiting_code(tx, payer, method).await? } else { None };
        brought.security_code = brought.security_code.take().or(waiting).filter(|_| is_charge);
        if is_charge && asks && brought.security_code.is_none() {
            let detail = "The card's security code is asked for again: send the processor's name for it.";
            return Err(AppError::param(ErrorCode::SecurityCodeNeeded, "cvc_token", detail));
        }
        if !needs_address(method) {
            return Ok(row);
        }
        let given = brought.address.as_ref().ok_or_else(|| {
            let detail = "This saved method has no billing address that is valid today: send one.";
            AppError::param(ErrorCode::AddressNeeded, "billing_address", detail)
        })?;
        let json = address::stored(&address::accept("billing_address", given)?)?;
        tx.act_for_login(&row.login_id).await?;
        tx.set_method_address(&row.login_id, &method.id, &json).await?;
        note(tx, &self.mint, Action::MethodAddressKept, &method.id, json!({"attempt": row.id}))?;
        Ok(AttemptRow { billing_address: Some(json), ..row })
    }

    /// The security code that was typed when the card was brought up to date in this session, where it waits for a charge: it goes
    /// along with this one, and with no other.
    async fn take_waiting_code(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        method: &MethodRow,
    ) -> Result<Option<String>, AppError> {
        let Some(update) = tx.update_of_session(&payer.session.id, &method.id).await? else {
            return Ok(None);
        };
        if update.security_code.is_some() {
            tx.use_security_code(&update.id).await?;
        }
        Ok(update.security_code)
    }

    /// Keeps what is particular to an attempt's payer, if anything is, and what they agreed to, as it was shown.
    pub(super) async fn keep_payer(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        row: &AttemptRow,
        brought: Brought,
    ) -> Result<(), AppError> {
        if let (Some(hash), Some(locale)) = (&row.consent_hash, &row.consent_locale) {
            let shown = consent_text(payer, view::kind(&row.kind)?, locale);
            tx.keep_consent_text(&row.login_id, hash, &shown.text).await?;
        }
        let security_code = brought.security_code.filter(|_| row.method_id.is_some());
        if payer.on_behalf.is_none() && security_code.is_none() {
            return Ok(());
        }
        let kept = PayerRow {
            admin_id: payer.on_behalf.as_ref().map(|on_behalf| on_behalf.admin.clone()),
            security_code,
        };
        Ok(tx.insert_payer(&row.id, kept).await?)
    }
}
