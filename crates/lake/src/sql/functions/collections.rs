//! Functions of lists and maps.

use super::rows::{RowFunction, Want, whole, whole_at};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, ListArray, UInt32Array};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;
use std::sync::Arc;

pub(super) fn all() -> Vec<RowFunction> {
    vec![
        RowFunction::new("cardinality", &[Want::Any], whole, cardinality),
        RowFunction::new("slice", &[Want::List, Want::Whole, Want::Whole], |args| args[0].clone(), slice),
    ]
}

/// How many elements or entries there are; those of lists in a list do not count.
fn cardinality(args: &[ArrayRef]) -> Result<ArrayRef> {
    let array = &args[0];
    let offsets = match array.data_type() {
        DataType::List(_) => array.as_list::<i32>().value_offsets(),
        DataType::Map(..) => array.as_map().value_offsets(),
        DataType::Null => return Ok(Arc::new(Int64Array::new_null(array.len()))),
        _ => return exec_err!("function 'cardinality' takes an array or a map"),
    };
    let size = |row: usize| array.is_valid(row).then(|| i64::from(offsets[row + 1] - offsets[row]));
    Ok(Arc::new((0..array.len()).map(size).collect::<Int64Array>()))
}

/// `length` elements from `start`, which counts from 1, or from the end if negative.
fn slice(args: &[ArrayRef]) -> Result<ArrayRef> {
    let lists = args[0].as_list::<i32>();
    let (mut places, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..lists.len() {
        let before = places.len();
        let range = (whole_at(&args[1], row), whole_at(&args[2], row));
        if let (Some(start), Some(length), true) = (range.0, range.1, lists.is_valid(row)) {
            let (first, end) =
                (i64::from(lists.value_offsets()[row]), i64::from(lists.value_offsets()[row + 1]));
            if start == 0 || length < 0 {
                return exec_err!("SQL array indices start at 1, and a length is not negative");
            }
            let start = if start > 0 { first.saturating_add(start - 1) } else { end.saturating_add(start) };
            let places_of_row = start..start.saturating_add(length).min(end);
            places.extend(places_of_row.filter(|place| *place >= first).map(|place| place as u32));
            valid.push(true);
        } else {
            valid.push(false);
        }
        lengths.push(places.len() - before);
    }
    let values = take(lists.values(), &UInt32Array::from(places), None)?;
    let DataType::List(element) = lists.data_type() else {
        return exec_err!("function 'slice' takes an array");
    };
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(element.clone(), offsets, values, Some(NullBuffer::from(valid)))?))
}
