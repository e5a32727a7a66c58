//! How often something may be done: a rate, with a burst of one second's worth.

use cairn_model::Timestamp;
use std::num::NonZeroU32;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// What was taken of a rate so far. In a full second's rest everything is free again.
///
/// The generic cell rate algorithm (ITU-T I.371): one time stands for the whole token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// When all that was taken is free again.
    free_at: Timestamp,
}

impl Pace {
    /// Nothing was taken yet.
    pub fn new(now: Timestamp) -> Pace {
        Pace { free_at: now }
    }

    /// Takes one, if the rate allows it now.
    pub fn take(&mut self, per_second: NonZeroU32, now: Timestamp) -> bool {
        let each = SECOND / per_second.get();
        // What lies further ahead than a whole burst was written before the clock was set back.
        let was_set_back = self.free_at.since(now) > SECOND;
        let from = if was_set_back { now } else { self.free_at.max(now) };
        let free_at = from.plus(each);
        let is_allowed = free_at.since(now) <= SECOND;
        if is_allowed {
            self.free_at = free_at;
        }
        is_allowed
    }

    /// Whether this is as good as new.
    pub fn is_free(&self, now: Timestamp) -> bool {
        self.free_at <= now
    }
}

#[cfg(test)]
mod tests;
