//! What a client is told of a card that they save or bring up to date in their wallet, while the processor or their bank decides, and
//! afterwards; and how they give it up.

use std::time::Duration;

use paydesk_domain::decline::{Decline, DeclineCategory};
use paydesk_domain::wire::billing::ChallengeView;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{
    SavedWalletMethodView, VerificationRefusalView, VerificationStatus, WalletMethodNowView,
    WalletVerificationAskedView, WalletVerificationView,
};
use serde::Serialize;
use tracing::Instrument as _;

use crate::app::apply_update::{METHOD_GONE, REJECTED, UNANSWERED};
use crate::app::authenticate::Client;
use crate::app::carry_out_verification::FULL;
use crate::app::change_wallet_method::method_changed;
use crate::app::confirm_checkout::TOKEN_UNUSABLE;
use crate::app::write_once::Write;
use crate::app::{App, AppError, text};
use crate::store::{OrgTx, VerificationRow};

/// How long somebody who asks waits for the processor.
const HINT_WAIT: Duration = Duration::from_secs(8);

/// The answer to a card that was to be saved or brought up to date.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum KeptView {
    /// It is in the wallet.
    Saved(SavedWalletMethodView),
    /// It is up to date.
    Updated(WalletMethodNowView),
    /// Its bank asks for a proof.
    Asked(WalletVerificationAskedView),
}

impl KeptView {
    /// The status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Saved(saved) if !saved.known => 201,
            Self::Saved(_) | Self::Updated(_) => 200,
            Self::Asked(_) => 202,
        }
    }
}

impl App {
    /// Has what is written down carried out, by a task of its own that goes on when the browser hangs up, waits a while for it, and
    /// answers.
    pub(super) async fn carried_out(
        &self,
        client: &Client,
        write: &Write,
        row: VerificationRow,
        is_new: bool,
    ) -> Result<(OrgTx, KeptView), AppError> {
        let id = row.id.clone();
        if row.status == "sending" && row.challenge_url.is_none() {
            let (app, tenant) = (self.clone(), client.tenant.clone());
            let carrying = async move {
                match is_new {
                    true => app.carry_out_verification(&tenant, row).await,
                    // The same request, again: nothing was known at the end of the first one.
                    false => app.take_up_verification_by(&tenant, &row.id, i64::MAX).await,
                }
            }
            .in_current_span();
            match tokio::time::timeout(self.settings.confirm_wait, self.charges.spawn(carrying)).await {
                Ok(Ok(Ok(()))) | Err(_) => {}
                Ok(Ok(Err(error))) => tracing::error!(%error, "a card could not be saved or updated"),
                Ok(Err(error)) => tracing::error!(%error, "a card's task ended early"),
            }
        }
        let mut tx = write.transaction().await?;
        tx.act_for_wallet(&client.session.login_id).await?;
        let gone = || AppError::Inconsistent("a verification that is gone".into());
        let row = tx.find_verification(&id).await?.ok_or_else(gone)?;
        let view = self.kept(&mut tx, client, &row).await?;
        Ok((tx, view))
    }

    async fn kept(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        row: &VerificationRow,
    ) -> Result<KeptView, AppError> {
        if let Some(why) = &row.refusal {
            return Err(refusal(row, why));
        }
        match &row.method_id {
            Some(id) => {
                let method = self.shown_again(tx, client, id).await?;
                Ok(match row.updates {
                    Some(_) => KeptView::Updated(WalletMethodNowView { method }),
                    None => KeptView::Saved(SavedWalletMethodView { method, known: row.known == 1 }),
                })
            }
            None if row.challenge_url.is_some() => {
                Ok(KeptView::Asked(WalletVerificationAskedView { verification: pending(row) }))
            }
            None => Err(undecided()),
        }
    }

    /// Where a card stands. Whoever asks while their bank asks them has come back from there, or wants to know: then the processor is
    /// asked.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_wallet_verification(
        &self,
        client: &Client,
        id: &str,
    ) -> Result<WalletVerificationView, AppError> {
        let row = self.own_verification(client, id).await?;
        if let Some(tenant) = self.tenant_of(&row.org_id).filter(|_| row.challenge_url.is_some()) {
            let (app, id) = (self.clone(), row.id.clone());
            let hearing = async move { app.hear_of_proof(&tenant, &id).await }.in_current_span();
            let heard = tokio::time::timeout(HINT_WAIT, self.charges.spawn(hearing)).await;
            if let Ok(Ok(Err(error))) = heard {
                tracing::error!(%error, "a challenge could not be looked up");
            }
        }
        let row = self.own_verification(client, id).await?;
        let mut view = pending(&row);
        if let Some(id) = &row.method_id {
            let mut tx = client.tenant.read().await?;
            tx.act_for_wallet(&client.session.login_id).await?;
            // Meanwhile it may have been removed again.
            view.method = match self.shown_again(&mut tx, client, id).await {
                Err(AppError::Refused(_)) => None,
                shown => Some(shown?),
            };
        }
        Ok(view)
    }

    /// Gives a proof up that the client does not want to give. That is written down, and then carried out: nothing is saved unless the
    /// proof was given before.
    ///
    /// # Errors
    /// `not_found`; `not_changeable` where it was saved before; `unavailable` while the processor has not answered; when the database
    /// fails.
    pub async fn give_verification_up(&self, client: &Client, id: &str) -> Result<(), AppError> {
        let row = self.own_verification(client, id).await?;
        if let Some(tenant) = self.tenant_of(&row.org_id).filter(|_| row.status == "sending") {
            let (app, id) = (self.clone(), row.id.clone());
            let doing = async move { app.call_proof_off(&tenant, &id).await }.in_current_span();
            match tokio::time::timeout(self.settings.confirm_wait, self.charges.spawn(doing)).await {
                Ok(Ok(done)) => done?,
                Ok(Err(_)) => return Err(AppError::Inconsistent("a cancellation that ended early".into())),
                Err(_) => {}
            }
        }
        match self.own_verification(client, id).await?.status.as_str() {
            "refused" => Ok(()),
            "saved" => {
                let detail = "The proof was given before: the card is in the wallet.";
                Err(AppError::refused(ErrorCode::NotChangeable, detail))
            }
            _ => Err(undecided()),
        }
    }

    async fn own_verification(&self, client: &Client, id: &str) -> Result<VerificationRow, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_wallet(login).await?;
        tx.own_verification(login, id).await?.ok_or_else(AppError::not_found)
    }
}

/// Where it stands, without the method.
pub(super) fn pending(row: &VerificationRow) -> WalletVerificationView {
    let is_asked = row.status == "sending" && row.challenge_given_up == 0;
    let challenge = match (&row.challenge_url, row.challenge_until_ms) {
        (Some(url), Some(until_ms)) if is_asked => {
            Some(ChallengeView { url: url.clone(), expires_at: text::time(until_ms) })
        }
        _ => None,
    };
    let status = match row.status.as_str() {
        "saved" => VerificationStatus::Saved,
        "refused" => VerificationStatus::Refused,
        _ if challenge.is_some() => VerificationStatus::RequiresAction,
        _ => VerificationStatus::Processing,
    };
    WalletVerificationView {
        id: row.id.clone(),
        status,
        challenge,
        updates: row.updates.clone(),
        method: None,
        known: row.known == 1,
        refusal: row.refusal.as_deref().map(|why| told(row, why)),
    }
}

/// A refusal as it is told when nobody waits for the answer any more. What became of the proof has its own code.
fn told(row: &VerificationRow, why: &str) -> VerificationRefusalView {
    let view = |code: &str, detail: &str, param: Option<String>| VerificationRefusalView {
        code: code.to_owned(),
        detail: detail.to_owned(),
        param,
    };
    match (Decline::new(why).category(), refusal(row, why)) {
        (category @ DeclineCategory::AuthenticationAbandoned, _) => {
            view(category.as_str(), "The proof was given up, or its time was over. Nothing was saved.", None)
        }
        (category @ DeclineCategory::AuthenticationFailed, _) => {
            view(category.as_str(), "The bank did not accept the proof. Nothing was saved.", None)
        }
        (_, AppError::Refused(refusal)) => {
            view(refusal.code.as_str(), &refusal.detail, refusal.param.map(String::from))
        }
        _ => view(ErrorCode::CardRefused.as_str(), REFUSED, None),
    }
}

const REFUSED: &str = "The bank or the processor refuses. What is saved is as it was.";

/// Why it was refused, by the field that is at fault where the client has the card already: of others all refusals are told alike, as
/// whoever tries many would learn from them.
fn refusal(row: &VerificationRow, why: &str) -> AppError {
    let detail = match why {
        TOKEN_UNUSABLE => {
            let detail =
                "The processor does not know this token, or it was used: enter the card or account again.";
            return AppError::param(ErrorCode::TokenUnusable, "token", detail);
        }
        FULL => {
            let detail = "The wallet holds as many of these as it may.";
            return AppError::refused(ErrorCode::WalletFull, detail);
        }
        METHOD_GONE => return method_changed(),
        UNANSWERED | REJECTED => {
            "The processor did not take it. Load the wallet again, and try with a new key."
        }
        _ => REFUSED,
    };
    let param = match Decline::new(why).category() {
        _ if row.token.is_some() => None,
        DeclineCategory::ExpiredCard => Some("exp_year"),
        DeclineCategory::IncorrectAddress => Some("billing_address"),
        _ => None,
    };
    match param {
        Some(param) => AppError::param(ErrorCode::CardRefused, param, detail),
        None => AppError::refused(ErrorCode::CardRefused, detail),
    }
}

fn undecided() -> AppError {
    let detail = "The processor has not answered yet. Ask again with the same Idempotency-Key.";
    AppError::refused(ErrorCode::Unavailable, detail)
}
