//! What needs many events: finding them, how small they become, and how soon a server that has them answers.

use crate::arguments::Settings;
use crate::error::BenchError;
use crate::import::{self, ImportRun};
use crate::ingest;
use crate::lookups::{self, PageTimes};
use crate::pool::Pool;
use crate::server::Server;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the table has to stay as it is to count as compacted: longer than the server waits between looks at it.
const SETTLED: Duration = Duration::from_secs(75);
/// How long compaction may take before the table counts as it is.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(600);
const SETTLE_POLL: Duration = Duration::from_secs(1);
/// How often the trail makes digests, and how long to wait until one covers all.
const DIGEST_EVERY: &str = "20s";
const DIGESTED: Duration = Duration::from_secs(30);
/// How long a server has nothing to do before its memory is read.
const IDLE: Duration = Duration::from_secs(10);

/// What was measured, once.
#[derive(Clone, Debug)]
pub(crate) struct LargeRun {
    /// How the events came in.
    pub(crate) import: ImportRun,
    /// Bytes of the history table's folder when it was compacted.
    pub(crate) table_bytes: u64,
    /// LookupEvents on them.
    pub(crate) lookups: Vec<PageTimes>,
    /// Compressed bytes of log files and digests that `cairn verify` proved.
    pub(crate) verified_bytes: u64,
    /// How long it took.
    pub(crate) verify: Duration,
    /// Memory of a fresh server that has nothing to do, in bytes.
    pub(crate) idle_memory: u64,
    /// Events that were there at the start that was timed.
    pub(crate) start_events: u64,
    /// From the start of the process to its first answer, after a stop in good order.
    pub(crate) start: Duration,
}

/// Measures all of it on one server.
pub(crate) async fn run(settings: &Settings, pool: &mut Pool) -> Result<LargeRun, BenchError> {
    let mut server = Server::start_with(settings, &["--digest-every", DIGEST_EVERY]).await?;
    tokio::time::sleep(IDLE).await;
    let idle_memory = server.resident_memory()?;
    let import = import::import(&server, settings).await?;
    let events = import.files.events;
    let table_bytes = compacted(&server).await?;
    let lookups = lookups::measure(&server).await?;
    let more = settings.start_events.saturating_sub(events);
    let start_events = events + ingest::fill(settings, &server, pool, more).await?;
    let start = server.restart(settings).await?;
    let (verified_bytes, verify) = verify(&server, settings).await?;
    Ok(LargeRun { import, table_bytes, lookups, verified_bytes, verify, idle_memory, start_events, start })
}

/// Measures LookupEvents alone, on a server that stays; a new one takes the events first.
pub(crate) async fn look_up(settings: &Settings) -> Result<Vec<PageTimes>, BenchError> {
    let server = Server::start(settings).await?;
    let rows = server.figures().await?.value("cairn_history_table_rows")?;
    if (rows as u64) < settings.import_events {
        import::import(&server, settings).await?;
        compacted(&server).await?;
    }
    lookups::measure(&server).await
}

/// Proves all that the trail delivered, where it lies.
async fn verify(server: &Server, settings: &Settings) -> Result<(u64, Duration), BenchError> {
    tokio::time::sleep(DIGESTED).await;
    server.client(settings, &["key", "export", "keys.json"])?;
    let buckets = server.data_folder().join("buckets");
    let bytes = folder_bytes(&buckets)?;
    let start = Instant::now();
    server.client(settings, &["verify", &buckets.to_string_lossy(), "--keys", "keys.json"])?;
    Ok((bytes, start.elapsed()))
}

/// Waits until the table's files stay as they are; returns the bytes of its folder.
async fn compacted(server: &Server) -> Result<u64, BenchError> {
    let folder = server.history_folder();
    let begin = Instant::now();
    let (mut seen, mut since) = (folder_bytes(&folder)?, Instant::now());
    while since.elapsed() < SETTLED && begin.elapsed() < SETTLE_TIMEOUT {
        tokio::time::sleep(SETTLE_POLL).await;
        let now = folder_bytes(&folder)?;
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
    Ok(seen)
}

/// Bytes of all files below a folder.
fn folder_bytes(folder: &Path) -> Result<u64, BenchError> {
    let mut bytes = 0;
    for entry in folder.read_dir().map_err(BenchError::file(folder))? {
        let entry = entry.map_err(BenchError::file(folder))?;
        // A file that went meanwhile counts nothing.
        let Ok(metadata) = entry.metadata() else { continue };
        bytes += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
