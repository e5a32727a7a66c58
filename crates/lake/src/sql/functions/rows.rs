//! A frame for functions of columns: what they take, what they return, and a plain function over arrays.

use super::{collections, json, regex, texts, times};
use crate::sql::types::{self, JSON};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;
use std::hash::{Hash, Hasher};

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Text,
    /// JSON, or text that is checked to be it.
    Json,
    /// A time; dates stay dates, texts become times.
    Time,
    Whole,
    Real,
    List,
    Any,
}

pub(super) type Run = fn(&[ArrayRef]) -> Result<ArrayRef>;

/// A function of columns.
#[derive(Debug)]
pub(super) struct RowFunction {
    name: &'static str,
    wants: &'static [Want],
    /// How many of the last arguments may be missing.
    optional: usize,
    returns: fn(&[DataType]) -> DataType,
    run: Run,
    signature: Signature,
}

/// Functions of one name are the same.
impl PartialEq for RowFunction {
    fn eq(&self, other: &RowFunction) -> bool {
        self.name == other.name
    }
}

impl Eq for RowFunction {}

impl Hash for RowFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl RowFunction {
    pub(super) fn new(
        name: &'static str,
        wants: &'static [Want],
        returns: fn(&[DataType]) -> DataType,
        run: Run,
    ) -> RowFunction {
        let signature = Signature::user_defined(Volatility::Immutable);
        RowFunction { name, wants, optional: 0, returns, run, signature }
    }

    pub(super) fn with_optional(self, optional: usize) -> RowFunction {
        RowFunction { optional, ..self }
    }

    pub(super) fn title(&self) -> &'static str {
        self.name
    }
}

/// All functions of this frame.
pub(super) fn all() -> Vec<RowFunction> {
    [json::all(), times::all(), texts::all(), regex::all(), collections::all()]
        .into_iter()
        .flatten()
        .collect()
}

pub(super) fn text(_: &[DataType]) -> DataType {
    DataType::Utf8
}

pub(super) fn json_type(_: &[DataType]) -> DataType {
    JSON
}

pub(super) fn flag(_: &[DataType]) -> DataType {
    DataType::Boolean
}

pub(super) fn whole(_: &[DataType]) -> DataType {
    DataType::Int64
}

pub(super) fn real(_: &[DataType]) -> DataType {
    DataType::Float64
}

pub(super) fn time(_: &[DataType]) -> DataType {
    types::time()
}

impl ScalarUDFImpl for RowFunction {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        Ok((self.returns)(args))
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        let most = self.wants.len();
        if args.len() > most || args.len() + self.optional < most {
            return plan_err!("function '{}' takes {} arguments, not {}", self.name, most, args.len());
        }
        let args = args.iter().zip(self.wants).enumerate();
        args.map(|(index, (kind, want))| match want.accept(kind) {
            Some(kind) => Ok(kind),
            None => plan_err!(
                "function '{}' does not take {} as its argument {}",
                self.name,
                types::name(kind),
                index + 1
            ),
        })
        .collect()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        run_on(args, self.run)
    }
}

/// Runs a function over columns; over one row if all arguments are constant.
pub(super) fn run_on(
    args: ScalarFunctionArgs,
    run: impl FnOnce(&[ArrayRef]) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    if constant && !args.args.is_empty() {
        let arrays = args.args.iter().map(|arg| arg.to_array(1)).collect::<Result<Vec<_>>>()?;
        return ScalarValue::try_from_array(&run(&arrays)?, 0).map(ColumnarValue::Scalar);
    }
    let arrays = args.args.iter().map(|arg| arg.to_array(args.number_rows)).collect::<Result<Vec<_>>>()?;
    run(&arrays).map(ColumnarValue::Array)
}

impl Want {
    /// The type that an argument is turned into, `None` if it does not fit.
    fn accept(self, kind: &DataType) -> Option<DataType> {
        let fits = match self {
            Want::Text => return (types::is_text(kind) || kind == &JSON).then_some(DataType::Utf8),
            Want::Json => return (types::is_text(kind) || kind == &JSON).then_some(JSON),
            Want::Time if kind == &DataType::Date32 => return Some(DataType::Date32),
            Want::Time => {
                let fits = types::is_text(kind) || matches!(kind, DataType::Timestamp(..));
                return fits.then(types::time);
            }
            Want::Whole => return (kind.is_integer() || kind.is_null()).then_some(DataType::Int64),
            Want::Real => return (kind.is_numeric() || kind.is_null()).then_some(DataType::Float64),
            Want::List => matches!(kind, DataType::List(_)),
            Want::Any => true,
        };
        fits.then(|| kind.clone())
    }
}

/// The rows of a column of texts, of whatever kind.
pub(super) struct Texts<'a>(&'a dyn Array);

impl<'a> Texts<'a> {
    pub(super) fn of(array: &'a ArrayRef) -> Texts<'a> {
        Texts(array.as_ref())
    }

    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        let array = self.0;
        if array.is_null(row) {
            return None;
        }
        match array.data_type() {
            DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
            DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
            DataType::Utf8View => Some(array.as_string_view().value(row)),
            _ => None,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&'a str>> + '_ {
        (0..self.0.len()).map(|row| self.get(row))
    }
}

/// The whole numbers of a column, `None` where it has none.
pub(super) fn whole_at(array: &ArrayRef, row: usize) -> Option<i64> {
    let array = array.as_primitive_opt::<Int64Type>()?;
    array.is_valid(row).then(|| array.value(row))
}

/// A column of texts.
pub(super) fn text_array(texts: impl Iterator<Item = Option<String>>) -> ArrayRef {
    std::sync::Arc::new(texts.collect::<StringArray>())
}
