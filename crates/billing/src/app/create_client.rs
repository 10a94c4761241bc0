//! Makes a client: a login (unless it is there already), its account with this organization, and its people.

use paydesk_domain::id::{AccountId, LoginId, PersonId};
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::update_person::take_part;
use crate::app::{App, AppError, address, text};
use crate::store::{self, OrgTx};
use crate::wire::{ClientView, NewClient};

const PEOPLE_MAX: usize = 50;

impl App {
    /// Makes a client.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn create_client(
        &self,
        mut tx: OrgTx,
        new: NewClient,
    ) -> Result<(OrgTx, ClientView), AppError> {
        let now = self.mint.now_ms();
        let login_name = text::optional("login.name", new.login.name.as_deref(), 200)?;
        let email = text::optional("login.email", new.login.email.as_deref(), 254)?;
        if email.as_deref().is_some_and(|email| !email.contains('@') || email.contains(' ')) {
            return Err(AppError::invalid(
                "login.email",
                "An address for messages, such as kim@example.org.",
            ));
        }
        let account = new.account.as_ref();
        let name = text::optional("account.name", account.and_then(|account| account.name.as_deref()), 200)?;
        let reference = text::optional(
            "account.reference",
            account.and_then(|account| account.reference.as_deref()),
            100,
        )?;
        let billing_address = account
            .and_then(|account| account.billing_address.as_ref())
            .map(|address| address::stored(&address::accept("account.billing_address", address)?))
            .transpose()?;
        let last_login = new.login.last_login_at.as_deref();
        let last_login_ms = last_login
            .map(|at| text::read_time("login.last_login_at", at))
            .transpose()?
            .map(|at| at.min(now));
        let Some(name) = name.or_else(|| login_name.clone()) else {
            return Err(AppError::invalid("login.name", "Give the client's name here or in account.name."));
        };
        if new.people.len() > PEOPLE_MAX {
            return Err(AppError::invalid("people", format!("At most {PEOPLE_MAX} people.")));
        }

        let login_id = match new.login.id {
            Some(id) => known_login(&mut tx, &id).await?,
            None => {
                let id = self.mint.id(LoginId::new)?;
                tx.act_for_login(id.as_str()).await?;
                let name = login_name.as_deref().unwrap_or(&name);
                tx.insert_login(id.as_str(), name, email.as_deref(), now).await?;
                id
            }
        };
        if let Some(at_ms) = last_login_ms {
            tx.note_login(login_id.as_str(), at_ms).await?;
        }
        let id = self.mint.id(AccountId::new)?;
        let login_id = login_id.as_str().to_owned();
        let row = store::NewAccount {
            id: id.as_str().to_owned(),
            login_id,
            name,
            email,
            reference,
            billing_address,
        };
        tx.insert_account(row, now).await?;
        for person in &new.people {
            let name = text::required("people.name", &person.name, 200)?;
            let person_id = self.mint.id(PersonId::new)?;
            tx.insert_person(person_id.as_str(), id.as_str(), &name).await?;
            // Most have neither: then nothing is written about it.
            let enrolments = Some(&*person.enrolments).filter(|list| !list.is_empty());
            let memberships = Some(&*person.memberships).filter(|list| !list.is_empty());
            take_part(&mut tx, person_id.as_str(), enrolments, memberships).await?;
        }
        let view = self.client(&mut tx, id.as_str()).await?;
        let detail = json!({"login": view.login, "people": view.people.len()});
        note(&mut tx, &self.mint, Action::ClientCreated, id.as_str(), detail)?;
        Ok((tx, view))
    }
}

/// A login that exists already. Its id cannot be guessed: whoever names it was told.
async fn known_login(tx: &mut OrgTx, id: &str) -> Result<LoginId, AppError> {
    let id: LoginId = id.parse().map_err(|_| AppError::invalid("login.id", "A login begins with log_."))?;
    tx.act_for_login(id.as_str()).await?;
    if !tx.login_exists(id.as_str()).await? {
        return Err(AppError::invalid("login.id", "There is no such login."));
    }
    Ok(id)
}
