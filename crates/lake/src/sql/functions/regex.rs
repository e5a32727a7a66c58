//! Regular expressions. They take time linear in the text whatever the pattern; a pattern's program has a limit of size.

use super::rows::{RowFunction, Texts, Want, flag, text, text_array, whole, whole_at};
use crate::sql::types;
use ::regex::{Captures, Regex, RegexBuilder};
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, ListBuilder, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::{DataFusionError, Result};
use std::sync::Arc;

/// What the program of a pattern may take.
const PROGRAM_BYTES: usize = 1 << 20;

pub(super) fn all() -> Vec<RowFunction> {
    use Want::{Text, Whole};
    let list: fn(&[DataType]) -> DataType = |_| types::list(DataType::Utf8);
    vec![
        RowFunction::new("regexp_like", &[Text, Text], flag, like),
        RowFunction::new("regexp_count", &[Text, Text], whole, count),
        RowFunction::new("regexp_extract", &[Text, Text, Whole], text, extract).with_optional(1),
        RowFunction::new("regexp_extract_all", &[Text, Text, Whole], list, extract_all).with_optional(1),
        RowFunction::new("regexp_replace", &[Text, Text, Text], text, replace).with_optional(1),
        RowFunction::new("regexp_split", &[Text, Text], list, split),
    ]
}

/// Patterns come again in every row.
#[derive(Default)]
struct Patterns {
    last: Option<(String, Regex)>,
}

impl Patterns {
    fn regex(&mut self, pattern: &str) -> Result<&Regex> {
        if self.last.as_ref().is_none_or(|(last, _)| last != pattern) {
            let regex = RegexBuilder::new(pattern).size_limit(PROGRAM_BYTES).build();
            let regex = regex.map_err(|error| {
                DataFusionError::Execution(format!(
                    "Invalid or too large regular expression '{pattern}': {error}"
                ))
            })?;
            self.last = Some((pattern.to_owned(), regex));
        }
        let (_, regex) = self.last.as_ref().expect("it was made above");
        Ok(regex)
    }
}

/// What `apply` makes of each text and its pattern.
fn each<T>(
    args: &[ArrayRef],
    apply: impl Fn(usize, &str, &Regex) -> Result<Option<T>>,
) -> Result<Vec<Option<T>>> {
    let (texts, wanted) = (Texts::of(&args[0]), Texts::of(&args[1]));
    let mut patterns = Patterns::default();
    let row = |row| match (texts.get(row), wanted.get(row)) {
        (Some(text), Some(pattern)) => apply(row, text, patterns.regex(pattern)?),
        _ => Ok(None),
    };
    (0..args[0].len()).map(row).collect()
}

fn like(args: &[ArrayRef]) -> Result<ArrayRef> {
    let found = each(args, |_, text, regex| Ok(Some(regex.is_match(text))))?;
    Ok(Arc::new(BooleanArray::from(found)))
}

fn count(args: &[ArrayRef]) -> Result<ArrayRef> {
    let found = each(args, |_, text, regex| Ok(Some(regex.find_iter(text).count() as i64)))?;
    Ok(Arc::new(Int64Array::from(found)))
}

/// The group that the third argument names, the whole match without one.
fn group(args: &[ArrayRef], row: usize, regex: &Regex) -> Result<usize> {
    let group = args.get(2).and_then(|groups| whole_at(groups, row)).unwrap_or(0);
    match usize::try_from(group) {
        Ok(index) if index < regex.captures_len() => Ok(index),
        _ => Err(DataFusionError::Execution(format!(
            "Pattern has {} groups. Cannot access group {group}",
            regex.captures_len() - 1
        ))),
    }
}

fn captured(captures: &Captures<'_>, group: usize) -> Option<String> {
    captures.get(group).map(|found| found.as_str().to_owned())
}

fn extract(args: &[ArrayRef]) -> Result<ArrayRef> {
    let found = each(args, |row, text, regex| {
        let group = group(args, row, regex)?;
        Ok(regex.captures(text).and_then(|captures| captured(&captures, group)))
    })?;
    Ok(text_array(found.into_iter()))
}

fn extract_all(args: &[ArrayRef]) -> Result<ArrayRef> {
    let found = each(args, |row, text, regex| {
        let group = group(args, row, regex)?;
        let found: Vec<_> = regex.captures_iter(text).map(|captures| captured(&captures, group)).collect();
        Ok(Some(found))
    })?;
    Ok(lists(found))
}

fn split(args: &[ArrayRef]) -> Result<ArrayRef> {
    let parts = each(args, |_, text, regex| {
        let parts: Vec<_> = regex.split(text).map(|part| Some(part.to_owned())).collect();
        Ok(Some(parts))
    })?;
    Ok(lists(parts))
}

fn lists(rows: Vec<Option<Vec<Option<String>>>>) -> ArrayRef {
    let element = Arc::new(Field::new_list_field(DataType::Utf8, true));
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(element);
    for row in rows {
        let is_list = row.is_some();
        row.into_iter().flatten().for_each(|text| builder.values().append_option(text));
        builder.append(is_list);
    }
    Arc::new(builder.finish())
}

fn replace(args: &[ArrayRef]) -> Result<ArrayRef> {
    let replacements = args.get(2).map(Texts::of);
    let replaced = each(args, |row, text, regex| {
        let replacement = match &replacements {
            Some(replacements) => replacements.get(row),
            None => Some(""),
        };
        Ok(replacement.map(|replacement| regex.replace_all(text, groups(replacement)).into_owned()))
    })?;
    Ok(text_array(replaced.into_iter()))
}

/// A replacement as the regex crate writes it: `$1` ends where its digits do, and `\$` is a dollar.
fn groups(replacement: &str) -> String {
    let mut out = String::with_capacity(replacement.len() + 8);
    let mut rest = replacement;
    while let Some(at) = rest.find(['$', '\\']) {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        if rest[at..].starts_with('\\') {
            let next = behind.chars().next();
            out.push_str(
                &next.map_or(String::from("\\"), |next| if next == '$' { "$$".into() } else { next.into() }),
            );
            rest = &behind[next.map_or(0, char::len_utf8)..];
            continue;
        }
        let digits = behind.len() - behind.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        match digits {
            0 => out.push('$'),
            _ => out.push_str(&format!("${{{}}}", &behind[..digits])),
        }
        rest = &behind[digits..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn replacements_mean_what_trino_says() {
        assert_eq!(groups("$1a-${name}"), "${1}a-${name}");
        assert_eq!(groups("\\$1"), "$$1");
        assert_eq!(groups("a\\"), "a\\");
    }
}
