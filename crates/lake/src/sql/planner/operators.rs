//! What operators mean in the Lake where the engine would refuse their operands or see them otherwise.

use crate::sql::functions::{Cast, element_at, member};
use crate::sql::types::{self, JSON};
use crate::sql::values::time_of;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, not_impl_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr, RawFieldAccessExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, GetFieldAccess, lit};
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::ast::BinaryOperator;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Operators;

impl ExprPlanner for Operators {
    /// Comparisons of values of different types.
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        if !matches!(expr.op, Eq | NotEq | Lt | LtEq | Gt | GtEq) {
            return Ok(PlannerResult::Original(expr));
        }
        let RawBinaryExpr { op, left, right } = expr;
        let (Ok(of_left), Ok(of_right)) = (left.get_type(schema), right.get_type(schema)) else {
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        };
        let left = comparable(left, &of_left, &of_right)?;
        let right = comparable(right, &of_right, &of_left)?;
        Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }))
    }

    /// Members of structs, values of maps, elements of lists.
    fn plan_field_access(
        &self,
        expr: RawFieldAccessExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawFieldAccessExpr>> {
        let RawFieldAccessExpr { field_access, expr: base } = expr;
        let planned = match field_access {
            GetFieldAccess::NamedStructField { name } => {
                let name = name.try_as_str().flatten().unwrap_or("");
                match types::entry(&base.get_type(schema)?) {
                    Some(_) => at(base, lit(name)),
                    None => member(base, &name.to_lowercase()),
                }
            }
            GetFieldAccess::ListIndex { key } => at(base, *key),
            GetFieldAccess::ListRange { .. } => {
                return not_impl_err!("ranges of arrays are not supported: use slice");
            }
        };
        Ok(PlannerResult::Planned(planned))
    }
}

fn at(base: Expr, key: Expr) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(element_at(), vec![base, key]))
}

/// An operand in a form in which it compares with one of type `other`.
fn comparable(operand: Expr, kind: &DataType, other: &DataType) -> Result<Expr> {
    match (kind, other) {
        // A text column that says true or false stays as it is, so that files are pruned by it.
        (DataType::Boolean, other) if types::is_text(other) && !other.is_null() => Ok(match operand {
            Expr::Literal(ScalarValue::Boolean(Some(flag)), _) => lit(if flag { "true" } else { "false" }),
            operand => cast(operand, DataType::Utf8),
        }),
        (DataType::Timestamp(..), _) | (_, DataType::Timestamp(..)) if types::is_text(kind) => match &operand
        {
            Expr::Literal(text, _) => time_literal(text),
            _ => Ok(cast(operand, types::time())),
        },
        (&JSON, other) if types::is_text(other) => Ok(cast(operand, DataType::Utf8)),
        (&JSON, other) if other.is_numeric() => Ok(cast(operand, DataType::Float64)),
        (&JSON, DataType::Boolean) => Ok(cast(operand, DataType::Boolean)),
        _ => Ok(operand),
    }
}

/// What does not fit is null, as a comparison with it is not true.
fn cast(operand: Expr, to: DataType) -> Expr {
    let function = Cast::new("try_cast", to, true);
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function.into()), vec![operand]))
}

fn time_literal(text: &ScalarValue) -> Result<Expr> {
    let zone = Some("UTC".into());
    let Some(text) = text.try_as_str().flatten() else {
        return Ok(Expr::Literal(ScalarValue::TimestampMicrosecond(None, zone), None));
    };
    match time_of(text) {
        Some(time) => Ok(Expr::Literal(ScalarValue::TimestampMicrosecond(Some(time), zone), None)),
        None => {
            plan_err!("'{text}' is not a time, which it is compared with: write it as '2026-01-31 18:30:00'")
        }
    }
}
