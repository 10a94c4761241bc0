//! Where people take part: enrolments in activities and memberships, as their organization tells. Its own registration system is where
//! they come from, so that what is told about somebody takes the place of what was told before.

use crate::store::StoreError;
use crate::store::dialect::Engine;
use crate::store::macros::{execute, fetch_among, fetch_optional, row, statements};
use crate::store::tx::{IdRow, OrgTx, Tx};

/// The first day of all, where a membership's is not known.
pub const FIRST_DAY: &str = "0001-01-01";
/// And the last one.
pub const LAST_DAY: &str = "9999-12-31";

pub(crate) mod sqlite {
    //! SQLite has one writer at a time.
    use super::statements;

    statements! {
        HOLD_PERSON = "SELECT id FROM people WHERE org_id = $1 AND id = $2";
    }
}

pub(crate) mod postgres {
    //! Whoever reckons what an account has to be charged writes on its people: migration 19 says who waits for whom.
    use super::statements;

    statements! {
        HOLD_PERSON = "SELECT p.id, hold_chargeable(p.org_id, a.login_id, false) AS held FROM people p \
            JOIN accounts a ON a.org_id = p.org_id AND a.id = p.account_id WHERE p.org_id = $1 AND p.id = $2";
    }
}

statements! {
    FIND_PERSON = "SELECT p.id, p.name, p.account_id, a.name AS account_name, a.email, a.reference, p.chargeable FROM people p \
        JOIN accounts a ON a.org_id = $1 AND a.id = p.account_id WHERE p.org_id = $1 AND p.id = $2";
    NAME_PERSON = "UPDATE people SET name = COALESCE($3, name) WHERE org_id = $1 AND id = $2";
    INSERT_ENROLMENT = "INSERT INTO enrolments (org_id, person_id, program, activity) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    END_ENROLMENTS = "DELETE FROM enrolments WHERE org_id = $1 AND person_id = $2";
    INSERT_MEMBERSHIP = "INSERT INTO memberships (org_id, person_id, membership, from_on, until_on) VALUES ($1, $2, $3, $4, $5)";
    END_MEMBER_ENROLMENTS = "DELETE FROM member_enrolments WHERE org_id = $1 AND person_id = $2";
    INSERT_MEMBER_ENROLMENTS = "INSERT INTO member_enrolments (org_id, person_id, program, activity, membership, from_on, until_on) \
        SELECT e.org_id, e.person_id, e.program, e.activity, m.membership, m.from_on, m.until_on FROM enrolments e \
        JOIN memberships m ON m.org_id = e.org_id AND m.person_id = e.person_id WHERE e.org_id = $1 AND e.person_id = $2";
    END_MEMBERSHIPS = "DELETE FROM memberships WHERE org_id = $1 AND person_id = $2";
}

/// The statements of this file for an engine.
pub(crate) fn statements(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => sqlite::ALL,
        Engine::Postgres => postgres::ALL,
    }
}

row! {
    /// Somebody in an account, as the list of people shows them.
    ListedPersonRow {
        /// `per_…`.
        id: String,
        /// Their name.
        name: String,
        /// Whose account they are in.
        account_id: String,
        /// The account's name.
        account_name: String,
        /// The client's address for messages.
        email: Option<String>,
        /// The organization's own number for the account.
        reference: Option<String>,
        /// What could be charged.
        chargeable: i64,
    }
}

row! {
    /// Somebody in an account, and whose.
    MemberRow {
        /// `per_…`.
        id: String,
        /// Their name.
        name: String,
        /// Whose account they are in.
        account_id: String,
    }
}

row! {
    /// That somebody takes part in an activity of a program.
    EnrolmentRow {
        /// Who.
        person_id: String,
        /// The program.
        program: String,
        /// The activity.
        activity: String,
    }
}

row! {
    /// That somebody is a member.
    MembershipRow {
        /// Who.
        person_id: String,
        /// Of what.
        membership: String,
        /// The first day.
        from_on: String,
        /// The last day.
        until_on: String,
    }
}

impl OrgTx {
    /// Finds somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_person(&mut self, id: &str) -> Result<Option<ListedPersonRow>, StoreError> {
        fetch_optional!(self, ListedPersonRow, FIND_PERSON, &self.org, id)
    }

    /// Waits for everybody else who is about to change somebody, or what their account has to be charged: before anything is written
    /// about them. Answers whether there is somebody with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_person(&mut self, id: &str) -> Result<bool, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => sqlite::HOLD_PERSON,
            Tx::Postgres(_) => postgres::HOLD_PERSON,
        };
        let is_there = fetch_optional!(self, IdRow, sql, &self.org, id)?.is_some();
        if is_there {
            execute!(self, NAME_PERSON, &self.org, id, None::<&str>)?;
        }
        Ok(is_there)
    }

    /// Writes another name of somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn name_person(&mut self, id: &str, name: &str) -> Result<(), StoreError> {
        execute!(self, NAME_PERSON, &self.org, id, Some(name))?;
        Ok(())
    }

    /// The people of several accounts, in the order in which they were written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_people_of(&mut self, accounts: &[&str]) -> Result<Vec<MemberRow>, StoreError> {
        fetch_among!(self, MemberRow, PEOPLE_OF_ACCOUNTS, [accounts])
    }

    /// In what several people are enrolled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_enrolments(&mut self, people: &[&str]) -> Result<Vec<EnrolmentRow>, StoreError> {
        fetch_among!(self, EnrolmentRow, ENROLMENTS_OF, [people])
    }

    /// Of what several people are members.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_memberships(&mut self, people: &[&str]) -> Result<Vec<MembershipRow>, StoreError> {
        fetch_among!(self, MembershipRow, MEMBERSHIPS_OF, [people])
    }

    /// Writes what somebody is enrolled in and a member of, and nothing else any more. What is none stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_part(
        &mut self,
        person: &str,
        enrolments: Option<&[EnrolmentRow]>,
        memberships: Option<&[MembershipRow]>,
    ) -> Result<(), StoreError> {
        execute!(self, END_MEMBER_ENROLMENTS, &self.org, person)?;
        if let Some(rows) = enrolments {
            execute!(self, END_ENROLMENTS, &self.org, person)?;
            for row in rows {
                execute!(self, INSERT_ENROLMENT, &self.org, person, &row.program, &row.activity)?;
            }
        }
        if let Some(rows) = memberships {
            execute!(self, END_MEMBERSHIPS, &self.org, person)?;
            for row in rows {
                let MembershipRow { membership, from_on, until_on, .. } = row;
                execute!(self, INSERT_MEMBERSHIP, &self.org, person, membership, from_on, until_on)?;
            }
        }
        execute!(self, INSERT_MEMBER_ENROLMENTS, &self.org, person)?;
        Ok(())
    }
}
