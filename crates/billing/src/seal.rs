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

/// The keys of a server while one replaces another: the first one seals, and all of them open.
#[derive(Clone, Debug)]
pub struct SealKeys {
    first: SealKey,
    older: Vec<SealKey>,
}

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

impl SealKeys {
    /// Reads keys that are separated by commas, as [`SealKey::parse`] reads each.
    ///
    /// # Errors
    /// [`NotAKey`] when one of them is none, or there is none at all.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let mut keys = text.split(',').map(SealKey::parse);
        let first = keys.next().ok_or(NotAKey)??;
        Ok(Self { first, older: keys.collect::<Result<_, _>>()? })
    }

    /// Seals `secret` for `owner`, with the first key.
    ///
    /// # Errors
    /// [`NoEntropy`] when there is no nonce.
    pub fn seal(&self, mint: &Mint, owner: &str, secret: &[u8]) -> Result<String, NoEntropy> {
        self.first.seal(mint, owner, secret)
    }

    /// Opens what was sealed for `owner` with any of the keys.
    ///
    /// # Errors
    /// [`Sealed`] when it opens with none of them.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Sealed> {
        self.first
            .open(owner, sealed)
            .or_else(|_| self.older.iter().find_map(|key| key.open(owner, sealed).ok()).ok_or(Sealed))
    }

    /// Whether it was sealed for `owner` with the first key, so that the others are not needed for it.
    pub fn is_sealed_by_first(&self, owner: &str, sealed: &str) -> bool {
        self.first.open(owner, sealed).is_ok()
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

    /// Positive control: leaving the older keys out of `open`, the second one opens nothing (tried).
    #[test]
    fn the_first_key_seals_and_all_of_them_open() {
        let mint = Mint::new(Arc::new(SystemClock), Arc::new(SystemEntropy));
        let text = |byte: u8| STANDARD.encode([byte; 32]);
        let [one, two, three] = [1, 2, 3].map(|byte| SealKeys::parse(&text(byte)).unwrap());
        let both = SealKeys::parse(&format!("{}, {}\n", text(2), text(1))).unwrap();
        let old = one.seal(&mint, "owner", b"hunter").unwrap();
        assert_eq!(both.open("owner", &old).unwrap().as_slice(), b"hunter");
        assert!(both.open("another", &old).is_err() && three.open("owner", &old).is_err());
        let new = both.seal(&mint, "owner", b"hunter").unwrap();
        assert!(two.open("owner", &new).is_ok() && one.open("owner", &new).is_err());
        assert!(both.is_sealed_by_first("owner", &new) && !both.is_sealed_by_first("owner", &old));
        for bad in ["", ",", &format!("{},", text(1)), &format!("{},hunter", text(1))] {
            assert!(SealKeys::parse(bad).is_err(), "{bad}");
        }
        assert!(!format!("{both:?}").contains('2'));
    }

    #[test]
    fn keys_have_32_bytes() {
        assert!(SealKey::parse(&format!(" {}\n", STANDARD.encode([7; 32]))).is_ok());
        for bad in ["", "x", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            assert!(SealKey::parse(bad).is_err(), "{bad}");
        }
    }
}
