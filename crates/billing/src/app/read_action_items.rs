//! Reads the Payment Action Center.

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, text};
use crate::store::{ActionItemFilter, ActionItemRow, Tenant};
use crate::wire::{ActionItemView, ActionItemsQuery, List};

impl App {
    /// A page of action items: those that are open, unless the closed ones are asked for.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_action_items(
        &self,
        tenant: &Tenant,
        query: ActionItemsQuery,
    ) -> Result<List<ActionItemView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = ActionItemFilter {
            account: query.account.unwrap_or_default(),
            kind: query.kind.unwrap_or_default(),
            closed: query.closed.unwrap_or_default(),
        };
        let mut tx = tenant.read().await?;
        let rows = tx.list_action_items(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            let retry_at_ms = tx.planned_retry(&row.subject).await?;
            data.push(view(row, retry_at_ms));
        }
        Ok(List { data, next_cursor })
    }
}

/// An action item as its organization sees it.
pub(super) fn view(row: ActionItemRow, retry_at_ms: Option<i64>) -> ActionItemView {
    let rule = row.code.as_deref().and_then(paydesk_domain::return_code::ReturnCode::parse);
    let rule = rule.as_ref().and_then(paydesk_domain::return_code::ReturnCode::rule);
    ActionItemView {
        id: row.id,
        kind: row.kind,
        account: row.account_id,
        subject: row.subject,
        amount: row.amount,
        currency: row.currency,
        code: row.code,
        meaning: rule.map(|rule| rule.meaning.to_owned()),
        consequence: rule.map(|rule| rule.consequence.as_str().to_owned()),
        retry_at: retry_at_ms.map(text::time),
        created_at: text::time(row.created_at_ms),
        closed_at: row.closed_at_ms.map(text::time),
        closed_because: row.closed_because,
    }
}
