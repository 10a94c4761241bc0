//! Secrets in memory: they cannot be printed or serialised, and what is stored of them is a hash.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A bearer secret or a key. Overwritten when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text as a secret.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that must send or show it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored and looked up: SHA-256 in lower-case hex. The secrets hold 194 random bits, so that a plain
    /// hash cannot be reversed by guessing.
    pub fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// HMAC-SHA-256 in lower-case hex, with the hash of a key of any length for its key: what is short enough to be guessed is hashed with a key.
pub fn keyed_hash(key: &[u8], bytes: &[u8]) -> String {
    let mut block = [0; 64];
    for (slot, byte) in block.iter_mut().zip(Sha256::digest(key)) {
        *slot = byte;
    }
    let mac = Hmac::<Sha256>::new(&block.into()).chain_update(bytes);
    hex(&mac.finalize().into_bytes())
}

/// The first 128 bits of a SHA-256 in letters, as ids are spelled.
pub fn spelled_sha256(bytes: &[u8]) -> String {
    let first = Sha256::digest(bytes).first_chunk::<16>().copied().unwrap_or_default();
    paydesk_domain::id::spell(u128::from_be_bytes(first))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares in a time that does not tell where two texts differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control: deriving `Debug` instead prints the text and fails this.
    #[test]
    fn never_prints() {
        let secret = Secret::new("cs_bcdf".to_owned());
        assert!(!format!("{secret:?}").contains("bcdf"));
        assert_eq!(secret.hash().len(), 64);
        assert!(same("ab", "ab") && !same("ab", "ac") && !same("ab", "abc"));
    }
}
