//! Named places where a test lets the program die, as a power failure would: around the intent, the sending, the reply
//! and the outcome. Compiled in only with the feature `failpoints`, which nothing that is shipped has.

/// Every place, in the order in which a charge or a refund passes them.
pub const PLACES: &[&str] = &[
    "charge.before_intent",
    "charge.after_intent",
    "charge.before_send",
    "charge.after_reply",
    "charge.before_outcome",
    "charge.after_outcome",
    "look_up.before_outcome",
    "challenge.after_give_up",
    "refund.before_intent",
    "refund.after_intent",
    "refund.before_send",
    "refund.after_reply",
    "refund.before_outcome",
    "refund.after_outcome",
    "retry.before_commit",
    "webhook.after_receipt",
    "webhook.before_outcome",
];

/// Dies here, when `PAYDESK_FAILPOINT` says so: `place` or `place:n` for the n-th time.
#[cfg(feature = "failpoints")]
pub fn hit(place: &'static str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let Ok(wanted) = std::env::var("PAYDESK_FAILPOINT") else {
        return;
    };
    let (name, time) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    let time: u64 = time.parse().unwrap_or(1);
    if name == place && PASSED.fetch_add(1, Ordering::SeqCst).saturating_add(1) == time {
        // SIGKILL: no destructor runs, nothing is flushed, no connection is closed in good order.
        let _ = std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
        std::process::abort();
    }
}

/// Does nothing: this build has no failpoints.
#[cfg(not(feature = "failpoints"))]
pub const fn hit(_place: &'static str) {}
