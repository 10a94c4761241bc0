//! Carries out what a client asked for in their wallet: has the processor take a card or an account in, verifies it with its bank, and
//! sees to the proof that the bank may ask for. What died in between is carried out again under the same keys.

use paydesk_domain::address::Address;
use paydesk_domain::decline::Decline;
use paydesk_domain::engine::HINT_PAUSE_MS;
use paydesk_domain::method_kind::MethodKind;

use crate::app::apply_update::{METHOD_GONE, REJECTED, UNANSWERED};
use crate::app::confirm_checkout::TOKEN_UNUSABLE;
use crate::app::verify_method::GIVE_UP_AFTER_MS;
use crate::app::{App, AppError, address, millis, view};
use crate::failpoint;
use crate::ports::processor::{
    Attachment, Changed, Exchange, MethodChange, ProcessorError, StoredMethod, VerifyOutcome, VerifyRequest,
};
use crate::store::{Tenant, VerificationRow};

/// Why a method is not saved for which there is no room.
pub(super) const FULL: &str = "wallet_full";
/// How often the pause before the next question is doubled at most.
const DOUBLINGS_MAX: u32 = 6;

/// What is known after the processor was asked.
pub(super) enum Told {
    /// It is good; with the network's name for it.
    Good(Option<String>),
    /// It is in the wallet already, as this method.
    Known(String),
    /// It is not saved, for this reason.
    Refused(String),
    /// The bank asks for a proof: the processor's name for that, and the page.
    Asked(String, String),
    /// Nothing yet.
    Nothing,
}

impl App {
    /// Takes up what is due: what nobody has decided in time, or what is left to do at the processor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_up_verification(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        self.take_up_verification_by(tenant, id, self.mint.now_ms()).await
    }

    /// The same for what is due by a moment.
    pub(super) async fn take_up_verification_by(
        &self,
        tenant: &Tenant,
        id: &str,
        due_by_ms: i64,
    ) -> Result<(), AppError> {
        let mut tx = tenant.write().await?;
        let Some(row) = tx.find_verification(id).await? else { return Ok(()) };
        let doublings = u32::try_from(row.tries).unwrap_or(DOUBLINGS_MAX).min(DOUBLINGS_MAX);
        let pause = match row.challenge_url {
            Some(_) => self.figures().challenge_pause_ms(),
            None => millis(self.settings.lease).saturating_mul(1 << doublings),
        };
        let until_ms = self.mint.now_ms().saturating_add(pause);
        let claimed = tx.claim_verification(id, until_ms, due_by_ms).await?;
        tx.commit().await?;
        match claimed {
            Some(row) if row.status == "sending" => self.carry_out_verification(tenant, row).await,
            Some(row) => self.tidy_up_after(tenant, &row).await,
            None => Ok(()),
        }
    }

    /// Looks at once what became of a proof, because somebody says that something happened: not more often than every other second.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn hear_of_proof(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let early_ms = self.figures().challenge_pause_ms().saturating_sub(HINT_PAUSE_MS);
        self.take_up_verification_by(tenant, id, self.mint.now_ms().saturating_add(early_ms)).await
    }

    /// Gives a proof up that the client does not want to give: that is written down, and then carried out.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn call_proof_off(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let mut tx = tenant.write().await?;
        tx.give_verification_up(id, now).await?;
        tx.commit().await?;
        failpoint::hit("challenge.after_give_up");
        self.take_up_verification(tenant, id).await
    }

    /// Carries out what is claimed.
    ///
    /// # Errors
    /// When the database fails. The claim then runs out and it is carried out again.
    pub(super) async fn carry_out_verification(
        &self,
        tenant: &Tenant,
        claimed: VerificationRow,
    ) -> Result<(), AppError> {
        let mut row = claimed;
        failpoint::hit("wallet.before_send");
        // A call that ends late must not overlap with the one of whoever takes over.
        let limit = self.settings.call_timeout * 2;
        let asked = match tokio::time::timeout(limit, self.ask_for_card(tenant, &mut row)).await {
            Ok(asked) => asked,
            Err(_) => Ok(Told::Nothing),
        };
        failpoint::hit("wallet.after_reply");
        let told = match asked {
            Ok(told) => told,
            Err(AppError::Processor(ProcessorError::Rejected(why))) => {
                tracing::error!(%why, "the processor rejects our requests: an operator must look");
                Told::Refused(REJECTED.to_owned())
            }
            Err(AppError::Processor(error)) => {
                tracing::warn!(verification = row.id, %error, "a card could not be saved or updated yet");
                Told::Nothing
            }
            Err(error) => return Err(error),
        };
        let is_late = self.mint.now_ms().saturating_sub(row.created_at_ms) >= GIVE_UP_AFTER_MS;
        match told {
            Told::Nothing if !is_late => Ok(()),
            // No money moves: what nobody answers for so long has come to nothing.
            Told::Nothing => self.refuse_for_wallet(tenant, &row, UNANSWERED).await,
            Told::Refused(why) => self.refuse_for_wallet(tenant, &row, &why).await,
            Told::Known(id) => self.keep_known(tenant, &row, id).await,
            Told::Good(network) => self.keep_verified(tenant, &row, network).await,
            Told::Asked(verification, url) => {
                let now = self.mint.now_ms();
                let until_ms = now.saturating_add(millis(self.settings.challenge_max));
                let due_at_ms = now.saturating_add(self.figures().challenge_pause_ms());
                let mut tx = tenant.write().await?;
                if tx.ask_for_proof(&row, (&verification, &url), until_ms, due_at_ms).await? {
                    tx.commit().await?;
                }
                Ok(())
            }
        }
    }

    async fn ask_for_card(&self, tenant: &Tenant, row: &mut VerificationRow) -> Result<Told, AppError> {
        if row.challenge_url.is_some() {
            return self.see_to_proof(tenant, row).await;
        }
        if row.reference.is_none() {
            let address = address::read(&row.billing_address)?;
            let card = match &row.token {
                Some(token) => self.take_in_token(row, token, &address).await?,
                None => self.change_to(row, &address).await?,
            };
            match card {
                Ok(card) => describe(row, card),
                Err(why) => return Ok(Told::Refused(why)),
            }
            if !self.kept_so_far(tenant, row).await? {
                return Ok(Told::Nothing);
            }
        }
        if row.updates.is_none() {
            if let Some(known) = self.known_in_wallet(tenant, row).await? {
                return Ok(Told::Known(known));
            }
            if !self.has_room(tenant, row).await? {
                return Ok(Told::Refused(FULL.to_owned()));
            }
        }
        if row.customer.is_none() {
            let account = tenant.read().await?.find_account(&row.account_id).await?;
            let name = account.map(|account| account.name).unwrap_or_default();
            row.customer = Some(self.customer_of(tenant, &row.login_id, &name).await?);
            if !self.kept_so_far(tenant, row).await? {
                return Ok(Told::Nothing);
            }
        }
        self.have_kept(tenant, row).await
    }

    /// Writes down what the processor made of it, before anything else is done with it. Answers whether it is still ours to do.
    async fn kept_so_far(&self, tenant: &Tenant, row: &VerificationRow) -> Result<bool, AppError> {
        let mut tx = tenant.write().await?;
        let kept = tx.keep_verified_card(row).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// The method that the token stands for, or why there is none.
    async fn take_in_token(
        &self,
        row: &VerificationRow,
        token: &str,
        address: &Address,
    ) -> Result<Result<StoredMethod, String>, AppError> {
        let kind = view::kind(&row.kind)?;
        let key = format!("{}.method", row.id);
        let exchange = || self.processor.exchange_token(&key, kind, token, address);
        let exchanged = match exchange().await {
            // Once more, under the same key: the answer alone may have been lost.
            Err(ProcessorError::Unknown(_)) => exchange().await?,
            exchanged => exchanged?,
        };
        Ok(match exchanged {
            Exchange::Method(method) if method.kind() == kind => Ok(method),
            Exchange::Method(_) | Exchange::Unusable => Err(TOKEN_UNUSABLE.to_owned()),
            Exchange::Declined(decline) => Err(decline.code().to_owned()),
        })
    }

    /// The saved card with its new expiry, or why it does not have it.
    async fn change_to(
        &self,
        row: &VerificationRow,
        address: &Address,
    ) -> Result<Result<StoredMethod, String>, AppError> {
        let month = row.exp_month.and_then(|month| u8::try_from(month).ok());
        let year = row.exp_year.and_then(|year| u16::try_from(year).ok());
        let change = MethodChange {
            key: &format!("{}.change", row.id),
            method: row.old_reference.as_deref().unwrap_or_default(),
            customer: row.customer.as_deref().unwrap_or_default(),
            expiry: month.zip(year),
            address: Some(address),
        };
        Ok(match self.processor.change_method(change).await? {
            Changed::Method(card) => Ok(card),
            Changed::Declined(decline) => Err(decline.code().to_owned()),
            Changed::Unknown => Err(METHOD_GONE.to_owned()),
        })
    }

    /// Has the processor keep it; a card is verified with its bank by an amount of zero.
    async fn have_kept(&self, tenant: &Tenant, row: &VerificationRow) -> Result<Told, AppError> {
        let reference = row.reference.as_deref().unwrap_or_default();
        let customer = row.customer.as_deref().unwrap_or_default();
        let kind = view::kind(&row.kind)?;
        if kind != MethodKind::Card {
            let key = format!("{}.attach", row.id);
            return Ok(match self.processor.attach(&key, reference, customer).await? {
                Attachment::Attached => Told::Good(None),
                Attachment::Declined(decline) => Told::Refused(decline.code().to_owned()),
            });
        }
        let session = tenant.read().await?.find_wallet_session(&row.session_id).await?;
        let return_url = session.and_then(|session| self.challenge_return(&session.allowed_origin));
        let key = format!("{}.setup", row.id);
        let verified = self.processor.verify(VerifyRequest {
            key: &key,
            organization: &row.org_id,
            attempt: &row.id,
            method: reference,
            kind,
            customer: Some(customer),
            mandate: None,
            return_url: return_url.as_deref(),
        });
        Ok(told_of(verified.await?))
    }

    /// Asks what became of a proof; gives it up when its time is over, and has the processor cancel it before anybody is told that
    /// nothing was saved.
    async fn see_to_proof(&self, tenant: &Tenant, row: &mut VerificationRow) -> Result<Told, AppError> {
        let now = self.mint.now_ms();
        if row.challenge_given_up == 0 && row.challenge_until_ms.is_some_and(|until_ms| now >= until_ms) {
            // Written down before anything is cancelled: from here on nobody is sent to their bank any more.
            let until_ms = now.saturating_add(self.figures().challenge_pause_ms());
            let mut tx = tenant.write().await?;
            let given_up = tx.give_verification_up(&row.id, now).await?;
            let again = tx.claim_verification(&row.id, until_ms, now).await?;
            tx.commit().await?;
            failpoint::hit("challenge.after_give_up");
            let Some(again) = again.filter(|_| given_up) else { return Ok(Told::Nothing) };
            *row = again;
        }
        // Another key for each try: what is remembered of an earlier one is not what is true now.
        let key = format!("{}.cancel.{}", row.id, row.fence);
        let reference = row.verification.as_deref().unwrap_or_default();
        let told = self.hear_from_bank(&row.id, &key, reference, row.challenge_given_up == 1).await;
        let is_late = now.saturating_sub(row.created_at_ms) >= GIVE_UP_AFTER_MS;
        Ok(match told {
            Some(outcome) => told_of(outcome),
            None if is_late => Told::Refused(Decline::abandoned().code().to_owned()),
            None => Told::Nothing,
        })
    }
}

fn told_of(outcome: VerifyOutcome) -> Told {
    match outcome {
        VerifyOutcome::Verified(taken) => Told::Good(taken.network_transaction_id),
        VerifyOutcome::Declined(decline) => Told::Refused(decline.code().to_owned()),
        VerifyOutcome::Challenged { reference, url } => Told::Asked(reference, url),
    }
}

/// What the processor says of it.
fn describe(row: &mut VerificationRow, card: StoredMethod) {
    row.brand = Some(card.brand().to_owned());
    row.card_month = card.expiry().map(|(month, _)| i64::from(month));
    row.card_year = card.expiry().map(|(_, year)| i64::from(year));
    row.customer = card.customer.or_else(|| row.customer.take());
    row.reference = Some(card.reference);
    row.fingerprint = Some(card.fingerprint);
    row.last4 = Some(card.last4);
}
