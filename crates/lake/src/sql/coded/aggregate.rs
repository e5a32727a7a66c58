//! Groups the rows of data files by codes, as the first of the two steps in which the engine aggregates.

use super::expression::Expression;
use super::groups::{Aggregate, Groups};
use super::reading::{Counts, FileRows, Reading};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, SendableRecordBatchStream,
};
use futures::stream::try_unfold;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Rows after which it is looked at whether grouping makes fewer of them.
const TRIAL_ROWS: usize = 100_000;

/// What is computed.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Grouping {
    pub(super) keys: Vec<Arc<dyn PhysicalExpr>>,
    pub(super) functions: Vec<Arc<AggregateFunctionExpr>>,
    /// Of each function.
    pub(super) arguments: Vec<Vec<Arc<dyn PhysicalExpr>>>,
    /// Of each function.
    pub(super) filters: Vec<Option<Arc<dyn PhysicalExpr>>>,
    /// The keys, then the states of the functions.
    pub(super) schema: SchemaRef,
}

/// Groups of rows and the states of what is aggregated. Who is done with a file takes the next one, so all end at about the
/// same time.
#[derive(Debug)]
pub(in crate::sql) struct CodedAggregate {
    grouping: Grouping,
    reading: Reading,
    files: Arc<Vec<PartitionedFile>>,
    next: Arc<AtomicUsize>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl CodedAggregate {
    pub(super) fn new(
        grouping: Grouping,
        reading: Reading,
        files: Vec<PartitionedFile>,
        partitions: usize,
    ) -> CodedAggregate {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(grouping.schema.clone()),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        CodedAggregate {
            grouping,
            reading,
            files: Arc::new(files),
            next: Arc::default(),
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }

    /// Rows of files that it has taken so far.
    pub(in crate::sql) fn rows(&self) -> u64 {
        let metrics = self.metrics.clone_inner();
        metrics.sum_by_name("rows_grouped").map_or(0, |rows| rows.as_usize() as u64)
    }
}

impl Grouping {
    fn groups(&self, columns: &[usize]) -> Result<Groups> {
        let all = |exprs: &[Arc<dyn PhysicalExpr>]| -> Result<Vec<Expression>> {
            exprs.iter().map(|expr| Expression::new(expr, columns)).collect()
        };
        let aggregates = self.functions.iter().zip(&self.arguments).zip(&self.filters);
        let aggregates = aggregates.map(|((function, arguments), filter)| {
            Ok(Aggregate {
                accumulator: function.create_groups_accumulator()?,
                arguments: all(arguments)?,
                filter: filter.as_ref().map(|filter| Expression::new(filter, columns)).transpose()?,
            })
        });
        Groups::new(all(&self.keys)?, aggregates.collect::<Result<_>>()?, self.schema.clone())
    }
}

impl DisplayAs for CodedAggregate {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.grouping.keys.iter().map(ToString::to_string).collect();
        let names: Vec<&str> = self.grouping.functions.iter().map(|function| function.name()).collect();
        let predicates: Vec<String> = self.reading.predicates.iter().map(ToString::to_string).collect();
        let files: Vec<&str> = self.files.iter().map(|file| file.object_meta.location.as_ref()).collect();
        write!(
            out,
            "CodedAggregate: keys=[{}], aggregates=[{}], predicates=[{}], files=[{}]",
            keys.join(", "),
            names.join(", "),
            predicates.join(", "),
            files.join(", ")
        )
    }
}

impl ExecutionPlan for CodedAggregate {
    fn name(&self) -> &str {
        "CodedAggregate"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
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
        let consumer = MemoryConsumer::new(format!("CodedAggregate[{partition}]")).with_can_spill(true);
        let work = Work {
            groups: self.grouping.groups(&self.reading.columns)?,
            reading: self.reading.clone(),
            files: self.files.clone(),
            next: self.next.clone(),
            rows: None,
            memory: consumer.register(context.memory_pool()),
            batch_rows: context.session_config().batch_size(),
            // Somebody has to say that there is nothing.
            must_emit: self.grouping.keys.is_empty(),
            is_futile: false,
            since_emitted: 0,
            emitted: None,
            counted: MetricBuilder::new(&self.metrics).counter("rows_grouped", partition),
            counts: Counts::new(&self.metrics, partition),
        };
        let batches =
            try_unfold(work, |mut work| async move { Ok(work.next().await?.map(|batch| (batch, work))) });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.grouping.schema.clone(), Box::pin(batches))))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// One partition at work.
struct Work {
    groups: Groups,
    reading: Reading,
    files: Arc<Vec<PartitionedFile>>,
    next: Arc<AtomicUsize>,
    rows: Option<FileRows>,
    memory: MemoryReservation,
    batch_rows: usize,
    must_emit: bool,
    /// Nearly every row is a group of its own, so they are not gathered.
    is_futile: bool,
    since_emitted: usize,
    emitted: Option<RecordBatch>,
    counted: Count,
    counts: Counts,
}

impl Work {
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(part) = self.part() {
                return Ok(Some(part));
            }
            let Some(batch) = self.read()? else { return self.rest() };
            self.add(&batch)?;
            // Who cancels the query gets a turn.
            tokio::task::yield_now().await;
        }
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        self.counted.add(batch.num_rows());
        self.since_emitted += batch.num_rows();
        self.groups.add(batch)?;
        let is_trial_over = self.since_emitted >= TRIAL_ROWS;
        self.is_futile |= is_trial_over && self.groups.count() > self.since_emitted / 10 * 8;
        // States may be handed over at any time: the second step puts together what belongs together.
        if self.is_futile || self.memory.try_resize(self.groups.size()).is_err() {
            self.emit()?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.rows.as_mut().and_then(Iterator::next) {
                return batch.map(Some);
            }
            let Some(file) = self.files.get(self.next.fetch_add(1, Relaxed)) else { return Ok(None) };
            self.rows = Some(self.reading.rows(file, &self.counts)?);
        }
    }

    /// What is left at the end.
    fn rest(&mut self) -> Result<Option<RecordBatch>> {
        if self.since_emitted > 0 || self.must_emit {
            self.emit()?;
        }
        Ok(self.part())
    }

    fn emit(&mut self) -> Result<()> {
        self.emitted = Some(self.groups.emit()?);
        (self.since_emitted, self.must_emit) = (0, false);
        self.memory.free();
        Ok(())
    }

    /// A part of what was emitted.
    fn part(&mut self) -> Option<RecordBatch> {
        let emitted = self.emitted.take()?;
        let rows = emitted.num_rows();
        if rows > self.batch_rows {
            self.emitted = Some(emitted.slice(self.batch_rows, rows - self.batch_rows));
            return Some(emitted.slice(0, self.batch_rows));
        }
        (rows > 0).then_some(emitted)
    }
}
