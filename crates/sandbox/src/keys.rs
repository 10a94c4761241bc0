//! Publishable and secret keys: whose account they open, and what they may do there.

use sha2::{Digest, Sha256};

use crate::error::ApiError;

const BODY_MIN: usize = 16;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Make tokens and methods, and confirm what its client secret opens: a browser's key.
    Publishable,
    /// Everything: a server's key.
    Secret,
}

/// A caller's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What it may do.
    pub power: Power,
    /// The account that it opens, such as `acct_…`.
    pub account: String,
}

impl Key {
    /// Reads a key: `pk_test_` or `sk_test_` and at least 16 letters or digits. What stands between the
    /// prefix and the next underscore is the account, so both keys of an account share it.
    ///
    /// # Errors
    /// 401 for anything else.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let refused = || ApiError::unauthorized(format!("Invalid API Key provided: {}", masked(text)));
        let (power, body) = match (text.strip_prefix("pk_test_"), text.strip_prefix("sk_test_")) {
            (Some(body), _) => (Power::Publishable, body),
            (_, Some(body)) => (Power::Secret, body),
            _ => return Err(refused()),
        };
        let account = body.split('_').next().unwrap_or_default();
        let well_formed = body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if account.len() < BODY_MIN || body.len() > 200 || !well_formed {
            return Err(refused());
        }
        Ok(Self { power, account: account_of(account) })
    }

    /// Reads the key of an `Authorization` header: `Bearer sk_…`, or Basic with the key as the user.
    ///
    /// # Errors
    /// 401 when there is none in it.
    pub fn from_authorization(header: &str) -> Result<Self, ApiError> {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Self::parse(rest.trim()),
            "basic" => {
                use base64::Engine;
                let decoded = base64::engine::general_purpose::STANDARD.decode(rest.trim());
                let text = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
                Self::parse(text.split(':').next().unwrap_or_default())
            }
            _ => Err(no_key()),
        }
    }

    /// Demands a secret key.
    ///
    /// # Errors
    /// 403 for a publishable one.
    pub fn require_secret(&self) -> Result<(), ApiError> {
        match self.power {
            Power::Secret => Ok(()),
            Power::Publishable => {
                let message =
                    "This API call cannot be made with a publishable API key. Please use a secret API key.";
                Err(ApiError::forbidden(message).code("secret_key_required"))
            }
        }
    }
}

/// The answer to a call without a key.
pub fn no_key() -> ApiError {
    ApiError::unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization header, \
         using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
}

/// The account's id says nothing about the keys that open it.
fn account_of(body: &str) -> String {
    let digest = Sha256::digest(format!("paydesk sandbox account {body}"));
    let letters = digest.iter().take(16).map(|byte| char::from(b'a' + byte % 26));
    letters.fold("acct_".to_owned(), |mut id, letter| {
        id.push(letter);
        id
    })
}

/// A key as it may be repeated: its kind and its last four characters.
fn masked(text: &str) -> String {
    let kind =
        ["pk_test_", "sk_test_", "pk_live_", "sk_live_"].into_iter().find(|kind| text.starts_with(kind));
    let tail = text.get(text.len().saturating_sub(4)..).unwrap_or_default();
    match kind {
        Some(kind) if text.len() > kind.len() + 8 => format!("{kind}****{tail}"),
        _ => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_keys_open_one_account() {
        let secret = Key::parse("sk_test_demo0123456789ab").unwrap();
        let publishable = Key::parse("pk_test_demo0123456789ab").unwrap();
        assert_eq!(secret.account, publishable.account);
        assert_eq!(Key::parse("sk_test_demo0123456789ab_second").unwrap().account, secret.account);
        assert_ne!(Key::parse("sk_test_demo0123456789ac").unwrap().account, secret.account);
        assert!(publishable.require_secret().is_err());
        assert!(secret.require_secret().is_ok());
        assert!(!secret.account.contains("demo"));
    }

    #[test]
    fn refuses_what_is_no_key() {
        for text in [
            "",
            "sk_test_",
            "sk_test_short",
            "sk_live_demo0123456789ab",
            "rk_test_demo0123456789ab",
            "sk_test_demo0123456789ab\n",
        ] {
            assert_eq!(Key::parse(text).unwrap_err().status, 401, "{text}");
        }
    }

    #[test]
    fn reads_bearer_and_basic() {
        let bearer = Key::from_authorization("Bearer sk_test_demo0123456789ab").unwrap();
        // "sk_test_demo0123456789ab:" in base64.
        let basic = Key::from_authorization("Basic c2tfdGVzdF9kZW1vMDEyMzQ1Njc4OWFiOg==").unwrap();
        assert_eq!(bearer, basic);
        assert!(Key::from_authorization("Digest x").is_err());
    }
}
