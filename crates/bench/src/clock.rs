//! The one place that asks the machine for the time of day.

use cairn_model::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now.
#[allow(clippy::disallowed_methods, reason = "this is the clock that everybody else is handed")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Now, for what speaks `jiff`.
pub(crate) fn jiff_now() -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(now().as_micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
