//! Where in a plan columns can be read as codes.

use super::aggregate::{CodedAggregate, Grouping};
use super::expression::columns_read;
use super::reading::Reading;
use super::scan::CodedScan;
use crate::history::Readers;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileScanConfig, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::execution_plan::ChildrenPropertiesMode;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, Partitioning, ReplaceChildrenOptions};
use std::sync::Arc;

/// Rows that are grouped at once.
const GROUPED_ROWS: usize = 32_768;

/// Puts the nodes of this module into a plan, where it reads the files of a table.
#[derive(Debug)]
pub(in crate::sql) struct Coded;

impl PhysicalOptimizerRule for Coded {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        options: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let partitions = options.execution.target_partitions;
        let group = |node: Arc<dyn ExecutionPlan>| match aggregated(&node, partitions)? {
            Some(grouped) => Ok(Transformed::yes(grouped)),
            None => Ok(Transformed::no(node)),
        };
        let scan = |node: Arc<dyn ExecutionPlan>| match scanned(&node) {
            Some(scan) => Ok(Transformed::yes(scan)),
            None => Ok(Transformed::no(node)),
        };
        plan.transform_down(group)?.data.transform_up(scan).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "coded"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// What a scan of a table's files reads and gives.
struct Scan<'p> {
    config: &'p FileScanConfig,
    source: &'p ParquetSource,
}

impl<'p> Scan<'p> {
    fn of(node: &'p Arc<dyn ExecutionPlan>) -> Option<Scan<'p>> {
        let (config, source) =
            node.downcast_ref::<DataSourceExec>()?.downcast_to_file_source::<ParquetSource>()?;
        let mut files = config.file_groups.iter().flat_map(|group| group.files());
        files.all(|file| file.extensions.contains::<Readers>()).then_some(Scan { config, source })
    }

    fn files(&self) -> Vec<Vec<PartitionedFile>> {
        self.config.file_groups.iter().map(|group| group.files().to_vec()).collect()
    }
}

fn scanned(node: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let scan = Scan::of(node)?;
    let output: Vec<_> = scan.source.projection()?.expr_iter().collect();
    let reading = Reading {
        columns: columns_read(&output).into_iter().collect(),
        predicates: scan.source.filter().into_iter().collect(),
        batch_rows: GROUPED_ROWS,
    };
    Some(Arc::new(CodedScan::new(node.clone(), reading, output, scan.files(), scan.config.limit)))
}

/// The first step of an aggregation of which at least a part is over files.
fn aggregated(node: &Arc<dyn ExecutionPlan>, partitions: usize) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(aggregate) = node.downcast_ref::<AggregateExec>().filter(|aggregate| can_be_coded(aggregate))
    else {
        return Ok(None);
    };
    let Some(branches) = branches(aggregate.input())? else { return Ok(None) };
    let mut parts = Vec::new();
    let mut is_coded = false;
    for branch in branches {
        let coded = coded(aggregate, &branch, partitions)?;
        is_coded |= coded.is_some();
        parts.push(match coded {
            Some(coded) => coded,
            None => over(node, branch)?,
        });
    }
    match is_coded {
        true => UnionExec::try_new(parts).map(Some),
        false => Ok(None),
    }
}

fn can_be_coded(aggregate: &AggregateExec) -> bool {
    let groups = aggregate.group_expr();
    let functions = aggregate.aggr_expr();
    let is_simple = functions.iter().all(|function| {
        !function.is_distinct() && function.order_bys().is_empty() && function.groups_accumulator_supported()
    });
    aggregate.mode() == &AggregateMode::Partial
        && aggregate.limit_options().is_none()
        && aggregate.properties().output_ordering().is_none()
        && !groups.has_grouping_set()
        && groups.null_expr().is_empty()
        && is_simple
}

/// A plan as plans over one table each, or one scan of it; `None` if it does more than to choose and to compute.
fn branches(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Vec<Arc<dyn ExecutionPlan>>>> {
    if let Some(union) = node.downcast_ref::<UnionExec>() {
        let mut all = Vec::new();
        for input in union.inputs() {
            let Some(of_input) = branches(input)? else { return Ok(None) };
            all.extend(of_input);
        }
        return Ok(Some(all));
    }
    let is_deal = node
        .downcast_ref::<RepartitionExec>()
        .is_some_and(|node| matches!(node.partitioning(), Partitioning::RoundRobinBatch(_)));
    let is_line = node.downcast_ref::<ProjectionExec>().is_some() || is_filter(node);
    if !is_deal && !is_line {
        return Ok(node.children().is_empty().then(|| vec![node.clone()]));
    }
    let [input] = node.children()[..] else { return Ok(None) };
    let Some(inputs) = branches(input)? else { return Ok(None) };
    let over = |input| match is_deal {
        true => Ok(input),
        false => over(node, input),
    };
    inputs.into_iter().map(over).collect::<Result<Vec<_>>>().map(Some)
}

/// The same node over another input.
fn over(node: &Arc<dyn ExecutionPlan>, input: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
    node.clone().replace_children(vec![input], options)
}

fn is_filter(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.downcast_ref::<FilterExec>().is_some_and(|filter| filter.fetch().is_none())
}

/// What a branch gives, in terms of the table's columns.
struct Line {
    files: Vec<PartitionedFile>,
    output: ProjectionExprs,
    predicates: Vec<Arc<dyn PhysicalExpr>>,
}

fn line(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Line>> {
    if let Some(scan) = Scan::of(node) {
        if scan.config.limit.is_some() {
            return Ok(None);
        }
        let predicates = scan.source.filter().into_iter().collect();
        let files = scan.files().into_iter().flatten().collect();
        let output = scan.source.projection().cloned();
        return Ok(output.map(|output| Line { files, output, predicates }));
    }
    let [input] = node.children()[..] else { return Ok(None) };
    let Some(mut line) = line(input)? else { return Ok(None) };
    if let Some(projection) = node.downcast_ref::<ProjectionExec>() {
        line.output = line.output.try_merge(projection.projection_expr())?;
        return Ok(Some(line));
    }
    let Some(filter) = node.downcast_ref::<FilterExec>() else { return Ok(None) };
    line.predicates.push(line.output.unproject_expr(filter.predicate())?);
    if let Some(chosen) = filter.projection() {
        let all: Vec<_> = line.output.iter().cloned().collect();
        line.output = ProjectionExprs::new(chosen.iter().map(|column| all[*column].clone()));
    }
    Ok(Some(line))
}

fn coded(
    aggregate: &AggregateExec,
    branch: &Arc<dyn ExecutionPlan>,
    partitions: usize,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(line) = line(branch)? else { return Ok(None) };
    let over_table = |expr: &Arc<dyn PhysicalExpr>| line.output.unproject_expr(expr);
    let all = |exprs: Vec<Arc<dyn PhysicalExpr>>| exprs.iter().map(over_table).collect::<Result<Vec<_>>>();
    let functions = aggregate.aggr_expr().to_vec();
    let arguments =
        functions.iter().map(|function| all(function.expressions())).collect::<Result<Vec<_>>>()?;
    let filters = aggregate.filter_expr().iter().map(|filter| filter.as_ref().map(over_table).transpose());
    let grouping = Grouping {
        keys: all(aggregate.group_expr().input_exprs())?,
        functions,
        arguments,
        filters: filters.collect::<Result<_>>()?,
        schema: aggregate.schema(),
    };
    let filters = grouping.filters.iter().flatten();
    let read = columns_read(grouping.keys.iter().chain(grouping.arguments.iter().flatten()).chain(filters));
    let reading = Reading {
        columns: read.into_iter().collect(),
        predicates: line.predicates,
        batch_rows: GROUPED_ROWS,
    };
    let partitions = partitions.clamp(1, line.files.len().max(1));
    Ok(Some(Arc::new(CodedAggregate::new(grouping, reading, line.files, partitions))))
}
