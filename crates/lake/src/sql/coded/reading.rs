//! Which rows and columns of data files are read.

mod chunks;
mod conditions;
mod group;

use crate::columns::SCHEMA;
use crate::error::LakeError;
use crate::history::Readers;
use crate::table::{OpenFile, is_coded};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, RowGroupAccess};
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::arrow_reader::RowSelection;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder};
use group::{Group, GroupRows};
use std::ops::Range;
use std::sync::Arc;

/// What is read of each file.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Of the table, upwards.
    pub(super) columns: Vec<usize>,
    /// Over the table's columns; all must hold. They may say more while the query runs.
    pub(super) predicates: Vec<Arc<dyn PhysicalExpr>>,
    pub(super) batch_rows: usize,
}

/// What is counted of the reading, by the names that the engine's own scan gives.
#[derive(Clone)]
pub(super) struct Counts {
    bytes: Count,
    /// Rows that were looked at and did not pass.
    pruned: Count,
}

impl Counts {
    pub(super) fn new(metrics: &ExecutionPlanMetricsSet, partition: usize) -> Counts {
        let count = |name| MetricBuilder::new(metrics).counter(name, partition);
        Counts { bytes: count("bytes_scanned"), pruned: count("pushdown_rows_pruned") }
    }
}

/// The rows of a file, row group after row group.
pub(super) struct FileRows {
    reading: Reading,
    open: OpenFile,
    groups: Range<usize>,
    /// The part of the file that is asked for, in bytes.
    part: Option<Range<u64>>,
    access: Option<Arc<ParquetAccessPlan>>,
    length: u64,
    counts: Counts,
    rows: Option<GroupRows>,
    /// Rows of the row group that have not been given, and that were looked at.
    left: usize,
}

impl Reading {
    /// The rows of a file that `Snapshot` has described; what is read of it is added to `counts`.
    pub(super) fn rows(&self, file: &PartitionedFile, counts: &Counts) -> Result<FileRows> {
        let Some(readers) = file.extensions.get::<Readers>() else {
            return Err(DataFusionError::Internal(String::from("not a file of a table")));
        };
        let open = readers.open(file.object_meta.location.as_ref()).map_err(external)?;
        Ok(FileRows {
            reading: self.clone(),
            groups: 0..open.footer().num_row_groups(),
            open,
            part: file.range.as_ref().map(|range| range.start as u64..range.end as u64),
            access: file.extensions.get_arc(),
            length: file.object_meta.size,
            counts: counts.clone(),
            rows: None,
            left: 0,
        })
    }
}

impl Iterator for FileRows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        loop {
            if let Some(batch) = self.rows.as_mut().and_then(Iterator::next) {
                self.left -= batch.as_ref().map_or(0, RecordBatch::num_rows);
                return Some(batch);
            }
            self.counts.pruned.add(std::mem::take(&mut self.left));
            let group = self.groups.next()?;
            match self.group(group) {
                Ok(rows) => self.rows = rows,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl FileRows {
    fn group(&mut self, group: usize) -> Result<Option<GroupRows>> {
        let access = self.access.as_ref().and_then(|access| access.inner().get(group));
        let selection = match access {
            Some(RowGroupAccess::Skip) => return Ok(None),
            Some(RowGroupAccess::Selection(selection)) => Some(selection.clone()),
            Some(RowGroupAccess::Scan) | None => None,
        };
        if !self.is_within(group) {
            return Ok(None);
        }
        let all = || self.open.group_rows(group);
        self.left = selection.as_ref().map_or_else(all, RowSelection::row_count);
        Group::new(self, group)?.rows(selection)
    }

    /// Whether a row group belongs to the part of the file that is asked for: where it begins decides.
    fn is_within(&self, group: usize) -> bool {
        let column = self.open.footer().row_group(group).column(0);
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset()) as u64;
        self.part.as_ref().is_none_or(|part| part.contains(&start))
    }
}

/// Whether a column is read fast enough to be read before it is known of which rows.
fn is_cheap(column: usize) -> bool {
    let field = SCHEMA.field(column);
    match field.data_type() {
        DataType::Utf8 => is_coded(field.name()),
        DataType::List(_) => false,
        _ => true,
    }
}

fn external(error: LakeError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
