//! Takes a try to pay: checks it, writes it down, and has it sent.
//!
//! What is written here commits before anything is sent. Everything that decides about the charge happens under the
//! invoice's lock, so that two tries at one invoice cannot both be taken; the database's unique index says so again.

use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{AttemptView, ConfirmRequest, MandateAcceptance};
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::plans::PlanChoice;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::app::acting::is_by;
use crate::app::audit::{Action, attempt_detail, note};
use crate::app::authenticate::Payer;
use crate::app::chargeable::Ground;
use crate::app::find_try::{find_try, live_try, paid_by};
use crate::app::hold_credit::agree_to_split;
use crate::app::keep_with_plan::used_once;
use crate::app::limit_card_tests::TypedCard;
use crate::app::payer_rules::Brought;
use crate::app::read_confirmation::Origin;
use crate::app::{App, AppError, event_types, view};
use crate::failpoint;
use crate::store::{AttemptRow, Claim, CreditPartRow, InvoiceRow, MethodRow, NewAttempt, OrgTx, StoreError};

/// Why an attempt fails when the processor does not know its token.
pub const TOKEN_UNUSABLE: &str = "token_unusable";

impl App {
    /// Takes a try to pay and waits a while for its outcome. The same attempt id is the same try: it is never sent a
    /// second time, and its present state is the answer.
    ///
    /// # Errors
    /// A refusal before anything was sent; when the database fails.
    pub async fn confirm_checkout(
        &self,
        payer: &Payer,
        request: ConfirmRequest,
        origin: Origin,
    ) -> Result<AttemptView, AppError> {
        let row = self.read_confirmation(payer, &request, &origin)?;
        let brought = Brought::of(&request, &origin)?;
        let mandate = request.mandate.as_ref().map(|accepted| Given { accepted: accepted.clone(), origin });
        let plan = request.plan.clone();
        let id = row.id.clone();
        let (app, payer_of_task) = (self.clone(), payer.clone());
        // Tasks of their own: they go on when the browser hangs up, and a stopping server waits for them. What has
        // been written down is sent by the same one, or a browser that goes in between would leave it lying.
        let begun = self.charges.spawn(
            async move { app.begin(payer_of_task, row, mandate, brought, plan).await }.in_current_span(),
        );
        let begun =
            begun.await.map_err(|_| AppError::Inconsistent("a confirm that ended early".into()))??;
        let charge = match begun {
            Begun::Known(view) => return Ok(*view),
            Begun::Sending(charge) => charge,
        };
        match tokio::time::timeout(self.settings.confirm_wait, charge).await {
            Ok(Ok(Ok(()))) | Err(_) => {}
            Ok(Ok(Err(error))) => tracing::error!(%error, "a charge could not be carried through"),
            Ok(Err(error)) => tracing::error!(%error, "a charge's task ended early"),
        }
        let mut tx = payer.tenant.read().await?;
        let row =
            find_try(&mut tx, &id).await?.ok_or(AppError::Inconsistent("an attempt that is gone".into()))?;
        self.answer(&mut tx, &row).await
    }

    /// Writes the attempt and starts sending it.
    async fn begin(
        self,
        payer: Payer,
        row: AttemptRow,
        given: Option<Given>,
        brought: Brought,
        plan: Option<PlanChoice>,
    ) -> Result<Begun, AppError> {
        failpoint::hit("charge.before_intent");
        let row = match self.take(&payer, row, given, brought, plan).await? {
            Taken::Known(view) => return Ok(Begun::Known(view)),
            Taken::New(row) => row,
        };
        failpoint::hit("charge.after_intent");
        let (app, tenant) = (self.clone(), payer.tenant);
        let charge = async move {
            match row.amount {
                0 => app.verify_method(&tenant, *row).await,
                _ => app.charge_attempt(&tenant, *row).await,
            }
        }
        .in_current_span();
        Ok(Begun::Sending(self.charges.spawn(charge)))
    }

    /// Writes the attempt, claimed already, unless it is known or something stands in its way.
    async fn take(
        &self,
        payer: &Payer,
        row: AttemptRow,
        given: Option<Given>,
        mut brought: Brought,
        plan: Option<PlanChoice>,
    ) -> Result<Taken, AppError> {
        let mut tx = payer.tenant.write().await?;
        let lost = || AppError::Inconsistent("a session without its invoice".into());
        if !tx.lock_invoice(&row.invoice_id).await? {
            return Err(lost());
        }
        if let Some(known) = find_try(&mut tx, &row.id).await? {
            return self.known_attempt(&mut tx, &known, &row).await.map(Box::new).map(Taken::Known);
        }
        let is_charged = row.amount != 0 || row.credit == 0;
        if is_charged && self.breaker.is_open(self.mint.now_ms()) {
            let detail =
                "The processor does not answer at the moment. Nothing was charged: try again shortly.";
            return Err(AppError::refused(ErrorCode::Unavailable, detail));
        }
        let invoice = tx.find_invoice(&row.invoice_id).await?.ok_or_else(lost)?;
        nothing_in_the_way(&mut tx, &row, &invoice).await?;
        let agreed = self.agree_to_plan(&mut tx, &payer.organization, &invoice, &row, plan.as_ref()).await?;
        let row = if agreed.is_at_once() { used_once(row) } else { row };
        let parts = agree_to_split(&mut tx, &payer.organization, &row, &invoice, &agreed).await?;
        if !is_charged {
            self.take_credit(&mut tx, payer, &row, &parts).await?;
            let view = self.answer_new(&mut tx, &row.id).await?;
            tx.commit().await?;
            return Ok(Taken::Known(Box::new(view)));
        }
        if row.token.is_some() && row.kind == MethodKind::Card.as_str() {
            let session = row.session_id.as_deref().unwrap_or_default();
            let from = brought.from.as_deref();
            let card = TypedCard { id: &row.id, session, login: &row.login_id, from };
            self.limit_card_tests(&mut tx, card).await?;
        }
        let row = match row.method_id.clone() {
            Some(method) => {
                // What is to be charged later holds the method in its wallet: whoever takes it out waits, and finds the plan.
                if !agreed.is_at_once() {
                    tx.act_for_login(&row.login_id).await?;
                    tx.lock_login(&row.login_id).await?;
                }
                let found =
                    self.chargeable(&mut tx, &payer.organization, &row, &method, Ground::Permission).await?;
                let method = found.map_err(|why| why.refusal("saved_method"))?;
                with_method(self.with_brought(&mut tx, payer, row, &method, &mut brought).await?, method)
            }
            None => row,
        };
        if row.save == 1 {
            self.room_in_wallet(&mut tx, payer, &row).await?;
        }
        let row = self.under_mandate(&mut tx, payer, row, given).await?;
        let claim = Claim { owner: self.owner.to_string(), leased_until_ms: row.due_at_ms };
        note(&mut tx, &self.mint, Action::AttemptCreated, &row.id, attempt_detail(&row))?;
        let written = match row.amount {
            0 => tx.insert_setup(&row).await,
            _ => tx.insert_attempt(NewAttempt { row: row.clone(), claim: Some(claim) }).await,
        };
        written.map_err(taken_id)?;
        self.hold_credit(&mut tx, &row, &parts).await?;
        self.write_agreed(&mut tx, &row, agreed).await?;
        self.keep_payer(&mut tx, payer, &row, brought).await?;
        tx.commit().await?;
        Ok(Taken::New(Box::new(row)))
    }

    /// Pays all of it with credit: held, applied and told in one transaction.
    async fn take_credit(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        row: &AttemptRow,
        parts: &[CreditPartRow],
    ) -> Result<(), AppError> {
        note(tx, &self.mint, Action::AttemptCreated, &row.id, attempt_detail(row))?;
        self.hold_credit(tx, row, parts).await.map_err(|error| match error {
            AppError::Store(error) => taken_id(error),
            error => error,
        })?;
        self.keep_payer(tx, payer, row, Brought::default()).await?;
        self.pay_with_credit(tx, row).await
    }

    /// The answer for a try that was just written.
    async fn answer_new(&self, tx: &mut OrgTx, id: &str) -> Result<AttemptView, AppError> {
        let row = find_try(tx, id).await?.ok_or(AppError::Inconsistent("a try that is gone".into()))?;
        self.answer(tx, &row).await
    }

    /// The answer for an attempt: its state, or why its token could not be used.
    async fn answer(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<AttemptView, AppError> {
        let view = self.tell_attempt(tx, row).await?;
        if row.failure.as_deref() == Some(TOKEN_UNUSABLE) {
            let detail = "The processor does not know this token, or it was used: enter the card again.";
            return Err(AppError::because_of(ErrorCode::TokenUnusable, detail, view));
        }
        Ok(view)
    }

    /// The same id: the same try, if it asks for the same.
    async fn known_attempt(
        &self,
        tx: &mut OrgTx,
        known: &AttemptRow,
        asked: &AttemptRow,
    ) -> Result<AttemptView, AppError> {
        if known.session_id != asked.session_id {
            return Err(AppError::invalid("attempt_id", "This id is in use."));
        }
        if known.request_hash != asked.request_hash {
            let detail = "This attempt_id was used with another request: make a new one.";
            return Err(AppError::param(ErrorCode::IdempotencyMismatch, "attempt_id", detail));
        }
        self.answer(tx, known).await
    }

    /// The attempt with the agreement that its debit rests on: the one that stands for a saved account, or the one that
    /// the payer has just given. A card needs none.
    async fn under_mandate(
        &self,
        tx: &mut OrgTx,
        payer: &Payer,
        row: AttemptRow,
        given: Option<Given>,
    ) -> Result<AttemptRow, AppError> {
        if row.kind == MethodKind::Card.as_str() {
            return Ok(row);
        }
        let standing = match &row.method_id {
            Some(method) => tx.standing_mandate(method).await?,
            None => None,
        };
        if let Some(mandate) = standing {
            let processor_mandate = mandate.processor_reference;
            return Ok(AttemptRow { mandate_id: Some(mandate.id), processor_mandate, ..row });
        }
        let given = given.ok_or_else(|| {
            let detail =
                "A bank account is debited under a mandate: show its text and send what was agreed to.";
            AppError::param(ErrorCode::MandateRequired, "mandate", detail)
        })?;
        let mandate = self.accept_mandate(payer, &row, &given.accepted, &given.origin)?;
        let id = mandate.id.clone();
        let detail = serde_json::json!({"version": mandate.text_version, "hash": mandate.text_hash, "scope": mandate.scope});
        tx.insert_mandate(mandate).await?;
        note(tx, &self.mint, Action::MandateAccepted, &id, detail)?;
        self.announce_mandate(tx, event_types::MANDATE_ACCEPTED, &id, &row.account_id).await?;
        Ok(AttemptRow { mandate_id: Some(id), ..row })
    }
}

enum Begun {
    /// It is there already.
    Known(Box<AttemptView>),
    /// Written, and on its way.
    Sending(JoinHandle<Result<(), AppError>>),
}

/// What a payer agreed to, and where from.
struct Given {
    accepted: MandateAcceptance,
    origin: Origin,
}

enum Taken {
    /// Written and claimed; to be sent.
    New(Box<AttemptRow>),
    /// It is there already.
    Known(Box<AttemptView>),
}

async fn nothing_in_the_way(tx: &mut OrgTx, row: &AttemptRow, invoice: &InvoiceRow) -> Result<(), AppError> {
    if let Some(live) = live_try(tx, &invoice.id).await? {
        let mut view = view::attempt(tx, &live).await?;
        // Who somebody is they prove themselves: nobody else is sent to that page.
        let session = tx.find_session(row.session_id.as_deref().unwrap_or_default()).await?;
        let is_theirs = match &session {
            Some(session) => is_by(tx, &live, session).await?,
            None => false,
        };
        view.challenge = view.challenge.filter(|_| is_theirs);
        let detail = "Another try to pay this is under way: wait for its outcome.";
        return Err(AppError::because_of(ErrorCode::AttemptInProgress, detail, view));
    }
    let payable = view::payable_now(invoice);
    let session = row.session_id.as_deref().unwrap_or_default();
    let completed = tx.find_session(session).await?.is_some_and(|session| session.completed_by.is_some());
    if completed || payable == 0 {
        let detail = "There is nothing left to pay.";
        return Err(match paid_by(tx, &invoice.id).await? {
            Some(paid) => {
                AppError::because_of(ErrorCode::AlreadyPaid, detail, view::attempt(tx, &paid).await?)
            }
            None => AppError::refused(ErrorCode::AlreadyPaid, detail),
        });
    }
    Ok(())
}

fn taken_id(error: StoreError) -> AppError {
    if error.is_unique_violation() {
        AppError::invalid("attempt_id", "This id is in use.")
    } else {
        error.into()
    }
}

/// The attempt with the facts of the saved method that it charges.
pub(super) fn with_method(row: AttemptRow, method: MethodRow) -> AttemptRow {
    AttemptRow {
        kind: method.kind,
        customer: Some(method.customer),
        processor_method: Some(method.reference),
        network_transaction_id: method.network_transaction_id,
        brand: Some(method.brand),
        last4: Some(method.last4),
        exp_month: method.exp_month,
        exp_year: method.exp_year,
        ..row
    }
}
