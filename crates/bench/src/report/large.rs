//! The figures of a server that has many events.

use super::Measure;
use crate::large::LargeRun;
use crate::lookups::PageTimes;

/// What two cores should reach.
const IMPORT_PER_SECOND: f64 = 100_000.0;
const TABLE_AGAINST_ZSTD: f64 = 1.0;
const PAGE_MS: f64 = 25.0;
const VERIFY_MEGABYTES: f64 = 150.0;
const IDLE_MEGABYTES: f64 = 80.0;
const START_MS: f64 = 500.0;

const MEGABYTE: f64 = (1 << 20) as f64;

pub(super) fn measures(run: &LargeRun) -> Vec<Measure> {
    let events = run.events.max(1) as f64;
    let of = |group, name: &str, unit, value| Measure::new(group, name.to_owned(), unit, vec![value]);
    let mut measures = vec![
        of("import of gzip files", "events durable and in history", "/s", events / run.import.as_secs_f64())
            .at_least(IMPORT_PER_SECOND),
        of("import of gzip files", "events", "", events),
        of("import of gzip files", "files", "", run.files as f64),
        of("import of gzip files", "files' bytes", "MB", run.file_bytes as f64 / 1e6),
        of("import of gzip files", "server CPU an event", "us", run.server_cpu * 1e6 / events),
        of("the history table, compacted", "bytes an event", "", run.table_bytes as f64 / events),
        of("the history table, compacted", "zstd -9 of the same lines", "", run.zstd_bytes as f64 / events),
        of(
            "the history table, compacted",
            "the one by the other",
            "",
            run.table_bytes as f64 / run.zstd_bytes.max(1) as f64,
        )
        .at_most(TABLE_AGAINST_ZSTD),
    ];
    measures.extend(run.lookups.iter().map(page));
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

fn page(page: &PageTimes) -> Measure {
    let name = format!("{} {}, page {}", page.attribute, page.value, page.page);
    Measure::new("LookupEvents, p99", name, "ms", vec![page.times.percentile_ms(99)]).at_most(PAGE_MS)
}
