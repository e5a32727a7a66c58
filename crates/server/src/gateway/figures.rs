//! Figures of what is forwarded.

use super::Gateway;
use crate::metrics::Counters;
use cairn_gateway::Outcome;
use metrics::{Counter, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::PrometheusRecorder;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const METADATA: Metadata<'static> = Metadata::new("cairn", metrics::Level::INFO, None);
const CALLS: &str = "cairn_gateway_calls_total";

/// What calls move.
pub(crate) struct Figures {
    calls: Counters,
    unverified: Counter,
    held: AtomicU64,
    held_micros: AtomicU64,
}

impl Figures {
    pub(crate) fn new(recorder: Arc<PrometheusRecorder>) -> Figures {
        let describe = |name: &'static str, help: &'static str| {
            recorder.describe_counter(
                KeyName::from_const_str(name),
                None::<Unit>,
                SharedString::const_str(help),
            );
        };
        describe(CALLS, "Calls that were forwarded, by event source and how they ended");
        describe(
            "cairn_gateway_unverified_total",
            "Calls that were forwarded without a signature that Cairn could verify",
        );
        let unverified =
            recorder.register_counter(&Key::from_static_name("cairn_gateway_unverified_total"), &METADATA);
        let calls = Counters::new(&recorder, CALLS, ["source", "outcome"]);
        Figures { calls, unverified, held: AtomicU64::new(0), held_micros: AtomicU64::new(0) }
    }

    /// A call is over.
    pub(crate) fn forwarded(&self, source: &'static str, outcome: &Outcome, failed: bool) {
        let ended = match outcome {
            Outcome::Answered if failed => "error",
            Outcome::Answered => "success",
            Outcome::NotSent(_) => "not_sent",
            Outcome::TimedOut => "timed_out",
            Outcome::UpstreamBroke(_) => "broke_off",
            Outcome::ClientGone => "client_gone",
        };
        self.calls.count([source, ended]);
    }

    /// An event was waited for until it was on disk.
    pub(crate) fn held(&self, time: Duration) {
        self.held.fetch_add(1, Ordering::Relaxed);
        self.held_micros.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A call was forwarded that nobody here could verify.
    pub(crate) fn unverified(&self) {
        self.unverified.increment(1);
    }
}

/// What the page for Prometheus says beside the counters.
pub(crate) fn page(gateway: &Gateway, page: &mut String) {
    let dropped = gateway.queue.dropped();
    let waiting = gateway.queue.bytes();
    let held = gateway.figures.held.load(Ordering::Relaxed);
    let held_seconds = gateway.figures.held_micros.load(Ordering::Relaxed) as f64 / 1e6;
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "# HELP cairn_gateway_held_seconds Time that events of forwarded calls took to be on disk\n\
         # TYPE cairn_gateway_held_seconds summary\ncairn_gateway_held_seconds_sum {held_seconds}\n\
         cairn_gateway_held_seconds_count {held}\n\n\
         # HELP cairn_gateway_dropped_total Events of forwarded calls that were dropped: their queue was full\n\
         # TYPE cairn_gateway_dropped_total counter\ncairn_gateway_dropped_total {dropped}\n\n\
         # HELP cairn_gateway_queue_bytes Bytes of events of forwarded calls that wait for the log\n\
         # TYPE cairn_gateway_queue_bytes gauge\ncairn_gateway_queue_bytes {waiting}\n\n"
    );
}
