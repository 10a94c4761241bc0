//! Reads the audit log of an organization.

use serde_json::Value;

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, text};
use crate::store::{AuditFilter, AuditRow, Tenant};
use crate::wire::{AuditEntryView, AuditQuery, List};

impl App {
    /// A page of audit entries, the last one of the chain first.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_audit(
        &self,
        tenant: &Tenant,
        query: AuditQuery,
    ) -> Result<List<AuditEntryView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = AuditFilter {
            subject: query.subject.unwrap_or_default(),
            action: query.action.unwrap_or_default(),
        };
        let rows = tenant.read().await?.list_audit(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let data = rows.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok(List { data, next_cursor })
    }
}

fn view(row: AuditRow) -> Result<AuditEntryView, AppError> {
    let detail: Value = serde_json::from_str(&row.detail)
        .map_err(|_| AppError::Inconsistent("an audit entry whose detail cannot be read".into()))?;
    Ok(AuditEntryView {
        id: row.id,
        seq: row.seq,
        at: text::time(row.at_ms),
        actor_kind: row.actor_kind,
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        origin: row.origin,
        outcome: row.outcome,
        detail,
        prev_hash: row.prev_hash,
        hash: row.hash,
    })
}
