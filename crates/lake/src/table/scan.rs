//! A data file as a source of a look-up.

use super::file::TableFile;
use super::matching::{Columns, columns_needed};
use super::pruning::{may_match, rows_above};
use super::read::{FileReader, OpenFile};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::lookup::{Found, Query, Step};
use crate::reassemble::Rows;
use datafusion::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowSelection, RowSelector};
use std::collections::VecDeque;

/// Rows read between two looks at the clock: a page's worth if nearly every row matches, else more.
const BATCH_ROWS_FEW: usize = 512;
const BATCH_ROWS: usize = 8_192;
/// Rows read between two looks at the clock when whole records are.
const TEXT_BATCH_ROWS: usize = 2_048;
/// Whole events read at once: their texts may be of 1 MiB each, and a page may have no room for more.
const FOUND_BATCH_ROWS: usize = 16;

/// A row of a data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowInFile {
    group: u32,
    row: u32,
}

/// The matching rows of a file, newest first. Nothing is opened before the first step.
pub(crate) struct FileSource<'v> {
    file: &'v TableFile,
    reader: &'v FileReader,
    query: &'v Query,
    open: Option<OpenFile>,
    group: usize,
    scan: Option<GroupScan>,
    /// Matches of the batch read last.
    matches: VecDeque<(OrderKey, RowInFile)>,
    done: bool,
}

/// A row group being read.
struct GroupScan {
    batches: ParquetRecordBatchReader,
    /// The number of the next row.
    row: u32,
}

impl<'v> FileSource<'v> {
    pub(crate) fn new(file: &'v TableFile, reader: &'v FileReader, query: &'v Query) -> FileSource<'v> {
        FileSource {
            file,
            reader,
            query,
            open: None,
            group: 0,
            scan: None,
            matches: VecDeque::new(),
            done: false,
        }
    }

    /// The next match, or how far one batch of rows went without one.
    pub(crate) fn step(&mut self) -> Result<Step<RowInFile>, LakeError> {
        if let Some((key, row)) = self.matches.pop_front() {
            return Ok(Step::Match(key, row));
        }
        while !self.done {
            let Some(passed) = self.read_batch()? else {
                self.scan = None;
                self.group += 1;
                continue;
            };
            return Ok(match self.matches.pop_front() {
                Some((key, row)) => Step::Match(key, row),
                None => Step::Passed(passed),
            });
        }
        Ok(Step::End)
    }

    /// Gives `take` the whole events of `rows`, which are in their order in the file, until it wants no more.
    pub(crate) fn found(
        &mut self,
        rows: &[RowInFile],
        mut take: impl FnMut(Found) -> bool,
    ) -> Result<(), LakeError> {
        for rows in rows.chunk_by(|a, b| a.group == b.group) {
            let group = rows[0].group as usize;
            let ranges = rows.iter().map(|row| row.row as usize..row.row as usize + 1);
            let open = self.open()?;
            let total = open.footer().row_group(group).num_rows() as usize;
            let selection = RowSelection::from_consecutive_ranges(ranges, total);
            for batch in open.rows(group, None, Some(selection), FOUND_BATCH_ROWS)? {
                let batch = batch?;
                let rows = Rows::of(&batch)?;
                for row in 0..batch.num_rows() {
                    if !take(rows.found(row)?) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<&OpenFile, LakeError> {
        match &mut self.open {
            Some(open) => Ok(open),
            none => Ok(none.insert(self.reader.open(&self.file.path)?)),
        }
    }

    /// Reads one batch and keeps its matches. Returns the place of its last row; `None` at the end of
    /// the row group.
    fn read_batch(&mut self) -> Result<Option<OrderKey>, LakeError> {
        if self.scan.is_none() {
            self.scan = self.start_group()?;
        }
        let Some(scan) = &mut self.scan else { return Ok(None) };
        let Some(batch) = scan.batches.next().transpose()? else { return Ok(None) };
        let first = scan.row;
        scan.row += batch.num_rows() as u32;
        let columns = Columns::of(&batch, self.query, self.file)?;
        for row in 0..batch.num_rows() {
            let key = columns.order_key(row);
            if columns.matches(row, key, self.query) {
                let row = first + row as u32;
                let group = self.group as u32;
                self.matches.push_back((key, RowInFile { group, row }));
            }
        }
        let last = columns.order_key(batch.num_rows() - 1);
        self.done |= last.event_time < self.query.from;
        Ok(Some(last))
    }

    /// Starts to read the current row group, if any of its rows can match.
    fn start_group(&mut self) -> Result<Option<GroupScan>, LakeError> {
        let (group, query, file) = (self.group, self.query, self.file);
        let open = self.open()?;
        if group >= open.footer().num_row_groups() {
            self.done = true;
            return Ok(None);
        }
        if !may_match(open, group, query)? {
            return Ok(None);
        }
        let total = open.footer().row_group(group).num_rows() as usize;
        let skip = rows_above(open, group, query.below).min(total);
        let selection = RowSelection::from(vec![RowSelector::skip(skip), RowSelector::select(total - skip)]);
        let names = columns_needed(query, file);
        let batch_rows = match (&query.words, query.filters.is_empty()) {
            (Some(_), _) => TEXT_BATCH_ROWS,
            (None, true) => BATCH_ROWS_FEW,
            (None, false) => BATCH_ROWS,
        };
        let batches = open.rows(group, names.as_deref(), Some(selection), batch_rows)?;
        Ok(Some(GroupScan { batches, row: skip as u32 }))
    }
}
