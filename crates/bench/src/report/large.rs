//! The figures of a server that has many events.

use super::Measure;
use crate::large::LargeRun;
use crate::lookups::PageTimes;

/// What two cores should reach.
const TABLE_AGAINST_ZSTD: f64 = 1.0;
const PAGE_MS: f64 = 25.0;
const VERIFY_MEGABYTES: f64 = 150.0;
const IDLE_MEGABYTES: f64 = 80.0;
const START_MS: f64 = 500.0;

const MEGABYTE: f64 = (1 << 20) as f64;

pub(super) fn measures(run: &LargeRun) -> Vec<Measure> {
    let files = run.import.files;
    let events = files.events.max(1) as f64;
    let of = |group, name: &str, unit, value| Measure::new(group, name.to_owned(), unit, vec![value]);
    let mut measures = vec![
        of("the history table, compacted", "bytes an event", "", run.table_bytes as f64 / events),
        of("the history table, compacted", "zstd -9 of the same lines", "", files.zstd_bytes as f64 / events),
        of(
            "the history table, compacted",
            "the one by the other",
            "",
            run.table_bytes as f64 / files.zstd_bytes.max(1) as f64,
        )
        .at_most(TABLE_AGAINST_ZSTD),
    ];
    measures.extend(run.lookups.iter().map(slowest));
    let verified = run.verified_bytes as f64 / 1e6;
    measures.push(of("cairn verify", "compressed bytes proved", "MB", verified));
    measures.push(
        of("cairn verify", "compressed bytes a second", "MB/s", verified / run.verify.as_secs_f64())
            .at_least(VERIFY_MEGABYTES),
    );
    measures.push(
        of("a server", "memory when idle", "MiB", run.idle_memory as f64 / MEGABYTE).at_most(IDLE_MEGABYTES),
    );
    measures.push(of("a server", "events at the start", "", run.start_events as f64));
    measures
        .push(of("a server", "start to first answer", "ms", run.start.as_secs_f64() * 1e3).at_most(START_MS));
    measures
}

/// All that is known of single pages.
pub(super) fn page_measures(pages: &[PageTimes]) -> Vec<Measure> {
    let of = |group, value: fn(&PageTimes) -> f64| {
        pages.iter().map(move |page| Measure::new(group, name(page), "ms", vec![value(page)]))
    };
    let medians = of("LookupEvents, p50", |page| page.times.percentile_ms(50));
    let cpu = of("LookupEvents, server CPU a page", |page| page.cpu * 1e3);
    pages.iter().map(slowest).chain(medians).chain(cpu).collect()
}

fn slowest(page: &PageTimes) -> Measure {
    let slowest = vec![page.times.percentile_ms(99)];
    Measure::new("LookupEvents, p99", name(page), "ms", slowest).at_most(PAGE_MS)
}

fn name(page: &PageTimes) -> String {
    format!("{} {}, page {}", page.attribute, page.value, page.page)
}
