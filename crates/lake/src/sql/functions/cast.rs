//! Casts: of JSON and to it, of times as Trino writes them, and ordinary ones.

use super::json::from_values;
use super::rows::{Texts, run_on, text_array};
use crate::sql::json::{Misfit, checked, decode};
use crate::sql::types::{self, JSON};
use crate::sql::values::{show, time_of};
use datafusion::arrow::array::{Array, ArrayRef, TimestampMicrosecondArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use std::sync::Arc;

/// A cast to a type. What does not fit is an error, or null if it is lenient.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cast {
    to: DataType,
    lenient: bool,
    name: String,
    signature: Signature,
}

/// What statements call a cast to the type of this number. No name that a user writes has a colon.
pub(crate) fn cast_name(number: usize, lenient: bool) -> String {
    format!("{}:{number}", if lenient { "try_cast" } else { "cast" })
}

/// The number in such a name, and whether it is lenient.
pub(crate) fn cast_of_name(name: &str) -> Option<(usize, bool)> {
    let (word, number) = name.split_once(':')?;
    Some((number.parse().ok()?, word == "try_cast"))
}

impl Cast {
    pub(crate) fn new(name: &str, to: DataType, lenient: bool) -> Cast {
        Cast { to, lenient, name: name.to_owned(), signature: Signature::any(1, Volatility::Immutable) }
    }

    fn run(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let from = array.data_type();
        if *from == self.to {
            return Ok(array.clone());
        }
        match (from, &self.to) {
            (&JSON, to) => self.decoded(array, to),
            (_, &JSON) => Ok(from_values(array)),
            (_, DataType::Utf8) if !is_plain(from) => {
                Ok(text_array((0..array.len()).map(|row| show(array, row))))
            }
            (from, DataType::Timestamp(..)) if types::is_text(from) => self.times(array),
            _ => self.ordinary(array),
        }
    }

    fn decoded(&self, array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
        let texts = Texts::of(array);
        let rows: Vec<Option<&str>> = texts.iter().map(|text| text.and_then(checked)).collect();
        decode(&rows, to, if self.lenient { Misfit::Null } else { Misfit::Error })
    }

    fn times(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let read = |text: Option<&str>| match text.map(|text| (text, time_of(text))) {
            Some((text, None)) if !self.lenient => {
                Err(DataFusionError::Execution(format!("Value cannot be cast to timestamp: '{text}'")))
            }
            read => Ok(read.and_then(|(_, time)| time)),
        };
        let times = Texts::of(array).iter().map(read).collect::<Result<TimestampMicrosecondArray>>()?;
        Ok(Arc::new(times.with_timezone("UTC")))
    }

    fn ordinary(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let options = CastOptions { safe: self.lenient, ..Default::default() };
        Ok(cast_with_options(array, &self.to, &options)?)
    }
}

/// Types whose texts the engine writes as Trino does.
fn is_plain(from: &DataType) -> bool {
    types::is_text(from) || from.is_integer() || from == &DataType::Boolean
}

impl ScalarUDFImpl for Cast {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.to.clone())
    }

    /// Where the engine's own cast does the same it is better: the optimizer knows it.
    fn simplify(&self, mut args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let Some(arg) = args.first() else { return Ok(ExprSimplifyResult::Original(args)) };
        let from = info.get_data_type(arg)?;
        let same = match (&from, &self.to) {
            (&JSON, _) | (_, &JSON) => from == self.to,
            (from, DataType::Utf8) => is_plain(from),
            (from, DataType::Timestamp(..)) => !types::is_text(from),
            (from, to) => !from.is_nested() && !to.is_nested(),
        };
        if !same {
            return Ok(ExprSimplifyResult::Original(args));
        }
        let arg = Box::new(args.swap_remove(0));
        Ok(ExprSimplifyResult::Simplified(match self.lenient {
            _ if from == self.to => *arg,
            true => Expr::TryCast(datafusion::logical_expr::TryCast::new(arg, self.to.clone())),
            false => Expr::Cast(datafusion::logical_expr::Cast::new(arg, self.to.clone())),
        }))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        run_on(args, |arrays| self.run(&arrays[0]))
    }
}
