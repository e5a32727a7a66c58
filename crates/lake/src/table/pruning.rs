//! Which row groups and pages of a file need not be read.

use super::read::OpenFile;
use crate::columns::{ACCOUNT, EVENT_TIME};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::lookup::{Filter, Query};
use crate::reassemble::text_column;
use datafusion::parquet::file::page_index::column_index::ColumnIndexMetaData;
use datafusion::parquet::file::statistics::Statistics;

/// Whether any row of a row group can match, by its statistics and Bloom filters.
pub(super) fn may_match(open: &OpenFile, group: usize, query: &Query) -> Result<bool, LakeError> {
    if let Some((oldest, newest)) = times(open, group)
        && (newest < query.from || oldest > query.below.event_time)
    {
        return Ok(false);
    }
    let account = query.account.as_ref().map(|account| (ACCOUNT, account.as_str()));
    let texts = query.filters.iter().filter_map(Filter::text);
    let mut texts = account.into_iter().chain(texts.map(|(key, text)| (text_column(key), text)));
    if texts.any(|(column, text)| is_outside(open, group, column, text)) {
        return Ok(false);
    }
    for filter in &query.filters {
        let (column, value) = match filter {
            Filter::EventId(id) => ("event_id", id),
            Filter::AccessKeyId(id) => ("access_key_id", id),
            Filter::ResourceName(name) => ("resource_names.list.element", name),
            _ => continue,
        };
        if let Some(column) = open.column(column)
            && !open.may_hold(group, column, [value.as_str()])?
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many rows at the start of a row group are above `below`, to the page.
pub(super) fn rows_above(open: &OpenFile, group: usize, below: OrderKey) -> usize {
    let find = || {
        let column = open.column(EVENT_TIME)?;
        let ColumnIndexMetaData::INT64(times) = open.footer().column_index()?.get(group)?.get(column)? else {
            return None;
        };
        let page = times.min_values().partition_point(|oldest| *oldest > below.event_time);
        let pages = open.footer().offset_index()?.get(group)?.get(column)?;
        let page = pages.page_locations().get(page);
        Some(page.map_or(usize::MAX, |page| page.first_row_index as usize))
    };
    find().unwrap_or(0)
}

/// The bounds of a row group's event times.
fn times(open: &OpenFile, group: usize) -> Option<(i64, i64)> {
    match statistics(open, group, EVENT_TIME)? {
        Statistics::Int64(times) => Some((*times.min_opt()?, *times.max_opt()?)),
        _ => None,
    }
}

/// Whether `text` is certainly outside the bounds of a column's texts. Bounds that were cut are still
/// bounds.
fn is_outside(open: &OpenFile, group: usize, column: &str, text: &str) -> bool {
    let Some(Statistics::ByteArray(texts)) = statistics(open, group, column) else {
        return false;
    };
    let text = text.as_bytes();
    texts.min_opt().is_some_and(|min| text < min.data())
        || texts.max_opt().is_some_and(|max| text > max.data())
}

fn statistics<'o>(open: &'o OpenFile, group: usize, column: &str) -> Option<&'o Statistics> {
    open.footer().row_group(group).column(open.column(column)?).statistics()
}
