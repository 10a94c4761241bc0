//! Time and randomness as values that are passed in, so that tests choose both.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use paydesk_domain::id::spell_secret;
use rand::TryRng as _;

use crate::secret::Secret;

/// Tells the time.
pub trait Clock: Debug + Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    millis: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Arc<Self> {
        Arc::new(Self { millis: AtomicI64::new(start.as_millisecond()) })
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.millis.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Gives random bytes.
pub trait Entropy: Debug + Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system has none to give: nothing can be done safely then.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoEntropy;

/// The operating system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        rand::rngs::SysRng.try_fill_bytes(buffer).map_err(|_| NoEntropy)
    }
}

/// Makes ids and secrets from a clock and randomness.
#[derive(Clone, Debug)]
pub struct Mint {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Mint {
    /// A mint on this clock and this randomness.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Now, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// A new id of the kind that `make` makes: `mint.id(InvoiceId::new)`.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn id<T>(&self, make: fn(Timestamp, u128) -> T) -> Result<T, NoEntropy> {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes)?;
        Ok(make(self.clock.now(), u128::from_be_bytes(bytes)))
    }

    /// A random byte, for spreading work out. Nothing depends on it: without randomness it is always the same.
    pub fn random_byte(&self) -> u8 {
        self.bytes().map_or(128, |[byte]| byte)
    }

    /// Random bytes.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A new secret: the prefix and 45 letters, which hold 194 random bits.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn secret(&self, prefix: &str) -> Result<Secret, NoEntropy> {
        for _ in 0..16 {
            let mut bytes = [0; 96];
            self.entropy.fill(&mut bytes)?;
            if let Some(letters) = spell_secret(&bytes, 45) {
                return Ok(Secret::new(format!("{prefix}{letters}")));
            }
        }
        Err(NoEntropy)
    }
}
