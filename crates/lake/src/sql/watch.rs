//! The last touch of a plan: its tables count what they give, and no part of it computes for long without a pause
//! in which it can be cancelled.

use super::coded::CodedAggregate;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::config::ConfigOptions;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties, SendableRecordBatchStream,
};
use futures::StreamExt;
use futures::stream::poll_fn;
use std::fmt;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

/// How long a query computes before others, and who cancels it, get their turn.
const PAUSE_AFTER: Duration = Duration::from_millis(20);

/// Puts the nodes of this module into a plan. To be the last rule, as others do not know them.
#[derive(Debug)]
pub(super) struct Watch;

impl PhysicalOptimizerRule for Watch {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| Ok(watched(node))).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "watch"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The engine pauses where tables are read, and after many batches only. A join or an UNNEST makes many rows of few, and
/// whoever reads them without passing them on would never pause.
fn watched(node: Arc<dyn ExecutionPlan>) -> Transformed<Arc<dyn ExecutionPlan>> {
    let is_grouped = node.downcast_ref::<CodedAggregate>().is_some();
    let is_table = node.children().is_empty() && !is_grouped;
    match is_table || node.children().len() > 1 || node.name() == "UnnestExec" {
        true => Transformed::yes(Arc::new(Watched::new(node, is_table))),
        false => Transformed::no(node),
    }
}

/// A node whose reader pauses now and then; if it is a table its rows are counted.
#[derive(Debug)]
struct Watched {
    input: Arc<dyn ExecutionPlan>,
    is_table: bool,
    metrics: ExecutionPlanMetricsSet,
}

impl Watched {
    fn new(input: Arc<dyn ExecutionPlan>, is_table: bool) -> Watched {
        Watched { input, is_table, metrics: ExecutionPlanMetricsSet::new() }
    }
}

/// The rows that a node has counted, if it is one that counts.
pub(super) fn counted(plan: &dyn ExecutionPlan) -> Option<u64> {
    if let Some(grouped) = plan.downcast_ref::<CodedAggregate>() {
        return Some(grouped.rows());
    }
    let watched = plan.downcast_ref::<Watched>().filter(|watched| watched.is_table)?;
    Some(watched.metrics.clone_inner().output_rows().unwrap_or(0) as u64)
}

impl DisplayAs for Watched {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Watched")
    }
}

impl ExecutionPlan for Watched {
    fn name(&self) -> &str {
        "Watched"
    }

    fn schema(&self) -> SchemaRef {
        self.input.schema()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match children.pop() {
            Some(input) => Ok(Arc::new(Watched::new(input, self.is_table))),
            None => Err(DataFusionError::Internal(String::from("it has one child"))),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let mut input = self.input.execute(partition, context)?;
        let mut resumed = Instant::now();
        let batches = poll_fn(move |task| {
            if resumed.elapsed() > PAUSE_AFTER {
                resumed = Instant::now();
                task.waker().wake_by_ref();
                return Poll::Pending;
            }
            let batch = input.poll_next_unpin(task);
            if let Poll::Ready(Some(Ok(batch))) = &batch {
                metrics.record_output(batch.num_rows());
            }
            batch
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}
