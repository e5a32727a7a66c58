//! From rows of the tail to data files.

use crate::bodies::Bodies;
use crate::canonical::content_hash;
use crate::columns::ColumnsBuilder;
use crate::duplicates::{Candidate, Duplicates, Mark, Verdict};
use crate::error::LakeError;
use crate::keys::{Keys, OrderKey, TextKey};
use crate::table::{FileReader, FileWriter, TableFile, WrittenFile};
use crate::tail::TailRow;
use bytes::Bytes;
use cairn_model::{Event, Position, Record};
use std::cmp::Reverse;
use std::sync::Arc;

/// Rows turned into columns at once.
const BATCH_ROWS: usize = 4_096;

/// What one commit puts into the table.
pub(super) struct Encoded {
    /// One file for each day of `kept_from`, with the marks of its rows.
    pub(super) files: Vec<(WrittenFile, Vec<Mark>)>,
    pub(super) duplicates: u64,
    pub(super) conflicts: u64,
}

/// A row and its record.
struct Body {
    at: Position,
    payload: Bytes,
    conflict: bool,
    kept_day: i32,
}

/// Reads the rows' records, drops duplicates and writes the rest into files. Blocks. Takes memory for
/// the records' texts and for the files.
pub(super) fn encode(
    bodies: &dyn Bodies,
    rows: Vec<TailRow>,
    files: &[Arc<TableFile>],
    duplicates: &Duplicates,
    reader: &FileReader,
) -> Result<Encoded, LakeError> {
    let mut records = Vec::with_capacity(rows.len());
    let mut candidates = Vec::with_capacity(rows.len());
    for row in rows {
        let at = row.position();
        let payload = bodies.read(at)?;
        let event = event(&payload, at)?;
        let keys = Keys::of(at, &event);
        candidates.push(candidate(&event, &keys, duplicates));
        records.push(Body { at, conflict: row.conflict(), kept_day: keys.kept_from().day(), payload });
    }
    duplicates.judge(&mut candidates, files, reader)?;
    let kept = |index: &usize| candidates[*index].verdict != Verdict::Duplicate;
    let mut order: Vec<usize> = (0..records.len()).filter(kept).collect();
    order.sort_unstable_by_key(|index| (records[*index].kept_day, Reverse(candidates[*index].key)));
    let mut encoded =
        Encoded { files: Vec::new(), duplicates: (records.len() - order.len()) as u64, conflicts: 0 };
    for day in order.chunk_by(|a, b| records[*a].kept_day == records[*b].kept_day) {
        encoded.write_day(day, &records, &candidates)?;
    }
    Ok(encoded)
}

fn event(payload: &[u8], at: Position) -> Result<Event<'_>, LakeError> {
    match Record::decode(payload) {
        Ok(record) => Ok(record.event()),
        Err(why) => Err(LakeError::Record { at, why }),
    }
}

fn candidate(event: &Event<'_>, keys: &Keys<'_>, duplicates: &Duplicates) -> Candidate {
    Candidate {
        key: OrderKey { event_time: keys.event_time.as_micros(), position: keys.position.get() },
        event_id: keys.text(TextKey::EventId).map(str::to_owned),
        mark: Mark { identity: duplicates.identity(keys), content: content_hash(event.text()) },
        verdict: Verdict::New,
    }
}

impl Encoded {
    /// Writes the rows of one day, which are in the order of pages.
    fn write_day(
        &mut self,
        day: &[usize],
        records: &[Body],
        candidates: &[Candidate],
    ) -> Result<(), LakeError> {
        let mut writer = FileWriter::new()?;
        let mut columns = ColumnsBuilder::new();
        for index in day {
            let (record, candidate) = (&records[*index], &candidates[*index]);
            let event = event(&record.payload, record.at)?;
            let conflict = record.conflict || candidate.verdict == Verdict::Conflict;
            self.conflicts += u64::from(conflict);
            let keys = Keys::of(record.at, &event);
            columns.append(&event, &keys, &candidate.mark.content, conflict);
            if columns.rows() == BATCH_ROWS {
                writer.write(&columns.finish()?)?;
            }
        }
        writer.write(&columns.finish()?)?;
        let marks = day.iter().map(|index| candidates[*index].mark).collect();
        let kept_day = records[day[0]].kept_day;
        self.files.extend(writer.finish(kept_day)?.map(|file| (file, marks)));
        Ok(())
    }
}
