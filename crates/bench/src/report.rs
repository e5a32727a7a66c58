//! The results: one list of measures, for people as a table and for programs as JSON.

mod gateway;
mod import;
mod large;
mod selectors;
mod stores;
mod table;

use crate::arguments::Settings;
use crate::gateway::GatewayRun;
use crate::import::ImportRun;
use crate::ingest::IngestRun;
use crate::large::LargeRun;
use crate::lookups::PageTimes;
use crate::machine::{Disk, Probes};
use crate::quantiles::median;
use crate::selectors::SelectorsRun;
use crate::single::SingleRun;
use crate::stores::StoresRun;
use crate::visible::VisibleRun;
use serde::Serialize;

/// What the figures are held against. Of Cairn's own making: what a machine with two cores should reach.
const EVENTS_PER_SECOND: f64 = 80_000.0;
const READERS_SECONDS: f64 = 10.0;
const VISIBLE_MS: f64 = 1000.0;
const MEGABYTES: f64 = 1024.0;

/// A benchmark's results.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// The version of the results' form.
    format_version: u32,
    settings: Settings,
    /// How many cores server and clients shared.
    cores: usize,
    measures: Vec<Measure>,
    /// What to know before believing the figures.
    notes: Vec<String>,
}

/// One thing that was measured, once or in every run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measure {
    group: &'static str,
    name: String,
    unit: &'static str,
    runs: Vec<f64>,
    median: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<Goal>,
}

/// What a median should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Goal::AtLeast(bound) => value >= bound,
            Goal::AtMost(bound) => value <= bound,
        }
    }
}

/// All that was measured; what was left out has no runs.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) probes: Probes,
    pub(crate) ingest: Vec<IngestRun>,
    pub(crate) single: Vec<SingleRun>,
    pub(crate) visible: Vec<VisibleRun>,
    pub(crate) selectors: Vec<SelectorsRun>,
    pub(crate) gateway: Vec<GatewayRun>,
    /// Imports that stand alone; that of `large` comes behind them.
    pub(crate) import: Vec<ImportRun>,
    /// One event data store and several.
    pub(crate) stores: Vec<StoresRun>,
    pub(crate) large: Option<LargeRun>,
    /// LookupEvents on a server that stays.
    pub(crate) lookups: Vec<PageTimes>,
}

impl Measured {
    /// Nothing but the machine.
    pub(crate) fn new(probes: Probes) -> Measured {
        let (ingest, single, visible, selectors, gateway, import, stores, lookups) = Default::default();
        Measured { probes, ingest, single, visible, selectors, gateway, import, stores, large: None, lookups }
    }
}

impl Report {
    pub(crate) fn new(settings: &Settings, measured: &Measured) -> Report {
        let Measured { probes, ingest, single, visible, selectors, gateway, import, stores, large, lookups } =
            measured;
        let imports: Vec<ImportRun> =
            import.iter().copied().chain(large.iter().map(|run| run.import)).collect();
        let mut measures = ingest_measures(ingest);
        measures.extend(single_measures(single));
        measures.extend(visible_measures(visible));
        measures.extend(selectors::measures(selectors));
        measures.extend(gateway::measures(gateway));
        measures.extend(import::measures(&imports));
        measures.extend(stores::measures(stores));
        measures.extend(large.iter().flat_map(large::measures));
        measures.extend(large::page_measures(lookups));
        measures.extend(disk_measures("the disk, before durable ingest", ingest.iter().map(|run| &run.disk)));
        measures.extend(disk_measures("the disk, before single events", single.iter().map(|run| &run.disk)));
        measures.extend(disk_measures(
            "the disk, before the gateway",
            gateway.iter().filter_map(|run| run.latency.as_ref()).map(|latency| &latency.disk),
        ));
        measures.extend(probe_measures(*probes));
        measures.retain(|measure| !measure.runs.is_empty());
        Report {
            format_version: 1,
            settings: settings.clone(),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            measures,
            notes: notes(*probes, ingest),
        }
    }
}

fn ingest_measures(runs: &[IngestRun]) -> Vec<Measure> {
    let of = |name, unit, value: &dyn Fn(&IngestRun) -> f64| {
        Measure::new("durable ingest", name, unit, runs.iter().map(value).collect())
    };
    let seconds = |run: &IngestRun| run.load.as_secs_f64();
    vec![
        of("events acknowledged", "/s", &|run| run.events as f64 / seconds(run)).at_least(EVENTS_PER_SECOND),
        of("text acknowledged", "MB/s", &|run| run.bytes as f64 / 1e6 / seconds(run)),
        of("a request, p50", "ms", &|run| run.requests.percentile_ms(50)),
        of("a request, p99", "ms", &|run| run.requests.percentile_ms(99)),
        of("events a commit", "", &|run| run.events as f64 / run.log.commits.max(1) as f64),
        of("the log's fdatasync, mean", "ms", &|run| run.log.mean_sync_ms()),
        of("history caught up after", "s", &|run| run.history_after.as_secs_f64()).at_most(READERS_SECONDS),
        of("trail delivered after", "s", &|run| run.trail_after.as_secs_f64()).at_most(READERS_SECONDS),
        of("server CPU an event", "us", &|run| run.server_cpu * 1e6 / run.events.max(1) as f64),
        of("client CPU an event", "us", &|run| run.client_cpu * 1e6 / run.events.max(1) as f64),
        of("server memory at most", "MiB", &|run| run.peak_memory as f64 / f64::from(1 << 20))
            .at_most(MEGABYTES),
    ]
}

/// The goals hang on the disk of the same runs: the server adds a fixed time to one write and a bit.
fn single_measures(runs: &[SingleRun]) -> Vec<Measure> {
    let values = |value: &dyn Fn(&SingleRun) -> f64| runs.iter().map(value).collect::<Vec<_>>();
    let of = |name, value| Measure::new("single events", name, "ms", values(value));
    let disk = |percent| median(&values(&|run| run.disk.small.percentile_ms(percent)));
    vec![
        of("acknowledged, p50", &|run: &SingleRun| run.times.answered.percentile_ms(50))
            .at_most(1.5 * disk(50) + 0.7),
        of("acknowledged, p99", &|run: &SingleRun| run.times.answered.percentile_ms(99))
            .at_most(2.0 * disk(99) + 3.0),
        of("the log's fdatasync, mean", &|run: &SingleRun| run.log.mean_sync_ms()),
        of("of it sent late, p50", &|run: &SingleRun| run.times.late.percentile_ms(50)),
        of("of it sent late, p99", &|run: &SingleRun| run.times.late.percentile_ms(99)),
    ]
}

fn visible_measures(runs: &[VisibleRun]) -> Vec<Measure> {
    let of = |name, unit, value: &dyn Fn(&VisibleRun) -> f64| {
        Measure::new("acknowledged to visible", name, unit, runs.iter().map(value).collect())
    };
    vec![
        of("events acknowledged", "/s", &|run| run.rate),
        of("seen by LookupEvents, p50", "ms", &|run| run.visible.percentile_ms(50)),
        of("seen by LookupEvents, p99", "ms", &|run| run.visible.percentile_ms(99)).at_most(VISIBLE_MS),
    ]
}

fn disk_measures<'a>(group: &'static str, disks: impl Iterator<Item = &'a Disk>) -> Vec<Measure> {
    let disks: Vec<&Disk> = disks.collect();
    let of = |name, value: &dyn Fn(&Disk) -> f64| {
        Measure::new(group, name, "ms", disks.iter().map(|disk| value(disk)).collect())
    };
    vec![
        of("fdatasync of 4 KiB, p50", &|disk| disk.small.percentile_ms(50)),
        of("fdatasync of 4 KiB, p99", &|disk| disk.small.percentile_ms(99)),
        of("fdatasync of 1 MiB, p50", &|disk| disk.large.percentile_ms(50)),
        of("fdatasync of 1 MiB, p99", &|disk| disk.large.percentile_ms(99)),
    ]
}

fn probe_measures(probes: Probes) -> Vec<Measure> {
    let of = |name, unit, value| Measure::new("one core", name, unit, vec![value]);
    vec![
        of("memory copy", "GB/s", probes.copy_gigabytes),
        of("gzip -6 of these events", "MB/s", probes.gzip_megabytes),
        of("they become smaller by", "times", probes.gzip_ratio),
    ]
}

fn notes(probes: Probes, ingest: &[IngestRun]) -> Vec<String> {
    let mut notes = Vec::new();
    if probes.work_in_memory {
        notes.push("The work folder is in memory (tmpfs): nothing here was durable. Give --work.".to_owned());
    }
    if cfg!(debug_assertions) {
        notes.push("cairn-bench was built without --release.".to_owned());
    }
    let busy: u64 = ingest.iter().map(|run| run.busy).sum();
    if busy > 0 {
        notes.push(format!(
            "The server answered {busy} requests of durable ingest with \"busy\"; they are not counted."
        ));
    }
    notes
}

impl Measure {
    fn new(group: &'static str, name: impl Into<String>, unit: &'static str, runs: Vec<f64>) -> Measure {
        Measure { group, name: name.into(), unit, median: median(&runs), runs, goal: None }
    }

    fn at_least(self, bound: f64) -> Measure {
        Measure { goal: Some(Goal::AtLeast(bound)), ..self }
    }

    fn at_most(self, bound: f64) -> Measure {
        Measure { goal: Some(Goal::AtMost(bound)), ..self }
    }
}

#[cfg(test)]
mod tests;
