//! JSON texts: finding a value by a path, and values of columns out of texts.

use super::types;
use super::values::time_of;
use cairn_model::json::{elements, members, string};
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, LargeStringBuilder, ListArray, MapArray, NullArray,
    StringBuilder, StructArray, new_null_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields};
use datafusion::error::{DataFusionError, Result};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::Arc;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// A member of exactly this name.
    Key(String),
    /// A member of this name in any case, as members of structs are.
    Member(String),
    /// An element, from 0.
    Index(usize),
}

/// Where in a JSON text a value stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// Members within members.
    pub(super) fn members(names: &[&str]) -> Path {
        Path(names.iter().map(|name| Step::Member((*name).to_owned())).collect())
    }

    pub(super) fn with(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    /// Reads a JSON path: `$.a.b[0]["c d"]`. Filters, ranges and `*` are not supported.
    pub(super) fn parse(text: &str) -> Option<Path> {
        let mut rest = text.trim().strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, behind) = match rest.strip_prefix('[') {
                Some(inner) => bracket(inner)?,
                None => key(rest.strip_prefix('.')?)?,
            };
            steps.push(step);
            rest = behind;
        }
        Some(Path(steps))
    }

    /// The value of this path in a JSON text that was checked.
    pub(super) fn find<'a>(&self, json: &'a str) -> Option<&'a str> {
        self.0.iter().try_fold(json.trim(), |json, step| step.find(json))
    }
}

fn key(rest: &str) -> Option<(Step, &str)> {
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (key, behind) = rest.split_at(end);
    (!key.is_empty() && key != "*").then(|| (Step::Key(key.to_owned()), behind))
}

fn bracket(inner: &str) -> Option<(Step, &str)> {
    if let Some(quote) = inner.chars().next().filter(|letter| matches!(letter, '"' | '\'')) {
        let (key, behind) = inner[1..].split_once(quote)?;
        return Some((Step::Key(key.to_owned()), behind.strip_prefix(']')?));
    }
    let (index, behind) = inner.split_once(']')?;
    Some((Step::Index(index.trim().parse().ok()?), behind))
}

impl Step {
    fn find<'a>(&self, json: &'a str) -> Option<&'a str> {
        match self {
            Step::Key(wanted) => member(json, |key| key == wanted),
            Step::Member(wanted) => member(json, |key| key.eq_ignore_ascii_case(wanted)),
            Step::Index(index) => elements(json).nth(*index),
        }
    }
}

fn member(json: &str, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
    let mut found = members(json);
    found.find_map(|(key, value)| string(key).is_some_and(|key| is_wanted(&key)).then_some(value))
}

/// The text if it is JSON: others must not be walked.
pub(super) fn checked(text: &str) -> Option<&str> {
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

/// A scalar as text, `None` if it is null or none.
pub(super) fn scalar(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => string(json),
        b'{' | b'[' => None,
        _ if json == "null" => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// Any value as text: strings without quotes, others as they are; `None` if it is null.
pub(super) fn text(json: &str) -> Option<Cow<'_, str>> {
    scalar(json).or_else(|| json.starts_with(['{', '[']).then_some(Cow::Borrowed(json)))
}

/// What to do with a value that does not fit its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Misfit {
    Null,
    Error,
}

impl Misfit {
    fn none<T>(self, json: &str, to: &DataType) -> Result<Option<T>> {
        match self {
            Misfit::Null => Ok(None),
            Misfit::Error => {
                let shown: String = json.chars().take(100).collect();
                let message = format!("Cannot cast JSON '{shown}' to {}", types::name(to));
                Err(DataFusionError::Execution(message))
            }
        }
    }
}

/// A column of a type out of JSON texts that were checked; null stays null.
pub(super) fn decode(rows: &[Option<&str>], to: &DataType, misfit: Misfit) -> Result<ArrayRef> {
    match to {
        DataType::LargeUtf8 => {
            let mut builder = LargeStringBuilder::new();
            rows.iter().for_each(|row| builder.append_option(*row));
            Ok(Arc::new(builder.finish()))
        }
        DataType::Utf8 | DataType::Utf8View => decode_text(rows, to),
        DataType::Boolean => decode_flags(rows, misfit),
        DataType::Date32 | DataType::Timestamp(..) => decode_times(rows, to, misfit),
        DataType::List(element) => decode_list(rows, element, to, misfit),
        DataType::Map(entries, _) => decode_map(rows, entries, to, misfit),
        DataType::Struct(fields) => decode_struct(rows, fields, to, misfit),
        DataType::Null => Ok(Arc::new(NullArray::new(rows.len()))),
        _ if to.is_numeric() => decode_numbers(rows, to, misfit),
        other => Err(DataFusionError::Execution(format!("Cannot cast JSON to {}", types::name(other)))),
    }
}

/// Rows of JSON null are null.
fn present(row: Option<&str>) -> Option<&str> {
    row.filter(|json| *json != "null")
}

fn decode_text(rows: &[Option<&str>], to: &DataType) -> Result<ArrayRef> {
    let mut builder = StringBuilder::new();
    rows.iter().for_each(|row| builder.append_option(row.and_then(text)));
    Ok(cast(&builder.finish(), to)?)
}

fn decode_flags(rows: &[Option<&str>], misfit: Misfit) -> Result<ArrayRef> {
    let mut builder = BooleanBuilder::with_capacity(rows.len());
    for json in rows.iter().map(|row| present(*row)) {
        let Some(json) = json else {
            builder.append_null();
            continue;
        };
        let flag = match scalar(json).as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => misfit.none(json, &DataType::Boolean)?,
        };
        builder.append_option(flag);
    }
    Ok(Arc::new(builder.finish()))
}

/// Through texts, which the engine parses as it does those of queries.
fn decode_numbers(rows: &[Option<&str>], to: &DataType, misfit: Misfit) -> Result<ArrayRef> {
    let mut builder = StringBuilder::new();
    for json in rows.iter().map(|row| present(*row)) {
        let Some(json) = json else {
            builder.append_null();
            continue;
        };
        let number = match scalar(json) {
            Some(text) => whole(&text, to).or(Some(text.into_owned())),
            None => misfit.none(json, to)?,
        };
        builder.append_option(number);
    }
    let options =
        datafusion::arrow::compute::CastOptions { safe: misfit == Misfit::Null, ..Default::default() };
    Ok(datafusion::arrow::compute::cast_with_options(&builder.finish(), to, &options)?)
}

/// `1.5e3` as an integer type reads it.
fn whole(text: &str, to: &DataType) -> Option<String> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !to.is_integer() || is_plain {
        return None;
    }
    text.parse::<f64>().ok().map(|number| format!("{}", number.round()))
}

fn decode_times(rows: &[Option<&str>], to: &DataType, misfit: Misfit) -> Result<ArrayRef> {
    let mut micros = datafusion::arrow::array::TimestampMicrosecondBuilder::with_capacity(rows.len());
    for json in rows.iter().map(|row| present(*row)) {
        let Some(json) = json else {
            micros.append_null();
            continue;
        };
        let time = scalar(json).and_then(|text| time_of(&text));
        micros.append_option(match time {
            Some(time) => Some(time),
            None => misfit.none(json, to)?,
        });
    }
    let times = micros.finish().with_timezone("UTC");
    match to {
        DataType::Date32 => {
            let mut days = Date32Builder::with_capacity(rows.len());
            times.iter().for_each(|time| {
                days.append_option(time.map(|time| time.div_euclid(86_400_000_000) as i32));
            });
            Ok(Arc::new(days.finish()))
        }
        _ => Ok(cast(&times, to)?),
    }
}

/// Elements of all rows one behind the other, and where those of each row end.
fn decode_list(rows: &[Option<&str>], element: &FieldRef, to: &DataType, misfit: Misfit) -> Result<ArrayRef> {
    let (mut all, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for json in rows.iter().map(|row| present(*row)) {
        let before = all.len();
        let is_list = json.is_some_and(|json| json.starts_with('['));
        match json {
            Some(json) if is_list => all.extend(elements(json).map(Some)),
            Some(json) => misfit.none::<()>(json, to).map(drop)?,
            None => {}
        }
        lengths.push(all.len() - before);
        valid.push(is_list);
    }
    let values = decode(&all, element.data_type(), misfit)?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(element.clone(), offsets, values, Some(NullBuffer::from(valid)))?))
}

fn decode_map(rows: &[Option<&str>], entries: &FieldRef, to: &DataType, misfit: Misfit) -> Result<ArrayRef> {
    let DataType::Struct(fields) = entries.data_type() else {
        return Ok(new_null_array(to, rows.len()));
    };
    let (mut keys, mut values, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for json in rows.iter().map(|row| present(*row)) {
        let before = keys.len();
        let is_object = json.is_some_and(|json| json.starts_with('{'));
        match json {
            Some(json) if is_object => {
                let found = members(json);
                found.for_each(|(key, value)| {
                    keys.push(Some(key));
                    values.push(Some(value));
                });
            }
            Some(json) => misfit.none::<()>(json, to).map(drop)?,
            None => {}
        }
        lengths.push(keys.len() - before);
        valid.push(is_object);
    }
    let keys = decode(&keys, fields[0].data_type(), Misfit::Error)?;
    let values = decode(&values, fields[1].data_type(), misfit)?;
    let columns = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(MapArray::try_new(entries.clone(), offsets, columns, Some(NullBuffer::from(valid)), false)?))
}

fn decode_struct(rows: &[Option<&str>], fields: &Fields, to: &DataType, misfit: Misfit) -> Result<ArrayRef> {
    let mut valid = Vec::with_capacity(rows.len());
    for json in rows.iter().map(|row| present(*row)) {
        let is_object = json.is_some_and(|json| json.starts_with('{'));
        if let Some(json) = json.filter(|_| !is_object) {
            misfit.none::<()>(json, to).map(drop)?;
        }
        valid.push(is_object);
    }
    let columns = fields.iter().map(|field| {
        let step = Step::Member(field.name().clone());
        let found: Vec<Option<&str>> = rows.iter().map(|row| step.find((*row)?)).collect();
        decode(&found, field.data_type(), misfit)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let nulls = Some(NullBuffer::from(valid));
    Ok(Arc::new(StructArray::try_new_with_length(fields.clone(), columns, nulls, rows.len())?))
}

#[cfg(test)]
mod tests;
