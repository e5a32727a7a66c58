//! Which rows of a row group need not be read, by the bounds of its pages.

use super::read::OpenFile;
use crate::columns::{EVENT_TIME, POSITION};
use crate::keys::OrderKey;
use datafusion::parquet::file::page_index::column_index::{ColumnIndexMetaData, PrimitiveColumnIndex};
use std::ops::Range;

/// The rows that may be below `below` and not older than `from`, to the page. All where there are no bounds.
pub(super) fn rows_between(open: &OpenFile, group: usize, below: OrderKey, from: i64) -> Range<u32> {
    let all = 0..open.group_rows(group) as u32;
    let find = || {
        let times = Pages::of(open, group, EVENT_TIME)?;
        let first = times.bounds.min_values().partition_point(|oldest| *oldest > below.event_time);
        let behind = times.bounds.max_values().partition_point(|newest| *newest >= from);
        let start = times.start(first).max(rows_above_at(open, group, &times, below).unwrap_or(0));
        Some(start.min(all.end)..times.start(behind).min(all.end))
    };
    let rows = find().unwrap_or_else(|| all.clone());
    rows.start..rows.end.max(rows.start)
}

/// Rows that stand above `below` because of their position alone: those of a page of positions all of
/// which have the time of `below`. A second may have more events than many pages hold.
fn rows_above_at(open: &OpenFile, group: usize, times: &Pages<'_>, below: OrderKey) -> Option<u32> {
    let positions = Pages::of(open, group, POSITION)?;
    let is_of_time =
        |page: &usize| times.is_all(positions.start(*page)..positions.start(page + 1), below.event_time);
    let is_above = |page: &usize| {
        let lowest = positions.bounds.min_values().get(*page).copied();
        lowest.is_some_and(|lowest| lowest as u64 >= below.position)
    };
    let above = (0..positions.count()).filter(|page| is_of_time(page) && is_above(page));
    above.map(|page| positions.start(page + 1)).max()
}

/// The pages of a column of numbers.
struct Pages<'o> {
    bounds: &'o PrimitiveColumnIndex<i64>,
    starts: Vec<u32>,
}

impl<'o> Pages<'o> {
    fn of(open: &'o OpenFile, group: usize, column: &str) -> Option<Pages<'o>> {
        let column = open.column(column)?;
        let index = open.footer().column_index()?.get(group)?.get(column)?;
        let ColumnIndexMetaData::INT64(bounds) = index else { return None };
        let pages = open.footer().offset_index()?.get(group)?.get(column)?.page_locations();
        let mut starts: Vec<u32> = pages.iter().map(|page| page.first_row_index as u32).collect();
        starts.push(open.group_rows(group) as u32);
        Some(Pages { bounds, starts })
    }

    fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The first row of a page; the number of rows for the page behind the last.
    fn start(&self, page: usize) -> u32 {
        self.starts.get(page).or(self.starts.last()).copied().unwrap_or(0)
    }

    /// Whether all of these rows have this value.
    fn is_all(&self, rows: Range<u32>, value: i64) -> bool {
        let first = self.starts.partition_point(|start| *start <= rows.start).saturating_sub(1);
        let pages = first..self.starts.partition_point(|start| *start < rows.end).min(self.count());
        let (least, greatest) = (self.bounds.min_values(), self.bounds.max_values());
        pages.into_iter().all(|page| least.get(page) == Some(&value) && greatest.get(page) == Some(&value))
    }
}
