//! When the keys that sign digests are replaced, and how long each is valid.
//!
//! A key signs from when it is made until the next one is there: the newest valid key signs. It stays valid for
//! a while beyond, so that a reader of the log that lags behind still has a key to sign with.

use cairn_model::{SigningKey, Timestamp};
use std::time::Duration;

/// A digest's window may begin a little before its key was made, and a clock may be set back a little.
const LEAD: Duration = Duration::from_secs(3600);

/// From when until when a key is valid that is made now and replaced after `every`; both ends are whole seconds.
pub fn validity(now: Timestamp, every: Duration) -> (Timestamp, Timestamp) {
    (now.minus(LEAD).floor_to_second(), now.plus(every).plus(overlap(every)).floor_to_second())
}

/// How long a key stays valid beside the one that replaces it: a quarter of the period.
pub fn overlap(every: Duration) -> Duration {
    every / 4
}

/// Whether an account that has these keys needs a new one: none is valid, the newest was made `every` ago, or
/// its end is as near as the overlap.
pub fn is_due<'a>(keys: impl IntoIterator<Item = &'a SigningKey>, now: Timestamp, every: Duration) -> bool {
    let valid = keys.into_iter().filter(|key| key.valid_from <= now && now < key.valid_to);
    let Some(newest) = valid.max_by_key(|key| (key.valid_from, &key.fingerprint)) else { return true };
    let made = newest.valid_from.plus(LEAD);
    now.since(made) >= every || newest.valid_to.since(now) <= overlap(every)
}

#[cfg(test)]
mod tests;
