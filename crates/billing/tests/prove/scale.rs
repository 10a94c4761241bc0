//! How much is proved, and from which seed: the short form, the long one, or one trial again.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// `PAYDESK_PROVE=long` asks for the long form, `PAYDESK_PROVE_SEED=n` for one trial alone.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    long: bool,
    only: Option<u64>,
}

impl Scale {
    pub fn asked() -> Self {
        let only = std::env::var("PAYDESK_PROVE_SEED").ok().map(|seed| seed.parse().expect("a number"));
        Self { long: std::env::var("PAYDESK_PROVE").as_deref() == Ok("long"), only }
    }

    /// The seeds of so many trials.
    pub fn seeds(self, short: u64, long: u64) -> Vec<u64> {
        self.only.map_or_else(|| (1..=self.of(short, long)).collect(), |seed| vec![seed])
    }

    pub fn of(self, short: u64, long: u64) -> u64 {
        if self.long { long } else { short }
    }
}

/// The choices of one trial.
pub fn choices(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}
