//! A value of a type out of a column of JSON texts: what columns of maps, structs and lists are, and what an access to
//! one member of them becomes.

use super::rows::{Texts, run_on};
use crate::sql::json::{Misfit, Path, Step, decode};
use crate::sql::types;
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::sync::Arc;

/// The value at a path in a column of the table, whose texts are JSON for sure.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct JsonValue {
    path: Path,
    to: DataType,
    signature: Signature,
}

/// The value of type `to` at `path` in a column.
pub(crate) fn json_value(column: Expr, path: Path, to: DataType) -> Expr {
    let function = JsonValue { path, to, signature: Signature::any(1, Volatility::Immutable) };
    let function = Arc::new(ScalarUDF::from(function));
    Expr::ScalarFunction(ScalarFunction::new_udf(function, vec![column]))
}

/// If `base` is such a value, a map: the value of one of its keys.
pub(super) fn key_of(base: &Expr, key: &str) -> Option<Expr> {
    let (function, column) = taken(base)?;
    let (_, value) = types::entry(&function.to)?;
    let path = function.path.with(Step::Key(key.to_owned()));
    Some(json_value(column.clone(), path, value.clone()))
}

/// If `base` is such a value, a list: an element of it, from 0.
pub(super) fn element_of(base: &Expr, index: usize) -> Option<Expr> {
    let (function, column) = taken(base)?;
    let DataType::List(element) = &function.to else { return None };
    let path = function.path.with(Step::Index(index));
    Some(json_value(column.clone(), path, element.data_type().clone()))
}

/// If `base` is such a value, a struct: one of its members.
pub(super) fn member_of(base: &Expr, name: &str) -> Option<Expr> {
    let (function, column) = taken(base)?;
    let DataType::Struct(fields) = &function.to else { return None };
    let (_, field) = fields.find(name)?;
    let path = function.path.with(Step::Member(name.to_owned()));
    Some(json_value(column.clone(), path, field.data_type().clone()))
}

fn taken(base: &Expr) -> Option<(&JsonValue, &Expr)> {
    let Expr::ScalarFunction(call) = base else { return None };
    Some((call.func.inner().downcast_ref::<JsonValue>()?, call.args.first()?))
}

impl ScalarUDFImpl for JsonValue {
    fn name(&self) -> &str {
        "json_value"
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let column = args.first().map(|column| column.schema_name().to_string());
        Ok(format!("json_value({}, {:?}, {})", column.unwrap_or_default(), self.path, self.to))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.to.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        run_on(args, |arrays| self.read(&arrays[0]))
    }
}

impl JsonValue {
    fn read(&self, column: &ArrayRef) -> Result<ArrayRef> {
        let texts = Texts::of(column);
        let found: Vec<Option<&str>> = texts.iter().map(|json| self.path.find(json?)).collect();
        decode(&found, &self.to, Misfit::Null)
    }
}
