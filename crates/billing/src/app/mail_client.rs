//! Writes a mail to a client, in the transaction of what it tells of. Without mail, or an address, there is none.

use paydesk_domain::id::MailId;

use crate::app::mail_text::{Occasion, write};
use crate::app::mails::Letter;
use crate::app::{App, AppError};
use crate::store::{NewMail, OrgTx, OrganizationRow};

/// For how long a mail is tried.
const TRIED_MS: i64 = 24 * 60 * 60 * 1_000;
/// For how long it is remembered that a mail was sent; what it said is forgotten at once.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// A mail, and to whom.
#[derive(Debug)]
pub(super) struct ToClient<'a> {
    /// Whose login.
    pub(super) login: &'a str,
    /// In which language, a BCP 47 tag.
    pub(super) locale: &'a str,
    /// Which organization it is about.
    pub(super) organization: &'a str,
    /// Of what there is to be one mail alone.
    pub(super) about: Option<String>,
    /// Until when it is worth sending, where that is sooner than a day.
    pub(super) until_ms: Option<i64>,
}

impl App {
    /// Writes a mail to a client of the organization whose transaction it is, in its language. The transaction acts for the login
    /// afterwards.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn mail_of_organization(
        &self,
        tx: &mut OrgTx,
        login: &str,
        occasion: Occasion,
    ) -> Result<(), AppError> {
        if self.settings.mail.is_none() {
            return Ok(());
        }
        let OrganizationRow { name, locale, .. } =
            tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let to = ToClient { login, locale: &locale, organization: &name, about: None, until_ms: None };
        self.mail_client(tx, to, &occasion).await
    }

    /// Writes a mail to a client. The transaction acts for the login afterwards.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn mail_client(
        &self,
        tx: &mut OrgTx,
        to: ToClient<'_>,
        occasion: &Occasion,
    ) -> Result<(), AppError> {
        let Some(mail) = &self.settings.mail else { return Ok(()) };
        tx.act_for_login(to.login).await?;
        let Some(address) = tx.login_mail(to.login).await? else { return Ok(()) };
        let now_ms = self.mint.now_ms();
        let written = write(occasion, to.locale, to.organization);
        let letter = Letter {
            to: address,
            subject: written.subject,
            body: written.body,
            language: written.language.to_owned(),
        };
        let id = self.mint.id(MailId::new)?.as_str().to_owned();
        let new = NewMail {
            login_id: to.login.to_owned(),
            kind: occasion.kind(),
            about: to.about,
            sealed: mail.seal(&self.mint, to.login, &id, &letter)?,
            id,
            now_ms,
            until_ms: to.until_ms.unwrap_or(now_ms.saturating_add(TRIED_MS)),
        };
        tx.insert_mail(new, now_ms.saturating_sub(KEPT_MS)).await?;
        Ok(())
    }
}
