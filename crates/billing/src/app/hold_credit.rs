//! A payer agreed to pay so much with credit and so much otherwise: it must be what they may, and the credit is theirs alone
//! from here on.

use paydesk_domain::credit::{SplitError, judge_split, least_payable, spend_oldest_first};
use paydesk_domain::id::CreditUseId;
use paydesk_domain::wire::error::ErrorCode;

use crate::app::agree_to_plan::Agreed;
use crate::app::{App, AppError};
use crate::store::{AttemptRow, CreditPartRow, CreditRow, CreditUseRow, InvoiceRow, OrgTx, OrganizationRow};

/// Judges what a payer saw and agreed to, and finds the credits that they use, oldest first. Their account's credit is locked from
/// here on, where any is used: what is left of it stays true until this transaction ends.
///
/// # Errors
/// A refusal that names the field; when the database fails.
pub(super) async fn agree_to_split(
    tx: &mut OrgTx,
    organization: &OrganizationRow,
    row: &AttemptRow,
    invoice: &InvoiceRow,
    agreed: &Agreed,
) -> Result<Vec<CreditPartRow>, AppError> {
    if invoice.currency != row.currency {
        return Err(changed("amount"));
    }
    if !agreed.is_at_once() {
        if row.credit != 0 {
            let detail = "A plan divides what is due by its own rules: pay at once to use credit.";
            return Err(AppError::invalid("credit", detail));
        }
        return if agreed.due_now == row.amount { Ok(Vec::new()) } else { Err(changed("amount")) };
    }
    let credits = match row.credit {
        0 => Vec::new(),
        _ => {
            tx.lock_credit(&row.account_id).await?;
            tx.credits_of(&row.account_id, &row.currency).await?
        }
    };
    let minimum = organization.partial_minimum;
    judge_split(agreed.due_now, minimum, available(&credits), row.credit, row.amount)
        .map_err(|error| refusal(error, agreed.due_now, minimum))?;
    let left: Vec<i64> = credits.iter().map(|credit| credit.available).collect();
    let parts = spend_oldest_first(row.credit, &left).ok_or_else(|| changed("credit"))?;
    let part = |(credit, amount): (CreditRow, i64)| CreditPartRow { credit_id: credit.id, amount };
    Ok(credits.into_iter().zip(parts).filter(|(_, amount)| *amount > 0).map(part).collect())
}

/// What credits hold together.
pub(super) fn available(credits: &[CreditRow]) -> i64 {
    credits.iter().fold(0, |sum, credit| sum.saturating_add(credit.available))
}

/// What was shown is no longer true, or never was: the browser loads it again.
fn changed(field: &'static str) -> AppError {
    let detail = match field {
        "credit" => "The credit that can be used is not what was shown: load it again and ask once more.",
        _ => "What is payable has changed since it was shown: load it again and ask once more.",
    };
    AppError::param(ErrorCode::AmountChanged, field, detail)
}

fn refusal(error: SplitError, payable: i64, minimum: Option<i64>) -> AppError {
    match error {
        SplitError::NothingPaid => {
            AppError::invalid("amount", "Minor units: with the credit, more than nothing.")
        }
        SplitError::TooLittle if minimum.is_some() => {
            let least = least_payable(payable, minimum);
            let detail = format!("At least {least} minor units are paid at once, credit included.");
            AppError::param(ErrorCode::PartialTooSmall, "amount", detail)
        }
        SplitError::TooLittle | SplitError::TooMuch => changed("amount"),
        // Whether the credit has changed or the payer was shown something else: the truth is loaded again.
        SplitError::MoreThanAvailable | SplitError::CreditLeftUnused => changed("credit"),
    }
}

impl App {
    /// Holds the credit of a try. Nobody else can use it until the try is decided.
    ///
    /// # Errors
    /// When the database fails, or when more is held than is left.
    pub(super) async fn hold_credit(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        parts: &[CreditPartRow],
    ) -> Result<(), AppError> {
        if row.credit == 0 {
            return Ok(());
        }
        let held = CreditUseRow {
            id: self.mint.id(CreditUseId::new)?.as_str().to_owned(),
            attempt_id: row.id.clone(),
            session_id: row.session_id.clone().unwrap_or_default(),
            account_id: row.account_id.clone(),
            login_id: row.login_id.clone(),
            invoice_id: row.invoice_id.clone(),
            amount: row.credit,
            currency: row.currency.clone(),
            request_hash: row.request_hash.clone(),
            created_at_ms: row.created_at_ms,
            ..CreditUseRow::default()
        };
        Ok(tx.hold_credit(&held, parts).await?)
    }
}
