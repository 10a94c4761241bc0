//! Writes to clients whose card expires next month while something is planned on it: once for a card and a month.

use paydesk_domain::id::OrganizationId;

use crate::app::mail_client::ToClient;
use crate::app::mail_text::{Named, Occasion};
use crate::app::{App, AppError, text};
use crate::store::{ExpiringRow, OrganizationRow};

/// How many cards are read at once.
const BATCH: i64 = 100;

impl App {
    /// Writes what is not written yet, and answers how many mails that were. The months are UTC's: the mail names the month itself. What
    /// goes wrong for one card is logged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remind_of_expiry(&self) -> Result<usize, AppError> {
        if self.settings.mail.is_none() {
            return Ok(0);
        }
        let this = self.mint.now().to_zoned(jiff::tz::TimeZone::UTC).date().first_of_month();
        let next = this.saturating_add(jiff::Span::new().months(1));
        let month = (i64::from(next.year()), i64::from(next.month()));
        let about = format!("card_expires {}-{:02} ", next.year(), next.month());
        let (mut after, mut written) = (String::new(), 0);
        loop {
            let rows = self.store.expiring_cards(month, &after, &about, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(written) };
            after.clone_from(&last.id);
            for row in &rows {
                match self.remind_of(row, format!("{about}{}", row.id)).await {
                    Ok(()) => written += 1,
                    Err(error) => tracing::error!(method = row.id, %error, "a client could not be reminded"),
                }
            }
        }
    }

    async fn remind_of(&self, row: &ExpiringRow, about: String) -> Result<(), AppError> {
        let lost = || AppError::Inconsistent("something planned by an unreadable organization".into());
        let organization: OrganizationId = row.org_id.parse().map_err(|_| lost())?;
        let mut tx = self.store.organization(organization).write().await?;
        tx.act_for_wallet(&row.login_id).await?;
        let Some(method) = tx.find_own_method(&row.login_id, &row.id).await? else { return Ok(()) };
        let planned = tx.wallet_planned(&row.login_id).await?;
        let here = |planned: &&crate::store::WalletPlannedRow| {
            planned.org_id == row.org_id && planned.method_id.as_deref() == Some(&row.id)
        };
        let Some(first) = planned.iter().find(here) else { return Ok(()) };
        let occasion = Occasion::CardExpires {
            method: Named::of(&method),
            year: i16::try_from(method.exp_year.unwrap_or_default()).unwrap_or_default(),
            month: i8::try_from(method.exp_month.unwrap_or_default()).unwrap_or_default(),
            next_on: text::read_date("due_on", &first.due_on)?,
        };
        let OrganizationRow { name, locale, .. } =
            tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let to = ToClient {
            login: &row.login_id,
            locale: &locale,
            organization: &name,
            about: Some(about),
            until_ms: None,
        };
        self.mail_client(&mut tx, to, &occasion).await?;
        tx.commit().await?;
        Ok(())
    }
}
