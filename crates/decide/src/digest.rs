//! Which time each digest covers.
//!
//! A digest covers the log files *delivered* in its window, so late events need no digest of their own.
//! Windows follow one another without gap: after downtime one digest reaches from the previous end to now.

use cairn_model::Timestamp;
use std::time::Duration;

/// The time that a digest covers, both ends whole seconds. `end` is in the digest's name, so it must differ
/// from the end of every other digest of the same trail and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where the previous window ended, or when the chain began.
    pub start: Timestamp,
    /// Later than `start`.
    pub end: Timestamp,
}

/// The window of the digest that is made now. `previous_end` is the end of the chain's latest digest, `None`
/// for the first, which begins when logging (or validation) `started`. The end is now, or a second after the
/// start if that is later: two digests within a second, or a clock that went back, must not share a name.
pub fn window(previous_end: Option<Timestamp>, started: Timestamp, now: Timestamp) -> Window {
    let start = previous_end.unwrap_or(started).floor_to_second();
    let earliest_end = start.plus(Duration::from_secs(1));
    Window { start, end: now.floor_to_second().max(earliest_end) }
}

/// Whether a digest is due that is made every `period`.
pub fn is_due(previous_end: Option<Timestamp>, started: Timestamp, now: Timestamp, period: Duration) -> bool {
    now >= previous_end.unwrap_or(started).plus(period)
}

#[cfg(test)]
mod tests;
