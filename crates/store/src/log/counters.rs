//! What the log counts, for health and metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds, in microseconds, of the buckets of [`SyncTimes::buckets`]; the last bucket has
/// none.
pub const SYNC_BUCKETS_MICROS: [u64; 12] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

const BUCKETS: usize = SYNC_BUCKETS_MICROS.len() + 1;

/// What the log has done since it was opened, and how large it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogStats {
    /// Group commits.
    pub commits: u64,
    /// Records in them.
    pub records: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Batches that were refused, for whatever reason.
    pub refused: u64,
    /// How long the disk took to sync each commit.
    pub sync: SyncTimes,
    /// Bytes of batches that wait or are being written.
    pub queue_bytes: usize,
    /// Segment files.
    pub segments: usize,
    /// Bytes of the segment files, unused space in the newest included.
    pub disk_bytes: u64,
    /// Whether the disk has failed for good: nothing more is taken until a restart.
    pub fatal: bool,
}

/// A histogram of sync times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncTimes {
    /// How many.
    pub count: u64,
    /// Their sum in microseconds.
    pub sum_micros: u64,
    /// The longest in microseconds.
    pub max_micros: u64,
    /// How many were at most [`SYNC_BUCKETS_MICROS`] and above the bound before.
    pub buckets: [u64; BUCKETS],
}

#[derive(Default)]
pub(super) struct Counters {
    commits: AtomicU64,
    records: AtomicU64,
    bytes: AtomicU64,
    refused: AtomicU64,
    sync_sum_micros: AtomicU64,
    sync_max_micros: AtomicU64,
    sync_buckets: [AtomicU64; BUCKETS],
}

impl Counters {
    pub(super) fn count_commit(&self, records: u64, bytes: u64, sync: Duration) {
        let micros = u64::try_from(sync.as_micros()).unwrap_or(u64::MAX);
        let bucket = SYNC_BUCKETS_MICROS.partition_point(|bound| *bound < micros);
        add(&self.commits, 1);
        add(&self.records, records);
        add(&self.bytes, bytes);
        add(&self.sync_sum_micros, micros);
        add(&self.sync_buckets[bucket], 1);
        self.sync_max_micros.fetch_max(micros, Ordering::Relaxed);
    }

    pub(super) fn count_refused(&self, batches: u64) {
        add(&self.refused, batches);
    }

    /// The counts, each right by itself; between them a commit may come.
    pub(super) fn stats(&self) -> LogStats {
        let buckets = self.sync_buckets.each_ref().map(get);
        LogStats {
            commits: get(&self.commits),
            records: get(&self.records),
            bytes: get(&self.bytes),
            refused: get(&self.refused),
            sync: SyncTimes {
                count: buckets.iter().sum(),
                sum_micros: get(&self.sync_sum_micros),
                max_micros: get(&self.sync_max_micros),
                buckets,
            },
            ..LogStats::default()
        }
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
