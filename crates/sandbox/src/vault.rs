//! Keeps card and account numbers so that the disk never holds one in clear.
//!
//! Every number is sealed on its own under a key that lives in memory, or in a file that the operator
//! names. Without a file, numbers sealed before a restart stay sealed for ever; the cards go on working
//! by what was noted about them when they came in.

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use paydesk_domain::card::Pan;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::banks::AccountNumber;
use crate::ids::Ids;

/// A number as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    key: String,
    nonce: String,
    text: String,
}

/// Why a vault could not be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be read or made.
    #[error("the vault's key file: {0}")]
    KeyFile(#[from] std::io::Error),
    /// The key file holds something else.
    #[error("the vault's key file must hold 64 hexadecimal digits")]
    BadKey,
    /// A sealed number was tampered with, or belongs to something else.
    #[error("a sealed number does not open")]
    Broken,
}

/// The holder of the key.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    mac_key: Zeroizing<[u8; 32]>,
    key_id: String,
}

impl Vault {
    /// A vault whose key dies with the process.
    pub fn in_memory(ids: &Ids) -> Self {
        Self::with_key(&Zeroizing::new(ids.bytes()))
    }

    /// A vault whose key is in a file; the file is made, readable by its owner only, when it is missing.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds something else.
    pub fn from_file(path: &Path, ids: &Ids) -> Result<Self, VaultError> {
        if !path.exists() {
            let key: Zeroizing<[u8; 32]> = Zeroizing::new(ids.bytes());
            let text: Zeroizing<String> =
                Zeroizing::new(key.iter().map(|byte| format!("{byte:02x}")).collect());
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        let text = Zeroizing::new(fs::read_to_string(path)?);
        let mut key = Zeroizing::new([0_u8; 32]);
        let digits = text.trim();
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(VaultError::BadKey);
        }
        for (slot, at) in key.iter_mut().zip((0..64).step_by(2)) {
            let pair = digits.get(at..at + 2).ok_or(VaultError::BadKey)?;
            *slot = u8::from_str_radix(pair, 16).map_err(|_| VaultError::BadKey)?;
        }
        Ok(Self::with_key(&key))
    }

    /// Seals a number. `owner` is bound to it: it opens for nobody else.
    ///
    /// # Errors
    /// [`VaultError::Broken`] when the cipher refuses, which it does for no number.
    pub fn seal(&self, pan: &Pan, owner: &str, ids: &Ids) -> Result<Sealed, VaultError> {
        self.seal_text(&pan.reveal(), owner, ids)
    }

    /// Seals an account number in the same way.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_account(&self, number: &AccountNumber, owner: &str, ids: &Ids) -> Result<Sealed, VaultError> {
        self.seal_text(number.reveal(), owner, ids)
    }

    fn seal_text(&self, number: &str, owner: &str, ids: &Ids) -> Result<Sealed, VaultError> {
        let nonce: [u8; 24] = ids.bytes();
        let payload = Payload { msg: number.as_bytes(), aad: owner.as_bytes() };
        let text = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Broken)?;
        let (nonce, text) = (STANDARD_NO_PAD.encode(nonce), STANDARD_NO_PAD.encode(text));
        Ok(Sealed { key: self.key_id.clone(), nonce, text })
    }

    /// Opens a number. `None` when it was sealed under a key that is gone.
    ///
    /// # Errors
    /// [`VaultError::Broken`] when it was tampered with or belongs to another owner.
    pub fn open(&self, sealed: &Sealed, owner: &str) -> Result<Option<Pan>, VaultError> {
        let number = self.open_text(sealed, owner)?;
        number.map(|number| Pan::parse(&number).map_err(|_| VaultError::Broken)).transpose()
    }

    /// Opens an account number in the same way.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_account(&self, sealed: &Sealed, owner: &str) -> Result<Option<AccountNumber>, VaultError> {
        let number = self.open_text(sealed, owner)?;
        number.map(|number| AccountNumber::parse(&number, 1..=17).ok_or(VaultError::Broken)).transpose()
    }

    fn open_text(&self, sealed: &Sealed, owner: &str) -> Result<Option<Zeroizing<String>>, VaultError> {
        if sealed.key != self.key_id {
            return Ok(None);
        }
        let nonce = STANDARD_NO_PAD.decode(&sealed.nonce).map_err(|_| VaultError::Broken)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| VaultError::Broken)?;
        let text = STANDARD_NO_PAD.decode(&sealed.text).map_err(|_| VaultError::Broken)?;
        let payload = Payload { msg: &text, aad: owner.as_bytes() };
        let number = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Broken)?;
        let number = Zeroizing::new(number);
        let number = str::from_utf8(&number).map_err(|_| VaultError::Broken)?;
        Ok(Some(Zeroizing::new(number.to_owned())))
    }

    /// Letters that are the same for the same number, as long as the key is.
    pub fn fingerprint(&self, pan: &Pan) -> String {
        let mut mac = self.keyed("fingerprint");
        mac.update(pan.reveal().as_bytes());
        letters(&mac.finalize().into_bytes(), 16)
    }

    /// The same for an account number and the bank that it is at.
    pub fn account_fingerprint(&self, bank: &str, number: &AccountNumber) -> String {
        let mut mac = self.keyed("account fingerprint");
        mac.update(bank.as_bytes());
        mac.update(&[0]);
        mac.update(number.reveal().as_bytes());
        letters(&mac.finalize().into_bytes(), 16)
    }

    /// A keyed hash for a purpose, for whatever may contain secrets.
    pub fn keyed(&self, purpose: &str) -> Hmac<Sha256> {
        keyed(&self.mac_key, purpose)
    }

    /// Names the key without telling it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    fn with_key(key: &Zeroizing<[u8; 32]>) -> Self {
        let cipher_key: Zeroizing<[u8; 32]> =
            Zeroizing::new(keyed(key, "cipher").finalize().into_bytes().into());
        let mac_key: Zeroizing<[u8; 32]> = Zeroizing::new(keyed(key, "mac").finalize().into_bytes().into());
        let key_id = letters(&keyed(key, "id").finalize().into_bytes(), 12);
        let cipher = XChaCha20Poly1305::new(&(*cipher_key).into());
        Self { cipher, mac_key, key_id }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

fn keyed(key: &[u8; 32], purpose: &str) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0_u8; 64]);
    for (slot, byte) in block.iter_mut().zip(key) {
        *slot = *byte;
    }
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac
}

fn letters(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| char::from(b'a' + byte % 26)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_and_opens_for_its_owner_only() {
        let ids = Ids::new(Some(1)).unwrap();
        let vault = Vault::in_memory(&ids);
        let pan = Pan::parse("4242424242424242").unwrap();
        let sealed = vault.seal(&pan, "card_a", &ids).unwrap();
        assert!(!serde_json::to_string(&sealed).unwrap().contains("4242424242"));
        assert_eq!(vault.open(&sealed, "card_a").unwrap().unwrap().last4(), "4242");
        assert!(matches!(vault.open(&sealed, "card_b"), Err(VaultError::Broken)));
        let other = Vault::in_memory(&ids);
        assert!(other.open(&sealed, "card_a").unwrap().is_none(), "sealed under a key that is gone");
        assert_ne!(vault.fingerprint(&pan), other.fingerprint(&pan));
    }

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let ids = Ids::new(Some(1)).unwrap();
        let first = Vault::from_file(&path, &ids).unwrap();
        let second = Vault::from_file(&path, &ids).unwrap();
        assert_eq!(first.key_id(), second.key_id());
        fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::from_file(&path, &ids), Err(VaultError::BadKey)));
    }
}
