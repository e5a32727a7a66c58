//! Upkeep of the table: expired days go, small files are joined, files that nothing names are deleted.

mod join;

use crate::error::LakeError;
use crate::history::Shared;
use crate::table::{Purpose, TableChange, TableFile, day_start};
use cairn_model::Timestamp;
use join::join;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How large a joined file gets, in bytes; it is in memory while it is written.
pub(crate) const JOINED_BYTES_MAX: u64 = 64 << 20;
/// Files of at least this size are not joined any more.
const LARGE_BYTES: u64 = JOINED_BYTES_MAX / 2;
/// How many files of about the same size are joined, at most.
const JOINED_FILES: usize = 8;
/// So many files are joined even while many events come: look-ups open them all.
const FILES_MAX: usize = 200;
/// Joins in one call, so that it returns.
const JOINS_MAX: usize = 32;
/// How often files that nothing names are looked for.
pub(crate) const VACUUM_EVERY: Duration = Duration::from_secs(3600);

/// What [`crate::History::maintain`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintenance {
    /// Events whose retention has ended.
    pub expired_rows: u64,
    /// Files that were joined.
    pub joined_files: u64,
    /// Files that were deleted.
    pub deleted_files: u64,
}

/// When upkeep is done next.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    vacuumed: Option<Timestamp>,
}

/// One round of upkeep.
pub(crate) async fn maintain(history: &Arc<Shared>, now: Timestamp) -> Result<Maintenance, LakeError> {
    let mut schedule = history.maintenance.lock().await;
    let mut done = Maintenance { expired_rows: expire(history, now).await?, ..Maintenance::default() };
    for _ in 0..JOINS_MAX {
        // Committing what has come goes first, so that the log can be dropped.
        if history.is_behind() && history.files() < FILES_MAX {
            break;
        }
        match join_some(history).await? {
            0 => break,
            joined => done.joined_files += joined,
        }
    }
    if schedule.vacuumed.is_none_or(|last| now.since(last) >= VACUUM_EVERY) {
        let mut table = history.table.lock().await;
        done.deleted_files = table.vacuum().await? as u64;
        history.publish(table.view());
        schedule.vacuumed = Some(now);
    }
    Ok(done)
}

/// Takes the days out of the table whose events have all expired.
async fn expire(history: &Shared, now: Timestamp) -> Result<u64, LakeError> {
    let kept_after = now.minus(history.options.retention).as_micros();
    let mut table = history.table.lock().await;
    table.settle().await?;
    let remove = expired(&table.view().files, kept_after);
    let rows = remove.iter().map(|file| file.rows).sum();
    if !remove.is_empty() {
        let purpose = Purpose::Expire;
        let add = Vec::new();
        table.commit(TableChange { add, remove, purpose }).await?;
    }
    history.publish(table.view());
    Ok(rows)
}

/// The files of days that lie wholly at or before `kept_after`.
fn expired(files: &[Arc<TableFile>], kept_after: i64) -> Vec<Arc<TableFile>> {
    let expired = |file: &&Arc<TableFile>| day_start(file.kept_day + 1) <= kept_after;
    files.iter().filter(expired).cloned().collect()
}

/// Joins one set of files, if there is one. Writing the joined file holds up nobody; a crash before
/// the commit leaves it for vacuum.
async fn join_some(history: &Arc<Shared>) -> Result<u64, LakeError> {
    let (remove, store) = {
        let table = history.table.lock().await;
        (joinable(&table.view().files), table.files())
    };
    let Some(remove) = remove else { return Ok(0) };
    let (worker, sources) = (Arc::clone(history), remove.clone());
    let work = move || join(&sources, &worker.reader);
    let written = tokio::task::spawn_blocking(work).await.map_err(LakeError::from)??;
    let mut add = Vec::new();
    if let Some(written) = written {
        add.push(written.store(&store).await?);
    }
    let mut table = history.table.lock().await;
    table.settle().await?;
    let view = table.view();
    // Only upkeep removes files, and there is one upkeep; so they are all there still.
    let joined = remove.len() as u64;
    debug_assert!(remove.iter().all(|file| view.files.iter().any(|live| live.path == file.path)));
    let purpose = Purpose::Join;
    table.commit(TableChange { add, remove, purpose }).await?;
    history.publish(table.view());
    Ok(joined)
}

/// Files of one day and of about the same size, those that arrived first, if there are enough of them for
/// a file of eight times the size or of [`JOINED_BYTES_MAX`]. Each event is so written again a few times
/// only, however many commits a day has.
fn joinable(files: &[Arc<TableFile>]) -> Option<Vec<Arc<TableFile>>> {
    let mut alike: BTreeMap<(i32, u32), Vec<Arc<TableFile>>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.bytes < LARGE_BYTES) {
        // Steps of eight times the size, as eight files are joined.
        let size = file.bytes.max(1).ilog2() / 3;
        alike.entry((file.kept_day, size)).or_default().push(Arc::clone(file));
    }
    alike.into_values().find_map(|mut files| {
        files.sort_unstable_by_key(|file| file.first_position);
        let mut bytes = 0;
        let fitting = files.iter().take_while(|file| {
            bytes += file.bytes;
            bytes <= JOINED_BYTES_MAX
        });
        let fitting = fitting.count().min(JOINED_FILES);
        let is_enough = fitting == JOINED_FILES || fitting < files.len();
        files.truncate(fitting);
        (is_enough && fitting > 1).then_some(files)
    })
}

#[cfg(test)]
mod tests;
