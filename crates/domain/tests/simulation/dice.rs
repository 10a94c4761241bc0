//! Chance that repeats itself.

/// SplitMix64: the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `end`.
    pub fn below(&mut self, end: i64) -> i64 {
        let end = u64::try_from(end.max(1)).unwrap();
        i64::try_from(self.next() % end).unwrap()
    }

    pub fn between(&mut self, start: i64, end: i64) -> i64 {
        start + self.below(end - start)
    }

    /// True so many times in a thousand.
    pub fn permille(&mut self, chance: i64) -> bool {
        self.below(1_000) < chance
    }

    pub fn one_of<T: Clone>(&mut self, among: &[T]) -> T {
        let index = self.below(i64::try_from(among.len()).unwrap());
        among[usize::try_from(index).unwrap()].clone()
    }
}
