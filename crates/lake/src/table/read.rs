//! Opening data files.

use super::page::{DataPage, Dictionary, LevelsMax};
use super::prints::Prints;
use crate::cache::Cache;
use crate::columns::SCHEMA;
use crate::error::LakeError;
use crate::remote::RemoteTable;
use crate::words::WordIndex;
use bytes::Bytes;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use datafusion::parquet::bloom_filter::Sbbf;
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Memory for the footers of files, in bytes.
const FOOTERS_BYTES_MAX: usize = 64 << 20;
/// Memory for dictionaries, in bytes.
const DICTIONARIES_BYTES_MAX: usize = 32 << 20;
/// Memory for pages of small columns, in bytes: those of more than a million rows.
const PAGES_BYTES_MAX: usize = 48 << 20;
/// Memory for pages that whole events were read from lately, in bytes: those of a page of the answer that lie as far
/// apart as can be. Given back when nobody looks anything up.
const LATELY_BYTES_MAX: usize = 24 << 20;
/// Memory for hashes of texts that stand in no dictionary, in bytes: two a text.
const PRINTS_BYTES_MAX: usize = 8 << 20;

/// Memory for Bloom filters, in bytes: those of twelve million rows.
const FILTERS_BYTES_MAX: usize = 16 << 20;
/// Memory for directories of word indexes, in bytes: those of some hundred million rows.
const WORDS_BYTES_MAX: usize = 8 << 20;
const FILTER_BLOCK_BYTES: usize = 32;

/// Opens the table's data files and remembers what look-ups read again and again.
pub(crate) struct FileReader {
    dir: PathBuf,
    /// The table's files, if they are not all in its folder.
    remote: Option<Arc<RemoteTable>>,
    footers: Arc<Cache<String, Arc<Footer>>>,
    files_read: Arc<AtomicU64>,
    caches: Arc<Caches>,
}

/// What is known of a file's columns; the file has a number, as it is a key in caches.
struct Footer {
    number: u64,
    metadata: ArrowReaderMetadata,
    leaves: HashMap<String, usize>,
}

/// Where a page stands: (file, row group, column, page).
type PagePlace = (u64, u32, u32, u32);

pub(super) struct Caches {
    pub(super) dictionaries: Cache<PagePlace, Arc<Dictionary>>,
    pub(super) pages: Cache<PagePlace, Arc<DataPage>>,
    pub(super) lately: Cache<PagePlace, Arc<DataPage>>,
    pub(super) prints: Cache<PagePlace, Arc<Prints>>,
    filters: Cache<PagePlace, Arc<Option<Sbbf>>>,
    pub(super) words: Cache<PagePlace, Arc<Option<WordIndex>>>,
}

/// An open data file.
#[derive(Clone)]
pub(crate) struct OpenFile {
    file: Arc<File>,
    footer: Arc<Footer>,
    caches: Arc<Caches>,
}

impl FileReader {
    /// For the table in `dir`.
    pub(crate) fn new(dir: PathBuf) -> FileReader {
        let caches = Caches {
            dictionaries: Cache::new(DICTIONARIES_BYTES_MAX),
            pages: Cache::new(PAGES_BYTES_MAX),
            lately: Cache::new(LATELY_BYTES_MAX),
            prints: Cache::new(PRINTS_BYTES_MAX),
            filters: Cache::new(FILTERS_BYTES_MAX),
            words: Cache::new(WORDS_BYTES_MAX),
        };
        FileReader {
            dir,
            remote: None,
            footers: Arc::new(Cache::new(FOOTERS_BYTES_MAX)),
            files_read: Arc::default(),
            caches: Arc::new(caches),
        }
    }

    /// Files that are not in the folder are fetched.
    pub(crate) fn fetching(self, remote: Option<Arc<RemoteTable>>) -> FileReader {
        FileReader { remote, ..self }
    }

    pub(crate) fn remote(&self) -> Option<&Arc<RemoteTable>> {
        self.remote.as_ref()
    }

    /// For another table, whose files share the memory: no two files have the same name.
    pub(crate) fn beside(&self, dir: PathBuf) -> FileReader {
        FileReader {
            dir,
            remote: None,
            footers: Arc::clone(&self.footers),
            files_read: Arc::clone(&self.files_read),
            caches: Arc::clone(&self.caches),
        }
    }

    /// The table's folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens the file at `path`, relative to the table's folder.
    pub(crate) fn open(&self, path: &str) -> Result<OpenFile, LakeError> {
        let file = match &self.remote {
            None => File::open(self.dir.join(path))?,
            Some(remote) => remote.file(path)?,
        };
        let known = self.footers.get(&path.to_owned());
        let footer = match known {
            Some(footer) => footer,
            None => self.read_footer(path, &file)?,
        };
        Ok(OpenFile { file: Arc::new(file), footer, caches: Arc::clone(&self.caches) })
    }

    /// Gives back memory that nobody has used since the call before.
    pub(crate) fn rest(&self) {
        self.caches.lately.clear_if_unused();
    }

    fn read_footer(&self, path: &str, file: &File) -> Result<Arc<Footer>, LakeError> {
        let options = ArrowReaderOptions::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .with_skip_arrow_metadata(true)
            .with_schema(SCHEMA.clone());
        let metadata = ArrowReaderMetadata::load(file, options)?;
        let leaves = metadata.parquet_schema().columns().iter().enumerate();
        let leaves = leaves.map(|(leaf, column)| (column.path().string(), leaf)).collect();
        let bytes = metadata.metadata().memory_size();
        let footer = Arc::new(Footer { number: self.files_read.fetch_add(1, Relaxed), metadata, leaves });
        self.footers.insert(path.to_owned(), Arc::clone(&footer), bytes);
        Ok(footer)
    }
}

impl OpenFile {
    pub(crate) fn footer(&self) -> &ParquetMetaData {
        self.footer.metadata.metadata()
    }

    /// Likewise, for who keeps it longer than the file.
    pub(crate) fn shared_footer(&self) -> Arc<ParquetMetaData> {
        Arc::clone(self.footer.metadata.metadata())
    }

    /// The number of a leaf column, such as `event_id` or `resource_types.list.element`.
    pub(crate) fn column(&self, path: &str) -> Option<usize> {
        self.footer.leaves.get(path).copied()
    }

    /// How many rows a row group has.
    pub(crate) fn group_rows(&self, group: usize) -> usize {
        self.footer().row_group(group).num_rows() as usize
    }

    pub(super) fn levels(&self, leaf: usize) -> LevelsMax {
        let column = self.footer.metadata.parquet_schema().column(leaf);
        LevelsMax { definition: column.max_def_level() as u32, repetition: column.max_rep_level() as u32 }
    }

    /// Reads bytes of the file, which several may do at once.
    pub(crate) fn read(&self, start: u64, length: usize) -> Result<Bytes, LakeError> {
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }

    pub(super) fn caches(&self) -> &Caches {
        &self.caches
    }

    pub(super) fn place(&self, group: usize, leaf: usize, page: usize) -> PagePlace {
        (self.footer.number, group as u32, leaf as u32, page as u32)
    }

    /// Rows of one row group. `columns`: `None` for all.
    pub(crate) fn rows(
        &self,
        group: usize,
        columns: Option<&[&str]>,
        selection: Option<RowSelection>,
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, LakeError> {
        let schema = self.footer.metadata.parquet_schema();
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

    /// Whether the Bloom filter of a column lets `text` through; true if there is none. Remembers the filter.
    pub(super) fn may_hold_text(&self, group: usize, column: usize, text: &str) -> Result<bool, LakeError> {
        let place = self.place(group, column, 0);
        let filter = match self.caches.filters.get(&place) {
            Some(filter) => filter,
            None => {
                let filter = self.builder()?.get_row_group_column_bloom_filter(group, column)?;
                let bytes = filter.as_ref().map_or(0, Sbbf::num_blocks) * FILTER_BLOCK_BYTES;
                let filter = Arc::new(filter);
                self.caches.filters.insert(place, Arc::clone(&filter), bytes);
                filter
            }
        };
        Ok(filter.as_ref().as_ref().is_none_or(|filter| filter.check(text)))
    }

    fn builder(&self) -> Result<ParquetRecordBatchReaderBuilder<File>, LakeError> {
        let file = self.file.try_clone()?;
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.metadata.clone()))
    }
}
