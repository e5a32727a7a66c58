//! Tables of a FROM.

use crate::sql::error::SqlError;
use crate::sql::statement::start;
use datafusion::sql::sqlparser::ast::{
    Join, JoinConstraint, JoinOperator, Spanned, TableFactor, TableWithJoins,
};

/// Puts each UNNEST together with the tables in front of it into parentheses, where [`crate::sql::planner`] finds
/// the columns that it takes apart.
pub(super) fn nest_unnest(from: &mut Vec<TableWithJoins>) {
    let mut tables: Vec<TableWithJoins> = Vec::with_capacity(from.len());
    for table in from.drain(..) {
        match (tables.last_mut(), is_unnest(&table.relation)) {
            (Some(before), true) => {
                before.joins.push(cross(table.relation));
                before.joins.extend(table.joins);
            }
            _ => tables.push(table),
        }
    }
    for table in &mut tables {
        nest(table);
    }
    *from = tables;
}

fn is_unnest(table: &TableFactor) -> bool {
    matches!(table, TableFactor::UNNEST { .. })
}

fn cross(relation: TableFactor) -> Join {
    Join { relation, global: false, join_operator: JoinOperator::CrossJoin(JoinConstraint::None) }
}

fn nest(table: &mut TableWithJoins) {
    if let TableFactor::NestedJoin { table_with_joins, .. } = &mut table.relation {
        nest(table_with_joins);
    }
    while let Some(last) = table.joins.iter().position(|join| is_unnest(&join.relation)) {
        let behind = table.joins.split_off(last + 1);
        let inner =
            TableWithJoins { relation: placeholder(), joins: std::mem::replace(&mut table.joins, behind) };
        let relation = TableFactor::NestedJoin { table_with_joins: Box::new(inner), alias: None };
        let first = std::mem::replace(&mut table.relation, relation);
        if let TableFactor::NestedJoin { table_with_joins, .. } = &mut table.relation {
            table_with_joins.relation = first;
        }
    }
}

fn placeholder() -> TableFactor {
    TableFactor::UNNEST {
        alias: None,
        array_exprs: Vec::new(),
        with_offset: false,
        with_offset_alias: None,
        with_ordinality: false,
    }
}

/// Only tables, queries, UNNEST and parentheses can be read from.
pub(super) fn check(table: &TableFactor) -> Result<(), SqlError> {
    let supported = match table {
        TableFactor::Table { args, with_hints, version, sample, partitions, .. } => {
            args.is_none()
                && with_hints.is_empty()
                && version.is_none()
                && sample.is_none()
                && partitions.is_empty()
        }
        TableFactor::Derived { sample, .. } => sample.is_none(),
        TableFactor::UNNEST { with_offset, .. } => !with_offset,
        TableFactor::NestedJoin { .. } => true,
        _ => false,
    };
    match supported {
        true => Ok(()),
        false => Err(SqlError::unsupported(start(table.span()), format!("'{table}' cannot be read from"))),
    }
}
