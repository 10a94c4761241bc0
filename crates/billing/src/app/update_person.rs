//! Changes what is known of somebody in an account: their name, and where they take part. What is told takes the place of what was told
//! before, as the organization's own registration system knows it.

use std::collections::BTreeSet;

use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::erase_client::refuse_erased;
use crate::app::read_people::NAME_CHARACTERS_MAX;
use crate::app::{App, AppError, text};
use crate::store::{EnrolmentRow, FIRST_DAY, LAST_DAY, MembershipRow, OrgTx};
use crate::wire::{ChangedPerson, Enrolment, ListedPersonView, Membership};

/// In how many activities somebody can be enrolled.
const ENROLMENTS_MAX: usize = 100;
/// How many memberships somebody can have, those of the past and of the future with them.
const MEMBERSHIPS_MAX: usize = 20;

impl App {
    /// Changes what the request names.
    ///
    /// # Errors
    /// `not_found`, `client_erased`; a refusal that names the field; when the database fails.
    pub async fn update_person(
        &self,
        mut tx: OrgTx,
        id: &str,
        change: ChangedPerson,
    ) -> Result<(OrgTx, ListedPersonView), AppError> {
        let name = change.name.as_deref().map(|name| text::required("name", name, 200)).transpose()?;
        // The account first, as whoever erases it does.
        let account = self.person(&mut tx, id).await?.account;
        refuse_erased(&mut tx, &account).await?;
        if !tx.hold_person(id).await? {
            return Err(AppError::not_found());
        }
        if let Some(name) = &name {
            tx.name_person(id, name).await?;
        }
        take_part(&mut tx, id, change.enrolments.as_deref(), change.memberships.as_deref()).await?;
        let view = self.person(&mut tx, id).await?;
        let detail = json!({
            "name": name.is_some(),
            "enrolments": change.enrolments.as_ref().map(Vec::len),
            "memberships": change.memberships.as_ref().map(Vec::len),
        });
        note(&mut tx, &self.mint, Action::PersonChanged, id, detail)?;
        Ok((tx, view))
    }
}

/// Writes where somebody takes part. What is none stays as it is.
///
/// # Errors
/// A refusal that names the field; when the database fails.
pub(super) async fn take_part(
    tx: &mut OrgTx,
    person: &str,
    enrolments: Option<&[Enrolment]>,
    memberships: Option<&[Membership]>,
) -> Result<(), AppError> {
    let enrolments = enrolments.map(enrolment_rows).transpose()?;
    let memberships = memberships.map(membership_rows).transpose()?;
    if enrolments.is_some() || memberships.is_some() {
        tx.take_part(person, enrolments.as_deref(), memberships.as_deref()).await?;
    }
    Ok(())
}

fn enrolment_rows(given: &[Enrolment]) -> Result<Vec<EnrolmentRow>, AppError> {
    if given.len() > ENROLMENTS_MAX {
        return Err(AppError::invalid("enrolments", format!("At most {ENROLMENTS_MAX} of one person.")));
    }
    let row = |given: &Enrolment| {
        Ok(EnrolmentRow {
            program: text::required("enrolments.program", &given.program, NAME_CHARACTERS_MAX)?,
            activity: text::required("enrolments.activity", &given.activity, NAME_CHARACTERS_MAX)?,
            ..EnrolmentRow::default()
        })
    };
    given.iter().map(row).collect()
}

fn membership_rows(given: &[Membership]) -> Result<Vec<MembershipRow>, AppError> {
    if given.len() > MEMBERSHIPS_MAX {
        return Err(AppError::invalid("memberships", format!("At most {MEMBERSHIPS_MAX} of one person.")));
    }
    let mut begun = BTreeSet::new();
    let mut rows = Vec::with_capacity(given.len());
    for given in given {
        let membership = text::required("memberships.membership", &given.membership, NAME_CHARACTERS_MAX)?;
        let day = |param, day: &Option<String>, otherwise: &str| match day {
            Some(day) => text::read_date(param, day).map(|day| day.to_string()),
            None => Ok(otherwise.to_owned()),
        };
        let from_on = day("memberships.from", &given.from, FIRST_DAY)?;
        let until_on = day("memberships.until", &given.until, LAST_DAY)?;
        if until_on < from_on {
            return Err(AppError::invalid("memberships.until", "Not before it begins."));
        }
        if !begun.insert((membership.clone(), from_on.clone())) {
            let detail = "The same membership begins twice on this day.";
            return Err(AppError::invalid("memberships.from", detail));
        }
        rows.push(MembershipRow { person_id: String::new(), membership, from_on, until_on });
    }
    Ok(rows)
}
