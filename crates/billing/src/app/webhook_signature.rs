//! Signs messages as the Standard Webhooks specification says (<https://www.standardwebhooks.com>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// What a secret begins with, as its organization sees it.
pub const SECRET_PREFIX: &str = "whsec_";
/// How long a secret is. The specification asks for 24 to 64 bytes.
pub const SECRET_BYTES: usize = 32;

/// A secret as its organization sees it.
pub fn spell(secret: &[u8]) -> Secret {
    let letters = Zeroizing::new(STANDARD.encode(secret));
    Secret::new(format!("{SECRET_PREFIX}{}", *letters))
}

/// The header `webhook-signature`: one signature by each secret, so that a receiver that knows any of them can verify
/// the message while secrets are being replaced.
pub fn sign(secrets: &[Zeroizing<Vec<u8>>], id: &str, timestamp_s: i64, body: &str) -> String {
    let signed = |secret: &Zeroizing<Vec<u8>>| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.iter().filter_map(signed).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's own libraries test themselves with.
    #[test]
    fn signs_as_the_specification_does() {
        let secret = Zeroizing::new(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}");
        let known = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(std::slice::from_ref(&secret), id, 1_614_265_330, body), known);
        let other = Zeroizing::new(vec![7; 32]);
        let both = sign(&[other.clone(), secret.clone()], id, 1_614_265_330, body);
        assert_eq!(both, format!("{} {known}", sign(&[other], id, 1_614_265_330, body)));
        assert_ne!(sign(std::slice::from_ref(&secret), id, 1_614_265_331, body), known);
        assert_eq!(spell(&secret).reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
