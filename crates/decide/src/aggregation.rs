//! Aggregated events: how often what was done to data within five minutes, by API, by resource or by user.
//!
//! Source of the records and of AWS's part of the rules: AWS CloudTrail User Guide, "Aggregating data events" and
//! "CloudTrail record contents for aggregated events". What AWS leaves open is decided so:
//! - A window takes the events whose eventTime is in it. It is closed half a minute after its end; an event that
//!   comes later opens it once more. So there may be several records of one window and one value, and their sum is
//!   always right: no event is counted twice, and none that has the primary dimension is left out.
//! - Every value is counted, not the most frequent ones alone. A record that grows beyond [`RECORD_BYTES_MAX`] is
//!   closed and goes on in another.
//! - The resource of an S3 call is its bucket, as in AWS's samples; else it is the first with an ARN.

mod facts;
mod names;
mod stored;
mod summary;
mod window;

pub use facts::{Dimension, Facts};
pub use stored::StoredAggregates;
pub use summary::{Statistics, Summary};

use cairn_model::{AggregationTemplate, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;
use window::Window;

/// How long a window is.
pub const WINDOW: Duration = Duration::from_secs(5 * 60);

/// How long a window waits for late events.
pub const GRACE: Duration = Duration::from_secs(30);

/// About the most bytes of a record: CloudWatch Logs and EventBridge take no larger ones.
pub const RECORD_BYTES_MAX: usize = 240 << 10;

/// Memory of a window beside what is counted in it.
const WINDOW_BYTES: usize = 512;

/// What a trail has counted and not told of yet.
#[derive(Debug)]
pub struct Aggregates {
    templates: Vec<AggregationTemplate>,
    windows: BTreeMap<WindowKey, Window>,
    /// Of what is in the windows.
    bytes: usize,
}

/// A window's start, and the region whose events it counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct WindowKey {
    start: Timestamp,
    region: String,
}

impl Aggregates {
    /// Nothing counted yet.
    pub fn new(templates: &[AggregationTemplate]) -> Aggregates {
        Aggregates { templates: templates.to_vec(), windows: BTreeMap::new(), bytes: 0 }
    }

    /// By what is counted.
    pub fn templates(&self) -> &[AggregationTemplate] {
        &self.templates
    }

    /// Whether nothing is counted that no summary tells of.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes + self.windows.len() * WINDOW_BYTES
    }

    /// Counts a data event of `region`. What became too large for one record by it goes to `closed`.
    pub fn count(&mut self, facts: &Facts<'_>, region: &str, now: Timestamp, closed: &mut Vec<Summary>) {
        let counted = |template| facts.value(Dimension::primary_of(template)).is_some();
        if !self.templates.iter().copied().any(counted) {
            return;
        }
        let key = WindowKey { start: window_start(facts.time()), region: region.to_owned() };
        let window = self.windows.entry(key.clone()).or_insert_with(|| Window::new(now));
        let before = window.bytes();
        for group in window.count(&self.templates, facts) {
            closed.push(window.summary(&key, group));
        }
        self.bytes = self.bytes + window.bytes() - before;
    }

    /// Whether a window is to be closed; see [`Aggregates::close_due`].
    pub fn is_due(&self, now: Timestamp, wait: Duration) -> bool {
        self.windows.iter().any(|(key, window)| key.is_due(window.opened(), now, wait))
    }

    /// Closes the windows that have ended, and those for which time ran out otherwise: a window that was opened
    /// when it had ended is closed after `wait`, and none stays open for longer than a window and its grace, such as
    /// one of events from the future.
    pub fn close_due(&mut self, now: Timestamp, wait: Duration) -> Vec<Summary> {
        let due = self.windows.extract_if(.., |key, window| key.is_due(window.opened(), now, wait));
        let closed: Vec<(WindowKey, Window)> = due.collect();
        self.bytes -= closed.iter().map(|(_, window)| window.bytes()).sum::<usize>();
        closed.into_iter().flat_map(|(key, window)| window.into_summaries(&key)).collect()
    }

    /// Closes all windows.
    pub fn close_all(&mut self) -> Vec<Summary> {
        self.bytes = 0;
        let closed = std::mem::take(&mut self.windows);
        closed.into_iter().flat_map(|(key, window)| window.into_summaries(&key)).collect()
    }
}

impl WindowKey {
    fn is_due(&self, opened: Timestamp, now: Timestamp, wait: Duration) -> bool {
        let end = self.start.plus(WINDOW + GRACE);
        let at = if opened < end { end.min(opened.plus(WINDOW + GRACE)) } else { opened.plus(wait) };
        // One that was opened in the future is from before the clock was set back.
        now >= at || now < opened
    }
}

/// The start of the window that `time` is in.
fn window_start(time: Timestamp) -> Timestamp {
    let micros = WINDOW.as_micros() as i64;
    Timestamp::from_micros(time.as_micros().div_euclid(micros).saturating_mul(micros))
}

#[cfg(test)]
mod tests;
