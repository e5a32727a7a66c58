//! Rows of data files, for whatever a plan does with them.

use super::expression::Expression;
use super::reading::{Counts, FileRows, Reading};
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, SendableRecordBatchStream,
};
use futures::stream::try_unfold;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// Gives what the engine's scan of the same files would, in the same order.
#[derive(Debug)]
pub(in crate::sql) struct CodedScan {
    /// The engine's scan, which says what is to be read. Not run.
    scan: Arc<dyn ExecutionPlan>,
    reading: Reading,
    output: Vec<Arc<dyn PhysicalExpr>>,
    /// Of each partition.
    files: Vec<Vec<PartitionedFile>>,
    limit: Option<usize>,
    metrics: ExecutionPlanMetricsSet,
}

impl CodedScan {
    /// `output`: over the table's columns.
    pub(super) fn new(
        scan: Arc<dyn ExecutionPlan>,
        reading: Reading,
        output: Vec<Arc<dyn PhysicalExpr>>,
        files: Vec<Vec<PartitionedFile>>,
        limit: Option<usize>,
    ) -> CodedScan {
        CodedScan { scan, reading, output, files, limit, metrics: ExecutionPlanMetricsSet::new() }
    }
}

impl DisplayAs for CodedScan {
    fn fmt_as(&self, kind: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CodedScan of ")?;
        self.scan.fmt_as(kind, out)
    }
}

impl ExecutionPlan for CodedScan {
    fn name(&self) -> &str {
        "CodedScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.scan.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let output = self.output.iter().map(|expr| Expression::new(expr, &self.reading.columns));
        let rows = Rows {
            output: output.collect::<Result<_>>()?,
            schema: self.schema(),
            reading: Reading { batch_rows: context.session_config().batch_size(), ..self.reading.clone() },
            files: self.files.get(partition).cloned().unwrap_or_default().into(),
            rows: None,
            left: self.limit.unwrap_or(usize::MAX),
            counts: Counts::new(&self.metrics, partition),
        };
        let batches = try_unfold(rows, |mut rows| async move { Ok(rows.next()?.map(|batch| (batch, rows))) });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), Box::pin(batches))))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// The rows of one partition.
struct Rows {
    output: Vec<Expression>,
    schema: SchemaRef,
    reading: Reading,
    files: VecDeque<PartitionedFile>,
    rows: Option<FileRows>,
    left: usize,
    counts: Counts,
}

impl Rows {
    fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.left > 0 {
            if let Some(batch) = self.rows.as_mut().and_then(Iterator::next) {
                return self.computed(&batch?).map(Some);
            }
            let Some(file) = self.files.pop_front() else { return Ok(None) };
            self.rows = Some(self.reading.rows(&file, &self.counts)?);
        }
        Ok(None)
    }

    fn computed(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows().min(self.left);
        let batch = batch.slice(0, rows);
        self.left -= rows;
        let columns = self.output.iter_mut().map(|expression| expression.array(&batch));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?)
    }
}
