//! Shows a client what was ever agreed to in their wallet, with every organization, as it was shown.

use paydesk_domain::consent;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::wallet::{ConsentKind, WalletConsentView, WalletConsentsView};

use crate::app::authenticate::Client;
use crate::app::{App, AppError, text, view};
use crate::secret::sha256_hex;
use crate::store::WalletConsentRow;

impl App {
    /// Everything, the newest first.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub async fn read_consents(&self, client: &Client) -> Result<WalletConsentsView, AppError> {
        let consents = self.consents(client, "").await?;
        Ok(WalletConsentsView { consents })
    }

    /// One of them.
    ///
    /// # Errors
    /// `not_found`; when the database fails or contradicts itself.
    pub async fn read_consent(&self, client: &Client, id: &str) -> Result<WalletConsentView, AppError> {
        // No id at all would be all of them.
        let found = if id.is_empty() { Vec::new() } else { self.consents(client, id).await? };
        found.into_iter().next().ok_or_else(AppError::not_found)
    }

    async fn consents(&self, client: &Client, id: &str) -> Result<Vec<WalletConsentView>, AppError> {
        let login = &client.session.login_id;
        let mut tx = client.tenant.read().await?;
        tx.act_for_wallet(login).await?;
        let lost = || AppError::Inconsistent("a wallet session without its account".into());
        let account = tx.find_account(&client.session.account_id).await?.ok_or_else(lost)?;
        let rows = tx.wallet_consents(login, id).await?;
        drop(tx);
        rows.into_iter().map(|row| shown(row, &account.name)).collect()
    }
}

fn shown(row: WalletConsentRow, client: &str) -> Result<WalletConsentView, AppError> {
    let kind = view::kind(&row.kind)?;
    let is_card = kind == MethodKind::Card;
    let text = match row.text {
        Some(text) => Some(text),
        None => proven(&row.hash, kind, &row.locale, &row.organization, client),
    };
    Ok(WalletConsentView {
        what: match row.what.as_str() {
            "mandate" => ConsentKind::Mandate,
            "backup" => ConsentKind::Backup,
            _ => ConsentKind::Authorization,
        },
        brand: view::brand(&row.kind, row.brand.as_deref()),
        bank: row.brand.filter(|bank| !is_card && !bank.is_empty()),
        kind,
        text,
        given_at: text::time(row.accepted_at_ms),
        ended_at: row.ended_at_ms.map(text::time),
        plans_continue: row.plans_continue == 1,
        id: row.id,
        organization: row.org_id,
        name: row.organization,
        last4: row.last4,
        version: row.version,
        hash: row.hash,
        locale: row.locale,
        given_by: row.actor,
        address: row.address,
        user_agent: row.user_agent,
    })
}

/// The text of a consent from before texts were kept, if one of ours has its hash: then it is what was shown. The names in it may have
/// changed since; then nobody knows it any more.
fn proven(hash: &str, kind: MethodKind, locale: &str, organization: &str, client: &str) -> Option<String> {
    let all = [
        consent::save(kind, locale, organization),
        consent::authorize(kind, locale, organization),
        consent::save_card_for_client(locale, organization, client),
    ];
    all.into_iter().map(|shown| shown.text).find(|text| sha256_hex(text.as_bytes()) == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control (tried): without the comparison, the text with another name is told.
    #[test]
    fn a_text_is_told_where_its_hash_proves_it() {
        let shown = consent::authorize(MethodKind::Card, "fr", "Club");
        let hash = sha256_hex(shown.text.as_bytes());
        assert_eq!(proven(&hash, MethodKind::Card, "fr", "Club", "Kim"), Some(shown.text));
        assert_eq!(proven(&hash, MethodKind::Card, "fr", "New club", "Kim"), None);
        assert_eq!(proven(&hash, MethodKind::Card, "en", "Club", "Kim"), None);
    }
}
