//! What is counted, as Prometheus reads it. Labels are route patterns, methods and names of states: never ids.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

/// Upper bounds of the latency buckets, in milliseconds.
const BUCKETS_MS: [u64; 9] = [5, 10, 25, 50, 100, 250, 1_000, 5_000, 15_000];

/// The counters of one process.
#[derive(Debug, Default)]
pub struct Metrics {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    requests: BTreeMap<(String, String, u16), u64>,
    latency: BTreeMap<String, Latency>,
    counters: BTreeMap<(&'static str, String), u64>,
}

#[derive(Debug, Default)]
struct Latency {
    buckets: [u64; BUCKETS_MS.len()],
    count: u64,
    sum_ms: u64,
}

impl Metrics {
    /// Counts a request.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.with(|inner| {
            *inner.requests.entry((method.to_owned(), route.to_owned(), status)).or_default() += 1;
            let latency = inner.latency.entry(route.to_owned()).or_default();
            for (bucket, bound) in latency.buckets.iter_mut().zip(BUCKETS_MS) {
                *bucket += u64::from(took_ms <= bound);
            }
            latency.count += 1;
            latency.sum_ms = latency.sum_ms.saturating_add(took_ms);
        });
    }

    /// Counts what became of a charge.
    pub fn attempt(&self, event: &str) {
        self.count("paydesk_charges_total", event);
    }

    /// Counts what became of a look-up.
    pub fn look_up(&self, event: &str) {
        self.count("paydesk_look_ups_total", event);
    }

    /// Counts what became of a refund.
    pub fn refund(&self, event: &str) {
        self.count("paydesk_refunds_total", event);
    }

    /// Counts a refund that nobody but a human can decide.
    pub fn refund_handed_over(&self) {
        self.count("paydesk_handed_over_total", "refund");
    }

    /// Counts an attempt that nobody but a human can decide.
    pub fn handed_over(&self) {
        self.count("paydesk_handed_over_total", "attempt");
    }

    /// Counts what became of an event that the processor told by itself.
    pub fn processor_event(&self, outcome: &str) {
        self.count("paydesk_processor_events_total", outcome);
    }

    /// Counts what became of a try to deliver a webhook.
    pub fn delivery(&self, outcome: &str) {
        self.count("paydesk_webhook_tries_total", outcome);
    }

    /// Counts what became of a try to send a mail.
    pub fn mail(&self, outcome: &str) {
        self.count("paydesk_mail_tries_total", outcome);
    }

    /// Counts a request that was refused at the door, by its code.
    pub fn turned_away(&self, code: &str) {
        self.count("paydesk_turned_away_total", code);
    }

    /// All of it as text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        self.with(|inner| {
            text.push_str("# TYPE paydesk_http_requests_total counter\n");
            for ((method, route, status), count) in &inner.requests {
                let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
                let _ = writeln!(text, "paydesk_http_requests_total{{{labels}}} {count}");
            }
            text.push_str("# TYPE paydesk_http_request_duration_ms histogram\n");
            for (route, latency) in &inner.latency {
                for (bound, count) in BUCKETS_MS.iter().zip(latency.buckets) {
                    let labels = format!("route=\"{route}\",le=\"{bound}\"");
                    let _ = writeln!(text, "paydesk_http_request_duration_ms_bucket{{{labels}}} {count}");
                }
                let Latency { count, sum_ms, .. } = latency;
                let labels = format!("route=\"{route}\"");
                let _ =
                    writeln!(text, "paydesk_http_request_duration_ms_bucket{{{labels},le=\"+Inf\"}} {count}");
                let _ = writeln!(text, "paydesk_http_request_duration_ms_sum{{{labels}}} {sum_ms}");
                let _ = writeln!(text, "paydesk_http_request_duration_ms_count{{{labels}}} {count}");
            }
            let mut last = "";
            for ((name, label), count) in &inner.counters {
                if last != *name {
                    let _ = writeln!(text, "# TYPE {name} counter");
                    last = name;
                }
                let _ = writeln!(text, "{name}{{outcome=\"{}\"}} {count}", label.replace(' ', "_"));
            }
        });
        text
    }

    fn count(&self, name: &'static str, label: &str) {
        self.with(|inner| *inner.counters.entry((name, label.to_owned())).or_default() += 1);
    }

    /// Counting goes on after a panic elsewhere: a counter that is off by one harms nobody.
    fn with(&self, work: impl FnOnce(&mut Inner)) {
        let mut inner = self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(&mut inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_renders() {
        let metrics = Metrics::default();
        metrics.request("GET", "/v1/checkout", 200, Duration::from_millis(7));
        metrics.request("GET", "/v1/checkout", 200, Duration::from_millis(700));
        metrics.attempt("lose its answer");
        let text = metrics.render();
        for line in [
            "paydesk_http_requests_total{method=\"GET\",route=\"/v1/checkout\",status=\"200\"} 2",
            "paydesk_http_request_duration_ms_bucket{route=\"/v1/checkout\",le=\"10\"} 1",
            "paydesk_http_request_duration_ms_bucket{route=\"/v1/checkout\",le=\"+Inf\"} 2",
            "paydesk_http_request_duration_ms_sum{route=\"/v1/checkout\"} 707",
            "paydesk_charges_total{outcome=\"lose_its_answer\"} 1",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
