//! Which rows match a free-text search. Most are told from the columns' bytes, without putting the records
//! together.

use super::read::OpenFile;
use crate::columns::{IDENTITY, MEMBERS, OVERFLOW, Shape, USERNAME};
use crate::error::LakeError;
use crate::reassemble::{Batch, Rows};
use crate::text::{Needle, Words, is_plain};
use crate::words::{Texts, WHOLE_COLUMNS};
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::parquet::arrow::arrow_reader::RowSelection;

/// Rows decoded at once.
const BATCH_ROWS: usize = 2_048;

/// Those of `rows`, which are sorted, whose records have all words.
pub(super) fn rows_that_match(
    open: &OpenFile,
    group: usize,
    rows: &[u32],
    words: &Words,
) -> Result<Vec<u32>, LakeError> {
    let ranges = rows.iter().map(|row| *row as usize..*row as usize + 1);
    let selection = RowSelection::from_consecutive_ranges(ranges, open.group_rows(group));
    let mut numbers = rows.iter().copied();
    let mut matching = Vec::new();
    for batch in open.rows(group, None, Some(selection), BATCH_ROWS)? {
        let batch = batch?;
        let may_match = rows_that_may_match(&batch, words)?;
        let records = Rows::of(&batch)?;
        for (row, number) in (0..batch.num_rows()).zip(numbers.by_ref()) {
            if may_match[row] && words.match_record(&records.text(row)) {
                matching.push(number);
            }
        }
    }
    Ok(matching)
}

/// For each row whether it may match; those that do not are left out for certain.
fn rows_that_may_match(batch: &RecordBatch, words: &Words) -> Result<Vec<bool>, LakeError> {
    let texts = text_columns(&Batch(batch))?;
    let mut may_match = vec![true; batch.num_rows()];
    let needles: Vec<Needle<'_>> = words.needles().filter(|needle| !needle.may_be_no_text()).collect();
    if needles.is_empty() {
        return Ok(may_match);
    }
    let opaque = opaque_rows(&texts, batch.num_rows());
    for needle in needles {
        let mut found = opaque.clone();
        for column in &texts {
            mark(column, needle, &mut found);
        }
        for (row, found) in found.into_iter().enumerate() {
            may_match[row] &= found;
        }
    }
    Ok(may_match)
}

/// The columns that hold the texts of records' values.
fn text_columns<'b>(batch: &Batch<'b>) -> Result<Vec<&'b StringArray>, LakeError> {
    Ok(columns_of_texts(batch)?.into_iter().map(|(texts, _)| texts).collect())
}

/// Likewise, with what these texts are.
pub(super) fn columns_of_texts<'b>(batch: &Batch<'b>) -> Result<Vec<(&'b StringArray, Texts)>, LakeError> {
    let members = MEMBERS.iter().filter(|member| matches!(member.shape, Shape::Text | Shape::Json));
    let names = members
        .map(|member| (member.column, member.shape == Shape::Json))
        .chain([(OVERFLOW, true), (USERNAME, false)])
        .chain(IDENTITY.map(|(_, column)| (column, false)));
    let texts = |name: &str, is_json| match is_json {
        true => Texts::Json,
        false if WHOLE_COLUMNS.contains(&name) => Texts::Whole,
        false => Texts::Plain,
    };
    names.map(|(name, is_json)| Ok((batch.text(name)?, texts(name, is_json)))).collect()
}

/// The rows whose texts may hide a word from its needle.
fn opaque_rows(columns: &[&StringArray], rows: usize) -> Vec<bool> {
    let mut opaque = vec![false; rows];
    for column in columns {
        let whole = std::str::from_utf8(column.value_data());
        if whole.is_ok_and(is_plain) {
            continue;
        }
        for (row, opaque) in opaque.iter_mut().enumerate() {
            *opaque |= !is_plain(column.value(row));
        }
    }
    opaque
}

/// Marks the rows of a column that contain the needle.
fn mark(column: &StringArray, needle: Needle<'_>, found: &mut [bool]) {
    let offsets = column.value_offsets();
    let (bytes, mut at) = (column.value_data(), offsets[0] as usize);
    while let Some(place) = needle.find(bytes, at) {
        // Places that reach into the next row count too; the record itself decides.
        let row = offsets.partition_point(|offset| *offset as usize <= place) - 1;
        let Some(mark) = found.get_mut(row) else { return };
        *mark = true;
        at = offsets[row + 1] as usize;
    }
}
