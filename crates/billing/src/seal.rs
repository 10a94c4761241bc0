//! Sealing what must be stored and read back: secrets that this server signs with.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes. The owner is bound to what is sealed, so that a sealed secret
//! that is moved to another row does not open there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::clock::{Mint, NoEntropy};

const NONCE_BYTES: usize = 24;

/// The key that secrets are sealed with. It stays in memory and in the configuration.
#[derive(Clone)]
pub struct SealKey(Zeroizing<[u8; 32]>);

/// Not a key.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a sealing key is 32 random bytes in base64, as `openssl rand -base64 32` makes them")]
pub struct NotAKey;

/// What is sealed does not open: it was sealed with another key, for another owner, or was changed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("what is sealed does not open with this key")]
pub struct Sealed;

impl SealKey {
    /// Reads a key: 32 bytes in base64.
    ///
    /// # Errors
    /// [`NotAKey`].
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| NotAKey)?);
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(NotAKey);
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// Seals `secret` for `owner`.
    ///
    /// # Errors
    /// [`NoEntropy`] when there is no nonce.
    pub fn seal(&self, mint: &Mint, owner: &str, secret: &[u8]) -> Result<String, NoEntropy> {
        let nonce: [u8; NONCE_BYTES] = mint.bytes()?;
        let payload = Payload { msg: secret, aad: owner.as_bytes() };
        // The cipher refuses texts of many gigabytes only.
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| NoEntropy)?;
        Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for `owner`.
    ///
    /// # Errors
    /// [`Sealed`] when it does not open.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Sealed> {
        let bytes = STANDARD.decode(sealed).map_err(|_| Sealed)?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Sealed)?;
        let payload = Payload { msg: text, aad: owner.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| Sealed)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::{SystemClock, SystemEntropy};

    /// Positive control: leaving the owner out of the payload opens the second case (tried).
    #[test]
    fn opens_for_its_owner_with_its_key_only() {
        let mint = Mint::new(Arc::new(SystemClock), Arc::new(SystemEntropy));
        let [key, other] =
            [[1; 32], [2; 32]].map(|bytes: [u8; 32]| SealKey::parse(&STANDARD.encode(bytes)).unwrap());
        let sealed = key.seal(&mint, "org_a whe_a", b"hunter").unwrap();
        assert_eq!(key.open("org_a whe_a", &sealed).unwrap().as_slice(), b"hunter");
        assert!(key.open("org_a whe_b", &sealed).is_err());
        assert!(other.open("org_a whe_a", &sealed).is_err());
        for broken in ["", "AAAA", "not base64", sealed.get(4..).unwrap()] {
            assert!(key.open("org_a whe_a", broken).is_err(), "{broken}");
        }
        assert!(!sealed.contains("hunter") && !format!("{key:?}").contains('1'));
        assert_ne!(
            sealed,
            key.seal(&mint, "org_a whe_a", b"hunter").unwrap(),
            "a nonce of its own each time"
        );
    }

    #[test]
    fn keys_have_32_bytes() {
        assert!(SealKey::parse(&format!(" {}\n", STANDARD.encode([7; 32]))).is_ok());
        for bad in ["", "x", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            assert!(SealKey::parse(bad).is_err(), "{bad}");
        }
    }
}
