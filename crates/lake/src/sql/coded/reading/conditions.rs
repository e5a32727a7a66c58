//! Conditions on rows, as the reader of Parquet takes them.

use super::is_cheap;
use crate::sql::coded::expression::{Expression, columns_read};
use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::{and, filter_record_batch};
use datafusion::arrow::error::ArrowError;
use datafusion::error::Result;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ArrowPredicate;
use datafusion::parquet::schema::types::SchemaDescriptor;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use datafusion::physical_expr::utils::split_conjunction;
use datafusion::physical_expr_common::physical_expr::snapshot_physical_expr;
use datafusion::scalar::ScalarValue;
use std::sync::Arc;

/// What must hold of a row.
pub(super) struct Conditions {
    /// On columns that are read fast, if there are any.
    pub(super) cheap: Option<Tests>,
    /// The others.
    pub(super) costly: Vec<Tests>,
}

/// Some conditions on the same columns, all of which must hold.
pub(super) struct Tests {
    pub(super) columns: Vec<usize>,
    expressions: Vec<Expression>,
    mask: ProjectionMask,
}

impl Conditions {
    /// What `predicates` ask for at this moment; `None` if no row can pass.
    pub(super) fn of(
        predicates: &[Arc<dyn PhysicalExpr>],
        schema: &SchemaDescriptor,
    ) -> Result<Option<Conditions>> {
        let mut all = Vec::new();
        for predicate in predicates {
            // With what joins and sorts have learned until now.
            let predicate = snapshot_physical_expr(predicate.clone())?;
            all.extend(split_conjunction(&predicate).into_iter().cloned());
        }
        if all.iter().any(|one| matches!(constant(one), Some(false))) {
            return Ok(None);
        }
        all.retain(|one| constant(one).is_none());
        let (cheap, costly): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| columns_read([one]).into_iter().all(is_cheap));
        let cheap = (!cheap.is_empty()).then(|| Tests::new(&cheap, schema)).transpose()?;
        let costly = costly.iter().map(|one| Tests::new(std::slice::from_ref(one), schema));
        Ok(Some(Conditions { cheap, costly: costly.collect::<Result<_>>()? }))
    }
}

/// What a condition gives for every row; null counts as false.
fn constant(condition: &Arc<dyn PhysicalExpr>) -> Option<bool> {
    match condition.downcast_ref::<Literal>()?.value() {
        ScalarValue::Boolean(value) => Some(*value == Some(true)),
        _ => None,
    }
}

impl Tests {
    fn new(conditions: &[Arc<dyn PhysicalExpr>], schema: &SchemaDescriptor) -> Result<Tests> {
        let columns: Vec<usize> = columns_read(conditions).into_iter().collect();
        let expressions =
            conditions.iter().map(|one| Expression::new(one, &columns)).collect::<Result<_>>()?;
        Ok(Tests { expressions, mask: ProjectionMask::roots(schema, columns.iter().copied()), columns })
    }

    /// Which rows of a batch of these columns pass; none is null.
    pub(super) fn flags(&mut self, batch: &RecordBatch) -> Result<BooleanArray> {
        let mut passing = BooleanArray::from(vec![true; batch.num_rows()]);
        let mut failed = Vec::new();
        for expression in &mut self.expressions {
            match expression.flags(batch) {
                Ok(flags) => passing = and(&passing, &flags)?,
                // Perhaps it fails for rows that the others leave out.
                Err(_) => failed.push(expression),
            }
            if !passing.has_true() {
                return Ok(passing);
            }
        }
        for expression in failed {
            passing = of_passing(expression, batch, &passing)?;
        }
        Ok(passing)
    }
}

/// Which of the rows that pass meet a further condition; it is not computed for others.
fn of_passing(
    condition: &mut Expression,
    batch: &RecordBatch,
    passing: &BooleanArray,
) -> Result<BooleanArray> {
    let flags = condition.flags(&filter_record_batch(batch, passing)?)?;
    let mut flags = flags.values().iter();
    let both = passing.values().iter().map(|passes| passes && flags.next() == Some(true));
    Ok(BooleanArray::from(both.collect::<Vec<bool>>()))
}

impl ArrowPredicate for Tests {
    fn projection(&self) -> &ProjectionMask {
        &self.mask
    }

    fn evaluate(&mut self, batch: RecordBatch) -> Result<BooleanArray, ArrowError> {
        Ok(self.flags(&batch)?)
    }
}
