//! What is computed for rows that are sorted and cut off waits until only those are left that stay.
//!
//! `SELECT eventJson ... ORDER BY eventTime DESC LIMIT 10` would put every record together only to throw all but ten
//! away.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use std::sync::Arc;

/// Turns a projection below a sort with a limit into one above it.
#[derive(Debug)]
pub(super) struct Late;

impl PhysicalOptimizerRule for Late {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let turn = |node: Arc<dyn ExecutionPlan>| match turned(&node)? {
            Some(turned) => Ok(Transformed::yes(turned)),
            None => Ok(Transformed::no(node)),
        };
        plan.transform_down(turn).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "late"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn turned(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(sort) = node.downcast_ref::<SortExec>().filter(|sort| sort.fetch().is_some()) else {
        return Ok(None);
    };
    let Some(projection) = sort.input().downcast_ref::<ProjectionExec>() else { return Ok(None) };
    let computes = projection.expr().iter().any(|column| column.expr.downcast_ref::<Column>().is_none());
    let Some(ordering) = below(sort.expr(), projection).filter(|_| computes) else { return Ok(None) };
    let sort = SortExec::new(ordering, projection.input().clone())
        .with_preserve_partitioning(sort.preserve_partitioning())
        .with_fetch(sort.fetch());
    let projection = ProjectionExec::try_new(projection.expr().to_vec(), Arc::new(sort))?;
    Ok(Some(Arc::new(projection)))
}

/// The ordering by the columns that the projection passes on; `None` if it computes one of them.
fn below(ordering: &LexOrdering, projection: &ProjectionExec) -> Option<LexOrdering> {
    let below = ordering.iter().map(|sort| {
        let column = sort.expr.downcast_ref::<Column>()?;
        let passed = &projection.expr().get(column.index())?.expr;
        passed.downcast_ref::<Column>()?;
        Some(PhysicalSortExpr::new(passed.clone(), sort.options))
    });
    LexOrdering::new(below.collect::<Option<Vec<_>>>()?)
}
