//! Data files: sorted newest first, so that a look-up reads a page's rows one behind the other.

use super::file::{TableFile, partition_folder};
use crate::columns::{ACCOUNT, CATEGORY, CONTENT_HASH, EVENT_TIME, POSITION, RESOURCE_NAMES, SCHEMA};
use crate::error::LakeError;
use crate::keys::TextKey;
use crate::reassemble::{Batch, text_column};
use bytes::Bytes;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{max, min};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use deltalake::{ObjectStore, ObjectStoreError};
use object_store::ObjectStoreExt;
use std::sync::Arc;
use uuid::Uuid;

/// The most rows of a row group.
pub(crate) const GROUP_ROWS: usize = 65_536;
/// The most rows of a data page: what must be decoded to read one row.
const PAGE_ROWS: usize = 2_048;
/// Dictionaries are decoded whole to read one row, so they are kept small.
const DICTIONARY_BYTES: usize = 128 << 10;

/// Writes one data file into memory.
pub(crate) struct FileWriter {
    writer: ArrowWriter<Vec<u8>>,
    rows: u64,
    times: Option<(i64, i64)>,
    positions: Option<(i64, i64)>,
}

/// A file that is written but not stored yet.
pub(crate) struct WrittenFile {
    bytes: Bytes,
    file: TableFile,
}

impl FileWriter {
    pub(crate) fn new() -> Result<FileWriter, LakeError> {
        let writer = ArrowWriter::try_new(Vec::new(), SCHEMA.clone(), Some(properties()))?;
        Ok(FileWriter { writer, rows: 0, times: None, positions: None })
    }

    /// Adds rows, which stand below all rows before them in the order of pages.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let times = Batch(batch).time(EVENT_TIME)?;
        let positions = Batch(batch).number(POSITION)?;
        widen(&mut self.times, min(times), max(times));
        widen(&mut self.positions, min(positions), max(positions));
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch)?;
        Ok(())
    }

    /// The file; `None` if it has no rows.
    pub(crate) fn finish(self, kept_day: i32) -> Result<Option<WrittenFile>, LakeError> {
        let (Some(times), Some(positions)) = (self.times, self.positions) else {
            return Ok(None);
        };
        let bytes = Bytes::from(self.writer.into_inner()?);
        let file = TableFile {
            path: format!("{}/{}.parquet", partition_folder(kept_day), Uuid::new_v4()),
            kept_day,
            rows: self.rows,
            bytes: bytes.len() as u64,
            oldest_time: times.0,
            newest_time: times.1,
            first_position: positions.0 as u64,
            last_position: positions.1 as u64,
        };
        Ok(Some(WrittenFile { bytes, file }))
    }
}

impl WrittenFile {
    /// Stores the file durably. Until a commit names it, it is no part of the table.
    pub(crate) async fn store(self, files: &Arc<dyn ObjectStore>) -> Result<TableFile, LakeError> {
        let path = object_store::path::Path::from(self.file.path.as_str());
        let stored = files.put(&path, self.bytes.into()).await;
        stored.map_err(|error: ObjectStoreError| deltalake::DeltaTableError::from(error))?;
        Ok(self.file)
    }
}

fn widen(bounds: &mut Option<(i64, i64)>, low: Option<i64>, high: Option<i64>) {
    if let (Some(low), Some(high)) = (low, high) {
        let (lowest, highest) = bounds.unwrap_or((low, high));
        *bounds = Some((lowest.min(low), highest.max(high)));
    }
}

fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).expect("level 1 exists");
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS / 2)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_sorting_columns(Some(sorting()));
    for column in [POSITION, EVENT_TIME] {
        let path = ColumnPath::from(column);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
            .set_column_statistics_enabled(path, EnabledStatistics::Page);
    }
    for column in [CONTENT_HASH, "event_id", "request_id"] {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    for column in [ACCOUNT, CATEGORY].into_iter().chain(TextKey::ALL.map(text_column)) {
        let path = ColumnPath::from(column);
        builder = builder.set_column_statistics_enabled(path, EnabledStatistics::Chunk);
    }
    for path in bloom_columns() {
        builder = builder
            .set_column_bloom_filter_fpp(path.clone(), 0.01)
            .set_column_bloom_filter_max_ndv(path, GROUP_ROWS as u64);
    }
    builder.build()
}

/// The columns that have Bloom filters: those whose values are many and looked for one by one.
fn bloom_columns() -> [ColumnPath; 3] {
    [
        ColumnPath::from("event_id"),
        ColumnPath::from("access_key_id"),
        ColumnPath::new(vec![RESOURCE_NAMES.to_owned(), "list".to_owned(), "element".to_owned()]),
    ]
}

/// Event time, then position, both descending.
fn sorting() -> Vec<SortingColumn> {
    let index = |column| SCHEMA.index_of(column).expect("a column of the schema") as i32;
    [EVENT_TIME, POSITION]
        .map(|column| SortingColumn { column_idx: index(column), descending: true, nulls_first: false })
        .to_vec()
}
