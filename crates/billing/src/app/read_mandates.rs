//! Reads mandates: what was agreed to, as it was shown, and the proof of it.

use paydesk_domain::mandate::retain_until;

use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, text};
use crate::store::{MandateFilter, MandateRow, Tenant};
use crate::wire::{List, MandateView, MandatesQuery};

impl App {
    /// One mandate.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_mandate(&self, tenant: &Tenant, id: &str) -> Result<MandateView, AppError> {
        Ok(view(tenant.read().await?.find_mandate(id).await?.ok_or_else(AppError::not_found)?))
    }

    /// A page of mandates.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_mandates(
        &self,
        tenant: &Tenant,
        query: MandatesQuery,
    ) -> Result<List<MandateView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let filter = MandateFilter { account: query.account.unwrap_or_default() };
        let rows = tenant.read().await?.list_mandates(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: rows.into_iter().map(view).collect(), next_cursor })
    }
}

fn view(row: MandateRow) -> MandateView {
    let retained =
        row.ended_at_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).map(retain_until);
    MandateView {
        id: row.id,
        account: row.account_id,
        payment_method: row.method_id,
        kind: row.kind,
        scope: row.scope,
        holder: row.holder_type,
        currency: row.currency,
        amount_max: row.amount_max,
        version: row.text_version,
        hash: row.text_hash,
        text: row.text,
        locale: row.locale,
        accepted_at: text::time(row.accepted_at_ms),
        actor: row.actor,
        address: row.address,
        user_agent: row.user_agent,
        ended_at: row.ended_at_ms.map(text::time),
        ended_because: row.ended_because,
        retained_until: retained.map(|at| text::time(at.as_millisecond())),
    }
}
