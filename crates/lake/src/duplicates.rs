//! Which events are in history already.
//!
//! A duplicate has the account, time, id and content of another event; it is dropped. An event with
//! the account, time and id of another but with other content is kept and flagged, or else a forged
//! early event could hide a real one.

use crate::canonical::ContentHash;
use crate::columns::{ACCOUNT, CONTENT_HASH, EVENT_TIME};
use crate::error::LakeError;
use crate::keys::{Keys, OrderKey, TextKey};
use crate::reassemble::Batch;
use crate::table::{FileReader, GROUP_ROWS, TableFile};
use datafusion::arrow::array::Array;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Memory for the marks of data files, in bytes: those of some million rows.
const MARKS_BYTES_MAX: usize = 64 << 20;

/// What an event is told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Mark {
    /// Of account, time and id; differs from process to process.
    pub(crate) identity: u64,
    pub(crate) content: ContentHash,
}

/// An event that is about to go into the table.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) key: OrderKey,
    pub(crate) event_id: Option<String>,
    pub(crate) mark: Mark,
    pub(crate) verdict: Verdict,
}

/// How an event stands to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    New,
    /// Kept and flagged.
    Conflict,
    /// Dropped.
    Duplicate,
}

/// Tells duplicates.
pub(crate) struct Duplicates {
    hasher: RandomState,
    marks: Mutex<MarkCache>,
}

/// The marks of the files used last, each sorted; the oldest go first.
#[derive(Default)]
struct MarkCache {
    by_path: HashMap<String, Arc<[Mark]>>,
    order: VecDeque<String>,
    bytes: usize,
}

impl Duplicates {
    pub(crate) fn new() -> Duplicates {
        Duplicates { hasher: RandomState::new(), marks: Mutex::default() }
    }

    /// The number of an event's account, time and id.
    pub(crate) fn identity(&self, keys: &Keys<'_>) -> u64 {
        let time = keys.event_time.as_micros();
        self.identity_of(keys.account.as_str(), time, keys.text(TextKey::EventId))
    }

    fn identity_of(&self, account: &str, event_time: i64, event_id: Option<&str>) -> u64 {
        self.hasher.hash_one((account, event_time, event_id))
    }

    /// Judges `candidates`, which stand in log order, against one another and against `files`. Files
    /// whose times do not overlap are not opened, nor those whose Bloom filters know no id.
    pub(crate) fn judge(
        &self,
        candidates: &mut [Candidate],
        files: &[Arc<TableFile>],
        reader: &FileReader,
    ) -> Result<(), LakeError> {
        judge_among(candidates);
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_unstable_by_key(|index| candidates[*index].key.event_time);
        for file in files {
            let time = |index: &usize| candidates[*index].key.event_time;
            let start = order.partition_point(|index| time(index) < file.oldest_time);
            let end = order.partition_point(|index| time(index) <= file.newest_time);
            let overlapping = &order[start..end];
            if overlapping.is_empty() {
                continue;
            }
            if let Some(marks) = self.marks_of(file, overlapping, candidates, reader)? {
                for index in overlapping {
                    candidates[*index].compare(&marks);
                }
            }
        }
        Ok(())
    }

    /// Remembers the marks of a file just written.
    pub(crate) fn remember(&self, path: &str, mut marks: Vec<Mark>) {
        marks.sort_unstable();
        self.marks().insert(path, marks.into());
    }

    fn marks(&self) -> std::sync::MutexGuard<'_, MarkCache> {
        // Inserting leaves the cache usable wherever it stops.
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sorted marks of a file; `None` if it certainly holds none of the ids.
    fn marks_of(
        &self,
        file: &TableFile,
        overlapping: &[usize],
        candidates: &[Candidate],
        reader: &FileReader,
    ) -> Result<Option<Arc<[Mark]>>, LakeError> {
        if let Some(marks) = self.marks().by_path.get(&file.path) {
            return Ok(Some(Arc::clone(marks)));
        }
        let open = reader.open(&file.path)?;
        let groups = open.footer().num_row_groups();
        let column = open.column("event_id");
        let mut possible = column.is_none();
        for group in 0..groups {
            let Some(column) = column.filter(|_| !possible) else { break };
            let ids = overlapping.iter().filter_map(|index| candidates[*index].event_id.as_deref());
            possible = open.may_hold(group, column, ids)?;
        }
        if !possible {
            return Ok(None);
        }
        let mut marks = Vec::with_capacity(file.rows as usize);
        for group in 0..groups {
            let columns = [ACCOUNT, EVENT_TIME, "event_id", CONTENT_HASH];
            for batch in open.rows(group, Some(&columns), None, GROUP_ROWS)? {
                self.read_marks(&Batch(&batch?), &mut marks)?;
            }
        }
        self.remember(&file.path, marks);
        Ok(self.marks().by_path.get(&file.path).cloned())
    }

    fn read_marks(&self, batch: &Batch<'_>, marks: &mut Vec<Mark>) -> Result<(), LakeError> {
        let accounts = batch.text(ACCOUNT)?;
        let times = batch.time(EVENT_TIME)?;
        let ids = batch.text("event_id")?;
        let contents = batch.bytes(CONTENT_HASH)?;
        for row in 0..accounts.len() {
            let id = ids.is_valid(row).then(|| ids.value(row));
            let mut content = ContentHash::default();
            let stored = contents.value(row);
            let length = stored.len().min(content.len());
            content[..length].copy_from_slice(&stored[..length]);
            marks.push(Mark {
                identity: self.identity_of(accounts.value(row), times.value(row), id),
                content,
            });
        }
        Ok(())
    }
}

/// Judges candidates against those before them.
fn judge_among(candidates: &mut [Candidate]) {
    // Looked up, never walked: one identity may come with any number of contents.
    let mut identities = HashSet::with_capacity(candidates.len());
    let mut marks = HashSet::with_capacity(candidates.len());
    for candidate in candidates {
        let is_first = identities.insert(candidate.mark.identity);
        if !marks.insert(candidate.mark) {
            candidate.verdict = Verdict::Duplicate;
        } else if !is_first {
            candidate.verdict = Verdict::Conflict;
        }
    }
}

impl Candidate {
    /// Judges it against the sorted marks of a file.
    fn compare(&mut self, marks: &[Mark]) {
        if marks.binary_search(&self.mark).is_ok() {
            self.verdict = Verdict::Duplicate;
            return;
        }
        let start = marks.partition_point(|mark| mark.identity < self.mark.identity);
        let is_known = marks.get(start).is_some_and(|mark| mark.identity == self.mark.identity);
        if is_known && self.verdict == Verdict::New {
            self.verdict = Verdict::Conflict;
        }
    }
}

impl MarkCache {
    fn insert(&mut self, path: &str, marks: Arc<[Mark]>) {
        self.bytes += size_of_val(&*marks);
        if self.by_path.insert(path.to_owned(), marks).is_none() {
            self.order.push_back(path.to_owned());
        }
        // The newest stays even if it alone is too large: the caller is about to use it.
        while self.bytes > MARKS_BYTES_MAX
            && self.order.len() > 1
            && let Some(oldest) = self.order.pop_front()
            && let Some(marks) = self.by_path.remove(&oldest)
        {
            self.bytes = self.bytes.saturating_sub(size_of_val(&*marks));
        }
    }
}

#[cfg(test)]
mod tests;
