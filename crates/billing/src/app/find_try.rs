//! Finds tries to pay: an attempt where something was charged, a verification where nothing was due, and what credit alone paid.

use crate::app::AppError;
use crate::app::acting::is_by;
use crate::store::{AttemptRow, CreditUseRow, OrgTx, SessionRow};

/// The kind of a try that credit alone pays.
pub(super) const BY_CREDIT: &str = "credit";

/// A try by its id.
///
/// # Errors
/// When the database fails.
pub(super) async fn find_try(tx: &mut OrgTx, id: &str) -> Result<Option<AttemptRow>, AppError> {
    Ok(match tx.find_attempt(id).await? {
        Some(row) => Some(row),
        None => match tx.find_setup(id).await? {
            Some(row) => Some(row),
            None => tx.credit_of_try(id).await?.filter(|row| row.receipt_id.is_some()).map(by_credit),
        },
    })
}

/// The try that credit alone paid, as an attempt over nothing: nothing was charged, and it is decided.
fn by_credit(row: CreditUseRow) -> AttemptRow {
    AttemptRow {
        id: row.attempt_id.clone(),
        session_id: Some(row.session_id),
        origin_id: row.attempt_id,
        account_id: row.account_id,
        login_id: row.login_id,
        invoice_id: row.invoice_id,
        credit: row.amount,
        currency: row.currency,
        kind: BY_CREDIT.to_owned(),
        initiation: "payer".to_owned(),
        request_hash: row.request_hash,
        status: "succeeded".to_owned(),
        processor_reference: Some(row.id),
        due_at_ms: row.created_at_ms,
        created_at_ms: row.created_at_ms,
        ..AttemptRow::default()
    }
}

/// The newest try that paid an invoice.
///
/// # Errors
/// When the database fails.
pub(super) async fn paid_by(tx: &mut OrgTx, invoice: &str) -> Result<Option<AttemptRow>, AppError> {
    let (attempt, credit) = (tx.paid_by(invoice).await?, tx.paid_by_credit(invoice).await?);
    Ok([attempt, credit.map(by_credit)].into_iter().flatten().max_by_key(|row| row.created_at_ms))
}

/// The newest try of a session.
///
/// # Errors
/// When the database fails.
pub(super) async fn newest_try(tx: &mut OrgTx, session: &str) -> Result<Option<AttemptRow>, AppError> {
    let (attempt, setup) = (tx.newest_attempt(session).await?, tx.newest_setup(session).await?);
    let credit = tx.newest_paid_by_credit(session).await?.map(by_credit);
    Ok([attempt, setup, credit].into_iter().flatten().max_by_key(|row| row.created_at_ms))
}

/// The try to pay an invoice that is under way. There is never more than one.
///
/// # Errors
/// When the database fails.
pub(super) async fn live_try(tx: &mut OrgTx, invoice: &str) -> Result<Option<AttemptRow>, AppError> {
    Ok(match tx.live_attempt(invoice).await? {
        Some(live) => Some(live),
        None => tx.live_setup(invoice).await?,
    })
}

/// The try that is asked about, if it is one to pay this session's invoice; else one that is under way by the same payer, here or on
/// another page; else the session's newest.
///
/// # Errors
/// When the database fails.
pub(super) async fn followed_try(
    tx: &mut OrgTx,
    session: &SessionRow,
    followed: Option<&str>,
) -> Result<Option<AttemptRow>, AppError> {
    if let Some(id) = followed
        && let Some(row) = find_try(tx, id).await?.filter(|row| row.invoice_id == session.invoice_id)
    {
        return Ok(Some(row));
    }
    if let Some(live) = live_try(tx, &session.invoice_id).await?
        && is_by(tx, &live, session).await?
    {
        return Ok(Some(live));
    }
    newest_try(tx, &session.id).await
}
