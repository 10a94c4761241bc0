//! Brings a card of a client's wallet up to date in place: a new expiry, or another card that takes its place. No charge follows here,
//! so that it is verified with its bank by an amount of zero.

use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;
use paydesk_domain::wire::wallet::WalletMethodUpdateRequest;
use serde_json::json;

use crate::app::authenticate::Client;
use crate::app::change_wallet_method::shown;
use crate::app::update_method::{Wanted, address_after};
use crate::app::wallet_verification::KeptView;
use crate::app::write_once::Write;
use crate::app::{App, AppError};
use crate::store::{MethodRow, OrgTx, VerificationRow};

impl App {
    /// Brings a card up to date that is still the one that was shown: its id stays, its authorizations, its name and what is planned
    /// with it. A charge that is under way keeps the card that it has.
    ///
    /// # Errors
    /// `not_found`, `method_changed`, `update_in_progress`, `update_unavailable`, `address_needed`, `token_unusable`, `card_refused`,
    /// `rate_limited`, a refusal that names the field; `unavailable` while it is not decided; when the database fails.
    pub async fn update_wallet_method(
        &self,
        client: &Client,
        write: &Write,
        request: (&str, &str),
        id: &str,
        update: WalletMethodUpdateRequest,
    ) -> Result<(OrgTx, KeptView), AppError> {
        let WalletMethodUpdateRequest { version, exp_month, exp_year, cvc_token, token, billing_address } =
            update;
        let fields = MethodUpdateRequest { exp_month, exp_year, cvc_token, token, billing_address };
        let wanted = self.read_update(&client.organization, &fields)?;
        let asked = self.asked_by(client, request)?;
        let login = &client.session.login_id;
        let mut tx = client.tenant.write().await?;
        if let Some(known) = tx.verification_by_key(&asked.request_key).await? {
            drop(tx);
            return self.carried_out(client, write, known, false).await;
        }
        tx.act_for_wallet(login).await?;
        tx.lock_login(login).await?;
        let method = shown(&mut tx, login, id, version).await?;
        self.may_be_updated(&mut tx, &method).await?;
        let row = VerificationRow {
            billing_address: address_after(&wanted, fields.billing_address.as_ref(), &method)?,
            updates: Some(method.id),
            old_reference: Some(method.reference),
            old_customer: Some(method.customer.clone()),
            customer: Some(method.customer),
            kind: method.kind,
            vault: method.vault,
            ..wanted.asked(asked)
        };
        let detail = json!({"kind": row.kind, "verification": row.id, "updates": row.updates});
        self.limit_wallet_tries(&mut tx, client, detail).await?;
        tx.insert_verification(&row).await.map_err(|error| match error.is_unique_violation() {
            true => under_way(),
            false => error.into(),
        })?;
        tx.commit().await?;
        self.carried_out(client, write, row, true).await
    }

    async fn may_be_updated(&self, tx: &mut OrgTx, method: &MethodRow) -> Result<(), AppError> {
        if method.kind != MethodKind::Card.as_str() {
            return Err(AppError::invalid("id", "Only a card is brought up to date."));
        }
        if !self.is_in_reach(method) {
            let detail = "This card is kept at another account of the processor: save it again instead.";
            return Err(AppError::refused(ErrorCode::UpdateUnavailable, detail));
        }
        match tx.is_being_updated(&method.login_id, &method.id).await? {
            true => Err(under_way()),
            false => Ok(()),
        }
    }
}

impl Wanted {
    /// What is asked for, with the columns that tell one from the other. Of a security code nothing is kept: there is no charge that
    /// it could go to the bank with.
    fn asked(self, row: VerificationRow) -> VerificationRow {
        match self {
            Self::Expiry(expiry, _) => VerificationRow {
                exp_month: Some(i64::from(expiry.month())),
                exp_year: Some(i64::from(expiry.year())),
                ..row
            },
            Self::Replacement(token) => VerificationRow { token: Some(token), ..row },
        }
    }
}

fn under_way() -> AppError {
    let detail = "This card is being brought up to date already: wait for the outcome.";
    AppError::refused(ErrorCode::UpdateInProgress, detail)
}
