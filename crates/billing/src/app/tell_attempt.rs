//! Tells the payer of an attempt: of a session in which too many cards were refused, each refusal like any other.

use paydesk_domain::card_testing::REMEMBERED_MS;
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::wire::billing::{AttemptView, DeclineView};

use crate::app::{App, AppError, view};
use crate::store::{AttemptRow, Common, OrgTx};

impl App {
    /// An attempt as its payer is told of it. The organization is told the processor's own code all the same.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn tell_attempt(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
    ) -> Result<AttemptView, AppError> {
        let view = view::attempt(tx, row).await?;
        let session = row.session_id.as_deref().filter(|_| row.token.is_some() && view.decline.is_some());
        let Some(session) = session else { return Ok(view) };
        if !self.tells_alike(tx, session).await? {
            return Ok(view);
        }
        let alike = DeclineView {
            code: "card_declined".to_owned(),
            category: DeclineCategory::Generic,
            retryable: false,
        };
        Ok(AttemptView { decline: Some(alike), ..view })
    }

    /// Whether a refused card of a session is told like any other.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn tells_alike(&self, tx: &mut OrgTx, session: &str) -> Result<bool, AppError> {
        let since_ms = self.mint.now_ms().saturating_sub(REMEMBERED_MS);
        let tries = tx.typed_cards(Common::Session(session), since_ms).await?.into();
        Ok(self.settings.card_testing.tells_alike(tries))
    }
}
