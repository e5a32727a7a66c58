//! The figures of an import.

use super::Measure;
use crate::import::ImportRun;

/// What two cores should reach.
const EVENTS_PER_SECOND: f64 = 100_000.0;

pub(super) fn measures(runs: &[ImportRun]) -> Vec<Measure> {
    let of = |name, unit, value: &dyn Fn(&ImportRun) -> f64| {
        Measure::new("import of gzip files", name, unit, runs.iter().map(value).collect())
    };
    let events = |run: &ImportRun| run.files.events.max(1) as f64;
    vec![
        of("events durable and in history", "/s", &|run| events(run) / run.took.as_secs_f64())
            .at_least(EVENTS_PER_SECOND),
        of("events", "", &|run| run.files.events as f64),
        of("files", "", &|run| run.files.files as f64),
        of("files' bytes", "MB", &|run| run.files.bytes as f64 / 1e6),
        of("server CPU an event", "us", &|run| run.server_cpu * 1e6 / events(run)),
        of("client CPU an event", "us", &|run| run.client_cpu * 1e6 / events(run)),
    ]
}
