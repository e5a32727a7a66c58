//! `array_agg` with lists of bounded size.
//!
//! The engine's accumulator of all groups does not count the lists that it makes at its end, so that a statement could take
//! all memory of the machine. Each group has an accumulator of its own here, whose memory the engine counts, and no list
//! becomes larger than a row may be.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, ReversedUDAF, Signature};
use datafusion::scalar::ScalarValue;
use std::sync::Arc;

/// What one list may take, in bytes.
const LIST_BYTES: usize = 16 << 20;

/// The engine's `array_agg` within bounds.
pub(super) fn bounded(engine: Arc<AggregateUDF>) -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::new_from_impl(BoundedLists { engine }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct BoundedLists {
    engine: Arc<AggregateUDF>,
}

impl AggregateUDFImpl for BoundedLists {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn signature(&self) -> &Signature {
        self.engine.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.engine.return_type(arguments)
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        self.engine.state_fields(arguments)
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(BoundedList { list: self.engine.accumulator(arguments)? }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.engine.order_sensitivity()
    }

    fn with_beneficial_ordering(
        self: Arc<Self>,
        is_ordered: bool,
    ) -> Result<Option<Arc<dyn AggregateUDFImpl>>> {
        let engine = self.engine.as_ref().clone().with_beneficial_ordering(is_ordered)?;
        Ok(engine.map(|engine| Arc::new(BoundedLists { engine: Arc::new(engine) }) as _))
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        // The engine's own would come back.
        ReversedUDAF::NotSupported
    }

    fn supports_null_handling_clause(&self) -> bool {
        self.engine.supports_null_handling_clause()
    }
}

#[derive(Debug)]
struct BoundedList {
    list: Box<dyn Accumulator>,
}

impl BoundedList {
    fn check(&self) -> Result<()> {
        match self.list.size() > LIST_BYTES {
            true => Err(DataFusionError::ResourcesExhausted(
                "a list of array_agg takes more than 16 MiB of memory".to_owned(),
            )),
            false => Ok(()),
        }
    }
}

impl Accumulator for BoundedList {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.list.update_batch(values)?;
        self.check()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.list.merge_batch(states)?;
        self.check()
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.list.retract_batch(values)
    }

    fn supports_retract_batch(&self) -> bool {
        self.list.supports_retract_batch()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.list.state()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.list.evaluate()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.list.size()
    }
}
