//! The data files that a statement may have to read, and what the engine is told of them.

use super::reader::Readers;
use crate::columns::{ARRIVAL, EVENT_ID_HASH, EVENT_TIME, POSITION, SCHEMA, event_id_hash};
use crate::table::{TableFile, day_start};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::Result;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, col, lit};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use std::sync::Arc;

/// A data file with its bounds and who opens it, for the engine.
pub(super) fn described(file: &TableFile, readers: &Arc<Readers>) -> PartitionedFile {
    let mut described =
        PartitionedFile::new(&file.path, file.bytes).with_statistics(Arc::new(statistics(file)));
    described.extensions.insert_arc(Arc::clone(readers));
    described
}

/// Those of `files` that may have rows that pass all of `predicates`, as far as their bounds tell; the newest first.
pub(super) fn chosen(
    files: &[Arc<TableFile>],
    predicates: &[Arc<dyn PhysicalExpr>],
) -> Result<Vec<Arc<TableFile>>> {
    let mut left = files.to_vec();
    for predicate in predicates {
        let bounds = left.iter().map(|file| Arc::new(statistics(file))).collect();
        let bounds = PrunableStatistics::new(bounds, SCHEMA.clone());
        let pruning = PruningPredicateBuilder::new().with_file_schema(SCHEMA.clone());
        // Predicates of which bounds tell nothing cannot be made into one over bounds.
        let Ok(pruning) = pruning.try_build(Arc::clone(predicate)) else { continue };
        let mut may_match = pruning.prune(&bounds)?.into_iter();
        left.retain(|_| may_match.next().unwrap_or(true));
    }
    left.sort_by_key(|file| std::cmp::Reverse(file.newest()));
    Ok(left)
}

/// What is known of a file's rows. The bounds may be wider than the rows, which pruning and sorting files take; whoever
/// wants the exact least or greatest value is not given these.
fn statistics(file: &TableFile) -> Statistics {
    let mut columns = vec![ColumnStatistics::new_unknown(); SCHEMA.fields().len()];
    let mut bound = |name: &str, bounds: [Option<ScalarValue>; 2]| {
        let [least, greatest] = bounds.map(|bound| bound.map_or(Precision::Absent, Precision::Exact));
        let column = SCHEMA.index_of(name).expect("a column of the schema");
        columns[column] = ColumnStatistics::new_unknown()
            .with_null_count(Precision::Exact(0))
            .with_min_value(least)
            .with_max_value(greatest);
    };
    bound(
        POSITION,
        [file.first_position, file.last_position]
            .map(|position| Some(ScalarValue::Int64(Some(position as i64)))),
    );
    bound(EVENT_TIME, [Some(time(file.oldest_time)), Some(time(file.newest_time))]);
    // Events are kept from the later of their time and their arrival on.
    bound(ARRIVAL, [None, Some(time(day_start(file.kept_day + 1)))]);
    Statistics {
        num_rows: Precision::Exact(file.rows as usize),
        total_byte_size: Precision::Absent,
        column_statistics: columns,
    }
}

fn time(micros: i64) -> ScalarValue {
    ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into()))
}

/// What follows from predicates on the ids of events for their hashes, a small column that is read in place of a large
/// one.
pub(super) fn on_hashes(filters: &[Expr]) -> Option<Expr> {
    filters.iter().filter_map(on_hash).reduce(Expr::and)
}

fn on_hash(filter: &Expr) -> Option<Expr> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            // The engine writes short lists so.
            Operator::Or => Some(on_hash(left)?.or(on_hash(right)?)),
            Operator::Eq if is_event_id(left) => Some(col(EVENT_ID_HASH).eq(hash(right)?)),
            Operator::Eq if is_event_id(right) => Some(col(EVENT_ID_HASH).eq(hash(left)?)),
            _ => None,
        },
        Expr::InList(list) if is_event_id(&list.expr) && !list.negated => {
            let hashes = list.list.iter().map(hash).collect::<Option<_>>()?;
            Some(col(EVENT_ID_HASH).in_list(hashes, false))
        }
        _ => None,
    }
}

fn is_event_id(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(column) if column.name == "event_id")
}

fn hash(expr: &Expr) -> Option<Expr> {
    let Expr::Literal(value, _) = expr else { return None };
    let ScalarValue::Utf8(Some(id)) = value.cast_to(&DataType::Utf8).ok()? else { return None };
    Some(lit(event_id_hash(&id)))
}
