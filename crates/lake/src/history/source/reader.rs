//! How the engine reads data files: through the reader that look-ups use, whose footers are remembered.

use crate::error::LakeError;
use crate::table::{FileReader, OpenFile, TableView};
use bytes::Bytes;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{ParquetFileMetrics, ParquetFileReaderFactory};
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Opens the files of one state of the table. They stay on disk for as long as this does.
#[derive(Clone)]
pub(crate) struct Readers {
    reader: Arc<FileReader>,
    /// Upkeep deletes no file that anyone has in a view.
    _table: Arc<TableView>,
}

impl Readers {
    pub(super) fn new(reader: Arc<FileReader>, table: Arc<TableView>) -> Readers {
        Readers { reader, _table: table }
    }

    /// Opens the file at `path`, relative to the table's folder.
    pub(crate) fn open(&self, path: &str) -> std::result::Result<OpenFile, LakeError> {
        self.reader.open(path)
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl ParquetFileReaderFactory for Readers {
    fn create_reader(
        &self,
        partition_index: usize,
        file: PartitionedFile,
        _: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let path = file.object_meta.location.as_ref();
        let open = self.open(path).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let metrics = ParquetFileMetrics::new(partition_index, path, metrics);
        Ok(Box::new(Reading { open, metrics }))
    }
}

/// A file that is read on the thread that asks: the engine has threads of its own.
struct Reading {
    open: OpenFile,
    metrics: ParquetFileMetrics,
}

impl Reading {
    fn read(&self, range: &Range<u64>) -> ParquetResult<Bytes> {
        let length = (range.end - range.start) as usize;
        self.metrics.bytes_scanned.add(length);
        self.open.read(range.start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

impl AsyncFileReader for Reading {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        ready(self.read(&range)).boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        ready(Ok(self.open.shared_footer())).boxed()
    }
}
