//! How much one caller may ask for: token buckets per session, key and network address, and a bound on all together.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::{Extensions, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use paydesk_domain::wire::error::ErrorCode;
use tokio::sync::Semaphore;

use crate::app::create_key::KEY_PREFIX;
use crate::app::network::network;
use crate::http::buckets::Buckets;
use crate::http::error::Told;
use crate::http::{HttpSettings, HttpState, peer};

/// More network addresses, and more credentials, than this are not told apart.
const CALLERS_MAX: usize = 100_000;

/// Who made how many requests.
#[derive(Debug)]
pub struct Limiter {
    addresses: Mutex<Buckets>,
    /// Keys and sessions that were found good: what anybody can make up gets no bucket, and pushes nobody out.
    credentials: Mutex<Buckets>,
    slots: Arc<Semaphore>,
}

impl Limiter {
    /// A limiter with room for so many requests at once.
    pub fn new(settings: &HttpSettings) -> Self {
        let room = || Mutex::new(Buckets::new(CALLERS_MAX));
        let slots = Arc::new(Semaphore::new(settings.concurrent_max));
        Self { addresses: room(), credentials: room(), slots }
    }

    fn addresses(&self) -> MutexGuard<'_, Buckets> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn credentials(&self) -> MutexGuard<'_, Buckets> {
        self.credentials.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Set when the request's credential was found good.
#[derive(Clone, Debug, Default)]
struct Recognized(Arc<AtomicBool>);

/// Tells the limits that the request's credential is good.
pub fn recognize(extensions: &Extensions) {
    if let Some(Recognized(good)) = extensions.get() {
        good.store(true, Ordering::Relaxed);
    }
}

/// Who is behind a request, as far as the limits go.
struct Caller {
    network: String,
    /// A key or a session's secret, good or not.
    credential: Option<String>,
    is_key: bool,
}

impl Caller {
    fn of(request: &Request, settings: &HttpSettings) -> Self {
        let address = peer::address(request.extensions(), request.headers(), settings.trusted_proxy);
        let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let credential =
            bearer.and_then(|value| value.strip_prefix("Bearer ")).map(|bearer| bearer.trim().to_owned());
        let is_key = credential.as_ref().is_some_and(|credential| credential.starts_with(KEY_PREFIX));
        Self { network: network(address), credential, is_key }
    }

    /// Takes the request out of the buckets that it belongs to. A key that was found good before has its own alone;
    /// everybody else is counted by address, so that guessing keys is as limited as any other request.
    ///
    /// `Ok` tells whether the credential is known.
    fn take(&self, limiter: &Limiter, settings: &HttpSettings, now_ms: i64) -> Result<bool, u64> {
        if !self.is_key {
            limiter.addresses().take(&self.network, settings.per_address_per_minute, now_ms)?;
        }
        let own = self.credential.as_deref().and_then(|name| limiter.credentials().take_known(name, now_ms));
        let known = own.transpose()?.is_some();
        if self.is_key && !known {
            limiter.addresses().take(&self.network, settings.per_address_per_minute, now_ms)?;
        }
        Ok(known)
    }

    /// Remembers a credential that was found good, from now on with a bucket of its own.
    fn learn(&self, limiter: &Limiter, settings: &HttpSettings, now_ms: i64) {
        let Some(credential) = &self.credential else { return };
        let per_minute = match self.is_key {
            true => settings.per_key_per_minute,
            false => settings.per_session_per_minute,
        };
        // This request was let in already: it only counts.
        let _ = limiter.credentials().take(credential, per_minute, now_ms);
        if self.is_key {
            limiter.addresses().give_back(&self.network);
        }
    }

    fn forget(&self, limiter: &Limiter) {
        if let Some(credential) = &self.credential {
            limiter.credentials().forget(credential);
        }
    }
}

/// Refuses what is too much, before anything is read.
pub async fn limit(State(state): State<HttpState>, mut request: Request, next: Next) -> Response {
    let (settings, limiter) = (&state.settings, &state.limiter);
    let now = state.app.mint.now_ms();
    let caller = Caller::of(&request, settings);
    let known = match caller.take(limiter, settings, now) {
        Ok(known) => known,
        Err(seconds) => {
            state.app.metrics.turned_away(ErrorCode::RateLimited.as_str());
            return Told::new(ErrorCode::RateLimited, "Too many requests.").after(seconds).into_response();
        }
    };
    let Ok(_slot) = limiter.slots.clone().try_acquire_owned() else {
        state.app.metrics.turned_away(ErrorCode::Unavailable.as_str());
        return Told::new(ErrorCode::Unavailable, "Too much at once.").after(1).into_response();
    };
    let recognized = Recognized::default();
    request.extensions_mut().insert(recognized.clone());
    let response = match tokio::time::timeout(settings.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Told::new(ErrorCode::Unavailable, "This took too long.").after(1).into_response(),
    };
    match recognized.0.load(Ordering::Relaxed) {
        true if !known => caller.learn(limiter, settings, now),
        // It was good once: withdrawn meanwhile, or over.
        false if known && response.status() == StatusCode::UNAUTHORIZED => caller.forget(limiter),
        _ => {}
    }
    response
}
