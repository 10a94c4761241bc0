//! What only the browser has: the time, chance, and waiting.

use js_sys::{Date, Promise};
use paydesk_domain::card::Expiry;
use paydesk_domain::id::AttemptId;
use wasm_bindgen_futures::JsFuture;

use crate::js::whole;

const DAY_MS: f64 = 86_400_000.0;

/// The month in UTC, a day ago: a clock that runs ahead must not turn a good card away. Whether it has expired is
/// decided by the processor.
pub fn lenient_month() -> Expiry {
    let days = whole((Date::now() / DAY_MS).floor()).unwrap_or_default();
    Expiry::of_day(days - 1)
}

/// A new attempt id; `None` when the browser has no source of chance.
pub fn new_attempt_id() -> Option<AttemptId> {
    let mut bytes = [0_u8; 16];
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(AttemptId::at(whole(Date::now())?, u128::from_le_bytes(bytes)))
}

/// Waits.
pub async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        }
    });
    let _ = JsFuture::from(promise).await;
}
