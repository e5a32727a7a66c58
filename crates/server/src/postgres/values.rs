//! Values as PostgreSQL's protocol writes them, and its types.

use super::statement::{Value, quoted};
use bytes::{BufMut, BytesMut};
use cairn_lake::sql::{Column, ColumnKind, Row};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use pgwire::api::Type;
use pgwire::api::portal::Format;
use pgwire::api::results::{FieldFormat, FieldInfo};
use pgwire::messages::data::DataRow;

/// Microseconds from 1970 to 2000, where PostgreSQL's times begin.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;
/// Days likewise.
const EPOCH_DAYS: i32 = 10_957;

/// The type that a column has for clients.
pub(super) fn type_of(kind: ColumnKind) -> Type {
    match kind {
        ColumnKind::Boolean => Type::BOOL,
        ColumnKind::Integer => Type::INT8,
        ColumnKind::Double => Type::FLOAT8,
        ColumnKind::Time => Type::TIMESTAMPTZ,
        ColumnKind::Date => Type::DATE,
        ColumnKind::Text => Type::TEXT,
        ColumnKind::Json => Type::JSON,
    }
}

/// What SQL calls that type.
pub(super) fn sql_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean => "boolean",
        ColumnKind::Integer => "bigint",
        ColumnKind::Double => "double precision",
        ColumnKind::Time => "timestamp with time zone",
        ColumnKind::Date => "date",
        ColumnKind::Text => "text",
        ColumnKind::Json => "json",
    }
}

fn size(kind: ColumnKind) -> i16 {
    match kind {
        ColumnKind::Boolean => 1,
        ColumnKind::Date => 4,
        ColumnKind::Integer | ColumnKind::Double | ColumnKind::Time => 8,
        ColumnKind::Text | ColumnKind::Json => -1,
    }
}

/// The columns of a result for clients. A format that is not given for a column is text.
pub(super) fn fields(columns: &[Column], format: Option<&Format>) -> Vec<FieldInfo> {
    let field = |(index, column): (usize, &Column)| {
        let format = format.map_or(FieldFormat::Text, |format| format_of(format, index));
        FieldInfo::new(column.name.clone(), None, None, type_of(column.kind), format)
            .with_type_size(size(column.kind))
    };
    columns.iter().enumerate().map(field).collect()
}

fn format_of(format: &Format, index: usize) -> FieldFormat {
    match format {
        Format::UnifiedText => FieldFormat::Text,
        Format::UnifiedBinary => FieldFormat::Binary,
        Format::Individual(codes) => FieldFormat::from(codes.get(index).copied().unwrap_or_default()),
    }
}

/// A row as it goes out; `None` if a value is none of its column's type.
pub(super) fn row(row: &Row, columns: &[Column], format: Option<&Format>) -> Option<DataRow> {
    let mut data = BytesMut::new();
    for (index, (cell, column)) in row.iter().zip(columns).enumerate() {
        let Some(cell) = cell else {
            data.put_i32(-1);
            continue;
        };
        // Filled in when it is known.
        let at = data.len();
        data.put_i32(0);
        match format.map_or(FieldFormat::Text, |format| format_of(format, index)) {
            FieldFormat::Text => put_text(cell, column.kind, &mut data),
            FieldFormat::Binary => put_binary(cell, column.kind, &mut data)?,
        }
        let length = i32::try_from(data.len() - at - 4).ok()?;
        data[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
    Some(DataRow::new(data, i16::try_from(row.len()).ok()?))
}

fn put_text(cell: &str, kind: ColumnKind, data: &mut BytesMut) {
    match kind {
        ColumnKind::Boolean => data.put_slice(if cell == "true" { b"t" } else { b"f" }),
        ColumnKind::Time => {
            data.put_slice(cell.strip_suffix(".000").unwrap_or(cell).as_bytes());
            data.put_slice(b"+00");
        }
        _ => data.put_slice(cell.as_bytes()),
    }
}

fn put_binary(cell: &str, kind: ColumnKind, data: &mut BytesMut) -> Option<()> {
    match kind {
        ColumnKind::Boolean => data.put_u8(u8::from(cell == "true")),
        ColumnKind::Integer => data.put_i64(cell.parse().ok()?),
        ColumnKind::Double => data.put_f64(cell.parse().ok()?),
        ColumnKind::Time => {
            let time = Offset::UTC.to_timestamp(cell.parse::<DateTime>().ok()?).ok()?;
            data.put_i64(time.as_microsecond() - EPOCH_MICROSECONDS);
        }
        ColumnKind::Date => {
            let epoch = Date::constant(2000, 1, 1);
            let days = cell.parse::<Date>().ok()?.since(epoch).ok()?.get_days();
            data.put_i32(days);
        }
        ColumnKind::Text | ColumnKind::Json => data.put_slice(cell.as_bytes()),
    }
    Some(())
}

/// Why a parameter cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ParameterError {
    #[error("parameters of type {0} are not understood; send text")]
    Type(String),
    #[error("a parameter is no value of type {0}")]
    Value(String),
}

/// A parameter as it stands in the statement. `kind` is what the client says of it.
pub(super) fn parameter(
    bytes: Option<&[u8]>,
    kind: Option<&Type>,
    is_binary: bool,
) -> Result<Value, ParameterError> {
    let Some(bytes) = bytes else { return Ok(Value::Literal("NULL".to_owned())) };
    let kind = kind.cloned().unwrap_or(Type::UNKNOWN);
    let wrong = || ParameterError::Value(kind.name().to_owned());
    let text = match is_binary {
        true => binary(bytes, &kind)?.ok_or_else(wrong)?,
        false => std::str::from_utf8(bytes).map_err(|_| wrong())?.to_owned(),
    };
    if text.contains('\0') {
        return Err(wrong());
    }
    literal(text, &kind).ok_or_else(wrong)
}

/// A value in binary form as its text.
fn binary(bytes: &[u8], kind: &Type) -> Result<Option<String>, ParameterError> {
    let text = match *kind {
        Type::BOOL => bytes.first().map(|byte| (*byte != 0).to_string()),
        Type::INT2 => bytes.try_into().ok().map(|bytes| i16::from_be_bytes(bytes).to_string()),
        Type::INT4 => bytes.try_into().ok().map(|bytes| i32::from_be_bytes(bytes).to_string()),
        Type::INT8 => bytes.try_into().ok().map(|bytes| i64::from_be_bytes(bytes).to_string()),
        Type::FLOAT4 => bytes.try_into().ok().map(|bytes| format!("{:E}", f32::from_be_bytes(bytes))),
        Type::FLOAT8 => bytes.try_into().ok().map(|bytes| format!("{:E}", f64::from_be_bytes(bytes))),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => bytes.try_into().ok().and_then(|bytes| {
            let micros = i64::from_be_bytes(bytes).checked_add(EPOCH_MICROSECONDS)?;
            jiff::Timestamp::from_microsecond(micros).ok().map(|time| time.to_string())
        }),
        Type::DATE => bytes.try_into().ok().and_then(|bytes| {
            let days = i64::from(i32::from_be_bytes(bytes)) + i64::from(EPOCH_DAYS);
            let time = jiff::Timestamp::from_second(days.checked_mul(86_400)?).ok()?;
            Some(Offset::UTC.to_datetime(time).date().to_string())
        }),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        Type::UUID => uuid::Uuid::from_slice(bytes).ok().map(|id| id.to_string()),
        _ => return Err(ParameterError::Type(kind.name().to_owned())),
    };
    Ok(text)
}

/// A value's text as the Lake's SQL takes it.
fn literal(text: String, kind: &Type) -> Option<Value> {
    let is_number = || text.parse::<f64>().is_ok_and(f64::is_finite);
    Some(match *kind {
        Type::BOOL => match text.to_lowercase().as_str() {
            "t" | "true" | "1" | "on" | "yes" => Value::Literal("true".to_owned()),
            "f" | "false" | "0" | "off" | "no" => Value::Literal("false".to_owned()),
            _ => return None,
        },
        Type::INT2 | Type::INT4 | Type::INT8 => Value::Literal(text.parse::<i64>().ok()?.to_string()),
        Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC if is_number() => {
            Value::Literal(format!("{:E}", text.parse::<f64>().ok()?))
        }
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            Value::Literal(format!("CAST({} AS timestamp)", quoted(&text)))
        }
        Type::DATE => Value::Literal(format!("CAST({} AS date)", quoted(&text))),
        Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC => return None,
        _ => Value::Text(text),
    })
}

/// A value of a parameter's type, to learn what a statement's columns are before its parameters have come.
pub(super) fn sample(kind: Option<&Type>) -> Value {
    let literal = match kind {
        Some(&Type::BOOL) => "true",
        Some(&(Type::INT2 | Type::INT4 | Type::INT8)) => "1",
        Some(&(Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC)) => "1E0",
        Some(&(Type::TIMESTAMP | Type::TIMESTAMPTZ)) => "CAST('2000-01-01' AS timestamp)",
        Some(&Type::DATE) => "CAST('2000-01-01' AS date)",
        _ => return Value::Unknown,
    };
    Value::Literal(literal.to_owned())
}

#[cfg(test)]
mod tests;
