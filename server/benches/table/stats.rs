//! Percentiles and rates.

use std::time::Duration;

/// The smallest value that this many of a hundred do not exceed.
pub fn percentile(sorted: &[f64], hundredth: usize) -> f64 {
    let at = (sorted.len() * hundredth).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

pub fn sort(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[allow(clippy::cast_precision_loss, reason = "thousands")]
pub fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
