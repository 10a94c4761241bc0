//! What is told of many measurements: the middle, the range, and the slow end.

use std::time::Duration;

use serde_json::{Value, json};

/// Milliseconds with their fractions.
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Median, least and greatest of a few runs.
pub fn of_runs(values: Vec<f64>) -> Value {
    let sorted = sorted(values);
    json!({
        "median": tenth(at(&sorted, 50)), "min": tenth(at(&sorted, 0)), "max": tenth(at(&sorted, 100)),
        "runs": sorted.len(),
    })
}

/// The 50th and the 99th of a hundred, and the greatest.
pub fn of_many(values: Vec<f64>) -> Value {
    let sorted = sorted(values);
    json!({
        "p50": tenth(at(&sorted, 50)), "p99": tenth(at(&sorted, 99)), "max": tenth(at(&sorted, 100)),
        "count": sorted.len(),
    })
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which `percent` of the sorted values lie, by the nearest rank.
fn at(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

/// Two places: enough for a ratio.
pub fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Finer than the clock of a browser would be a false promise.
pub fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_nearest_ranks() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).rev().collect();
        assert_eq!(of_many(hundred), json!({"p50": 50.0, "p99": 99.0, "max": 100.0, "count": 100}));
        assert_eq!(of_runs(vec![3.0, 1.0, 2.04]), json!({"median": 2.0, "min": 1.0, "max": 3.0, "runs": 3}));
    }
}
