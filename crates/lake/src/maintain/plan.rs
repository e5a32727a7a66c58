//! Which files are joined next.

use super::{JOINED_BYTES_MAX, LARGE_BYTES};
use crate::table::{Effort, TableFile};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many files of about the same size are joined, at most.
pub(super) const JOINED_FILES: usize = 8;
/// Files of at least as many rows stay as they are for long, and are compressed thoroughly.
const LASTING_ROWS: u64 = 150_000;

/// Files that become one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Of one day.
    pub(super) files: Vec<Arc<TableFile>>,
    pub(super) effort: Effort,
}

/// What the choice goes by, beside the files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'m> {
    /// Days before this one get no further events, or hardly any.
    pub(super) today: i32,
    /// Whether no events have come for a while.
    pub(super) is_quiet: bool,
    /// The days to which events came lately.
    pub(super) filling: &'m BTreeSet<i32>,
}

/// The files to join next, small ones before large ones; `None` if all are as they should be.
///
/// Each event is written again a few times only, however many commits a day has: as many files of about the same
/// size are joined as make one of eight times the size, or of [`JOINED_BYTES_MAX`]. What that leaves over is joined
/// when its day has ended, or when nothing comes. Joined files have a word index; a file of a day that has ended and has
/// none, because it was alone or is of a former version, is written again by itself.
pub(super) fn plan(files: &[Arc<TableFile>], moment: Moment<'_>) -> Option<Plan> {
    let small = files.iter().filter(|file| file.bytes < LARGE_BYTES);
    let mut by_day: BTreeMap<i32, Vec<Arc<TableFile>>> = BTreeMap::new();
    for file in small {
        by_day.entry(file.kept_day).or_default().push(Arc::clone(file));
    }
    let alike = by_day.values().filter_map(|files| alike(files)).min_by_key(|plan| plan.bytes());
    alike
        .or_else(|| by_day.into_iter().find_map(|(day, files)| left_over(files, day, moment)))
        .or_else(|| without_index(files, moment))
}

/// One file that lacks a word index, the smallest first.
fn without_index(files: &[Arc<TableFile>], moment: Moment<'_>) -> Option<Plan> {
    let lacks = |file: &&Arc<TableFile>| !file.is_indexed() && moment.has_ended(file.kept_day);
    let file = files.iter().filter(lacks).min_by_key(|file| file.bytes)?;
    Some(Plan { files: vec![Arc::clone(file)], effort: Effort::Thorough })
}

/// Files of about the same size, those that arrived first, if there are enough of them. The smallest size first.
fn alike(files: &[Arc<TableFile>]) -> Option<Plan> {
    let mut by_size: BTreeMap<u32, Vec<Arc<TableFile>>> = BTreeMap::new();
    for file in files {
        // Steps of eight times the size, as eight files are joined.
        by_size.entry(file.bytes.max(1).ilog2() / 3).or_default().push(Arc::clone(file));
    }
    by_size.into_values().find_map(|mut files| {
        files.sort_unstable_by_key(|file| file.first_position);
        let fitting = fitting(&files).min(JOINED_FILES);
        let is_enough = fitting == JOINED_FILES || fitting < files.len();
        files.truncate(fitting);
        let effort = match rows(&files) >= LASTING_ROWS {
            true => Effort::Thorough,
            false => Effort::Fast,
        };
        (is_enough && fitting > 1).then_some(Plan { files, effort })
    })
}

/// The small files of a day to which nothing is added, at least for now. While it may be added to, none is written
/// again that is more than twice as large as all smaller ones together, or few new events would cost much.
fn left_over(mut files: Vec<Arc<TableFile>>, day: i32, moment: Moment<'_>) -> Option<Plan> {
    let has_ended = moment.has_ended(day);
    if !has_ended && !moment.is_quiet {
        return None;
    }
    files.sort_unstable_by_key(|file| (file.bytes, file.first_position));
    files.truncate(fitting(&files));
    while let Some((largest, others)) = files.split_last()
        && !has_ended
        && largest.bytes > 2 * bytes(others)
    {
        files.pop();
    }
    (files.len() > 1).then_some(Plan { files, effort: Effort::Thorough })
}

/// How many of the first files fit into one.
fn fitting(files: &[Arc<TableFile>]) -> usize {
    let mut bytes = 0;
    let fits = |file: &&Arc<TableFile>| {
        bytes += file.bytes;
        bytes <= JOINED_BYTES_MAX
    };
    files.iter().take_while(fits).count()
}

fn bytes(files: &[Arc<TableFile>]) -> u64 {
    files.iter().map(|file| file.bytes).sum()
}

fn rows(files: &[Arc<TableFile>]) -> u64 {
    files.iter().map(|file| file.rows).sum()
}

impl Moment<'_> {
    /// Whether a day gets no further events, as far as can be told.
    fn has_ended(&self, day: i32) -> bool {
        day < self.today && !self.filling.contains(&day)
    }
}

impl Plan {
    pub(super) fn bytes(&self) -> u64 {
        bytes(&self.files)
    }

    pub(super) fn rows(&self) -> u64 {
        rows(&self.files)
    }
}

#[cfg(test)]
mod tests;
