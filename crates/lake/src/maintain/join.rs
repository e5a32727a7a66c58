//! Several sorted files become one, some rows at a time.

use super::plan::Plan;
use crate::columns::{EVENT_TIME, POSITION};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::reassemble::Batch;
use crate::table::{FileReader, FileWriter, OpenFile, WrittenFile};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::interleave_record_batch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReader;

/// Rows of a file in memory at once.
const BATCH_ROWS: usize = 1_024;

/// Files on their way into one. Dropping it leaves them as they are.
pub(super) struct Join {
    plan: Plan,
    cursors: Vec<Cursor>,
    writer: FileWriter,
    /// The rows taken since the last write: the number of the cursor, and the row of its batch.
    taken: Vec<(usize, usize)>,
}

/// How far a join has come.
pub(super) enum Progress {
    /// There are rows left.
    More(Box<Join>),
    /// All rows are in one file, which is not stored yet; `None` if there were none.
    Done(Plan, Option<WrittenFile>),
}

/// A file being read, at its next row.
struct Cursor {
    open: OpenFile,
    group: usize,
    batches: Option<ParquetRecordBatchReader>,
    batch: RecordBatch,
    row: usize,
    next: Option<OrderKey>,
}

impl Join {
    /// Opens the files. Blocks.
    pub(super) fn start(plan: Plan, reader: &FileReader) -> Result<Box<Join>, LakeError> {
        let mut cursors = Vec::with_capacity(plan.files.len());
        for file in &plan.files {
            cursors.push(Cursor::open(reader.open(&file.path)?)?);
        }
        let writer = FileWriter::new(plan.rows() as usize, plan.bytes() as usize, plan.effort)?.with_words();
        Ok(Box::new(Join { plan, cursors, writer, taken: Vec::new() }))
    }

    /// Takes about this many rows more, newest first. Blocks.
    pub(super) fn advance(mut self: Box<Self>, rows: usize) -> Result<Progress, LakeError> {
        let mut left = rows;
        while let Some((number, _)) = newest(&self.cursors) {
            let cursor = &self.cursors[number];
            self.taken.push((number, cursor.row));
            // What was taken points into the batches, so it is written before one of them is replaced.
            if cursor.is_last_row() {
                left = left.saturating_sub(self.taken.len());
                self.flush()?;
            }
            self.cursors[number].advance()?;
            if left == 0 {
                return Ok(Progress::More(self));
            }
        }
        let day = self.plan.files.first().map_or(0, |file| file.kept_day);
        Ok(Progress::Done(self.plan, self.writer.finish(day)?))
    }

    fn flush(&mut self) -> Result<(), LakeError> {
        let batches: Vec<&RecordBatch> = self.cursors.iter().map(|cursor| &cursor.batch).collect();
        self.writer.write(&interleave_record_batch(&batches, &self.taken)?)?;
        self.taken.clear();
        Ok(())
    }
}

/// The cursor whose next row is the newest.
fn newest(cursors: &[Cursor]) -> Option<(usize, OrderKey)> {
    let heads = cursors.iter().enumerate();
    heads.filter_map(|(number, cursor)| Some((number, cursor.next?))).max_by_key(|(_, key)| *key)
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
