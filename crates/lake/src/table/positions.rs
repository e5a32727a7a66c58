//! Which rows of a data file have positions in some ranges.

use super::file::TableFile;
use super::read::{FileReader, OpenFile};
use crate::columns::POSITION;
use crate::error::LakeError;
use crate::reassemble::Batch;
use cairn_model::Position;
use datafusion::parquet::file::statistics::Statistics;
use std::ops::Range;

/// Rows decoded at once.
const BATCH_ROWS: usize = 8_192;

/// How many rows of `file` have a position in any of `ranges`, which are sorted and disjoint. Reads the
/// positions of those row groups only whose bounds do not tell.
pub(crate) fn rows_within(
    file: &TableFile,
    reader: &FileReader,
    ranges: &[Range<Position>],
) -> Result<u64, LakeError> {
    match bounds_within(file.first_position, file.last_position, ranges) {
        Within::None => return Ok(0),
        Within::All => return Ok(file.rows),
        Within::Some => {}
    }
    let open = reader.open(&file.path)?;
    let groups = 0..open.footer().num_row_groups();
    groups.map(|group| group_rows_within(&open, group, ranges)).sum()
}

fn group_rows_within(open: &OpenFile, group: usize, ranges: &[Range<Position>]) -> Result<u64, LakeError> {
    if let Some((first, last)) = position_bounds(open, group) {
        match bounds_within(first, last, ranges) {
            Within::None => return Ok(0),
            Within::All => return Ok(open.footer().row_group(group).num_rows() as u64),
            Within::Some => {}
        }
    }
    let mut rows = 0;
    for batch in open.rows(group, Some(&[POSITION]), None, BATCH_ROWS)? {
        let batch = batch?;
        let positions = Batch(&batch).number(POSITION)?.values();
        rows += positions.iter().filter(|position| is_within(**position as u64, ranges)).count() as u64;
    }
    Ok(rows)
}

/// Which rows between two bounds lie in the ranges, as far as the bounds tell.
enum Within {
    None,
    Some,
    All,
}

fn bounds_within(first: u64, last: u64, ranges: &[Range<Position>]) -> Within {
    // The first range that does not lie wholly below the rows.
    let at = ranges.partition_point(|range| range.end.get() <= first);
    match ranges.get(at) {
        Some(range) if range.start.get() <= first && last < range.end.get() => Within::All,
        Some(range) if range.start.get() <= last => Within::Some,
        _ => Within::None,
    }
}

fn is_within(position: u64, ranges: &[Range<Position>]) -> bool {
    let at = ranges.partition_point(|range| range.end.get() <= position);
    ranges.get(at).is_some_and(|range| range.start.get() <= position)
}

fn position_bounds(open: &OpenFile, group: usize) -> Option<(u64, u64)> {
    let column = open.footer().row_group(group).column(open.column(POSITION)?);
    match column.statistics()? {
        Statistics::Int64(bounds) => Some((*bounds.min_opt()? as u64, *bounds.max_opt()? as u64)),
        _ => None,
    }
}
