//! Turns away whoever tries many cards and is refused: before anything is written or sent.

use paydesk_domain::card_testing::{ATTACK_WINDOW_MS, REMEMBERED_MS, Seen, Tries};
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{AttemptView, DeclineView};
use paydesk_domain::wire::error::ErrorCode;

use crate::app::network::network;
use crate::app::{App, AppError, view};
use crate::store::{AttemptRow, Common, OrgTx, TriesRow};

/// How long tries are kept, in milliseconds: a day, so that an operator can look at them.
const KEPT_MS: i64 = 24 * 60 * 60_000;

impl From<TriesRow> for Tries {
    fn from(row: TriesRow) -> Self {
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        Self { refused: count(row.refused), undecided: count(row.undecided), paid: count(row.paid) }
    }
}

impl App {
    /// Notes a try with a typed card, or refuses it because too many like it were refused.
    ///
    /// # Errors
    /// `rate_limited`, with the time after which one may come again; when the database fails.
    pub(super) async fn limit_card_tests(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        address: Option<&str>,
    ) -> Result<(), AppError> {
        if row.token.is_none() || row.kind != MethodKind::Card.as_str() {
            return Ok(());
        }
        let now = self.mint.now_ms();
        let session = row.session_id.as_deref().unwrap_or_default();
        // An address that nobody can read is one, as everything that hides behind it is.
        let network = address.and_then(|address| address.parse().ok()).map_or_else(String::new, network);
        tx.lock_network(&network).await?;
        let since_ms = now.saturating_sub(REMEMBERED_MS);
        let seen = Seen {
            session: tx.typed_cards(Common::Session(session), since_ms).await?.into(),
            login: tx.typed_cards(Common::Login(&row.login_id), since_ms).await?.into(),
            network: tx.typed_cards(Common::Network(&network), since_ms).await?.into(),
            organization: tx
                .typed_cards(Common::Organization, now.saturating_sub(ATTACK_WINDOW_MS))
                .await?
                .into(),
        };
        if let Err(seconds) = self.settings.card_testing.judge(&seen) {
            self.metrics.turned_away("card_testing");
            tracing::warn!(session, ?seen, "too many cards were refused: this one is not tried");
            let detail = "Too many cards were refused. Nothing was charged: wait, or pay another way.";
            return Err(AppError::refused(ErrorCode::RateLimited, detail).after(seconds));
        }
        tx.note_typed_card(&row.id, session, &row.login_id, &network, now).await?;
        tx.forget_typed_cards(now.saturating_sub(KEPT_MS)).await?;
        Ok(())
    }

    /// An attempt as its payer is told of it: of a session in which too many cards were refused, each refusal like any other. The
    /// organization is told the processor's own code all the same.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn told(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<AttemptView, AppError> {
        let view = view::attempt(tx, row).await?;
        if view.decline.is_none() || !self.tells_alike(tx, row).await? {
            return Ok(view);
        }
        let alike = DeclineView {
            code: "card_declined".to_owned(),
            category: DeclineCategory::Generic,
            retryable: false,
        };
        Ok(AttemptView { decline: Some(alike), ..view })
    }

    async fn tells_alike(&self, tx: &mut OrgTx, row: &AttemptRow) -> Result<bool, AppError> {
        let Some(session) = row.session_id.as_deref().filter(|_| row.token.is_some()) else {
            return Ok(false);
        };
        let since_ms = self.mint.now_ms().saturating_sub(REMEMBERED_MS);
        let tries = tx.typed_cards(Common::Session(session), since_ms).await?.into();
        Ok(self.settings.card_testing.tells_alike(tries))
    }
}
