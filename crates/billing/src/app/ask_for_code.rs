//! Begins to confirm that it is the client who is there: by a device that is known, or by a code that is sent to the login's own
//! address. Whoever made the session has neither.

use paydesk_domain::id::WalletCodeId;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{ConfirmationState, WalletConfirmationRequest, WalletConfirmationView};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::app::authenticate::{Client, Unconfirmed};
use crate::app::mail_client::ToClient;
use crate::app::mail_text::{Code, Occasion};
use crate::app::mails::unavailable;
use crate::app::wallet_entry::note_confirmed;
use crate::app::{App, AppError};
use crate::secret::{Secret, keyed_hash};
use crate::store::{NewWalletCode, OrgTx, SentCodeRow, WalletCodeRow};

/// What the name of a device begins with.
pub const DEVICE_PREFIX: &str = "wd_";
/// What the secret that opens a wallet begins with.
pub const ACCESS_PREFIX: &str = "wa_";
/// How many other secrets of a session open its wallet beside a new one.
const OTHER_ACCESS_MAX: i64 = 4;
/// For how long a device is remembered after each use.
pub(super) const DEVICE_MS: i64 = 90 * DAY_MS;
/// For how long at most, however often it is used.
const DEVICE_AGE_MS_MAX: i64 = 365 * DAY_MS;
/// For how long a code is good, in minutes, as the mail says.
const CODE_MINUTES: i64 = 10;
/// How long it takes until another code can be asked for.
const RESEND_MS: i64 = 60_000;
/// How many codes are sent to a login in an hour and in a day: each of them can be guessed at five times.
const ALLOWED: Allowance = Allowance { hour_max: 15, day_max: 60 };
/// How many of these from one organization's pages: none can ask for so many that a client is locked out everywhere.
const ALLOWED_TO_ONE: Allowance = Allowance { hour_max: 5, day_max: 20 };
const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const CODE_MS: i64 = CODE_MINUTES * 60 * 1_000;

impl App {
    /// Lets a client in by a known device, or has a code sent. That somebody was let in before is no reason: the confirmation is theirs,
    /// and not the session's.
    ///
    /// # Errors
    /// `no_email`, `too_many_codes`, `mail_unavailable`; when the database fails.
    pub async fn ask_for_code(
        &self,
        unconfirmed: &Unconfirmed,
        request: WalletConfirmationRequest,
    ) -> Result<WalletConfirmationView, AppError> {
        let Unconfirmed { client, secret } = unconfirmed;
        let login = &client.session.login_id;
        let device = request.device.map(Secret::new);
        let mut tx = client.tenant.write().await?;
        tx.act_for_login(login).await?;
        tx.lock_login(login).await?;
        let now = self.mint.now_ms();
        if let Some(device) = device {
            let until = now.saturating_add(DEVICE_MS);
            if tx.renew_wallet_device(login, &device.hash(), (until, DEVICE_AGE_MS_MAX), now).await? {
                let access = self.let_in(&mut tx, client, json!({"by": "device"})).await?;
                tx.commit().await?;
                return Ok(confirmed(&access, None));
            }
        }
        if self.settings.mail.is_none() {
            return Err(unavailable());
        }
        let no_email = || {
            let detail = "Nobody has told this client's e-mail address: there is nowhere to send a code to.";
            AppError::refused(ErrorCode::NoEmail, detail)
        };
        let address = tx.login_mail(login).await?.ok_or_else(no_email)?;
        let current = tx.current_wallet_code(login, &client.session.id, &secret.hash()).await?;
        let fresh = |code: &WalletCodeRow| {
            code.used_at_ms.is_none() && now < code.sent_at_ms.saturating_add(RESEND_MS)
        };
        if let Some(code) = current.filter(fresh) {
            return Ok(sent(&address, code.sent_at_ms, code.expires_at_ms, now));
        }
        let before = tx.wallet_codes_sent(login, now.saturating_sub(DAY_MS)).await?;
        if let Some(wait_ms) = wait_ms(&before, client.tenant.id().as_str(), now) {
            let detail = "So many codes were sent to this client that no more are for a while.";
            let wait_s = u64::try_from(wait_ms.saturating_add(999) / 1_000).unwrap_or(1);
            return Err(AppError::refused(ErrorCode::TooManyCodes, detail).after(wait_s));
        }
        let expires_at_ms = self.send_code(&mut tx, unconfirmed, now).await?;
        tx.commit().await?;
        self.to_mail.notify_one();
        Ok(sent(&address, now, expires_at_ms, now))
    }

    /// Lets somebody in who has confirmed who they are: a secret of their own opens the wallet as long as the session lives. The
    /// transaction acts for the login and holds its lock.
    pub(super) async fn let_in(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        by: Value,
    ) -> Result<Secret, AppError> {
        let access = self.mint.secret(ACCESS_PREFIX)?;
        let now = self.mint.now_ms();
        tx.insert_wallet_access(&client.session.id, &access.hash(), now, OTHER_ACCESS_MAX).await?;
        note_confirmed(tx, &self.mint, client, by).await?;
        Ok(access)
    }

    /// Writes a code and the mail with it. Answers until when it is good.
    async fn send_code(&self, tx: &mut OrgTx, unconfirmed: &Unconfirmed, now: i64) -> Result<i64, AppError> {
        let Unconfirmed { client, secret } = unconfirmed;
        let login = &client.session.login_id;
        let expires_at_ms = now.saturating_add(CODE_MS);
        let digits = Zeroizing::new(format!("{:06}", u64::from_be_bytes(self.mint.bytes()?) % 1_000_000));
        let code = NewWalletCode {
            login_id: login.clone(),
            id: self.mint.id(WalletCodeId::new)?.as_str().to_owned(),
            org_id: client.tenant.id().as_str().to_owned(),
            session_id: client.session.id.clone(),
            secret_hash: secret.hash(),
            code_hash: code_hash(secret, &digits),
            sent_at_ms: now,
            expires_at_ms,
        };
        tx.insert_wallet_code(&code, now.saturating_sub(DAY_MS)).await?;
        let to = ToClient {
            login,
            locale: &client.session.locale,
            organization: &client.organization.name,
            about: None,
            until_ms: Some(expires_at_ms),
        };
        let occasion = Occasion::Code { code: Code(digits.to_string()), minutes: CODE_MINUTES };
        self.mail_client(tx, to, &occasion).await?;
        Ok(expires_at_ms)
    }
}

/// What is stored of a code: its hash, keyed by the secret that it was asked for by.
pub(super) fn code_hash(secret: &Secret, code: &str) -> String {
    keyed_hash(secret.reveal().as_bytes(), code.as_bytes())
}

/// The answer to who has confirmed: what opens the wallet, told this once.
pub(super) fn confirmed(access: &Secret, device: Option<&Secret>) -> WalletConfirmationView {
    WalletConfirmationView {
        state: ConfirmationState::Confirmed,
        sent_to: None,
        resend_after_s: None,
        expires_in_s: None,
        access: Some(access.reveal().to_owned()),
        device: device.map(|device| device.reveal().to_owned()),
    }
}

fn sent(address: &str, sent_at_ms: i64, expires_at_ms: i64, now: i64) -> WalletConfirmationView {
    let left_s =
        |until_ms: i64| u64::try_from(until_ms.saturating_sub(now).saturating_add(999) / 1_000).unwrap_or(0);
    WalletConfirmationView {
        state: ConfirmationState::CodeSent,
        sent_to: Some(hidden(address)),
        resend_after_s: Some(left_s(sent_at_ms.saturating_add(RESEND_MS))),
        expires_in_s: Some(left_s(expires_at_ms)),
        access: None,
        device: None,
    }
}

/// How many codes may be sent.
#[derive(Clone, Copy)]
struct Allowance {
    hour_max: usize,
    day_max: usize,
}

impl Allowance {
    /// How long it takes until another code may be sent, where that is not now. `sent`: when those of the last day were, the newest first.
    fn wait_ms(self, sent: &[i64], now: i64) -> Option<i64> {
        let until = |nth: usize, span_ms: i64| {
            let first = sent.get(nth.checked_sub(1)?)?;
            Some(first.saturating_add(span_ms).saturating_sub(now)).filter(|wait| *wait > 0)
        };
        until(self.hour_max, HOUR_MS).max(until(self.day_max, DAY_MS))
    }
}

/// How long it takes until another code may be sent from this organization's page, where that is not now.
fn wait_ms(sent: &[SentCodeRow], org: &str, now: i64) -> Option<i64> {
    let all: Vec<i64> = sent.iter().map(|code| code.sent_at_ms).collect();
    let theirs: Vec<i64> =
        sent.iter().filter(|code| code.org_id == org).map(|code| code.sent_at_ms).collect();
    ALLOWED.wait_ms(&all, now).max(ALLOWED_TO_ONE.wait_ms(&theirs, now))
}

/// An address with most of it hidden: its owner knows it, and whoever made the session need not learn it.
fn hidden(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_hidden() {
        assert_eq!(hidden("kim@example.org"), "k•••@example.org");
        assert_eq!(hidden("é@example.org"), "é•••@example.org");
        assert_eq!(hidden("\"a@b\"@example.org"), "\"•••@example.org");
    }

    #[test]
    fn codes_are_counted_by_the_hour_and_by_the_day() {
        let now = 100 * HOUR_MS;
        let ago = |org: &str, minutes: &[i64]| {
            let row = |m: &i64| SentCodeRow { org_id: org.to_owned(), sent_at_ms: now - m * 60_000 };
            minutes.iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(wait_ms(&ago("a", &[1, 2, 3, 4]), "a", now), None);
        assert_eq!(wait_ms(&ago("a", &[1, 2, 3, 4, 50]), "a", now), Some(10 * 60_000));
        assert_eq!(
            wait_ms(&ago("a", &[1, 2, 3, 4, 50]), "b", now),
            None,
            "another organization's client is let in"
        );
        assert_eq!(wait_ms(&ago("a", &[1, 2, 3, 4, 60]), "a", now), None, "an hour is over");
        let spread: Vec<i64> = (1..=20).map(|n| n * 60).collect();
        assert_eq!(wait_ms(&ago("a", &spread), "a", now), Some(4 * HOUR_MS));
        assert_eq!(wait_ms(&ago("a", &spread[..19]), "a", now), None);
        // However many organizations there are.
        let by_many: Vec<SentCodeRow> =
            ["a", "b", "c"].iter().flat_map(|org| ago(org, &[1, 2, 3, 4, 50])).collect();
        assert!(wait_ms(&by_many, "d", now).is_some() && wait_ms(&by_many[1..], "d", now).is_none());
    }

    /// Positive control (tried): a plain hash of the code is the same for both secrets.
    #[test]
    fn a_code_is_kept_by_the_secret_it_was_asked_for_by() {
        let [one, two] = ["ws_b", "ws_c"].map(|text| Secret::new(text.to_owned()));
        assert_ne!(code_hash(&one, "123456"), code_hash(&two, "123456"));
        assert_ne!(code_hash(&one, "123456"), code_hash(&one, "123457"));
        assert_eq!(code_hash(&one, "123456"), code_hash(&one, "123456"));
    }
}
