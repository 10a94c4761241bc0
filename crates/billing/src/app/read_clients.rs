//! Reads clients.

use std::collections::BTreeMap;

use crate::app::on_file::OnFile;
use crate::app::{App, AppError, text};
use crate::store::{AccountRow, OrgTx, Page, Tenant};
use crate::wire::{ClientView, ClientsQuery, List, PersonView};

const LIMIT_DEFAULT: u32 = 25;
const LIMIT_MAX: u32 = 100;

impl App {
    /// One client.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_client(&self, tenant: &Tenant, id: &str) -> Result<ClientView, AppError> {
        self.client(&mut tenant.read().await?, id).await
    }

    /// A page of clients.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_clients(
        &self,
        tenant: &Tenant,
        query: ClientsQuery,
    ) -> Result<List<ClientView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let (email, reference) = (query.email.unwrap_or_default(), query.reference.unwrap_or_default());
        let mut tx = tenant.read().await?;
        let on_file = self.on_file(&mut tx).await?;
        let wallet = on_file.filter(query.saved_card, query.saved_echeck);
        let rows = tx.list_accounts(&page, &wallet, &email, &reference).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: views(&mut tx, on_file, rows).await?, next_cursor })
    }

    /// One client, within a transaction.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub(super) async fn client(&self, tx: &mut OrgTx, id: &str) -> Result<ClientView, AppError> {
        let row = tx.find_account(id).await?.ok_or_else(AppError::not_found)?;
        let on_file = self.on_file(tx).await?;
        views(tx, on_file, vec![row]).await?.pop().ok_or_else(AppError::not_found)
    }
}

async fn views(tx: &mut OrgTx, on_file: OnFile, rows: Vec<AccountRow>) -> Result<Vec<ClientView>, AppError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut people: BTreeMap<String, Vec<PersonView>> = BTreeMap::new();
    for row in tx.list_people_of(&ids).await? {
        people.entry(row.account_id).or_default().push(PersonView { id: row.id, name: row.name });
    }
    let view = |row: AccountRow| ClientView {
        people: people.remove(&row.id).unwrap_or_default(),
        saved_card: on_file.has_card(row.chargeable),
        saved_echeck: on_file.has_bank(row.chargeable),
        id: row.id,
        login: row.login_id,
        name: row.name,
        email: row.email,
        reference: row.reference,
        billing_address: row.billing_address.as_deref().and_then(|json| serde_json::from_str(json).ok()),
        created_at: text::time(row.created_at_ms),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Reads which page is wanted. One row more than asked for is read, to know whether there is a next page.
pub(super) fn page(limit: Option<u32>, cursor: Option<String>) -> Result<Page, AppError> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(AppError::invalid("limit", format!("1 to {LIMIT_MAX}.")));
    }
    let after = cursor.unwrap_or_default();
    if after.len() > 64 || !after.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return Err(AppError::invalid("cursor", "Give next_cursor of the page before."));
    }
    Ok(Page { after, limit: i64::from(limit) + 1 })
}

/// Takes the row that was read too many away again, and makes the cursor of it.
pub(super) fn cut<T>(mut rows: Vec<T>, page: &Page, id: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let wanted = usize::try_from(page.limit - 1).unwrap_or_default();
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = if more { rows.last().map(id) } else { None };
    (rows, next)
}
