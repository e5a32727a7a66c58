//! Types and casts. Every cast becomes a call of a function of its own, which knows JSON and the Lake's forms of times;
//! the planner makes an ordinary cast of it where that does the same.

use super::Rewriter;
use crate::sql::error::SqlError;
use crate::sql::functions::cast_name;
use crate::sql::statement::start;
use crate::sql::types;
use datafusion::arrow::datatypes::DataType;
use datafusion::sql::sqlparser::ast::{
    self, ArrayElemTypeDef, CastKind, ExactNumberInfo, Expr, Ident, ObjectName, Spanned,
};
use datafusion::sql::sqlparser::tokenizer::Span;

impl Rewriter {
    pub(super) fn rewrite_cast(&mut self, expr: &mut Expr) -> Result<(), SqlError> {
        let span = expr.span();
        let taken = std::mem::replace(expr, Expr::Identifier(Ident::new("")));
        let (inner, data_type, lenient) = match taken {
            Expr::Cast { kind, expr, data_type, .. } => {
                (*expr, data_type, self.tries > 0 || matches!(kind, CastKind::TryCast | CastKind::SafeCast))
            }
            Expr::TypedString(typed) => (Expr::Value(typed.value), typed.data_type, false),
            other => {
                *expr = other;
                return Ok(());
            }
        };
        let to = arrow_type(&data_type)
            .ok_or_else(|| SqlError::unsupported(start(span), format!("there is no type {data_type}")))?;
        *expr = self.cast(inner, to, lenient, span);
        Ok(())
    }

    pub(super) fn cast(&mut self, expr: Expr, to: DataType, lenient: bool, span: Span) -> Expr {
        let number = match self.casts.iter().position(|cast| *cast == to) {
            Some(number) => number,
            None => {
                self.casts.push(to);
                self.casts.len() - 1
            }
        };
        let name = Ident::with_span(span, cast_name(number, lenient));
        super::calls::call(ObjectName::from(name), vec![expr])
    }
}

/// The type of values that are cast to an SQL type.
fn arrow_type(data_type: &ast::DataType) -> Option<DataType> {
    use ast::DataType as Sql;
    Some(match data_type {
        Sql::Varchar(_)
        | Sql::Char(_)
        | Sql::Character(_)
        | Sql::CharacterVarying(_)
        | Sql::Text
        | Sql::String(_) => DataType::Utf8,
        Sql::JSON => types::JSON,
        Sql::Boolean | Sql::Bool => DataType::Boolean,
        Sql::TinyInt(_) => DataType::Int8,
        Sql::SmallInt(_) => DataType::Int16,
        Sql::Int(_) | Sql::Integer(_) => DataType::Int32,
        Sql::BigInt(_) => DataType::Int64,
        Sql::Real => DataType::Float32,
        Sql::Double(_) | Sql::DoublePrecision | Sql::Float(_) => DataType::Float64,
        Sql::Decimal(size) | Sql::Numeric(size) => decimal(*size)?,
        Sql::Date => DataType::Date32,
        Sql::Timestamp(..) => types::time(),
        Sql::Array(
            ArrayElemTypeDef::AngleBracket(element)
            | ArrayElemTypeDef::Parenthesis(element)
            | ArrayElemTypeDef::SquareBracket(element, _),
        ) => types::list(arrow_type(element)?),
        Sql::Map(key, value) => types::map(arrow_type(key)?, arrow_type(value)?),
        _ => return None,
    })
}

fn decimal(size: ExactNumberInfo) -> Option<DataType> {
    let (precision, scale) = match size {
        ExactNumberInfo::None => (38, 0),
        ExactNumberInfo::Precision(precision) => (precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => (precision, scale),
    };
    let (precision, scale) = (u8::try_from(precision).ok()?, i8::try_from(scale).ok()?);
    (precision <= 38 && (0..=precision as i8).contains(&scale))
        .then_some(DataType::Decimal128(precision, scale))
}
