//! Turns away whoever tries many cards and is refused: before anything is written or sent.

use paydesk_domain::card_testing::{ATTACK_WINDOW_MS, REMEMBERED_MS, Seen, Tries};
use paydesk_domain::wire::error::ErrorCode;
use serde_json::Value;

use crate::app::authenticate::Client;
use crate::app::network::network;
use crate::app::wallet_entry::note_tried;
use crate::app::{App, AppError};
use crate::store::{Common, OrgTx, TriesRow};

/// What is noted of a try in a wallet, and of those that came to something.
const WALLET_TRIED: &str = "method.tried";
pub(super) const WALLET_SAVED: &str = "method.saved";
pub(super) const WALLET_UPDATED: &str = "method.updated";
/// Within which time tries in a wallet that came to nothing are counted.
const HOUR_MS: i64 = 60 * 60 * 1_000;
const HOUR_S: u64 = 60 * 60;

/// A card that somebody has typed, to pay with it or to let it take the place of a saved one.
pub(super) struct TypedCard<'a> {
    /// The attempt, the verification or the update.
    pub(super) id: &'a str,
    /// The session.
    pub(super) session: &'a str,
    /// The client's login.
    pub(super) login: &'a str,
    /// The network address that it came from.
    pub(super) from: Option<&'a str>,
}

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
    pub(super) async fn limit_card_tests(&self, tx: &mut OrgTx, card: TypedCard<'_>) -> Result<(), AppError> {
        let TypedCard { id, session, login, from } = card;
        let now = self.mint.now_ms();
        // An address that nobody can read is one, as everything that hides behind it is.
        let network = from.and_then(|address| address.parse().ok()).map_or_else(String::new, network);
        tx.lock_network(&network).await?;
        let since_ms = now.saturating_sub(REMEMBERED_MS);
        let attack_ms = now.saturating_sub(ATTACK_WINDOW_MS);
        let seen = Seen {
            session: tx.typed_cards(Common::Session(session), since_ms).await?.into(),
            login: tx.typed_cards(Common::Login(login), since_ms).await?.into(),
            network: tx.typed_cards(Common::Network(&network), since_ms).await?.into(),
            organization: tx.typed_cards(Common::Organization, attack_ms).await?.into(),
        };
        if let Err(seconds) = self.settings.card_testing.judge(&seen) {
            self.metrics.turned_away("card_testing");
            tracing::warn!(session, ?seen, "too many cards were refused: this one is not tried");
            let detail = "Too many cards were refused. Nothing was charged: wait, or pay another way.";
            return Err(AppError::refused(ErrorCode::RateLimited, detail).after(seconds));
        }
        tx.note_typed_card(id, session, login, &network, now).await?;
        Ok(())
    }

    /// Notes that something is tried in a wallet, or refuses it because too many tries came to nothing: counted by login, across
    /// sessions. The transaction acts for the login and holds its lock.
    ///
    /// # Errors
    /// `rate_limited`; when the database fails.
    pub(super) async fn limit_wallet_tries(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        detail: Value,
    ) -> Result<(), AppError> {
        let login = &client.session.login_id;
        let since = self.mint.now_ms().saturating_sub(HOUR_MS);
        let mut in_vain = tx.count_wallet_entries(login, WALLET_TRIED, since).await?;
        for good in [WALLET_SAVED, WALLET_UPDATED] {
            in_vain = in_vain.saturating_sub(tx.count_wallet_entries(login, good, since).await?);
        }
        if in_vain >= i64::from(self.settings.card_testing.login_max) {
            self.metrics.turned_away("card_testing");
            let detail = "Too many cards and accounts came to nothing: wait an hour.";
            return Err(AppError::refused(ErrorCode::RateLimited, detail).after(HOUR_S));
        }
        note_tried(tx, &self.mint, client, WALLET_TRIED, detail).await
    }
}
