//! Values of columns as texts: the way results show them, and as JSON.

use super::types;
use cairn_model::json::write_string;
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Float32Type, Float64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use datafusion::arrow::util::display::array_value_to_string;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A value as results show it; `None` if it is null.
pub(super) fn show(array: &ArrayRef, row: usize) -> Option<String> {
    let mut out = String::new();
    (!is_null(array, row)).then(|| {
        write(array, row, &mut out);
        out
    })
}

/// A value as JSON if it is a list, a map or a struct, else as results show it; `None` if it is null.
pub(super) fn show_json(array: &ArrayRef, row: usize) -> Option<String> {
    if !array.data_type().is_nested() || is_null(array, row) {
        return show(array, row);
    }
    let mut out = Vec::new();
    write_json(array, row, &mut out);
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn is_null(array: &ArrayRef, row: usize) -> bool {
    array.is_null(row) || array.data_type() == &DataType::Null
}

fn write(array: &ArrayRef, row: usize, out: &mut String) {
    if is_null(array, row) {
        return out.push_str("null");
    }
    match array.data_type() {
        DataType::Utf8 => out.push_str(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => out.push_str(array.as_string::<i64>().value(row)),
        DataType::Utf8View => out.push_str(array.as_string_view().value(row)),
        DataType::Float64 => write_double(array.as_primitive::<Float64Type>().value(row), out),
        DataType::Float32 => write_double(f64::from(array.as_primitive::<Float32Type>().value(row)), out),
        DataType::Timestamp(unit, _) => out.push_str(&show_time(micros(array, *unit, row))),
        DataType::Date32 => {
            let days = i64::from(array.as_primitive::<Date32Type>().value(row));
            out.push_str(&show_time(days.saturating_mul(86_400_000_000))[..10]);
        }
        DataType::List(_) => write_list(&array.as_list::<i32>().value(row), out),
        DataType::LargeList(_) => write_list(&array.as_list::<i64>().value(row), out),
        DataType::FixedSizeList(..) => write_list(&array.as_fixed_size_list().value(row), out),
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            write_members(entries.len(), out, |entry, out| {
                write(keys, entry, out);
                out.push('=');
                write(values, entry, out);
            });
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            write_members(fields.len(), out, |field, out| {
                out.push_str(fields[field].name());
                out.push('=');
                write(&columns[field], row, out);
            });
        }
        _ => out.push_str(&array_value_to_string(array, row).unwrap_or_default()),
    }
}

fn write_list(elements: &ArrayRef, out: &mut String) {
    out.push('[');
    for element in 0..elements.len() {
        if element > 0 {
            out.push_str(", ");
        }
        write(elements, element, out);
    }
    out.push(']');
}

fn write_members(count: usize, out: &mut String, mut write: impl FnMut(usize, &mut String)) {
    out.push('{');
    for member in 0..count {
        if member > 0 {
            out.push_str(", ");
        }
        write(member, out);
    }
    out.push('}');
}

/// As Java shows doubles, which Trino's results do.
fn write_double(number: f64, out: &mut String) {
    let size = number.abs();
    if !number.is_finite() {
        out.push_str(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
    } else if size == 0.0 || (1e-3..1e7).contains(&size) {
        out.push_str(&format!("{number:?}"));
    } else {
        let text = format!("{number:E}");
        let (digits, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        out.push_str(digits);
        out.push_str(if digits.contains('.') { "E" } else { ".0E" });
        out.push_str(exponent);
    }
}

/// Microseconds since 1970 of a time in any unit.
pub(super) fn micros(array: &ArrayRef, unit: TimeUnit, row: usize) -> i64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).saturating_mul(1_000_000),
        TimeUnit::Millisecond => {
            array.as_primitive::<TimestampMillisecondType>().value(row).saturating_mul(1_000)
        }
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000),
    }
}

/// A time as date and time of day.
pub(super) fn civil(micros: i64) -> Option<DateTime> {
    jiff::Timestamp::from_microsecond(micros).ok().map(|time| Offset::UTC.to_datetime(time))
}

/// Microseconds since 1970 of a date and time of day.
pub(super) fn micros_of(time: DateTime) -> Option<i64> {
    Offset::UTC.to_timestamp(time).ok().map(|time| time.as_microsecond())
}

fn show_time(micros: i64) -> String {
    let Some(time) = civil(micros) else { return micros.to_string() };
    let (date, clock) = (time.date(), time.time());
    let (hour, minute, second) = (clock.hour(), clock.minute(), clock.second());
    format!("{date} {hour:02}:{minute:02}:{second:02}.{:03}", clock.millisecond())
}

/// Reads a time in the forms that queries and records use: a date, with or without a time of day, with a space or T between
/// them, with or without an offset.
pub(super) fn time_of(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_microsecond());
    }
    let plain = text.strip_suffix(" UTC").unwrap_or(text);
    plain.parse::<DateTime>().ok().and_then(micros_of)
}

/// A value as JSON; null as `null`.
pub(super) fn write_json(array: &ArrayRef, row: usize, out: &mut Vec<u8>) {
    if is_null(array, row) {
        return out.extend_from_slice(b"null");
    }
    match array.data_type() {
        // It is JSON already.
        DataType::LargeUtf8 => out.extend_from_slice(array.as_string::<i64>().value(row).as_bytes()),
        DataType::List(_) => {
            let elements = array.as_list::<i32>().value(row);
            separated(b"[]", elements.len(), out, |element, out| write_json(&elements, element, out));
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            separated(b"{}", entries.len(), out, |entry, out| {
                write_string(out, &show(entries.column(0), entry).unwrap_or_default());
                out.push(b':');
                write_json(entries.column(1), entry, out);
            });
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            separated(b"{}", fields.len(), out, |field, out| {
                write_string(out, fields[field].name());
                out.push(b':');
                write_json(&columns[field], row, out);
            });
        }
        kind if kind.is_numeric() || kind == &DataType::Boolean => {
            out.extend_from_slice(show(array, row).unwrap_or_default().as_bytes());
        }
        kind => {
            debug_assert!(types::is_text(kind) || kind.is_temporal(), "{kind}");
            write_string(out, &show(array, row).unwrap_or_default());
        }
    }
}

fn separated(
    brackets: &[u8; 2],
    count: usize,
    out: &mut Vec<u8>,
    mut write: impl FnMut(usize, &mut Vec<u8>),
) {
    out.push(brackets[0]);
    for item in 0..count {
        if item > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(brackets[1]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::Float64Array;
    use std::sync::Arc;

    #[test]
    fn doubles_are_shown_as_java_shows_them() {
        let numbers = [0.0, 100.0, 0.5, 1e7, 1.25e-5, f64::NAN, f64::NEG_INFINITY];
        let array: ArrayRef = Arc::new(Float64Array::from(numbers.to_vec()));
        let shown: Vec<_> = (0..numbers.len()).map(|row| show(&array, row).unwrap()).collect();
        assert_eq!(shown, ["0.0", "100.0", "0.5", "1.0E7", "1.25E-5", "NaN", "-Infinity"]);
    }

    #[test]
    fn times_are_read_in_every_usual_form() {
        for text in [
            "2026-01-05T13:51:00Z",
            "2026-01-05 13:51:00",
            "2026-01-05 13:51:00.000",
            "2026-01-05 13:51:00.000 UTC",
            "2026-01-05T14:51:00+01:00",
        ] {
            assert_eq!(time_of(text).map(show_time).as_deref(), Some("2026-01-05 13:51:00.000"), "{text}");
        }
        assert_eq!(time_of("2026-01-05").map(show_time).as_deref(), Some("2026-01-05 00:00:00.000"));
        assert_eq!(time_of("yesterday"), None);
    }
}
