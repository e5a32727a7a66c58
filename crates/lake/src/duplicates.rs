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
use crate::hashing::keyed;
use crate::keys::{Keys, OrderKey, TextKey};
use crate::table::{FileReader, TableFile};
use ahash::RandomState;
use bytes::Bytes;
use cairn_model::{Event, Position, Record};
use files::{FileMarks, KnownFile, MARKS_BYTES_MAX};
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
        Duplicates { hasher: keyed(), files: FileMarks::new(MARKS_BYTES_MAX) }
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
        let by_identity = by_identity(candidates);
        judge_among(candidates, &by_identity)?;
        let mut by_time: Vec<usize> = (0..candidates.len()).collect();
        by_time.sort_unstable_by_key(|index| candidates[*index].key.event_time);
        for file in files {
            let time = |index: &usize| candidates[*index].key.event_time;
            let start = by_time.partition_point(|index| time(index) < file.oldest_time);
            let end = by_time.partition_point(|index| time(index) <= file.newest_time);
            if start == end {
                continue;
            }
            if let Some(identities) = self.identities_in(file, &by_time[start..end], candidates, reader)? {
                self.judge_against(file, &hits(&by_identity, &identities), candidates, reader)?;
            }
        }
        Ok(())
    }

    /// Judges those candidates whose identities a file has.
    fn judge_against(
        &self,
        file: &TableFile,
        hits: &[usize],
        candidates: &mut [Candidate],
        reader: &FileReader,
    ) -> Result<(), LakeError> {
        if hits.is_empty() {
            return Ok(());
        }
        let wanted = hits.iter().map(|index| candidates[*index].identity).collect();
        let contents = self.contents_in(file, wanted, reader)?;
        for index in hits {
            let candidate = &mut candidates[*index];
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

/// The identities of candidates with their numbers, sorted.
fn by_identity(candidates: &[Candidate]) -> Vec<(u64, usize)> {
    let numbered = candidates.iter().enumerate();
    let mut by_identity: Vec<(u64, usize)> = numbered.map(|(index, one)| (one.identity, index)).collect();
    by_identity.sort_unstable();
    by_identity
}

/// Judges candidates against those before them. `by_identity`: their identities with their numbers, sorted.
fn judge_among(candidates: &mut [Candidate], by_identity: &[(u64, usize)]) -> Result<(), LakeError> {
    let same = by_identity.chunk_by(|(one, _), (other, _)| one == other).filter(|same| same.len() > 1);
    for same in same {
        let mut contents: Vec<ContentHash> = Vec::new();
        for (_, index) in same {
            let candidate = &mut candidates[*index];
            let content = candidate.content()?;
            if contents.contains(&content) {
                candidate.verdict = Verdict::Duplicate;
                continue;
            }
            if !contents.is_empty() {
                candidate.verdict = Verdict::Conflict;
            }
            contents.push(content);
        }
    }
    Ok(())
}

/// The numbers of those of `wanted`, which are sorted by identity, whose identity is among `known`, which are
/// sorted, too.
fn hits(wanted: &[(u64, usize)], known: &[u64]) -> Vec<usize> {
    let mut left = known;
    let is_known = |(identity, _): &&(u64, usize)| {
        left = skip_below(left, *identity);
        left.first() == Some(identity)
    };
    wanted.iter().filter(is_known).map(|(_, index)| *index).collect()
}

/// `sorted` without what is below `least`. Looks twice as far with each look: the place is most often near.
fn skip_below(sorted: &[u64], least: u64) -> &[u64] {
    let mut far = 1;
    while sorted.get(far - 1).is_some_and(|number| *number < least) {
        far *= 2;
    }
    let near = &sorted[far / 2..far.min(sorted.len())];
    &sorted[far / 2 + near.partition_point(|number| *number < least)..]
}

#[cfg(test)]
mod tests;
