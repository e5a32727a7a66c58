//! `element_at`: the value of a key in a map, or an element of a list, from 1.

use super::json_value::{element_of, key_of};
use super::rows::{run_on, whole_at};
use crate::sql::types;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::plan_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExpressionPlacement, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::scalar::ScalarValue;
use std::sync::Arc;

#[derive(Debug, PartialEq, Eq, Hash)]
struct ElementAt {
    signature: Signature,
}

pub(crate) fn element_at() -> Arc<ScalarUDF> {
    Arc::new(ElementAt { signature: Signature::user_defined(Volatility::Immutable) }.into())
}

impl ScalarUDFImpl for ElementAt {
    fn name(&self) -> &str {
        "element_at"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        let [base, key] = args else {
            return plan_err!("function 'element_at' takes 2 arguments, not {}", args.len());
        };
        match (types::entry(base), base) {
            (Some((kind, _)), _) => Ok(vec![base.clone(), kind.clone()]),
            (None, DataType::List(_)) if key.is_integer() => Ok(vec![base.clone(), DataType::Int64]),
            (None, DataType::List(_)) => {
                plan_err!("function 'element_at' takes a number as its argument 2, not {}", types::name(key))
            }
            _ => plan_err!("function 'element_at' takes a map or an array, not {}", types::name(base)),
        }
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        match args.first() {
            Some(DataType::List(element)) => Ok(element.data_type().clone()),
            Some(kind) => match types::entry(kind) {
                Some((_, value)) => Ok(value.clone()),
                None => plan_err!("function 'element_at' takes a map or an array, not {}", types::name(kind)),
            },
            None => plan_err!("function 'element_at' takes 2 arguments, not 0"),
        }
    }

    /// One key of a map made of JSON is read without making the map.
    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let direct = || match (args.first()?, args.get(1)?) {
            (base, Expr::Literal(ScalarValue::Int64(Some(index)), _)) => {
                element_of(base, usize::try_from(*index).ok()?.checked_sub(1)?)
            }
            (base, Expr::Literal(key, _)) => key_of(base, key.try_as_str().flatten()?),
            _ => None,
        };
        Ok(match direct() {
            Some(expr) => ExprSimplifyResult::Simplified(expr),
            None => ExprSimplifyResult::Original(args),
        })
    }

    /// Towards the table, where it becomes the reading of one key. There it stays: see [`super::json_value`].
    fn placement(&self, args: &[ExpressionPlacement]) -> ExpressionPlacement {
        match args {
            [
                ExpressionPlacement::Column | ExpressionPlacement::MoveTowardsLeafNodes,
                ExpressionPlacement::Literal,
            ] => ExpressionPlacement::MoveTowardsLeafNodes,
            _ => ExpressionPlacement::KeepInPlace,
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        run_on(args, |arrays| match arrays[0].data_type() {
            DataType::List(_) => elements(&arrays[0], &arrays[1]),
            _ => values(&arrays[0], &arrays[1]),
        })
    }
}

/// Elements beyond the end are null, those before it count from it; there is no element 0.
fn elements(lists: &ArrayRef, indexes: &ArrayRef) -> Result<ArrayRef> {
    let lists = lists.as_list::<i32>();
    let place = |row| -> Result<Option<u32>> {
        let Some(index) = whole_at(indexes, row).filter(|_| lists.is_valid(row)) else { return Ok(None) };
        let (start, end) = (i64::from(lists.value_offsets()[row]), i64::from(lists.value_offsets()[row + 1]));
        let place = match index {
            0 => return Err(DataFusionError::Execution(String::from("SQL array indices start at 1"))),
            1.. => start.saturating_add(index - 1),
            _ => end.saturating_add(index),
        };
        Ok((start..end).contains(&place).then_some(place as u32))
    };
    let places = (0..lists.len()).map(place).collect::<Result<UInt32Array>>()?;
    Ok(take(lists.values(), &places, None)?)
}

fn values(maps: &ArrayRef, wanted: &ArrayRef) -> Result<ArrayRef> {
    let maps = maps.as_map();
    let keys = cast(maps.keys(), &DataType::Utf8)?;
    let wanted = cast(wanted, &DataType::Utf8)?;
    let (keys, wanted) = (keys.as_string::<i32>(), wanted.as_string::<i32>());
    let place = |row: usize| {
        if maps.is_null(row) || wanted.is_null(row) {
            return None;
        }
        let wanted = wanted.value(row);
        let entries = maps.value_offsets()[row] as usize..maps.value_offsets()[row + 1] as usize;
        entries.into_iter().find(|entry| keys.value(*entry) == wanted).map(|entry| entry as u32)
    };
    let places: UInt32Array = (0..maps.len()).map(place).collect();
    Ok(take(maps.values(), &places, None)?)
}
