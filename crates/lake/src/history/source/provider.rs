//! A moment of history, as the engine's table.

use super::files::{chosen, described, on_hashes};
use super::needs::{Narrowed, narrowed};
use super::newest_first;
use super::reader::Readers;
use crate::columns::SCHEMA;
use crate::table::{FileReader, TableView};
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::common::config::TableParquetOptions;
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::union::UnionExec;
use std::fmt;
use std::sync::Arc;

/// The files of the table and the rows of the tail, none of which is in both.
pub(super) struct Snapshot {
    table: Arc<TableView>,
    /// Newest first.
    tail: Vec<RecordBatch>,
    reader: Arc<FileReader>,
}

impl Snapshot {
    pub(super) fn new(table: Arc<TableView>, tail: Vec<RecordBatch>, reader: Arc<FileReader>) -> Snapshot {
        Snapshot { table, tail, reader }
    }

    fn scan_tail(&self, projection: Option<&Vec<usize>>) -> Result<Arc<dyn ExecutionPlan>> {
        let rows = MemorySourceConfig::try_new(
            std::slice::from_ref(&self.tail),
            SCHEMA.clone(),
            projection.cloned(),
        )?;
        Ok(DataSourceExec::from_data_source(
            rows.try_with_sort_information(newest_first().into_iter().collect())?,
        ))
    }

    /// `files`: the newest first.
    fn scan_files(
        &self,
        files: &[Narrowed],
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        predicate: Option<Arc<dyn PhysicalExpr>>,
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let global = session.config().options().execution.parquet.clone();
        let readers = Arc::new(Readers::new(Arc::clone(&self.reader), Arc::clone(&self.table)));
        let groups = groups(files, session.config().target_partitions(), &readers);
        let mut source = ParquetSource::new(SCHEMA.clone())
            .with_table_parquet_options(TableParquetOptions { global, ..TableParquetOptions::default() })
            .with_parquet_file_reader_factory(readers);
        if let Some(predicate) = predicate {
            source = source.with_predicate(predicate);
        }
        // The folder's files are opened by `Readers`; the URL names a store that every session has.
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_output_ordering(newest_first().into_iter().collect())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit);
        Ok(DataSourceExec::from_data_source(scan.build()))
    }
}

/// Files dealt out to as many groups as are read at once, so that each begins with new ones.
fn groups(files: &[Narrowed], count: usize, readers: &Arc<Readers>) -> Vec<FileGroup> {
    let count = count.clamp(1, files.len().max(1));
    let file = |narrowed: &Narrowed| {
        let mut described = described(&narrowed.file, readers);
        if let Some(rows) = &narrowed.rows {
            described.extensions.insert(rows.clone());
        }
        described
    };
    let group = |first| files.iter().skip(first).step_by(count).map(file).collect();
    (0..count).map(|first| FileGroup::new(group(first))).collect()
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Snapshot").field("committed", &self.table.committed).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for Snapshot {
    fn schema(&self) -> SchemaRef {
        SCHEMA.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// The engine filters, in the files where it can; here filters choose files.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = DFSchema::try_from(SCHEMA.clone())?;
        let physical = |filter: Expr| session.create_physical_expr(filter, &schema);
        let predicates = filters.iter().cloned().map(physical).collect::<Result<Vec<_>>>()?;
        let files = chosen(&self.table.files, &predicates)?;
        let files = narrowed(files, filters, &self.reader)
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let on_hashes = on_hashes(filters).map(physical).transpose()?;
        let mut parts = Vec::new();
        if !files.is_empty() {
            parts.push(self.scan_files(&files, session, projection, on_hashes, limit)?);
        }
        if !self.tail.is_empty() || files.is_empty() {
            parts.push(self.scan_tail(projection)?);
        }
        UnionExec::try_new(parts)
    }
}
