//! Several sorted files become one.

use crate::columns::{EVENT_TIME, POSITION};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::reassemble::Batch;
use crate::table::{FileReader, FileWriter, OpenFile, TableFile, WrittenFile};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::interleave_record_batch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use std::sync::Arc;

/// Rows of a file in memory at once.
const BATCH_ROWS: usize = 1_024;

/// A file being read, at its next row.
struct Cursor {
    open: OpenFile,
    group: usize,
    batches: Option<ParquetRecordBatchReader>,
    batch: RecordBatch,
    row: usize,
    next: Option<OrderKey>,
}

/// Writes the rows of `files`, which are of one day, into one file, newest first. Blocks.
pub(super) fn join(files: &[Arc<TableFile>], reader: &FileReader) -> Result<Option<WrittenFile>, LakeError> {
    let Some(kept_day) = files.first().map(|file| file.kept_day) else {
        return Ok(None);
    };
    let mut cursors = Vec::with_capacity(files.len());
    for file in files {
        cursors.push(Cursor::open(reader.open(&file.path)?)?);
    }
    let rows: u64 = files.iter().map(|file| file.rows).sum();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let mut writer = FileWriter::new(rows as usize, bytes as usize)?;
    let mut taken: Vec<(usize, usize)> = Vec::new();
    while let Some((number, _)) = newest(&cursors) {
        let cursor = &mut cursors[number];
        taken.push((number, cursor.row));
        // What was taken points into the batches, so it is written before one of them is replaced.
        if cursor.is_last_row() {
            flush(&mut taken, &cursors, &mut writer)?;
        }
        cursors[number].advance()?;
    }
    writer.finish(kept_day)
}

/// The cursor whose next row is the newest.
fn newest(cursors: &[Cursor]) -> Option<(usize, OrderKey)> {
    let heads = cursors.iter().enumerate();
    heads.filter_map(|(number, cursor)| Some((number, cursor.next?))).max_by_key(|(_, key)| *key)
}

fn flush(
    taken: &mut Vec<(usize, usize)>,
    cursors: &[Cursor],
    writer: &mut FileWriter,
) -> Result<(), LakeError> {
    let batches: Vec<&RecordBatch> = cursors.iter().map(|cursor| &cursor.batch).collect();
    writer.write(&interleave_record_batch(&batches, taken)?)?;
    taken.clear();
    Ok(())
}

impl Cursor {
    fn open(open: OpenFile) -> Result<Cursor, LakeError> {
        let mut cursor = Cursor {
            open,
            group: 0,
            batches: None,
            batch: RecordBatch::new_empty(crate::columns::SCHEMA.clone()),
            row: 0,
            next: None,
        };
        cursor.read()?;
        Ok(cursor)
    }

    fn is_last_row(&self) -> bool {
        self.row + 1 == self.batch.num_rows()
    }

    fn advance(&mut self) -> Result<(), LakeError> {
        self.row += 1;
        match self.row < self.batch.num_rows() {
            true => self.look(),
            false => self.read(),
        }
    }

    /// Reads the next batch that has rows.
    fn read(&mut self) -> Result<(), LakeError> {
        self.row = 0;
        self.next = None;
        while self.group < self.open.footer().num_row_groups() {
            let mut batches = match self.batches.take() {
                Some(batches) => batches,
                None => self.open.rows(self.group, None, None, BATCH_ROWS)?,
            };
            match batches.next().transpose()? {
                Some(batch) if batch.num_rows() > 0 => {
                    self.batch = batch;
                    self.batches = Some(batches);
                    return self.look();
                }
                Some(_) => self.batches = Some(batches),
                None => self.group += 1,
            }
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), LakeError> {
        let batch = Batch(&self.batch);
        self.next = Some(OrderKey {
            event_time: batch.time(EVENT_TIME)?.value(self.row),
            position: batch.number(POSITION)?.value(self.row) as u64,
        });
        Ok(())
    }
}
