//! `eventJson`: the record, put together again from the columns that hold it.

use super::rows::{run_on, text_array};
use crate::columns::{RESOURCE_HASHES, RESOURCE_TYPES, SCHEMA};
use crate::reassemble::Rows;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, ident,
};
use std::sync::{Arc, LazyLock};

/// The columns of the table without those that serve look-ups only.
static PARTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let needed = SCHEMA
        .fields()
        .iter()
        .filter(|field| ![RESOURCE_HASHES, RESOURCE_TYPES].contains(&field.name().as_str()));
    Arc::new(Schema::new(needed.cloned().collect::<Vec<_>>()))
});

#[derive(Debug, PartialEq, Eq, Hash)]
struct EventJson {
    signature: Signature,
}

/// The JSON of each row of the table.
pub(crate) fn event_json() -> Expr {
    let function = EventJson { signature: Signature::any(PARTS.fields().len(), Volatility::Immutable) };
    let columns = PARTS.fields().iter().map(|field| ident(field.name())).collect();
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(ScalarUDF::from(function)), columns))
}

impl ScalarUDFImpl for EventJson {
    fn name(&self) -> &str {
        "event_json"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        run_on(args, put_together)
    }
}

fn put_together(arrays: &[ArrayRef]) -> Result<ArrayRef> {
    let columns = arrays.iter().zip(PARTS.fields());
    let columns = columns.map(|(array, field)| match array.data_type() == field.data_type() {
        true => Ok(array.clone()),
        false => Ok(cast(array, field.data_type())?),
    });
    let batch = RecordBatch::try_new(PARTS.clone(), columns.collect::<Result<Vec<_>>>()?)?;
    let rows = Rows::of(&batch).map_err(|error| DataFusionError::External(Box::new(error)))?;
    Ok(text_array((0..batch.num_rows()).map(|row| Some(rows.text(row)))))
}
