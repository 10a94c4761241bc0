//! Makes the ids and secrets that the processor hands out.
//!
//! They look like the real ones (a prefix and 24 characters) but hold letters only: no id can then be
//! mistaken for a card number by somebody who scans for those.

use std::sync::{Mutex, PoisonError};

use rand::{Rng, SeedableRng, TryRng};
use rand_chacha::ChaCha20Rng;

const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The largest multiple of 52 that fits a byte: bytes above it would favour some letters.
const EVEN_BELOW: u8 = 208;

/// A source of ids, secrets and random bytes.
#[derive(Debug)]
pub struct Ids {
    rng: Mutex<ChaCha20Rng>,
}

impl Ids {
    /// Draws from the operating system, or from `seed` where a run must be repeatable.
    ///
    /// A seed repeats the ids of the run before: give one only together with an empty data directory.
    ///
    /// # Errors
    /// When the operating system has no random bytes to give.
    pub fn new(seed: Option<u64>) -> Result<Self, std::io::Error> {
        let rng = match seed {
            Some(seed) => ChaCha20Rng::seed_from_u64(seed),
            None => {
                let mut bytes = [0_u8; 32];
                rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
                ChaCha20Rng::from_seed(bytes)
            }
        };
        Ok(Self { rng: Mutex::new(rng) })
    }

    /// An id with this prefix, such as `pi_` and 24 letters.
    pub fn id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", self.letters(24))
    }

    /// So many random letters.
    pub fn letters(&self, count: usize) -> String {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::with_capacity(count);
        let mut bytes = [0_u8; 32];
        while text.len() < count {
            rng.fill_bytes(&mut bytes);
            for byte in bytes.iter().filter(|byte| **byte < EVEN_BELOW).take(count - text.len()) {
                let letter = LETTERS.get(usize::from(byte % 52)).copied().unwrap_or(b'a');
                text.push(char::from(letter));
            }
        }
        text
    }

    /// Random bytes, for nonces and keys.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_letters_and_differ() {
        let ids = Ids::new(None).unwrap();
        let (a, b) = (ids.id("pi"), ids.id("pi"));
        assert_ne!(a, b);
        let letters = a.strip_prefix("pi_").unwrap();
        assert_eq!(letters.len(), 24);
        assert!(letters.bytes().all(|byte| byte.is_ascii_alphabetic()), "{a}");
    }

    #[test]
    fn a_seed_repeats() {
        assert_eq!(Ids::new(Some(7)).unwrap().letters(40), Ids::new(Some(7)).unwrap().letters(40));
    }
}
