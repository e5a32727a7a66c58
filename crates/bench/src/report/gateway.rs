//! The figures of the recording gateway.

use super::Measure;
use crate::gateway::{CpuSeconds, Crowd, GatewayRun, Latency, Rounds, Throughput, Transfer};
use crate::quantiles::median;

const GROUP: &str = "the recording gateway";
/// Of the requests a second of a plain proxy.
const THROUGHPUT: f64 = 0.7;
/// Of the CPU time of a plain proxy.
const TRANSFER_CPU: f64 = 1.15;
const MEGABYTES: f64 = 150.0;

/// The parts that were measured.
pub(super) fn measures(runs: &[GatewayRun]) -> Vec<Measure> {
    let mut measures = latency(&part(runs, |run| run.latency.as_ref()));
    measures.extend(throughput(&part(runs, |run| run.throughput.as_ref())));
    measures.extend(transfer(&part(runs, |run| run.transfer.as_ref())));
    measures.extend(crowd(&part(runs, |run| run.crowd.as_ref())));
    measures
}

fn part<T>(runs: &[GatewayRun], part: fn(&GatewayRun) -> Option<&T>) -> Vec<&T> {
    runs.iter().filter_map(part).collect()
}

fn measure<T>(runs: &[&T], name: &str, unit: &'static str, value: impl Fn(&T) -> f64) -> Measure {
    Measure::new(GROUP, name, unit, runs.iter().map(|run| value(run)).collect())
}

/// The goals of the added times hang on the disk of the same runs: recording adds one write and a bit.
fn latency(runs: &[&Latency]) -> Vec<Measure> {
    let of = |name, value: fn(&Latency) -> f64| measure(runs, name, "ms", value);
    let disk =
        |percent| median(&runs.iter().map(|run| run.disk.small.percentile_ms(percent)).collect::<Vec<_>>());
    vec![
        of("added to a call, p50", |run| run.added_ms(50)).at_most(1.5 * disk(50) + 0.5),
        of("added to a call, p99", |run| run.added_ms(99)).at_most(2.0 * disk(99) + 2.0),
        of("a plain proxy's call, p50", |run| run.plain.answered.percentile_ms(50)),
        of("a plain proxy's call, p99", |run| run.plain.answered.percentile_ms(99)),
        of("of recorded ones sent late, p50", |run| run.recorded.late.percentile_ms(50)),
        of("of recorded ones sent late, p99", |run| run.recorded.late.percentile_ms(99)),
    ]
}

fn throughput(runs: &[&Throughput]) -> Vec<Measure> {
    let of = |name, unit, value: fn(&Throughput) -> f64| measure(runs, name, unit, value);
    vec![
        of("async calls", "/s", |run| run.recorded.rate()),
        of("a plain proxy's calls", "/s", |run| run.plain.rate()),
        of("the one by the other", "", |run| run.recorded.rate() / run.plain.rate()).at_least(THROUGHPUT),
        of("CPU of an async call", "us", |run| Rounds::call_cpu_us(&run.recorded)),
        of("a plain proxy's CPU of a call", "us", |run| Rounds::call_cpu_us(&run.plain)),
        of("async events dropped", "", |run| run.dropped as f64).at_most(0.0),
    ]
}

fn transfer(runs: &[&Transfer]) -> Vec<Measure> {
    let of = |name, unit, value: fn(&Transfer) -> f64| measure(runs, name, unit, value);
    let share = |run: &Transfer| CpuSeconds::total(run.recorded) / CpuSeconds::total(run.plain);
    vec![
        of("an object up, CPU", "s", |run| run.recorded.upload),
        of("an object down, CPU", "s", |run| run.recorded.download),
        of("a plain proxy's CPU for both", "s", |run| run.plain.total()),
        of("the one by the other", "", share).at_most(TRANSFER_CPU),
        of("an object up and down", "s", |run| run.took.as_secs_f64()),
    ]
}

fn crowd(runs: &[&Crowd]) -> Vec<Measure> {
    let of = |name, value: fn(&Crowd) -> f64| measure(runs, name, "MB", value);
    vec![
        of("memory before the crowd", |run| run.before as f64 / 1e6),
        of("memory with 500 in flight", |run| run.most as f64 / 1e6).at_most(MEGABYTES),
    ]
}
