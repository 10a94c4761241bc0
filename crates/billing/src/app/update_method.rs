//! Brings a saved card up to date in place: a new expiry with its security code, or another card that takes its place. What is
//! asked of the processor is written down first.

use paydesk_domain::address::Address;
use paydesk_domain::card::Expiry;
use paydesk_domain::decline::{Decline, DeclineCategory};
use paydesk_domain::id::MethodUpdateId;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::MethodView;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;
use serde_json::json;
use tracing::Instrument as _;

use crate::app::apply_update::{METHOD_GONE, REJECTED, UNANSWERED};
use crate::app::audit::{Action, note};
use crate::app::authenticate::Payer;
use crate::app::chargeable::NotChargeable;
use crate::app::confirm_checkout::TOKEN_UNUSABLE;
use crate::app::limit_card_tests::TypedCard;
use crate::app::payer_rules::{is_token, needs_address, read_security_code};
use crate::app::{App, AppError, address, millis, view};
use crate::store::{MethodRow, MethodUpdateRow, OrgTx, OrganizationRow};

/// The browser's key of an update, and what the request asked for.
#[derive(Clone, Debug)]
pub struct UpdateKey {
    /// The same key is the same update.
    pub key: String,
    /// The hash of the request.
    pub request_hash: String,
    /// The network address that it came from.
    pub from: Option<String>,
}

/// What is asked for: the card's new expiry and the name of its security code, or the token of another card.
pub(super) enum Wanted {
    Expiry(Expiry, Option<String>),
    Replacement(String),
}

enum Begun {
    /// Written, and to be sent.
    New(MethodUpdateRow),
    /// It is there already.
    Known(MethodUpdateRow),
}

impl App {
    /// Brings a saved card up to date and waits a while for the processor.
    ///
    /// Only whoever sees the method can name it: the client, or an admin, in a session of an organization that the client has
    /// authorized for it.
    ///
    /// # Errors
    /// A refusal that names the field; `method_unknown`, `address_needed`, `update_unavailable`, `update_in_progress`,
    /// `card_refused`, `token_unusable`; `unavailable` while it is not decided; when the database fails.
    pub async fn update_method(
        &self,
        payer: &Payer,
        method: &str,
        key: UpdateKey,
        request: MethodUpdateRequest,
    ) -> Result<MethodView, AppError> {
        let wanted = self.read_update(&payer.organization, &request)?;
        if matches!(wanted, Wanted::Expiry(_, None)) {
            return Err(AppError::invalid("cvc_token", "The next charge takes the security code along."));
        }
        let id = match self.begin_update(payer, method, &key, wanted, &request).await? {
            Begun::Known(row) => row.id,
            Begun::New(row) => {
                let id = row.id.clone();
                let (app, tenant) = (self.clone(), payer.tenant.clone());
                // A task of its own: it goes on when the browser hangs up.
                let applying = async move { app.apply_update(&tenant, row).await }.in_current_span();
                match tokio::time::timeout(self.settings.confirm_wait, self.charges.spawn(applying)).await {
                    Ok(Ok(Ok(()))) | Err(_) => {}
                    Ok(Ok(Err(error))) => tracing::error!(%error, "an update could not be carried through"),
                    Ok(Err(error)) => tracing::error!(%error, "an update's task ended early"),
                }
                id
            }
        };
        let mut tx = payer.tenant.read().await?;
        let gone = || AppError::Inconsistent("an update that is gone".into());
        let row = tx.find_update(&id).await?.ok_or_else(gone)?;
        self.answer_update(&mut tx, payer, &row).await
    }

    /// Everything about the request that can be judged without the database.
    pub(super) fn read_update(
        &self,
        organization: &OrganizationRow,
        request: &MethodUpdateRequest,
    ) -> Result<Wanted, AppError> {
        match (&request.token, request.exp_month, request.exp_year) {
            (Some(token), None, None) if request.cvc_token.is_none() => {
                if is_token(token) {
                    return Ok(Wanted::Replacement(token.clone()));
                }
                Err(AppError::invalid("token", "Not a token of the processor."))
            }
            (None, Some(month), Some(year)) => {
                if !self.processor.capabilities().update_expiry {
                    let detail = "The processor cannot change a card's expiry: enter the card again.";
                    return Err(AppError::refused(ErrorCode::UpdateUnavailable, detail));
                }
                let expiry = Expiry::new(year, month)
                    .map_err(|_| AppError::invalid("exp_month", "A month of the year, 1 to 12."))?;
                if expiry.is_past(view::today(organization, self.mint.now())?) {
                    return Err(AppError::invalid("exp_year", "This month is over."));
                }
                let security_code = request.cvc_token.as_deref().map(read_security_code).transpose()?;
                Ok(Wanted::Expiry(expiry, security_code))
            }
            _ => Err(AppError::invalid("token", "Give either exp_month, exp_year and cvc_token, or token.")),
        }
    }

    /// Writes down what is to be done, claimed by this process.
    async fn begin_update(
        &self,
        payer: &Payer,
        method: &str,
        key: &UpdateKey,
        wanted: Wanted,
        request: &MethodUpdateRequest,
    ) -> Result<Begun, AppError> {
        let session = &payer.session;
        let mut tx = payer.tenant.write().await?;
        if let Some(known) = tx.update_by_key(&session.id, &key.key).await? {
            if known.request_hash == key.request_hash {
                return Ok(Begun::Known(known));
            }
            let detail = "This Idempotency-Key was used with another request: use a new one.";
            return Err(AppError::refused(ErrorCode::IdempotencyMismatch, detail));
        }
        let found = tx.find_method(&session.login_id, &payer.organization.vault, method).await?;
        let found = found.ok_or_else(|| NotChargeable::Unknown.refusal("id"))?;
        if found.kind != MethodKind::Card.as_str() {
            return Err(AppError::invalid("id", "Only a card is brought up to date."));
        }
        let now = self.mint.now_ms();
        let id = self.mint.id(MethodUpdateId::new)?.as_str().to_owned();
        if matches!(wanted, Wanted::Replacement(_)) {
            let from = key.from.as_deref();
            let card = TypedCard { id: &id, session: &session.id, login: &session.login_id, from };
            self.limit_card_tests(&mut tx, card).await?;
        }
        let row = MethodUpdateRow {
            id,
            session_id: session.id.clone(),
            request_hash: key.request_hash.clone(),
            account_id: session.account_id.clone(),
            login_id: session.login_id.clone(),
            method_id: found.id.clone(),
            admin_id: payer.on_behalf.as_ref().map(|on_behalf| on_behalf.admin.clone()),
            billing_address: address_after(&wanted, request.billing_address.as_ref(), &found)?,
            old_reference: found.reference,
            customer: found.customer,
            status: "sending".to_owned(),
            fence: 1,
            due_at_ms: now.saturating_add(millis(self.settings.lease)),
            created_at_ms: now,
            ..wanted.into_row()
        };
        tx.insert_update(&key.key, &row).await.map_err(|error| {
            if !error.is_unique_violation() {
                return error.into();
            }
            let detail = "This card is being brought up to date already: wait for the outcome.";
            AppError::refused(ErrorCode::UpdateInProgress, detail)
        })?;
        let detail = json!({"update": row.id, "session": row.session_id, "replaced": row.token.is_some()});
        note(&mut tx, &self.mint, Action::MethodUpdateBegun, &row.method_id, detail)?;
        tx.commit().await?;
        Ok(Begun::New(row))
    }

    async fn answer_update(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        row: &MethodUpdateRow,
    ) -> Result<MethodView, AppError> {
        match (row.status.as_str(), row.refusal.as_deref()) {
            ("done" | "detaching", _) => {
                let organization = &payer.organization;
                let method = tx.find_method(&row.login_id, &organization.vault, &row.method_id).await?;
                let method = method.ok_or_else(|| NotChargeable::Unknown.refusal("id"))?;
                Ok(view::method(method, view::today(organization, self.mint.now())?))
            }
            (_, Some(why)) => {
                // Of many refused cards, each like any other: see where attempts are told.
                let is_alike = row.token.is_some() && self.tells_alike(tx, &payer.session.id).await?;
                Err(refusal(why, is_alike))
            }
            _ => {
                let detail = "The processor has not answered yet. Ask again with the same Idempotency-Key.";
                Err(AppError::refused(ErrorCode::Unavailable, detail))
            }
        }
    }
}

impl Wanted {
    /// The columns that tell one from the other.
    fn into_row(self) -> MethodUpdateRow {
        match self {
            Self::Expiry(expiry, security_code) => MethodUpdateRow {
                exp_month: Some(i64::from(expiry.month())),
                exp_year: Some(i64::from(expiry.year())),
                security_code,
                ..MethodUpdateRow::default()
            },
            Self::Replacement(token) => MethodUpdateRow { token: Some(token), ..MethodUpdateRow::default() },
        }
    }
}

/// The billing address that the card has afterwards: a corrected one, or the one that is kept where that is still valid. Another
/// card brings its own.
pub(super) fn address_after(
    wanted: &Wanted,
    given: Option<&Address>,
    method: &MethodRow,
) -> Result<String, AppError> {
    if let Some(given) = given {
        return address::stored(&address::accept("billing_address", given)?);
    }
    if matches!(wanted, Wanted::Replacement(_)) || needs_address(method) {
        let detail =
            "A billing address must come along: the card has none that is valid today, or is another one.";
        return Err(AppError::param(ErrorCode::AddressNeeded, "billing_address", detail));
    }
    Ok(method.billing_address.clone())
}

/// Why a card could not be brought up to date, by the field that is at fault, unless all refusals are told alike. A stolen card and
/// a lost one are told apart from no other that the bank must explain.
fn refusal(why: &str, is_alike: bool) -> AppError {
    let param = match why {
        TOKEN_UNUSABLE => {
            let detail = "The processor does not know this token, or it was used: enter the card again.";
            return AppError::param(ErrorCode::TokenUnusable, "token", detail);
        }
        METHOD_GONE => return NotChargeable::Unknown.refusal("id"),
        // What has ended is over for its key.
        UNANSWERED | REJECTED => {
            let detail = "The update was given up. Load the checkout again to see the card as it is, and try again with a new key.";
            return AppError::refused(ErrorCode::CardRefused, detail);
        }
        _ if is_alike => None,
        _ => match Decline::new(why).category() {
            DeclineCategory::ExpiredCard => Some("exp_year"),
            DeclineCategory::IncorrectCvc => Some("cvc_token"),
            DeclineCategory::IncorrectNumber => Some("token"),
            DeclineCategory::IncorrectAddress => Some("billing_address"),
            _ => None,
        },
    };
    let detail = "The card was refused. What is saved is as it was.";
    match param {
        Some(param) => AppError::param(ErrorCode::CardRefused, param, detail),
        None => AppError::refused(ErrorCode::CardRefused, detail),
    }
}
