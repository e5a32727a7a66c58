//! The figures of event data stores.

use super::Measure;
use crate::stores::{StoresRun, Taken};

/// How fast three stores should take events, of how fast one does.
const SHARE: f64 = 0.6;

pub(super) fn measures(runs: &[StoresRun]) -> Vec<Measure> {
    let of = |name, unit, value: &dyn Fn(&StoresRun) -> f64| {
        Measure::new("event data stores", name, unit, runs.iter().map(value).collect())
    };
    let rate = |taken: &Taken| taken.events as f64 / taken.took.as_secs_f64();
    let cpu = |taken: &Taken| taken.server_cpu * 1e6 / taken.events.max(1) as f64;
    vec![
        of("one store: events durable and in tables", "/s", &|run| rate(&run.one)),
        of("three stores: events durable and in tables", "/s", &|run| rate(&run.several)),
        of("three stores / one store", "", &|run| rate(&run.several) / rate(&run.one)).at_least(SHARE),
        of("events that each store took", "", &|run| run.several.taken),
        of("one store: server CPU an event", "us", &|run| cpu(&run.one)),
        of("three stores: server CPU an event", "us", &|run| cpu(&run.several)),
    ]
}
