//! Upkeep of the table: expired days go, small files are joined, files that nothing names are deleted.
//!
//! In steps of a second at most, on threads that give way to all others, so that upkeep holds up nobody.

mod join;
mod joining;
mod plan;

use crate::error::LakeError;
use crate::history::Shared;
use crate::table::{Purpose, TableChange, TableFile, day_start};
use cairn_model::{Position, Timestamp};
use join::Join;
use joining::join_some;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How large a joined file gets, in bytes; it is in memory while it is written.
pub(crate) const JOINED_BYTES_MAX: u64 = 64 << 20;
/// Files of at least this size are not joined any more.
const LARGE_BYTES: u64 = JOINED_BYTES_MAX / 2;
/// How long no events come until what was too little to join is joined.
pub(crate) const QUIET_AFTER: Duration = Duration::from_secs(30);
/// How long files stay that are no longer of the table, for those who read it without asking Cairn. Look-ups take
/// the table as it is now when a file is gone.
pub(crate) const DELETED_AFTER: Duration = Duration::from_secs(60);
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
    /// Whether there is more to join at once.
    pub has_more: bool,
}

/// What upkeep remembers from step to step.
#[derive(Default)]
pub(crate) struct Schedule {
    vacuumed: Option<Timestamp>,
    /// What look-ups saw committed last, and since when.
    committed: Option<(Position, Timestamp)>,
    joining: Option<Box<Join>>,
    /// Where the last file begins that was added to a day, and since when that is so.
    filled: HashMap<i32, (u64, Timestamp)>,
    /// Files that are no longer of the table, and since when.
    removed: VecDeque<(Timestamp, Arc<TableFile>)>,
}

/// One step of upkeep.
pub(crate) async fn maintain(history: &Arc<Shared>, now: Timestamp) -> Result<Maintenance, LakeError> {
    let mut schedule = history.maintenance.lock().await;
    history.reader.rest();
    let mut done =
        Maintenance { expired_rows: expire(history, &mut schedule, now).await?, ..Maintenance::default() };
    if let Some(joined) = join_some(history, &mut schedule, now).await? {
        (done.joined_files, done.has_more) = (joined, true);
    }
    done.deleted_files = delete(history, &mut schedule, now).await;
    if schedule.vacuumed.is_none_or(|last| now.since(last) >= VACUUM_EVERY) {
        let mut table = history.table.lock().await;
        done.deleted_files += table.vacuum().await? as u64;
        history.publish(table.view());
        schedule.vacuumed = Some(now);
    }
    Ok(done)
}

/// Takes the days out of the table whose events have all expired.
async fn expire(history: &Shared, schedule: &mut Schedule, now: Timestamp) -> Result<u64, LakeError> {
    let kept_after = now.minus(history.retention()).as_micros();
    let mut table = history.table.lock().await;
    table.settle().await?;
    let remove = expired(&table.view().files, kept_after);
    let rows = remove.iter().map(|file| file.rows).sum();
    if !remove.is_empty() {
        let change = TableChange { add: Vec::new(), remove: remove.clone(), purpose: Purpose::Expire };
        table.commit(change).await?;
        schedule.removed(&remove, now);
    }
    history.publish(table.view());
    Ok(rows)
}

/// The files of days that lie wholly at or before `kept_after`.
fn expired(files: &[Arc<TableFile>], kept_after: i64) -> Vec<Arc<TableFile>> {
    let expired = |file: &&Arc<TableFile>| day_start(file.kept_day + 1) <= kept_after;
    files.iter().filter(expired).cloned().collect()
}

/// Deletes files that have not been of the table for long enough and that no running statement reads: it has them in its
/// view, and no new view gets them. Returns how many.
async fn delete(history: &Shared, schedule: &mut Schedule, now: Timestamp) -> u64 {
    let due = schedule.removed.iter().take_while(|(since, _)| now.since(*since) >= DELETED_AFTER).count();
    if due == 0 {
        return 0;
    }
    let table = history.table.lock().await;
    if table.is_held() {
        return 0;
    }
    let (unused, used): (VecDeque<_>, VecDeque<_>) =
        schedule.removed.drain(..due).partition(|(_, file)| Arc::strong_count(file) == 1);
    for (_, file) in &unused {
        table.delete(&file.path).await;
    }
    let later = std::mem::replace(&mut schedule.removed, used);
    schedule.removed.extend(later);
    unused.len() as u64
}

impl Schedule {
    /// Whether nothing was committed for a while; `committed` is what is now.
    fn is_quiet(&mut self, committed: Position, now: Timestamp) -> bool {
        match self.committed {
            Some((last, since)) if last == committed => now.since(since) >= QUIET_AFTER,
            _ => {
                self.committed = Some((committed, now));
                false
            }
        }
    }

    /// The days of `files` to which events came lately: of former times, too, if they are imported. After a start all
    /// are, for a while.
    fn filling(&mut self, files: &[Arc<TableFile>], now: Timestamp) -> BTreeSet<i32> {
        let mut newest: HashMap<i32, u64> = HashMap::new();
        for file in files {
            let first = newest.entry(file.kept_day).or_default();
            *first = file.first_position.max(*first);
        }
        self.filled.retain(|day, _| newest.contains_key(day));
        let mut filling = BTreeSet::new();
        for (day, first) in newest {
            let (known, since) = self.filled.entry(day).or_insert((first, now));
            // Joining makes of several beginnings the first: nothing came by that.
            if first > *known {
                (*known, *since) = (first, now);
            }
            if now.since(*since) < QUIET_AFTER {
                filling.insert(day);
            }
        }
        filling
    }

    /// Takes note of files that a commit took out of the table.
    fn removed(&mut self, files: &[Arc<TableFile>], now: Timestamp) {
        self.removed.extend(files.iter().map(|file| (now, Arc::clone(file))));
    }
}

#[cfg(test)]
mod tests;
