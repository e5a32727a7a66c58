//! The types of the Lake as types of columns.
//!
//! Nothing else makes `LargeUtf8`, so it stands for JSON: the type goes with a value through lists, maps and joins,
//! and an engine that knows no JSON still compares and sorts it as the text that it is.

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use std::sync::Arc;

/// JSON: its text.
pub(super) const JSON: DataType = DataType::LargeUtf8;

/// A time: microseconds, UTC, as the table has them, so that comparisons reach its files unchanged.
pub(super) fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

pub(super) fn list(element: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(element, true)))
}

pub(super) fn map(key: DataType, value: DataType) -> DataType {
    let entries = vec![Field::new("key", key, false), Field::new("value", value, true)];
    let entries = Field::new("entries", DataType::Struct(entries.into()), false);
    DataType::Map(Arc::new(entries), false)
}

/// A map of texts, as most columns of parameters are.
pub(super) fn text_map() -> DataType {
    map(DataType::Utf8, DataType::Utf8)
}

pub(super) fn structure(members: impl IntoIterator<Item = (&'static str, DataType)>) -> DataType {
    let fields: Vec<Field> = members.into_iter().map(|(name, kind)| Field::new(name, kind, true)).collect();
    DataType::Struct(fields.into())
}

pub(super) fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::Utf8View | DataType::Null)
}

/// Key and value of a map.
pub(super) fn entry(kind: &DataType) -> Option<(&DataType, &DataType)> {
    match kind {
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => {
                Some((fields[0].data_type(), fields[1].data_type()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// What SQL calls a type.
pub(super) fn name(kind: &DataType) -> String {
    match kind {
        DataType::Null => String::from("unknown"),
        DataType::Utf8 | DataType::Utf8View => String::from("varchar"),
        DataType::LargeUtf8 => String::from("json"),
        DataType::Boolean => String::from("boolean"),
        DataType::Int8 => String::from("tinyint"),
        DataType::Int16 => String::from("smallint"),
        DataType::Int32 => String::from("integer"),
        DataType::Int64 | DataType::UInt64 => String::from("bigint"),
        DataType::Float32 => String::from("real"),
        DataType::Float64 => String::from("double"),
        DataType::Date32 | DataType::Date64 => String::from("date"),
        DataType::Timestamp(..) => String::from("timestamp"),
        DataType::Interval(_) => String::from("interval"),
        DataType::List(element) | DataType::LargeList(element) => {
            format!("array({})", name(element.data_type()))
        }
        DataType::Struct(_) => String::from("row"),
        other => match entry(other) {
            Some((key, value)) => format!("map({}, {})", name(key), name(value)),
            None => other.to_string().to_lowercase(),
        },
    }
}
