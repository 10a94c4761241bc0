//! How much one caller may ask for: token buckets per session, key and network address, and a bound on all together.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use paydesk_domain::wire::error::ErrorCode;
use tokio::sync::Semaphore;

use crate::app::create_key::KEY_PREFIX;
use crate::http::error::Told;
use crate::http::{HttpSettings, HttpState, peer};

/// More callers than this are not told apart: the fullest buckets are forgotten first.
const BUCKETS_MAX: usize = 100_000;
const MINUTE_MS: i64 = 60_000;

/// Who made how many requests.
#[derive(Debug)]
pub struct Limiter {
    hasher: RandomState,
    buckets: Mutex<HashMap<u64, Bucket>>,
    slots: Arc<Semaphore>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// What is left, in requests times `MINUTE_MS`.
    level: i64,
    at_ms: i64,
    capacity: i64,
}

impl Limiter {
    /// A limiter with room for so many requests at once.
    pub fn new(settings: &HttpSettings) -> Self {
        let slots = Arc::new(Semaphore::new(settings.concurrent_max));
        Self { hasher: RandomState::new(), buckets: Mutex::default(), slots }
    }

    /// Takes one request out of the caller's bucket, which holds a minute's worth. `Err` tells after how many seconds
    /// there is one again.
    pub fn take(&self, caller: &str, per_minute: u32, now_ms: i64) -> Result<(), u64> {
        if per_minute == 0 {
            return Ok(());
        }
        let rate = i64::from(per_minute);
        let capacity = rate * MINUTE_MS;
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, bucket| bucket.refilled(now_ms).level < bucket.capacity);
            if buckets.len() >= BUCKETS_MAX {
                buckets.clear();
            }
        }
        let full = Bucket { level: capacity, at_ms: now_ms, capacity };
        let bucket = buckets.entry(self.hasher.hash_one(caller)).or_insert(full);
        *bucket = bucket.refilled(now_ms);
        if bucket.level < MINUTE_MS {
            let missing_ms = (MINUTE_MS - bucket.level) / rate;
            return Err(u64::try_from(missing_ms / 1_000 + 1).unwrap_or(1));
        }
        bucket.level -= MINUTE_MS;
        Ok(())
    }
}

impl Bucket {
    fn refilled(self, now_ms: i64) -> Self {
        let passed = now_ms.saturating_sub(self.at_ms).clamp(0, MINUTE_MS);
        let rate = self.capacity / MINUTE_MS;
        Self { level: (self.level + passed * rate).min(self.capacity), at_ms: now_ms.max(self.at_ms), ..self }
    }
}

/// Refuses what is too much, before anything is read.
pub async fn limit(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let settings = &state.settings;
    let now = state.app.mint.now_ms();
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let taken = match bearer {
        Some(key) if key.starts_with(KEY_PREFIX) => state.limiter.take(key, settings.per_key_per_minute, now),
        bearer => {
            let address = peer::address(request.extensions(), request.headers(), settings.trusted_proxy);
            let session = bearer
                .map_or(Ok(()), |secret| state.limiter.take(secret, settings.per_session_per_minute, now));
            session.and_then(|()| state.limiter.take(&network(address), settings.per_address_per_minute, now))
        }
    };
    if let Err(seconds) = taken {
        state.app.metrics.turned_away(ErrorCode::RateLimited.as_str());
        return Told::new(ErrorCode::RateLimited, "Too many requests.").after(seconds).into_response();
    }
    let Ok(_slot) = state.limiter.slots.clone().try_acquire_owned() else {
        state.app.metrics.turned_away(ErrorCode::Unavailable.as_str());
        return Told::new(ErrorCode::Unavailable, "Too much at once.").after(1).into_response();
    };
    match tokio::time::timeout(settings.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Told::new(ErrorCode::Unavailable, "This took too long.").after(1).into_response(),
    }
}

/// An IPv6 customer has a whole /64: all of it is one caller.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_refills() {
        let limiter = Limiter::new(&HttpSettings::default());
        for _ in 0..60 {
            assert_eq!(limiter.take("a", 60, 0), Ok(()));
        }
        assert_eq!(limiter.take("a", 60, 0), Err(2));
        assert_eq!(limiter.take("b", 60, 0), Ok(()), "another caller is not affected");
        assert_eq!(limiter.take("a", 60, 1_000), Ok(()), "one a second comes back");
        assert!(limiter.take("a", 60, 1_000).is_err());
        assert_eq!(limiter.take("a", 0, 1_000), Ok(()), "0 is no limit");
    }

    #[test]
    fn callers_are_networks() {
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6".parse().unwrap()),
            network("2001:db8:1:2::1".parse().unwrap())
        );
    }
}
