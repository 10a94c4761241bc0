//! Verifying webhooks: who sent them, and that they are new.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::secret::{Secret, hex};

/// How old or how early a delivery may be.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// Why a delivery is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The header is missing or malformed.
    #[error("the signature header cannot be read")]
    Malformed,
    /// It was signed too long ago, or in the future.
    #[error("the delivery is not from now")]
    Stale,
    /// No signature in it is by a secret of ours.
    #[error("the signature is not by any of our secrets")]
    Forged,
}

/// Verifies a delivery: `header` is `Stripe-Signature`, `body` the raw bytes. Several secrets may be valid while one is
/// being replaced, and several signatures may be in the header.
///
/// # Errors
/// [`WebhookError`]; the body must then not be looked at.
pub fn verify(secrets: &[Secret], header: &str, body: &[u8], now: Timestamp) -> Result<(), WebhookError> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let signed_at: i64 = parts()
        .find(|(name, _)| *name == "t")
        .and_then(|(_, value)| value.parse().ok())
        .ok_or(WebhookError::Malformed)?;
    let away = now.as_second().abs_diff(signed_at);
    if away > TOLERANCE.as_secs() {
        return Err(WebhookError::Stale);
    }
    // Every signature is compared with every secret, whichever matches first.
    let mut genuine = subtle::Choice::from(0);
    for secret in secrets {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
            .map_err(|_| WebhookError::Malformed)?;
        mac.update(signed_at.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        let expected = hex(&mac.finalize().into_bytes());
        for (_, signature) in parts().filter(|(name, _)| *name == "v1") {
            genuine |= expected.as_bytes().ct_eq(signature.as_bytes());
        }
    }
    if bool::from(genuine) { Ok(()) } else { Err(WebhookError::Forged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn sign(secret: &str, at: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.").as_bytes());
        mac.update(BODY);
        hex(&mac.finalize().into_bytes())
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap()
    }

    #[test]
    fn genuine_ones_pass_while_secrets_rotate() {
        let secrets = [Secret::new("whsec_new".to_owned()), Secret::new("whsec_old".to_owned())];
        for secret in ["whsec_new", "whsec_old"] {
            for at in [1_790_000_000, 1_790_000_000 - 300, 1_790_000_000 + 300] {
                let header = format!("t={at},v1={},v0=abc", sign(secret, at));
                assert_eq!(verify(&secrets, &header, BODY, now()), Ok(()), "{secret} {at}");
            }
        }
    }

    /// Positive control: comparing nothing (returning `Ok` after the time check) fails every case but the first two.
    #[test]
    fn forged_stale_and_flipped_ones_do_not() {
        let secrets = [Secret::new("whsec_new".to_owned())];
        let at = 1_790_000_000;
        let good = sign("whsec_new", at);
        let stale = |at: i64| format!("t={at},v1={}", sign("whsec_new", at));
        assert_eq!(verify(&secrets, &stale(at - 301), BODY, now()), Err(WebhookError::Stale));
        assert_eq!(verify(&secrets, &stale(at + 301), BODY, now()), Err(WebhookError::Stale));
        for header in ["", "v1=aa", "t=x,v1=aa"] {
            assert_eq!(verify(&secrets, header, BODY, now()), Err(WebhookError::Malformed), "{header}");
        }
        let forged = format!("t={at},v1={}", sign("whsec_other", at));
        assert_eq!(verify(&secrets, &forged, BODY, now()), Err(WebhookError::Forged));
        assert_eq!(verify(&secrets, &format!("t={at}"), BODY, now()), Err(WebhookError::Forged));
        assert_eq!(
            verify(&secrets, &format!("t={},v1={good}", at + 1), BODY, now()),
            Err(WebhookError::Forged)
        );
        for bit in 0..BODY.len() * 8 {
            let mut flipped = BODY.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                verify(&secrets, &format!("t={at},v1={good}"), &flipped, now()),
                Err(WebhookError::Forged)
            );
        }
    }
}
