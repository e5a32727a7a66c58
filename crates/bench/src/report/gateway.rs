//! The figures of the recording gateway.

use super::Measure;
use crate::gateway::{CpuSeconds, GatewayRun, Rounds};
use crate::quantiles::median;

const GROUP: &str = "the recording gateway";
/// Of the requests a second of a plain proxy.
const THROUGHPUT: f64 = 0.7;
/// Of the CPU time of a plain proxy.
const TRANSFER_CPU: f64 = 1.15;
const MEGABYTES: f64 = 150.0;

/// The goals of the added times hang on the disk of the same runs: recording adds one write and a bit.
pub(super) fn measures(runs: &[GatewayRun]) -> Vec<Measure> {
    let values = |value: &dyn Fn(&GatewayRun) -> f64| runs.iter().map(value).collect::<Vec<_>>();
    let of = |name, unit, value: &dyn Fn(&GatewayRun) -> f64| Measure::new(GROUP, name, unit, values(value));
    let disk = |percent| median(&values(&|run| run.latency.disk.small.percentile_ms(percent)));
    vec![
        of("added to a call, p50", "ms", &|run| run.latency.added_ms(50)).at_most(1.5 * disk(50) + 0.5),
        of("added to a call, p99", "ms", &|run| run.latency.added_ms(99)).at_most(2.0 * disk(99) + 2.0),
        of("a plain proxy's call, p50", "ms", &|run| run.latency.plain.answered.percentile_ms(50)),
        of("a plain proxy's call, p99", "ms", &|run| run.latency.plain.answered.percentile_ms(99)),
        of("of recorded ones sent late, p50", "ms", &|run| run.latency.recorded.late.percentile_ms(50)),
        of("of recorded ones sent late, p99", "ms", &|run| run.latency.recorded.late.percentile_ms(99)),
        of("async calls", "/s", &|run| run.throughput.recorded.rate()),
        of("a plain proxy's calls", "/s", &|run| run.throughput.plain.rate()),
        of("the one by the other", "", &throughput).at_least(THROUGHPUT),
        of("CPU of an async call", "us", &|run| Rounds::call_cpu_us(&run.throughput.recorded)),
        of("a plain proxy's CPU of a call", "us", &|run| Rounds::call_cpu_us(&run.throughput.plain)),
        of("async events dropped", "", &|run| run.throughput.dropped as f64).at_most(0.0),
        of("an object up, CPU", "s", &|run| run.transfer.recorded.upload),
        of("an object down, CPU", "s", &|run| run.transfer.recorded.download),
        of("a plain proxy's CPU for both", "s", &|run| run.transfer.plain.total()),
        of("the one by the other", "", &transfer).at_most(TRANSFER_CPU),
        of("an object up and down", "s", &|run| run.transfer.took.as_secs_f64()),
        of("memory before the crowd", "MB", &|run| run.crowd.before as f64 / 1e6),
        of("memory with 500 in flight", "MB", &|run| run.crowd.most as f64 / 1e6).at_most(MEGABYTES),
    ]
}

fn throughput(run: &GatewayRun) -> f64 {
    run.throughput.recorded.rate() / run.throughput.plain.rate()
}

fn transfer(run: &GatewayRun) -> f64 {
    CpuSeconds::total(run.transfer.recorded) / CpuSeconds::total(run.transfer.plain)
}
