//! The rows of one row group that match a query, window by window.

use super::column::Column;
use super::conditions::Conditions;
use super::file::TableFile;
use super::page::malformed;
use super::pruning::rows_between;
use super::read::OpenFile;
use super::text::rows_that_match;
use crate::columns::{ARRIVAL, EVENT_TIME, POSITION};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::lookup::Query;
use crate::words::{BLOCK_ROWS, Blocks};

/// Rows looked at together. Small, as the first page of a common value ends soon.
const WINDOW_ROWS: u32 = BLOCK_ROWS;
/// Windows without a match between two looks at the clock.
const WINDOWS_MAX: usize = 64;

/// A row group being searched.
pub(super) struct GroupScan {
    open: OpenFile,
    group: usize,
    conditions: Conditions,
    /// The windows that may have matches, as far as the word index tells.
    windows: Blocks,
    event_time: Column,
    position: Column,
    /// If rows may have to be left out because of their age.
    arrival: Option<Column>,
    /// The next row, and the one behind the last.
    at: u32,
    end: u32,
}

/// What a look at some windows gave.
pub(super) struct Looked {
    /// Matches with their rows, newest first.
    pub(super) matches: Vec<(OrderKey, u32)>,
    /// The last row looked at.
    pub(super) last: OrderKey,
}

impl GroupScan {
    /// `None` if no row of the group can match.
    pub(super) fn start(
        open: &OpenFile,
        group: usize,
        file: &TableFile,
        query: &Query,
    ) -> Result<Option<GroupScan>, LakeError> {
        let rows = rows_between(open, group, query.below, query.from);
        if rows.is_empty() {
            return Ok(None);
        }
        let windows = open.blocks_with(group, &query.word_numbers)?;
        if windows.is_none() {
            return Ok(None);
        }
        let Some(conditions) = Conditions::of(query, open, group)? else { return Ok(None) };
        let column = |name| Column::open(open, group, name)?.ok_or_else(malformed);
        Ok(Some(GroupScan {
            open: open.clone(),
            group,
            conditions,
            windows,
            event_time: column(EVENT_TIME)?,
            position: column(POSITION)?,
            arrival: file.may_have_expired(query).then(|| column(ARRIVAL)).transpose()?,
            at: rows.start,
            end: rows.end,
        }))
    }

    /// Looks on until some rows match, or for some windows; `None` at the end of the group.
    pub(super) fn look(&mut self, query: &Query) -> Result<Option<Looked>, LakeError> {
        if self.at >= self.end {
            return Ok(None);
        }
        let windows = if query.words.is_some() { 1 } else { WINDOWS_MAX };
        let mut matches = Vec::new();
        for _ in 0..windows {
            if !self.skip() {
                break;
            }
            matches = self.next_window(query)?;
            if !matches.is_empty() {
                break;
            }
        }
        let last = self.key(self.at - 1)?;
        Ok(Some(Looked { matches, last }))
    }

    /// Passes the rows over that certainly do not match. False if those are all.
    fn skip(&mut self) -> bool {
        let window = self.at / WINDOW_ROWS;
        if let Blocks::Some(windows) = &self.windows {
            let next = windows.get(windows.partition_point(|may_match| *may_match < window));
            let start = next.map_or(self.end, |next| next.saturating_mul(WINDOW_ROWS));
            self.at = self.at.max(start).min(self.end);
        }
        self.at < self.end
    }

    fn next_window(&mut self, query: &Query) -> Result<Vec<(OrderKey, u32)>, LakeError> {
        // Up to where windows end in every look-up, so that pages are tested once.
        let behind = (self.at / WINDOW_ROWS + 1).saturating_mul(WINDOW_ROWS).min(self.end);
        let rows = self.conditions.rows(self.at..behind)?;
        self.at = behind;
        let mut matches = Vec::with_capacity(rows.len());
        for row in rows {
            let key = self.key(row)?;
            if key < query.below
                && key.event_time >= query.from
                && key.position < query.upper.get()
                && !self.has_expired(row, key, query)?
            {
                matches.push((key, row));
            }
        }
        if let Some(words) = &query.words {
            let rows: Vec<u32> = matches.iter().map(|(_, row)| *row).collect();
            let rows = rows_that_match(&self.open, self.group, &rows, words)?;
            matches.retain(|(_, row)| rows.binary_search(row).is_ok());
        }
        Ok(matches)
    }

    fn key(&mut self, row: u32) -> Result<OrderKey, LakeError> {
        let event_time = self.event_time.number(row)?;
        Ok(OrderKey { event_time, position: self.position.number(row)? as u64 })
    }

    fn has_expired(&mut self, row: u32, key: OrderKey, query: &Query) -> Result<bool, LakeError> {
        let Some(arrival) = &mut self.arrival else { return Ok(false) };
        Ok(key.event_time.max(arrival.number(row)?) <= query.kept_after)
    }
}
