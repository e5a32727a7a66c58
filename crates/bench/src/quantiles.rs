//! Medians and percentiles.

use std::time::Duration;

/// Times in ascending order.
#[derive(Clone, Debug)]
pub(crate) struct Quantiles(Vec<Duration>);

impl Quantiles {
    /// Of times in any order.
    pub(crate) fn of(mut times: Vec<Duration>) -> Quantiles {
        times.sort_unstable();
        Quantiles(times)
    }

    /// The least time that `percent` of 100 times do not exceed (the nearest rank), in milliseconds; 0 if
    /// there are none.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }
}

/// The middle of `values`, or the mean of the two in the middle; 0 if there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        count if count % 2 == 0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests;
