//! The rows of one row group.

use super::chunks::Chunks;
use super::conditions::{Conditions, Tests};
use super::{FileRows, Reading, is_cheap};
use crate::columns::SCHEMA;
use crate::table::is_coded;
use datafusion::arrow::array::{BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowFilter, RowSelection,
};
use datafusion::parquet::basic::Encoding;
use datafusion::parquet::file::metadata::RowGroupMetaData;
use std::collections::VecDeque;
use std::sync::Arc;

/// If at least one row of so many is chosen, reading all and leaving the others out is faster than to skip them.
const DENSE: usize = 50;

/// A row group that is about to be read.
pub(super) struct Group<'f> {
    reading: &'f Reading,
    group: usize,
    rows: usize,
    chunks: Chunks,
    metadata: ArrowReaderMetadata,
}

/// Its rows.
pub(super) enum GroupRows {
    Chosen(ParquetRecordBatchReader),
    Masked(Masked),
}

/// All rows are read, and for each batch it is known which ones pass.
pub(super) struct Masked {
    /// Of the columns that no condition reads, if there are any.
    batches: Option<ParquetRecordBatchReader>,
    masks: VecDeque<BooleanArray>,
    /// Rows that pass, of the columns that conditions read.
    kept: VecDeque<RecordBatch>,
}

impl<'f> Group<'f> {
    pub(super) fn new(file: &'f FileRows, group: usize) -> Result<Group<'f>> {
        let footer = file.open.footer();
        let schema = Arc::new(coded(footer.row_group(group)));
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true).with_schema(schema);
        let metadata = ArrowReaderMetadata::try_new(file.open.shared_footer(), options)?;
        let chunks =
            Chunks { open: file.open.clone(), length: file.length, bytes: file.counts.bytes.clone() };
        Ok(Group { reading: &file.reading, group, rows: file.open.group_rows(group), chunks, metadata })
    }

    /// Those that pass, of `selection` if there is one.
    pub(super) fn rows(self, selection: Option<RowSelection>) -> Result<Option<GroupRows>> {
        let schema = self.metadata.parquet_schema();
        let Some(conditions) = Conditions::of(&self.reading.predicates, schema)? else { return Ok(None) };
        match (conditions.cheap, selection) {
            (cheap, Some(selection)) => {
                let tests = cheap.into_iter().chain(conditions.costly).collect();
                self.chosen(Some(selection), tests)
            }
            (None, None) => self.chosen(None, conditions.costly),
            (Some(cheap), None) => self.passing(cheap, conditions.costly),
        }
    }

    /// First looks which rows pass the cheap conditions.
    fn passing(self, mut cheap: Tests, costly: Vec<Tests>) -> Result<Option<GroupRows>> {
        let (mut masks, mut kept) = (VecDeque::new(), VecDeque::new());
        let (known, new): (Vec<usize>, Vec<usize>) =
            self.reading.columns.iter().partition(|column| cheap.columns.contains(column));
        let places = known.iter().filter_map(|column| cheap.columns.iter().position(|one| one == column));
        let places: Vec<usize> = places.collect();
        for batch in self.builder(&cheap.columns).build()? {
            let batch = batch?;
            let mask = cheap.flags(&batch)?;
            kept.push_back(filter_record_batch(&batch.project(&places)?, &mask)?);
            masks.push_back(mask);
        }
        let passing: usize = masks.iter().map(BooleanArray::true_count).sum();
        let is_dense = costly.is_empty()
            && (new.is_empty() || passing * DENSE >= self.rows)
            && new.iter().all(|column| is_cheap(*column));
        match passing {
            0 => Ok(None),
            _ if is_dense => {
                let batches = (!new.is_empty()).then(|| self.builder(&new).build()).transpose()?;
                Ok(Some(GroupRows::Masked(Masked { batches, masks, kept })))
            }
            all if all == self.rows => self.chosen(None, costly),
            _ => self.chosen(Some(RowSelection::from_filters(masks.make_contiguous())), costly),
        }
    }

    fn chosen(&self, selection: Option<RowSelection>, tests: Vec<Tests>) -> Result<Option<GroupRows>> {
        let tests = tests.into_iter().map(|test| Box::new(test) as Box<dyn ArrowPredicate>).collect();
        let mut builder = self.builder(&self.reading.columns).with_row_filter(RowFilter::new(tests));
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        Ok(Some(GroupRows::Chosen(builder.build()?)))
    }

    fn builder(&self, columns: &[usize]) -> ParquetRecordBatchReaderBuilder<Chunks> {
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
        ParquetRecordBatchReaderBuilder::new_with_metadata(self.chunks.clone(), self.metadata.clone())
            .with_row_groups(vec![self.group])
            .with_projection(mask)
            .with_batch_size(self.reading.batch_rows)
    }
}

impl Iterator for GroupRows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        match self {
            GroupRows::Chosen(batches) => batches.next().map(|batch| batch.map_err(DataFusionError::from)),
            GroupRows::Masked(masked) => masked.next().transpose(),
        }
    }
}

impl Masked {
    fn next(&mut self) -> Result<Option<RecordBatch>> {
        while let (Some(mask), Some(kept)) = (self.masks.pop_front(), self.kept.pop_front()) {
            let batch = self.batches.as_mut().and_then(Iterator::next).transpose()?;
            if !mask.has_true() {
                continue;
            }
            return match batch {
                Some(batch) => merged(&kept, &filter_record_batch(&batch, &mask)?).map(Some),
                None => Ok(Some(kept)),
            };
        }
        Ok(None)
    }
}

/// The columns of both in the order of the table.
fn merged(one: &RecordBatch, other: &RecordBatch) -> Result<RecordBatch> {
    let of = |batch: &RecordBatch| {
        let columns = batch.schema_ref().fields().iter().cloned().zip(batch.columns().iter().cloned());
        columns.collect::<Vec<_>>()
    };
    let mut columns = [of(one), of(other)].concat();
    columns.sort_by_key(|(field, _)| SCHEMA.index_of(field.name()).ok());
    let (fields, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let options = RecordBatchOptions::new().with_row_count(Some(one.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
}

/// The table's columns, with codes for the texts of those that have nothing but codes in a row group.
fn coded(group: &RowGroupMetaData) -> Schema {
    let fields = SCHEMA.fields().iter().map(|field| {
        if !is_coded(field.name()) || !has_codes(group, field.name()) {
            return field.clone();
        }
        let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Arc::new(field.as_ref().clone().with_data_type(kind))
    });
    Schema::new(fields.collect::<Vec<_>>())
}

/// A column's dictionary may have become too large, and then texts follow.
fn has_codes(group: &RowGroupMetaData, column: &str) -> bool {
    let column = group.columns().iter().find(|one| one.column_path().string() == column);
    column.is_some_and(|column| match column.page_encoding_stats_mask() {
        Some(encodings) => encodings.is_only(Encoding::RLE_DICTIONARY),
        None => column.dictionary_page_offset().is_some(),
    })
}
