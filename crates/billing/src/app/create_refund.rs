//! Takes an order to give money back: checks it, writes it down, and has it sent.
//!
//! What is written here commits before anything is sent, together with the answer to its `Idempotency-Key`: a request
//! that is repeated finds the same refund, whatever has died in between. Everything that decides about the refund
//! happens under the invoice's lock, so that two of them cannot both count on the same money; the database's own rule
//! says so again.

use paydesk_domain::id::RefundId;
use paydesk_domain::invoice::{UnwindError, unwind_chosen};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::refund::{RefundKind, refundable};
use paydesk_domain::wire::error::ErrorCode;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::app::audit::{Action, note, refund_detail};
use crate::app::refund_taking::{TakenLine, Taking, available, reserved};
use crate::app::write_once::Begun as BegunWrite;
use crate::app::{App, AppError, millis, text, view};
use crate::failpoint;
use crate::store::{Claim, OrgTx, OrganizationRow, PaymentRow, RefundRow, Tenant};
use crate::wire::{NewRefund, NewRefundLine, RefundView};

const LINES_MAX: usize = 100;
const REASON_CHARACTERS_MAX: usize = 200;

/// An order as it came.
#[derive(Debug)]
pub struct RefundOrder {
    /// The caller's `Idempotency-Key`.
    pub key: String,
    /// What the request asked for.
    pub request_hash: String,
    /// The payment, `pay_…`.
    pub payment: String,
    /// What is to go back.
    pub new: NewRefund,
}

/// What is kept of the answer: which refund it was. Where that stands is read anew.
#[derive(Debug, Serialize, Deserialize)]
struct KeptAnswer {
    id: String,
}

struct Begun {
    id: String,
    /// None when it is there already.
    sending: Option<JoinHandle<Result<(), AppError>>>,
}

impl App {
    /// Takes an order and waits a while for its outcome. The same key is the same refund: its present state is the
    /// answer.
    ///
    /// # Errors
    /// A refusal before anything was sent; when the database fails.
    pub async fn create_refund(&self, tenant: &Tenant, order: RefundOrder) -> Result<RefundView, AppError> {
        let (app, of_task) = (self.clone(), tenant.clone());
        // A task of its own: it goes on when the caller hangs up, and a stopping server waits for it.
        let begun =
            self.charges.spawn(async move { app.begin_refund(of_task, order).await }.in_current_span());
        let begun = begun.await.map_err(|_| AppError::Inconsistent("an order that ended early".into()))??;
        if let Some(sending) = begun.sending {
            match tokio::time::timeout(self.settings.confirm_wait, sending).await {
                Ok(Ok(Ok(()))) | Err(_) => {}
                Ok(Ok(Err(error))) => tracing::error!(%error, "a refund could not be carried through"),
                Ok(Err(error)) => tracing::error!(%error, "a refund's task ended early"),
            }
        }
        self.read_refund(tenant, &begun.id).await
    }

    /// Writes the refund and starts sending it.
    async fn begin_refund(self, tenant: Tenant, order: RefundOrder) -> Result<Begun, AppError> {
        let RefundOrder { key, request_hash, payment, new } = order;
        let write = match self.begin_write(&tenant, &key, &request_hash).await? {
            BegunWrite::Answered(answer) => {
                let kept: KeptAnswer = serde_json::from_str(&answer.body)
                    .map_err(|_| AppError::Inconsistent("a kept answer that cannot be read".into()))?;
                return Ok(Begun { id: kept.id, sending: None });
            }
            BegunWrite::Fresh(write) => write,
        };
        failpoint::hit("refund.before_intent");
        let written = match write.transaction().await {
            Ok(tx) => self.write_refund(tx, &tenant, &payment, new).await,
            Err(error) => Err(error),
        };
        let (row, done) = match written {
            Ok((tx, row)) => {
                let kept = KeptAnswer { id: row.id.clone() };
                (Some(row), Ok((tx, kept)))
            }
            Err(error) => (None, Err(error)),
        };
        write.settle(201, done).await?;
        let row = row.ok_or(AppError::Inconsistent("a refund that was not written".into()))?;
        failpoint::hit("refund.after_intent");
        let id = row.id.clone();
        let app = self.clone();
        let sending = async move {
            let void = (row.kind == RefundKind::Void.as_str()).then(|| row.id.clone());
            app.send_refund(&tenant, row).await?;
            match void {
                Some(void) => app.send_continuation(&tenant, &void).await,
                None => Ok(()),
            }
        };
        Ok(Begun { id, sending: Some(self.charges.spawn(sending.in_current_span())) })
    }

    /// Writes the refund, claimed already, unless something stands in its way.
    async fn write_refund(
        &self,
        mut tx: OrgTx,
        tenant: &Tenant,
        payment: &str,
        new: NewRefund,
    ) -> Result<(OrgTx, RefundRow), AppError> {
        let now = self.mint.now_ms();
        if self.breaker.is_open(now) {
            let detail =
                "The processor does not answer at the moment. Nothing was given back: try again shortly.";
            return Err(AppError::refused(ErrorCode::Unavailable, detail));
        }
        let reason = text::optional("reason", new.reason.as_deref(), REASON_CHARACTERS_MAX)?;
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let invoice = tx.find_payment(payment).await?.ok_or_else(AppError::not_found)?.invoice_id;
        tx.lock_invoice(&invoice).await?;
        let payment = tx.find_payment(payment).await?.ok_or_else(AppError::not_found)?;
        let lines = read_lines(&mut tx, &payment, &new.lines).await?;
        let held = tx.held_of(&payment.id).await?;
        let amount = read_amount(&payment, held, new.amount, &lines)?;
        let asked = Asked { amount, held, by_line: !lines.is_empty() };
        let kind = self.refund_kind(&organization, &payment, asked)?;
        let id = self.mint.id(RefundId::new)?.as_str().to_owned();
        let chosen = Taking { lines, ..Taking::default() };
        let row = RefundRow {
            org_id: tenant.id().as_str().to_owned(),
            payment_id: payment.id,
            account_id: payment.account_id,
            invoice_id: payment.invoice_id,
            kind: kind.as_str().to_owned(),
            amount,
            currency: payment.currency,
            reason,
            lines: if asked.by_line { Some(chosen.to_json()?) } else { None },
            idempotency_key: format!("{id}.refund"),
            id,
            status: "sending".to_owned(),
            fence: 1,
            created_at_ms: now,
            first_sent_at_ms: Some(now),
            sent_at_ms: Some(now),
            ..RefundRow::default()
        };
        let leased_until_ms = now.saturating_add(millis(self.settings.lease));
        let claim = Claim { owner: self.owner.to_string(), leased_until_ms };
        tx.insert_refund(&row, Some(&claim)).await?;
        note(&mut tx, &self.mint, Action::RefundCreated, &row.id, refund_detail(&row))?;
        Ok((tx, row))
    }

    /// How the money can go back, by where the payment stands and what the processor can do.
    fn refund_kind(
        &self,
        organization: &OrganizationRow,
        payment: &PaymentRow,
        asked: Asked,
    ) -> Result<RefundKind, AppError> {
        let capabilities = self.processor.capabilities();
        let is_whole = asked.amount == payment.amount;
        let refused = |detail: &'static str| Err(AppError::refused(ErrorCode::NotRefundable, detail));
        let is_card = view::kind(&payment.kind)? == MethodKind::Card;
        match payment.status.as_str() {
            "succeeded" | "settled" if !is_whole && !capabilities.partial_refund => {
                refused("The processor gives this back as a whole or not at all.")
            }
            "succeeded" if is_card => {
                let is_today = view::today(organization, self.mint.now())?
                    == view::day_of(organization, payment.paid_at_ms)?;
                let undo = capabilities.void && is_whole && is_today;
                Ok(if undo { RefundKind::Void } else { RefundKind::Refund })
            }
            "submitted" if !capabilities.cancel_debit => {
                refused("A debit that is under way cannot be called back: refund it once it has settled.")
            }
            "submitted" if !is_whole || asked.by_line => {
                refused("A debit that is under way can only be called back as a whole.")
            }
            "submitted" => Ok(RefundKind::CancelDebit),
            "settled" if asked.held.saturating_add(asked.amount) > organization.debit_refund_max => {
                let cap = organization.debit_refund_max;
                let detail = format!("At most {cap} minor units of a bank debit may be given back.");
                Err(AppError::param(ErrorCode::RefundAboveCap, "amount", detail))
            }
            "settled" => Ok(RefundKind::Refund),
            _ => refused("No money of this payment is here: it came back, or was called back."),
        }
    }
}

/// What is asked for, beside what other refunds hold already.
#[derive(Clone, Copy, Debug)]
struct Asked {
    amount: i64,
    held: i64,
    by_line: bool,
}

/// How much: what is named, what the chosen lines come to, or all that is left.
fn read_amount(
    payment: &PaymentRow,
    held: i64,
    named: Option<i64>,
    lines: &[TakenLine],
) -> Result<i64, AppError> {
    let left = refundable(payment.amount, held);
    let of_lines = lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount));
    let amount = match (named, lines.is_empty()) {
        (Some(named), false) if named != of_lines => {
            let detail = format!("The chosen lines come to {of_lines}.");
            return Err(AppError::invalid("amount", detail));
        }
        (Some(named), _) if named < 1 => return Err(AppError::invalid("amount", "Minor units, 1 or more.")),
        (Some(named), _) => named,
        (None, false) => of_lines,
        (None, true) => left.max(1),
    };
    if amount > left {
        let detail = format!("{left} minor units of this payment are left to give back.");
        return Err(AppError::param(ErrorCode::RefundTooLarge, "amount", detail));
    }
    Ok(amount)
}

/// The lines that were chosen, if the payment covers them so far and nobody else has chosen them.
async fn read_lines(
    tx: &mut OrgTx,
    payment: &PaymentRow,
    chosen: &[NewRefundLine],
) -> Result<Vec<TakenLine>, AppError> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    if chosen.len() > LINES_MAX {
        return Err(AppError::invalid("lines", format!("At most {LINES_MAX} lines.")));
    }
    let covered = tx.list_allocations(&payment.id).await?;
    let reserved = reserved(&tx.undecided_refunds(&payment.id).await?, "")?;
    let mut pairs = Vec::with_capacity(chosen.len());
    for (index, line) in chosen.iter().enumerate() {
        let known = covered.iter().position(|row| row.item_id == line.item).ok_or_else(|| {
            AppError::invalid(format!("lines[{index}].item"), "This payment covers no such line.")
        })?;
        pairs.push((known, line.amount));
    }
    let parts = unwind_chosen(&pairs, &available(&covered, &reserved)).map_err(|error| match error {
        UnwindError::NothingAsked(_) => AppError::invalid("lines", "Minor units, 1 or more for each line."),
        UnwindError::NoSuchLine(_) | UnwindError::MoreThanCovered(_) => {
            let detail = "More is asked of a line than this payment covers of it.";
            AppError::param(ErrorCode::RefundTooLarge, "lines", detail)
        }
    })?;
    let line = |(row, amount): (crate::store::AllocationRow, i64)| TakenLine { item: row.item_id, amount };
    Ok(covered.into_iter().zip(parts).filter(|(_, part)| *part > 0).map(line).collect())
}
