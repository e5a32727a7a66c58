//! `CROSS JOIN UNNEST(list) AS t(element)`: a row for each element, beside the row that the list is of.

use crate::sql::functions::{member, scalar};
use crate::sql::types;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::TableReference;
use datafusion::common::{Column, NullHandling, UnnestOptions, internal_err, not_impl_err, plan_err};
use datafusion::error::Result;
use datafusion::functions_nested::range::gen_series_udf;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{
    PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning,
};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, ScalarUDF, lit};
use datafusion::sql::sqlparser::ast::{JoinOperator, TableAlias, TableFactor, TableWithJoins};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Unnest;

impl RelationPlanner for Unnest {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        match relation {
            TableFactor::UNNEST { .. } => {
                let input = LogicalPlanBuilder::empty(true).build()?;
                planned(input, relation, NullHandling::Drop, context)
            }
            TableFactor::NestedJoin { table_with_joins, alias: None }
                if ends_with_unnest(&table_with_joins) =>
            {
                let TableWithJoins { relation: first, mut joins } = *table_with_joins;
                let Some(last) = joins.pop() else { return internal_err!("it was there") };
                let handling = handling(&last.join_operator)?;
                let input = match joins.is_empty() {
                    true => context.plan(first)?,
                    false => {
                        let inner = TableWithJoins { relation: first, joins };
                        context.plan(TableFactor::NestedJoin {
                            table_with_joins: Box::new(inner),
                            alias: None,
                        })?
                    }
                };
                planned(input, last.relation, handling, context)
            }
            relation => Ok(RelationPlanning::Original(Box::new(relation))),
        }
    }
}

fn ends_with_unnest(table: &TableWithJoins) -> bool {
    table.joins.last().is_some_and(|join| matches!(join.relation, TableFactor::UNNEST { .. }))
}

/// What happens to rows without elements.
fn handling(join: &JoinOperator) -> Result<NullHandling> {
    match join {
        JoinOperator::CrossJoin(_) | JoinOperator::Join(_) | JoinOperator::Inner(_) => Ok(NullHandling::Drop),
        JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => Ok(NullHandling::PreserveAndExpandEmpty),
        _ => not_impl_err!("UNNEST can be joined by CROSS JOIN and LEFT JOIN only"),
    }
}

fn planned(
    input: LogicalPlan,
    relation: TableFactor,
    handling: NullHandling,
    context: &mut dyn RelationPlannerContext,
) -> Result<RelationPlanning> {
    let TableFactor::UNNEST { alias, array_exprs, with_ordinality, .. } = relation else {
        return internal_err!("not an UNNEST");
    };
    let schema = input.schema().clone();
    let mut lists = Vec::with_capacity(array_exprs.len());
    for expr in array_exprs {
        let expr = context.sql_to_expr(expr, &schema)?;
        lists.push(List::new(expr, &schema)?);
    }
    if with_ordinality && let Some(list) = lists.first().map(List::numbers) {
        lists.push(list?);
    }
    let plan = unnest(input, &lists, alias.as_ref(), handling)?;
    Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, None))))
}

/// Something to take apart.
struct List {
    expr: Expr,
    element: DataType,
}

fn call(function: Arc<ScalarUDF>, args: Vec<Expr>) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(function, args))
}

impl List {
    fn new(expr: Expr, schema: &datafusion::common::DFSchema) -> Result<List> {
        let kind = expr.get_type(schema)?;
        if let (Some((key, value)), Some(entries)) = (types::entry(&kind), scalar("map_entries")) {
            let members = [("key", key.clone()), ("value", value.clone())];
            return Ok(List { expr: call(entries, vec![expr]), element: types::structure(members) });
        }
        match kind {
            DataType::List(element) => Ok(List { expr, element: element.data_type().clone() }),
            other => plan_err!("UNNEST takes an array or a map, not {}", types::name(&other)),
        }
    }

    /// The numbers of its elements, from 1.
    fn numbers(&self) -> Result<List> {
        let Some(cardinality) = scalar("cardinality") else { return internal_err!("no cardinality") };
        let count = call(cardinality, vec![self.expr.clone()]);
        Ok(List { expr: call(gen_series_udf(), vec![lit(1i64), count]), element: DataType::Int64 })
    }

    /// The columns that its elements become: members of structs become one each.
    fn columns(&self, element: &Expr) -> Vec<(Option<String>, Expr)> {
        match &self.element {
            DataType::Struct(fields) => {
                let members = fields.iter().map(|field| field.name().clone());
                members.map(|name| (Some(name.clone()), member(element.clone(), &name))).collect()
            }
            _ => vec![(None, element.clone())],
        }
    }
}

fn unnest(
    input: LogicalPlan,
    lists: &[List],
    alias: Option<&TableAlias>,
    handling: NullHandling,
) -> Result<LogicalPlan> {
    let kept: Vec<Expr> = input.schema().columns().into_iter().map(Expr::Column).collect();
    // No name that a statement writes has a colon.
    let name = |index: usize| format!("unnest:{index}");
    let taken = lists.iter().enumerate().map(|(index, list)| list.expr.clone().alias(name(index)));
    let elements: Vec<Column> = (0..lists.len()).map(|index| Column::from_name(name(index))).collect();
    let columns: Vec<(Option<String>, Expr)> = lists
        .iter()
        .zip(&elements)
        .flat_map(|(list, element)| list.columns(&Expr::Column(element.clone())))
        .collect();
    let named = names(&columns, alias)?.into_iter().zip(columns);
    let table = alias.map(|alias| TableReference::bare(alias.name.value.clone()));
    let named = named.map(|(name, (_, expr))| expr.alias_qualified(table.clone(), name));
    let options = UnnestOptions { null_handling: handling, recursions: Vec::new() };
    LogicalPlanBuilder::from(input)
        .project(kept.iter().cloned().chain(taken))?
        .unnest_columns_with_options(elements, options)?
        .project(kept.iter().cloned().chain(named))?
        .build()
}

/// What the columns are called.
fn names(columns: &[(Option<String>, Expr)], alias: Option<&TableAlias>) -> Result<Vec<String>> {
    let given = alias.map(|alias| alias.columns.as_slice()).unwrap_or_default();
    if !given.is_empty() && given.len() != columns.len() {
        return plan_err!("UNNEST makes {} columns, but {} are named", columns.len(), given.len());
    }
    let own = columns.iter().enumerate().map(|(index, (name, _))| {
        let own = || name.clone().unwrap_or_else(|| format!("_col{index}"));
        given.get(index).map_or_else(own, |column| column.name.value.clone())
    });
    Ok(own.collect())
}
