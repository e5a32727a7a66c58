//! Functions of JSON.

use super::rows::{RowFunction, Texts, Want, flag, json_type, text, whole, whole_at};
use crate::sql::json::{Path, checked, scalar};
use crate::sql::values::{show, write_json};
use cairn_model::json::{elements, members};
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, LargeStringArray, StringArray};
use datafusion::error::{DataFusionError, Result};
use std::sync::Arc;

pub(super) fn all() -> Vec<RowFunction> {
    use Want::{Any, Json, Text, Whole};
    vec![
        RowFunction::new("json_extract", &[Json, Text], json_type, extract),
        RowFunction::new("json_extract_scalar", &[Json, Text], text, extract_scalar),
        RowFunction::new("json_parse", &[Text], json_type, |args| parse(args, true)),
        RowFunction::new("try_json_parse", &[Text], json_type, |args| parse(args, false)),
        RowFunction::new("json_format", &[Json], text, format),
        RowFunction::new("json_array_get", &[Json, Whole], json_type, array_get),
        RowFunction::new("json_array_length", &[Json], whole, array_length),
        RowFunction::new("json_array_contains", &[Json, Any], flag, array_contains),
        RowFunction::new("json_size", &[Json, Text], whole, size),
        RowFunction::new("is_json_scalar", &[Json], flag, is_scalar),
    ]
}

/// Paths come again in every row.
#[derive(Default)]
struct Paths {
    text: String,
    path: Path,
}

impl Paths {
    fn path(&mut self, text: &str) -> Result<&Path> {
        if self.text != text {
            let error = || DataFusionError::Execution(format!("Invalid JSON path: '{text}'"));
            self.path = Path::parse(text).ok_or_else(error)?;
            self.text = text.to_owned();
        }
        Ok(&self.path)
    }
}

/// What the path of each row finds in its JSON.
fn found<'a>(args: &'a [ArrayRef]) -> Result<Vec<Option<&'a str>>> {
    let (json, texts) = (Texts::of(&args[0]), Texts::of(&args[1]));
    let mut paths = Paths::default();
    let find = |row| -> Result<Option<&'a str>> {
        let Some(text) = texts.get(row) else { return Ok(None) };
        let path = paths.path(text)?;
        Ok(json.get(row).and_then(checked).and_then(|json| path.find(json)))
    };
    (0..args[0].len()).map(find).collect()
}

fn extract(args: &[ArrayRef]) -> Result<ArrayRef> {
    Ok(Arc::new(LargeStringArray::from(found(args)?)))
}

fn extract_scalar(args: &[ArrayRef]) -> Result<ArrayRef> {
    let found = found(args)?;
    Ok(Arc::new(found.into_iter().map(|json| json.and_then(scalar)).collect::<StringArray>()))
}

fn parse(args: &[ArrayRef], strict: bool) -> Result<ArrayRef> {
    let parse = |text: Option<&str>| match text.map(|text| (text, checked(text))) {
        Some((text, None)) if strict => {
            let shown: String = text.chars().take(100).collect();
            Err(DataFusionError::Execution(format!("Cannot convert value to JSON: '{shown}'")))
        }
        found => Ok(found.and_then(|(_, json)| json).map(str::to_owned)),
    };
    let parsed = Texts::of(&args[0]).iter().map(parse).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(LargeStringArray::from(parsed)))
}

fn format(args: &[ArrayRef]) -> Result<ArrayRef> {
    Ok(Arc::new(Texts::of(&args[0]).iter().collect::<StringArray>()))
}

/// Elements count from 0, and from the end if negative.
fn array_get(args: &[ArrayRef]) -> Result<ArrayRef> {
    let json = Texts::of(&args[0]);
    let get = |row| {
        let (json, index) = (json.get(row).and_then(checked)?, whole_at(&args[1], row)?);
        match usize::try_from(index) {
            Ok(index) => elements(json).nth(index),
            Err(_) => {
                let all: Vec<&str> = elements(json).collect();
                let from_end = usize::try_from(index.unsigned_abs()).ok()?;
                all.len().checked_sub(from_end).map(|index| all[index])
            }
        }
    };
    Ok(Arc::new((0..args[0].len()).map(get).collect::<LargeStringArray>()))
}

fn array_length(args: &[ArrayRef]) -> Result<ArrayRef> {
    let length = |json: Option<&str>| {
        let json = json.and_then(checked).filter(|json| json.starts_with('['))?;
        Some(elements(json).count() as i64)
    };
    Ok(Arc::new(Texts::of(&args[0]).iter().map(length).collect::<Int64Array>()))
}

fn array_contains(args: &[ArrayRef]) -> Result<ArrayRef> {
    let json = Texts::of(&args[0]);
    let contains = |row| {
        let json = json.get(row).and_then(checked).filter(|json| json.starts_with('['))?;
        let wanted = show(&args[1], row)?;
        let is_text = args[1].data_type().is_string();
        let is_wanted = |element: &str| {
            element.starts_with('"') == is_text && scalar(element).is_some_and(|text| text == wanted.as_str())
        };
        Some(elements(json).any(is_wanted))
    };
    Ok(Arc::new((0..args[0].len()).map(contains).collect::<BooleanArray>()))
}

/// How many members or elements there are at the path; a scalar has none.
fn size(args: &[ArrayRef]) -> Result<ArrayRef> {
    let size = |json: Option<&str>| json.map(|json| (members(json).count() + elements(json).count()) as i64);
    Ok(Arc::new(found(args)?.into_iter().map(size).collect::<Int64Array>()))
}

fn is_scalar(args: &[ArrayRef]) -> Result<ArrayRef> {
    let is_scalar = |json: Option<&str>| Some(!json.and_then(checked)?.starts_with(['{', '[']));
    Ok(Arc::new(Texts::of(&args[0]).iter().map(is_scalar).collect::<BooleanArray>()))
}

/// Any column as JSON.
pub(super) fn from_values(array: &ArrayRef) -> ArrayRef {
    let write = |row| {
        array.is_valid(row).then(|| {
            let mut out = Vec::new();
            write_json(array, row, &mut out);
            String::from_utf8(out).expect("made of texts")
        })
    };
    Arc::new((0..array.len()).map(write).collect::<LargeStringArray>())
}
