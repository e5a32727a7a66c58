//! Figures for Prometheus.

mod stores;

use crate::app::App;
use crate::clock;
use crate::gateway;
use crate::imports::FollowedFigures;
use crate::jobs::slowest;
use cairn_store::log::SYNC_BUCKETS_MICROS;
use metrics::{Counter, Key, KeyName, Label, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, PoisonError, RwLock};

/// Counters of one name by two labels, each made when it is first needed: finding one by name and labels costs the
/// exporter many times what counting does. The values of labels must be few.
pub(crate) struct Counters {
    name: &'static str,
    labels: [&'static str; 2],
    recorder: Arc<PrometheusRecorder>,
    made: RwLock<HashMap<[&'static str; 2], Counter>>,
}

impl Counters {
    pub(crate) fn new(
        recorder: &Arc<PrometheusRecorder>,
        name: &'static str,
        labels: [&'static str; 2],
    ) -> Counters {
        Counters { name, labels, recorder: Arc::clone(recorder), made: RwLock::default() }
    }

    /// Adds one to the counter with these values of the labels.
    pub(crate) fn count(&self, values: [&'static str; 2]) {
        if let Some(counter) = self.made.read().unwrap_or_else(PoisonError::into_inner).get(&values) {
            return counter.increment(1);
        }
        let labels = self.labels.into_iter().zip(values);
        let labels: Vec<Label> = labels.map(|(name, value)| Label::from_static_parts(name, value)).collect();
        let counter = self.recorder.register_counter(&Key::from_parts(self.name, labels), &METADATA);
        counter.increment(1);
        self.made.write().unwrap_or_else(PoisonError::into_inner).insert(values, counter);
    }
}

/// The counters that requests move, and the page that shows them.
pub(crate) struct Metrics {
    handle: PrometheusHandle,
    recorder: Arc<PrometheusRecorder>,
    accepted: Counter,
    refused: Counter,
    history_errors: Counter,
    answered: Counters,
}

const METADATA: Metadata<'static> = Metadata::new("cairn", metrics::Level::INFO, None);

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let recorder = PrometheusBuilder::new().build_recorder();
        let counter = |name: &'static str, help: &'static str| {
            describe(&recorder, name, help);
            recorder.register_counter(&Key::from_static_name(name), &METADATA)
        };
        let accepted = counter(
            "cairn_events_accepted_total",
            "Events that callers posted or imported and that are durable",
        );
        let refused =
            counter("cairn_events_refused_total", "Events that callers posted and that were refused");
        let history_errors = counter("cairn_history_errors_total", "Failed commits of event history");
        describe(&recorder, "cairn_requests_total", "Requests answered, by route and status class");
        let handle = recorder.handle();
        let recorder = Arc::new(recorder);
        let answered = Counters::new(&recorder, "cairn_requests_total", ["route", "status"]);
        Metrics { handle, recorder, accepted, refused, history_errors, answered }
    }

    /// What others count with.
    pub(crate) fn recorder(&self) -> Arc<PrometheusRecorder> {
        Arc::clone(&self.recorder)
    }

    /// Events that were posted and are durable, and such that were refused.
    pub(crate) fn posted(&self, accepted: u64, refused: u64) {
        self.accepted.increment(accepted);
        self.refused.increment(refused);
    }

    /// A commit of event history failed.
    pub(crate) fn history_error(&self) {
        self.history_errors.increment(1);
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: &'static str, status: http::StatusCode) {
        let class = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        let class = class[usize::from(status.as_u16() / 100).clamp(1, 5) - 1];
        self.answered.count([route, class]);
    }

    /// The page for Prometheus.
    pub(crate) fn page(&self, app: &App) -> String {
        let mut page = self.handle.render();
        let mut figures = Figures(&mut page);
        let stats = app.journal.log().stats();
        figures.counter("cairn_log_commits_total", "Group commits of the log", stats.commits);
        figures.counter("cairn_log_records_total", "Records written to the log", stats.records);
        figures.counter("cairn_log_bytes_total", "Bytes written to the log", stats.bytes);
        figures.counter("cairn_log_refused_total", "Batches that the log refused", stats.refused);
        figures.gauge(
            "cairn_log_queue_bytes",
            "Bytes waiting to be written to the log",
            stats.queue_bytes as f64,
        );
        figures.gauge("cairn_log_segments", "Segment files of the log", stats.segments as f64);
        figures.gauge("cairn_log_disk_bytes", "Bytes of the log's segment files", stats.disk_bytes as f64);
        figures.gauge(
            "cairn_log_end",
            "The position behind the last durable record",
            app.journal.log().committed().get() as f64,
        );
        sync_times(&mut figures, &stats.sync);
        figures.counter(
            "cairn_own_events_missed_total",
            "Events about calls that could not be written, of Cairn's own reads and of forwarded calls",
            app.journal.missed(),
        );
        readers(&mut figures, app);
        delivery(&mut figures, app);
        history(&mut figures, app);
        followed(&mut figures, app);
        stores::page(&mut figures, app);
        queries(&mut figures, app);
        gateway::page(&app.gateway, figures.0);
        if let Some(free) = free_bytes(&app.config.data) {
            figures.gauge("cairn_disk_free_bytes", "Free bytes on the data folder's disk", free as f64);
        }
        page
    }
}

fn queries(figures: &mut Figures<'_>, app: &App) {
    figures.gauge(
        "cairn_queries_active",
        "Queries that are queued or run, those too whose askers wait",
        app.queries.in_use() as f64,
    );
    figures.gauge(
        "cairn_queries_results_bytes",
        "Bytes that the results of queries take on disk",
        app.queries.results_bytes() as f64,
    );
}

fn describe(recorder: &PrometheusRecorder, name: &'static str, help: &'static str) {
    recorder.describe_counter(KeyName::from_const_str(name), None::<Unit>, SharedString::const_str(help));
}

/// Free bytes on the disk of this folder; `None` where the system does not say.
pub(crate) fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    let stats = rustix::fs::statvfs(folder).ok()?;
    Some(stats.f_bavail.saturating_mul(stats.f_frsize))
}

struct Figures<'a>(&'a mut String);

impl Figures<'_> {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        let _ = writeln!(self.0, "{name} {value}\n");
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, "gauge", help);
        let _ = writeln!(self.0, "{name} {value}\n");
    }
}

fn sync_times(figures: &mut Figures<'_>, sync: &cairn_store::log::SyncTimes) {
    let name = "cairn_log_fsync_seconds";
    figures.head(name, "histogram", "Time of the log's fdatasync calls");
    let mut total = 0;
    for (bound, count) in SYNC_BUCKETS_MICROS.iter().zip(sync.buckets) {
        total += count;
        let _ = writeln!(figures.0, "{name}_bucket{{le=\"{}\"}} {total}", *bound as f64 / 1e6);
    }
    let _ = writeln!(figures.0, "{name}_bucket{{le=\"+Inf\"}} {}", sync.count);
    let _ = writeln!(figures.0, "{name}_sum {}\n{name}_count {}\n", sync.sum_micros as f64 / 1e6, sync.count);
}

fn readers(figures: &mut Figures<'_>, app: &App) {
    let end = app.journal.log().committed().get();
    figures.head(
        "cairn_reader_lag_bytes",
        "gauge",
        "Bytes of the log that a reader has not made durable yet",
    );
    let positions = [
        ("catalog", app.journal.catalog().position()),
        ("history", app.history.committed()),
        ("delivery", app.delivery.position()),
        ("stores", app.stores.saved()),
        ("slowest", slowest(app)),
    ];
    for (reader, position) in positions {
        let lag = end.saturating_sub(position.get());
        let _ = writeln!(figures.0, "cairn_reader_lag_bytes{{reader=\"{reader}\"}} {lag}");
    }
    figures.0.push('\n');
}

fn delivery(figures: &mut Figures<'_>, app: &App) {
    let stats = app.delivery.stats();
    let age = stats.outbox_oldest.map_or(0.0, |oldest| clock::now().since(oldest).as_secs_f64());
    figures.gauge(
        "cairn_outbox_objects",
        "Log files and digests that wait to be delivered",
        stats.outbox_objects as f64,
    );
    figures.gauge("cairn_outbox_bytes", "Their bytes", stats.outbox_bytes as f64);
    figures.gauge("cairn_outbox_age_seconds", "Age of the oldest of them", age);
    figures.gauge(
        "cairn_trail_buffer_bytes",
        "Bytes of events that wait for the next cut",
        stats.buffered_bytes as f64,
    );
    figures.counter("cairn_delivered_total", "Log files and digests delivered", stats.delivered);
    figures.counter("cairn_delivery_failures_total", "Failed attempts to deliver", stats.failed_attempts);
    figures.counter(
        "cairn_delivery_given_up_total",
        "Log files and digests given up after 30 days",
        stats.given_up,
    );
    figures.counter(
        "cairn_trail_skipped_events_total",
        "Events that trails skipped, each counted once for every trail: TrailGap events tell of them",
        stats.skipped_events,
    );
}

/// Of all followed buckets together.
fn followed(figures: &mut Figures<'_>, app: &App) {
    let all = app.imports.followed().all();
    let sum = |count: fn(&FollowedFigures) -> u64| all.values().map(count).sum::<u64>();
    figures.counter("cairn_followed_files_total", "Files of followed buckets imported", sum(|one| one.files));
    figures.counter("cairn_followed_events_total", "Events taken of them", sum(|one| one.events));
    figures.counter(
        "cairn_followed_failures_total",
        "Files of followed buckets that could not be imported, or not all of them",
        sum(|one| one.failures),
    );
    let behind =
        all.values().filter_map(|one| one.newest).map(|newest| clock::now().since(newest).as_secs_f64());
    figures.gauge(
        "cairn_followed_newest_age_seconds",
        "Age of the newest file that was imported, of the followed bucket where it is oldest",
        behind.fold(0.0, f64::max),
    );
    let silent = all.values().filter(|one| one.fault.is_some()).count();
    figures.gauge("cairn_followed_failing", "Followed buckets that cannot be read now", silent as f64);
}

fn history(figures: &mut Figures<'_>, app: &App) {
    let stats = app.history.stats();
    figures.gauge("cairn_history_tail_rows", "Events of the hot tail", stats.tail_rows as f64);
    figures.gauge("cairn_history_tail_bytes", "Memory of the hot tail", stats.tail_bytes as f64);
    figures.gauge("cairn_history_table_rows", "Events of the history table", stats.table_rows as f64);
    figures.gauge("cairn_history_table_files", "Files of the history table", stats.table_files as f64);
    figures.gauge(
        "cairn_history_table_bytes",
        "Bytes of the history table's files",
        stats.table_bytes as f64,
    );
    figures.counter(
        "cairn_history_duplicates_total",
        "Events left out because they were there already",
        stats.duplicates,
    );
    figures.counter(
        "cairn_history_conflicts_total",
        "Events whose account, time and id another event has too",
        stats.conflicts,
    );
    let visible = stats.visible_up_to.map_or(0.0, |time| time.as_seconds_f64());
    figures.gauge(
        "cairn_history_visible_up_to_seconds",
        "When the newest event that look-ups see arrived, in seconds since 1970",
        visible,
    );
    figures.gauge(
        "cairn_history_visible_position",
        "Look-ups see everything below this position",
        app.history.seen().get() as f64,
    );
}
