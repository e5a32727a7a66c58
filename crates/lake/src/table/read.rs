//! Opening data files.

use crate::columns::SCHEMA;
use crate::error::LakeError;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Memory for the footers of files, in bytes.
const FOOTERS_BYTES_MAX: usize = 64 << 20;

/// Opens the table's data files and remembers their footers.
pub(crate) struct FileReader {
    dir: PathBuf,
    footers: Mutex<Footers>,
}

/// The footers of the files opened last; the oldest go first.
#[derive(Default)]
struct Footers {
    by_path: HashMap<String, ArrowReaderMetadata>,
    order: VecDeque<String>,
    bytes: usize,
}

/// An open data file.
pub(crate) struct OpenFile {
    file: File,
    footer: ArrowReaderMetadata,
}

impl FileReader {
    /// For the table in `dir`.
    pub(crate) fn new(dir: PathBuf) -> FileReader {
        FileReader { dir, footers: Mutex::default() }
    }

    /// Opens the file at `path`, relative to the table's folder.
    pub(crate) fn open(&self, path: &str) -> Result<OpenFile, LakeError> {
        let file = File::open(self.dir.join(path))?;
        let known = self.footers().by_path.get(path).cloned();
        if let Some(footer) = known {
            return Ok(OpenFile { file, footer });
        }
        let options = ArrowReaderOptions::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .with_skip_arrow_metadata(true)
            .with_schema(SCHEMA.clone());
        let footer = ArrowReaderMetadata::load(&file, options)?;
        self.footers().insert(path, footer.clone());
        Ok(OpenFile { file, footer })
    }

    fn footers(&self) -> std::sync::MutexGuard<'_, Footers> {
        // Inserting leaves the cache usable wherever it stops.
        self.footers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Footers {
    fn insert(&mut self, path: &str, footer: ArrowReaderMetadata) {
        self.bytes += footer.metadata().memory_size();
        if self.by_path.insert(path.to_owned(), footer).is_none() {
            self.order.push_back(path.to_owned());
        }
        while self.bytes > FOOTERS_BYTES_MAX
            && let Some(oldest) = self.order.pop_front()
            && let Some(footer) = self.by_path.remove(&oldest)
        {
            self.bytes = self.bytes.saturating_sub(footer.metadata().memory_size());
        }
    }
}

impl OpenFile {
    pub(crate) fn footer(&self) -> &ParquetMetaData {
        self.footer.metadata()
    }

    /// The number of a leaf column, such as `event_id` or `resource_names.list.element`.
    pub(crate) fn column(&self, path: &str) -> Option<usize> {
        let columns = self.footer.parquet_schema().columns();
        columns.iter().position(|column| column.path().string() == path)
    }

    /// Rows of one row group. `columns`: `None` for all.
    pub(crate) fn rows(
        &self,
        group: usize,
        columns: Option<&[&str]>,
        selection: Option<RowSelection>,
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, LakeError> {
        let schema = self.footer.parquet_schema();
        let mask = match columns {
            None => ProjectionMask::all(),
            Some(names) => ProjectionMask::columns(schema, names.iter().copied()),
        };
        let mut builder =
            self.builder()?.with_row_groups(vec![group]).with_projection(mask).with_batch_size(batch_rows);
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        Ok(builder.build()?)
    }

    /// Whether the Bloom filter of a column lets any of `values` through; true if there is none.
    pub(crate) fn may_hold<'t>(
        &self,
        group: usize,
        column: usize,
        values: impl IntoIterator<Item = &'t str>,
    ) -> Result<bool, LakeError> {
        let filter = self.builder()?.get_row_group_column_bloom_filter(group, column)?;
        Ok(filter.is_none_or(|filter| values.into_iter().any(|value| filter.check(value))))
    }

    fn builder(&self) -> Result<ParquetRecordBatchReaderBuilder<File>, LakeError> {
        let file = self.file.try_clone()?;
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone()))
    }
}
