//! From rows of the tail to data files.

use super::KeptFrom;
use crate::bodies::{Bodies, BodyError};
use crate::columns::ColumnsBuilder;
use crate::duplicates::{Candidate, Duplicates, Verdict};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::table::{Effort, FileReader, FileWriter, TableFile, WrittenFile};
use crate::tail::{TailRow, TakenRows};
use bytes::Bytes;
use cairn_model::Position;
use datafusion::arrow::array::RecordBatch;
use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Rows turned into columns at once.
const BATCH_ROWS: usize = 1_024;

/// Bytes that a row takes in a file, roughly: room that is made at once.
const BYTES_A_ROW: usize = 192;

/// Batches that wait for the thread that writes them.
const BATCHES_WAITING: usize = 2;

/// Records that stand further apart than so many bytes of the log are read one by one.
const GAP_BYTES: u64 = 8 << 10;

/// How many threads encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Threads {
    /// The one that asks for it.
    One,
    /// Another one, too: one makes columns, the other compresses them, which takes about as long.
    Two,
}

/// What one commit puts into the table.
pub(super) struct Encoded {
    /// One file for each day of `kept_from`, with the identities of its rows.
    pub(super) files: Vec<(WrittenFile, Vec<u64>)>,
    pub(super) duplicates: u64,
    pub(super) conflicts: u64,
}

/// Where a row goes: to the file of its day, in the order of pages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    day: i32,
    key: Reverse<OrderKey>,
    index: usize,
}

/// Reads the rows' records, drops duplicates and writes the rest into files. Blocks. Takes memory for
/// the records' texts and for the files.
pub(super) fn encode(
    bodies: &dyn Bodies,
    taken: &TakenRows,
    files: &[Arc<TableFile>],
    duplicates: &Duplicates,
    reader: &FileReader,
    kept_from: KeptFrom,
    threads: Threads,
) -> Result<Encoded, LakeError> {
    let rows = &taken.rows;
    let mut candidates = records(bodies, rows)?;
    duplicates.judge(&mut candidates, files, reader)?;
    let kept = |index: &usize| candidates[*index].verdict != Verdict::Duplicate;
    let place = |index: usize| Place {
        day: rows[index].kept_day(kept_from),
        key: Reverse(candidates[index].key),
        index,
    };
    let mut order: Vec<Place> = (0..rows.len()).filter(kept).map(place).collect();
    order.sort_unstable();
    let mut encoded =
        Encoded { files: Vec::new(), duplicates: (rows.len() - order.len()) as u64, conflicts: 0 };
    for day in order.chunk_by(|a, b| a.day == b.day) {
        encoded.write_day(day, taken, &candidates, threads)?;
    }
    Ok(encoded)
}

/// The records of `rows`, which are in log order.
pub(super) fn records(bodies: &dyn Bodies, rows: &[TailRow]) -> Result<Vec<Candidate>, LakeError> {
    let mut candidates: Vec<Candidate> = Vec::with_capacity(rows.len());
    let end = |row: &TailRow| row.position().get() + row.text_bytes();
    // A store may take one of a thousand events: what lies between is not read for them.
    for near in rows.chunk_by(|one, next| next.position().get().saturating_sub(end(one)) < GAP_BYTES) {
        match near {
            [row] => candidates.push(candidate(row, bodies.read(row.position())?)),
            _ => read_near(bodies, near, &mut candidates)?,
        }
    }
    Ok(candidates)
}

/// Reads the records of rows that stand near each other, in one go.
fn read_near(
    bodies: &dyn Bodies,
    rows: &[TailRow],
    candidates: &mut Vec<Candidate>,
) -> Result<(), LakeError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
    let text_bytes: u64 = rows.iter().map(TailRow::text_bytes).sum();
    // Few of many would keep the memory of all.
    let are_few = text_bytes < (last.position().get() - first.position().get()) / 2;
    let behind_last = Position::new(last.position().get() + 1);
    let mut left = rows;
    bodies.read_all(first.position()..behind_last, &mut |at, payload| {
        // Records between them are of events that are not taken.
        if let Some((row, rest)) = left.split_first().filter(|(row, _)| row.position() == at) {
            let payload = if are_few { Bytes::copy_from_slice(&payload) } else { payload };
            candidates.push(candidate(row, payload));
            left = rest;
        }
    })?;
    match left.is_empty() {
        true => Ok(()),
        false => Err(LakeError::Body(BodyError::Gone)),
    }
}

fn candidate(row: &TailRow, payload: Bytes) -> Candidate {
    Candidate { key: row.order_key(), identity: row.identity(), payload, verdict: Verdict::New }
}

impl Encoded {
    /// Writes the rows of one day, which are in the order of pages.
    fn write_day(
        &mut self,
        day: &[Place],
        taken: &TakenRows,
        candidates: &[Candidate],
        threads: Threads,
    ) -> Result<(), LakeError> {
        let mut writer = FileWriter::new(day.len(), day.len() * BYTES_A_ROW, Effort::Fast)?;
        let kept_day = day[0].day;
        let written = match threads {
            Threads::One => {
                self.each_batch(day, taken, candidates, &mut |batch| writer.write(&batch))?;
                writer.finish(kept_day)?
            }
            Threads::Two => std::thread::scope(|scope| {
                let (sender, batches) = sync_channel::<RecordBatch>(BATCHES_WAITING);
                let writing = scope.spawn(move || {
                    batches.iter().try_for_each(|batch| writer.write(&batch))?;
                    writer.finish(kept_day)
                });
                // The other end is gone only if writing failed, and then that is what is told.
                let built = self.each_batch(day, taken, candidates, &mut |batch| {
                    let _ = sender.send(batch);
                    Ok(())
                });
                drop(sender);
                let written = writing.join().expect("writing a file does not panic")?;
                built.map(|()| written)
            })?,
        };
        let identities = day.iter().map(|place| candidates[place.index].identity).collect();
        self.files.extend(written.map(|file| (file, identities)));
        Ok(())
    }

    /// Gives `write` the rows as columns.
    fn each_batch(
        &mut self,
        day: &[Place],
        taken: &TakenRows,
        candidates: &[Candidate],
        write: &mut dyn FnMut(RecordBatch) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let mut columns = ColumnsBuilder::new();
        for Place { index, .. } in day {
            let (row, candidate) = (&taken.rows[*index], &candidates[*index]);
            let event = candidate.event()?;
            let conflict = row.conflict() || candidate.verdict == Verdict::Conflict;
            self.conflicts += u64::from(conflict);
            taken.append_to(&mut columns, *index, &event, conflict);
            if columns.rows() == BATCH_ROWS {
                write(columns.finish()?)?;
            }
        }
        match columns.rows() {
            0 => Ok(()),
            _ => write(columns.finish()?),
        }
    }
}
