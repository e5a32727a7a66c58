//! How delivery is set up.

use std::path::PathBuf;
use std::time::Duration;

/// How delivery is set up.
#[derive(Clone, Debug)]
pub struct DeliveryOptions {
    /// The folder that holds `outbox.db` and the folder `outbox`; made if it is missing.
    pub dir: PathBuf,
    /// How long an event waits at most for the cut that puts it into a log file.
    pub deliver_every: Duration,
    /// How long a digest's window is.
    pub digest_every: Duration,
    /// The region of events that name none, or name one that cannot be part of a key.
    pub region: String,
    /// Bounds that only tests and unusual machines change.
    pub limits: Limits,
}

impl DeliveryOptions {
    /// The defaults: a cut every 5 minutes, a digest every hour, as CloudTrail does.
    pub fn new(dir: impl Into<PathBuf>, region: impl Into<String>) -> DeliveryOptions {
        DeliveryOptions {
            dir: dir.into(),
            deliver_every: Duration::from_secs(5 * 60),
            digest_every: Duration::from_secs(3600),
            region: region.into(),
            limits: Limits::default(),
        }
    }
}

/// Bounds of memory, file sizes and waiting.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of a log file before compression; an event that is larger gets a file of its own.
    pub file_bytes: usize,
    /// Memory for events that are not in the outbox yet. A cut is asked for at half of it, so that reading goes
    /// on while the other half is written.
    pub buffered_bytes: usize,
    /// Memory for the counts of aggregated events. No trail may hold more of it than what is still free; one that
    /// would makes records of what it has.
    pub aggregated_bytes: usize,
    /// libdeflate's level, 0 to 12.
    pub gzip_level: i32,
    /// Its level while events come so fast that half of the memory fills within two seconds.
    pub gzip_level_in_haste: i32,
    /// What may wait in the outbox, in bytes. No trail may hold more of it than what is still free; a trail
    /// that would, skips events and has a gap.
    pub outbox_bytes: u64,
    /// Free bytes of the disk that the outbox leaves to others.
    pub keep_free_bytes: u64,
    /// How many messages for a topic that takes none are kept.
    pub messages: u32,
    /// What may wait for log groups, in bytes, beside `outbox_bytes`. No trail may hold more of it than what is still
    /// free; log files of a trail that would go to its bucket alone.
    pub log_group_bytes: u64,
    /// How long one upload, one message to a topic, or one call for a log group may take before it counts as failed.
    pub put_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            // CloudTrail's limit is "50 MB before compression": the smaller reading of MB.
            file_bytes: 50_000_000,
            buffered_bytes: 64 << 20,
            aggregated_bytes: 8 << 20,
            gzip_level: 6,
            gzip_level_in_haste: 1,
            outbox_bytes: 10 << 30,
            keep_free_bytes: 512 << 20,
            messages: 100_000,
            log_group_bytes: 1 << 30,
            put_timeout: Duration::from_secs(60),
        }
    }
}
