//! Which events are in history already.
//!
//! A duplicate has the account, time, id and content of another event; it is dropped. An event with
//! the account, time and id of another but with other content is kept and flagged, or else a forged
//! early event could hide a real one.
//!
//! Account, time and id make a number, the *identity*. Few events share one, so contents are compared only
//! where identities are equal, and no hash of them is kept on disk.

mod files;

use crate::canonical::{ContentHash, content_hash};
use crate::error::LakeError;
use crate::keys::{Keys, OrderKey, TextKey};
use crate::table::{FileReader, TableFile};
use bytes::Bytes;
use cairn_model::{Event, Position, Record};
use files::{FileMarks, KnownFile, MARKS_BYTES_MAX};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// An event that is about to go into the table.
pub(crate) struct Candidate {
    pub(crate) key: OrderKey,
    pub(crate) identity: u64,
    /// Its record, as [`Record::decode`] takes it.
    pub(crate) payload: Bytes,
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
    files: FileMarks,
}

impl Candidate {
    pub(crate) fn event(&self) -> Result<Event<'_>, LakeError> {
        let at = Position::new(self.key.position);
        let record = Record::decode(&self.payload).map_err(|why| LakeError::Record { at, why })?;
        Ok(record.event())
    }

    fn content(&self) -> Result<ContentHash, LakeError> {
        Ok(content_hash(self.event()?.text()))
    }

    /// Judges it against the contents of other events of its identity.
    fn compare(&mut self, contents: &[ContentHash]) -> Result<(), LakeError> {
        if contents.is_empty() || self.verdict == Verdict::Duplicate {
            return Ok(());
        }
        self.verdict = match contents.contains(&self.content()?) {
            true => Verdict::Duplicate,
            false => Verdict::Conflict,
        };
        Ok(())
    }
}

impl Duplicates {
    pub(crate) fn new() -> Duplicates {
        Duplicates { hasher: RandomState::new(), files: FileMarks::new(MARKS_BYTES_MAX) }
    }

    /// The number of an event's account, time and id. Differs from process to process.
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
        judge_among(candidates)?;
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_unstable_by_key(|index| candidates[*index].key.event_time);
        for file in files {
            let time = |index: &usize| candidates[*index].key.event_time;
            let start = order.partition_point(|index| time(index) < file.oldest_time);
            let end = order.partition_point(|index| time(index) <= file.newest_time);
            let overlapping = &order[start..end];
            if !overlapping.is_empty() {
                self.judge_against(file, overlapping, candidates, reader)?;
            }
        }
        Ok(())
    }

    fn judge_against(
        &self,
        file: &TableFile,
        overlapping: &[usize],
        candidates: &mut [Candidate],
        reader: &FileReader,
    ) -> Result<(), LakeError> {
        let Some(identities) = self.identities_in(file, overlapping, candidates, reader)? else {
            return Ok(());
        };
        let is_hit = |index: &&usize| identities.binary_search(&candidates[**index].identity).is_ok();
        let hits: Vec<usize> = overlapping.iter().filter(is_hit).copied().collect();
        if hits.is_empty() {
            return Ok(());
        }
        let wanted = hits.iter().map(|index| candidates[*index].identity).collect();
        let contents = self.contents_in(file, wanted, reader)?;
        for index in hits {
            let candidate = &mut candidates[index];
            if let Some(contents) = contents.get(&candidate.identity) {
                candidate.compare(contents)?;
            }
        }
        Ok(())
    }

    /// Remembers the identities of a file; returns them sorted.
    pub(crate) fn remember(&self, path: &str, mut identities: Vec<u64>) -> Arc<[u64]> {
        identities.sort_unstable();
        let identities: Arc<[u64]> = identities.into();
        self.put(path, KnownFile::new(Arc::clone(&identities)));
        identities
    }

    fn put(&self, path: &str, known: KnownFile) {
        let bytes = known.bytes();
        self.files.insert(path.to_owned(), known, bytes);
    }
}

/// Judges candidates against those before them.
fn judge_among(candidates: &mut [Candidate]) -> Result<(), LakeError> {
    let mut first_of: HashMap<u64, usize> = HashMap::with_capacity(candidates.len());
    let mut contents_of: HashMap<u64, Vec<ContentHash>> = HashMap::new();
    for index in 0..candidates.len() {
        let identity = candidates[index].identity;
        let first = *first_of.entry(identity).or_insert(index);
        if first == index {
            continue;
        }
        let content = candidates[index].content()?;
        let contents = match contents_of.entry(identity) {
            Entry::Occupied(contents) => contents.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(vec![candidates[first].content()?]),
        };
        candidates[index].verdict = match contents.contains(&content) {
            true => Verdict::Duplicate,
            false => {
                contents.push(content);
                Verdict::Conflict
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests;
