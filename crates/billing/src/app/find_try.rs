//! Finds tries to pay: an attempt where something was due, a verification where nothing was.

use crate::app::AppError;
use crate::app::acting::is_by;
use crate::store::{AttemptRow, OrgTx, SessionRow};

/// A try by its id.
///
/// # Errors
/// When the database fails.
pub(super) async fn find_try(tx: &mut OrgTx, id: &str) -> Result<Option<AttemptRow>, AppError> {
    Ok(match tx.find_attempt(id).await? {
        Some(row) => Some(row),
        None => tx.find_setup(id).await?,
    })
}

/// The newest try of a session.
///
/// # Errors
/// When the database fails.
pub(super) async fn newest_try(tx: &mut OrgTx, session: &str) -> Result<Option<AttemptRow>, AppError> {
    let (attempt, setup) = (tx.newest_attempt(session).await?, tx.newest_setup(session).await?);
    Ok([attempt, setup].into_iter().flatten().max_by_key(|row| row.created_at_ms))
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
