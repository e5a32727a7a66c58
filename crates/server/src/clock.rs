//! The one place that asks the machine for the time and for randomness.

use cairn_model::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now.
#[allow(clippy::disallowed_methods, reason = "this is the clock that everybody else is handed")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Now, for what signs requests.
pub(crate) fn system() -> SystemTime {
    let since = u64::try_from(now().as_micros()).unwrap_or_default();
    UNIX_EPOCH + std::time::Duration::from_micros(since)
}

/// 128 random bits.
pub(crate) fn random_bits() -> u128 {
    rand::random()
}

/// A random UUID of version 4, as request and event ids are.
pub(crate) fn random_uuid() -> String {
    uuid::Builder::from_random_bytes(random_bits().to_le_bytes()).into_uuid().to_string()
}

/// The same time for what speaks `jiff`.
pub(crate) fn jiff(time: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(time.as_micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
