//! Reads people: who they are, where they take part, and whether their client has something on file that can be charged.

use std::collections::BTreeMap;

use crate::app::on_file::OnFile;
use crate::app::read_clients::{cut, page};
use crate::app::{App, AppError, text};
use crate::store::{FIRST_DAY, LAST_DAY, ListedPersonRow, MembershipRow, OrgTx, PeopleFilter, Tenant};
use crate::wire::{Enrolment, List, ListedPersonView, Membership, PeopleQuery};

/// How long a program's, an activity's or a membership's name may be.
pub(super) const NAME_CHARACTERS_MAX: usize = 100;

impl App {
    /// One of the people.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn read_person(&self, tenant: &Tenant, id: &str) -> Result<ListedPersonView, AppError> {
        self.person(&mut tenant.read().await?, id).await
    }

    /// A page of people.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn list_people(
        &self,
        tenant: &Tenant,
        query: PeopleQuery,
    ) -> Result<List<ListedPersonView>, AppError> {
        let page = page(query.limit, query.cursor)?;
        let name = |param, text: Option<String>| {
            let text = text::optional(param, text.as_deref(), NAME_CHARACTERS_MAX)?;
            Ok::<_, AppError>(text.unwrap_or_default())
        };
        let mut tx = tenant.read().await?;
        let on_file = self.on_file(&mut tx).await?;
        let filter = PeopleFilter {
            wallet: on_file.filter(query.saved_card, query.saved_echeck),
            program: name("program", query.program)?,
            activity: name("activity", query.activity)?,
            membership: name("membership", query.membership)?,
            today: on_file.today(),
            email: query.email.unwrap_or_default(),
            reference: query.reference.unwrap_or_default(),
        };
        let rows = tx.list_listed_people(&page, &filter).await?;
        let (rows, next_cursor) = cut(rows, &page, |row| row.id.clone());
        Ok(List { data: views(&mut tx, on_file, rows).await?, next_cursor })
    }

    /// One of the people, within a transaction.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub(super) async fn person(&self, tx: &mut OrgTx, id: &str) -> Result<ListedPersonView, AppError> {
        let row = tx.find_person(id).await?.ok_or_else(AppError::not_found)?;
        let on_file = self.on_file(tx).await?;
        views(tx, on_file, vec![row]).await?.pop().ok_or_else(AppError::not_found)
    }

    /// How what is on file is read now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn on_file(&self, tx: &mut OrgTx) -> Result<OnFile, AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        OnFile::now(&organization, self.mint.now())
    }
}

async fn views(
    tx: &mut OrgTx,
    on_file: OnFile,
    rows: Vec<ListedPersonRow>,
) -> Result<Vec<ListedPersonView>, AppError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut enrolments: BTreeMap<String, Vec<Enrolment>> = BTreeMap::new();
    for row in tx.list_enrolments(&ids).await? {
        let enrolment = Enrolment { program: row.program, activity: row.activity };
        enrolments.entry(row.person_id).or_default().push(enrolment);
    }
    let mut memberships: BTreeMap<String, Vec<Membership>> = BTreeMap::new();
    for row in tx.list_memberships(&ids).await? {
        memberships.entry(row.person_id.clone()).or_default().push(membership(row));
    }
    let view = |row: ListedPersonRow| ListedPersonView {
        enrolments: enrolments.remove(&row.id).unwrap_or_default(),
        memberships: memberships.remove(&row.id).unwrap_or_default(),
        saved_card: on_file.has_card(row.chargeable),
        saved_echeck: on_file.has_bank(row.chargeable),
        id: row.id,
        name: row.name,
        account: row.account_id,
        account_name: row.account_name,
        email: row.email,
        reference: row.reference,
    };
    Ok(rows.into_iter().map(view).collect())
}

fn membership(row: MembershipRow) -> Membership {
    Membership {
        membership: row.membership,
        from: Some(row.from_on).filter(|day| day != FIRST_DAY),
        until: Some(row.until_on).filter(|day| day != LAST_DAY),
    }
}
