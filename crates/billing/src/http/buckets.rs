//! Token buckets by caller, in bounded memory: who is forgotten when there are too many is who was quiet longest.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

const MINUTE_MS: i64 = 60_000;

/// The buckets of many callers.
#[derive(Debug)]
pub struct Buckets {
    hasher: RandomState,
    buckets: HashMap<u64, Bucket>,
    /// More callers than this are not told apart.
    callers_max: usize,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// What is left, in requests times `MINUTE_MS`.
    level: i64,
    at_ms: i64,
    per_minute: i64,
}

impl Buckets {
    /// Room for so many callers.
    pub fn new(callers_max: usize) -> Self {
        Self { hasher: RandomState::new(), buckets: HashMap::new(), callers_max }
    }

    /// Takes one request out of the caller's bucket, which holds a minute's worth and is made when there is none yet.
    /// `Err` tells after how many seconds there is one again. 0 per minute stands for any number.
    pub fn take(&mut self, caller: &str, per_minute: u32, now_ms: i64) -> Result<(), u64> {
        let name = self.hasher.hash_one(caller);
        if !self.buckets.contains_key(&name) {
            self.make_room(now_ms);
        }
        self.buckets.entry(name).or_insert_with(|| Bucket::full(per_minute, now_ms)).take(now_ms)
    }

    /// The same for a caller that has a bucket; `None` for one that has none.
    pub fn take_known(&mut self, caller: &str, now_ms: i64) -> Option<Result<(), u64>> {
        let name = self.hasher.hash_one(caller);
        self.buckets.get_mut(&name).map(|bucket| bucket.take(now_ms))
    }

    /// Puts back what was taken.
    pub fn give_back(&mut self, caller: &str) {
        if let Some(bucket) = self.buckets.get_mut(&self.hasher.hash_one(caller)) {
            bucket.level = (bucket.level + MINUTE_MS).min(bucket.capacity());
        }
    }

    /// Takes the caller's bucket away.
    pub fn forget(&mut self, caller: &str) {
        self.buckets.remove(&self.hasher.hash_one(caller));
    }

    /// Forgets the full ones, which is no loss, and where that is not enough a tenth: those that were quiet longest, so
    /// that whoever is being held back stays held back, and that a flood pays for looking through all of them once in
    /// many requests.
    fn make_room(&mut self, now_ms: i64) {
        if self.buckets.len() < self.callers_max {
            return;
        }
        self.buckets.retain(|_, bucket| bucket.refilled(now_ms).level < bucket.capacity());
        if self.buckets.len() < self.callers_max {
            return;
        }
        let mut by_age: Vec<(i64, u64)> =
            self.buckets.iter().map(|(name, bucket)| (bucket.at_ms, *name)).collect();
        by_age.sort_unstable();
        for (_, name) in by_age.iter().take(self.callers_max / 10 + 1) {
            self.buckets.remove(name);
        }
    }
}

impl Bucket {
    fn full(per_minute: u32, now_ms: i64) -> Self {
        let per_minute = i64::from(per_minute);
        Self { level: per_minute * MINUTE_MS, at_ms: now_ms, per_minute }
    }

    const fn capacity(&self) -> i64 {
        self.per_minute * MINUTE_MS
    }

    fn take(&mut self, now_ms: i64) -> Result<(), u64> {
        *self = self.refilled(now_ms);
        if self.per_minute == 0 {
            return Ok(());
        }
        if self.level < MINUTE_MS {
            let missing_ms = (MINUTE_MS - self.level) / self.per_minute;
            return Err(u64::try_from(missing_ms / 1_000 + 1).unwrap_or(1));
        }
        self.level -= MINUTE_MS;
        Ok(())
    }

    fn refilled(self, now_ms: i64) -> Self {
        let passed = now_ms.saturating_sub(self.at_ms).clamp(0, MINUTE_MS);
        let level = (self.level + passed * self.per_minute).min(self.capacity());
        Self { level, at_ms: now_ms.max(self.at_ms), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_refills() {
        let mut buckets = Buckets::new(10);
        for _ in 0..60 {
            assert_eq!(buckets.take("a", 60, 0), Ok(()));
        }
        assert_eq!(buckets.take("a", 60, 0), Err(2));
        assert_eq!(buckets.take("b", 60, 0), Ok(()), "another caller is not affected");
        assert_eq!(buckets.take("a", 60, 1_000), Ok(()), "one a second comes back");
        assert!(buckets.take("a", 60, 1_000).is_err());
        buckets.give_back("a");
        assert_eq!(buckets.take("a", 60, 1_000), Ok(()), "what was given back is there");
        assert_eq!(buckets.take("free", 0, 1_000), Ok(()), "0 is no limit");
        assert_eq!(buckets.take("free", 0, 1_000), Ok(()));
    }

    #[test]
    fn who_is_not_known_has_no_bucket() {
        let mut buckets = Buckets::new(10);
        assert_eq!(buckets.take_known("a", 0), None);
        buckets.take("a", 1, 0).unwrap();
        assert_eq!(buckets.take_known("a", 0), Some(Err(61)));
        buckets.forget("a");
        assert_eq!(buckets.take_known("a", 0), None);
    }

    /// Positive control: with `self.buckets.clear()` in place of the loop in `make_room`, the busy caller is let in again.
    #[test]
    fn a_flood_of_callers_frees_nobody_who_is_held_back() {
        let mut buckets = Buckets::new(100);
        buckets.take("busy", 1, 1_000).unwrap();
        for number in 0..5_000_i64 {
            let now_ms = 1_001 + number;
            buckets.take(&format!("flood {number}"), 1, now_ms).unwrap();
            assert!(buckets.buckets.len() <= 100, "the memory is bounded");
            assert!(buckets.take("busy", 1, now_ms).is_err(), "after {number} others");
        }
    }
}
