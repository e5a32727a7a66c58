//! How many events of some ranges of the log are in history.

use super::Shared;
use super::shared::has_moved;
use crate::error::LakeError;
use crate::lookup::View;
use crate::table::rows_within;
use cairn_model::Position;
use std::ops::Range;

impl Shared {
    /// See [`super::History::count`].
    pub(super) fn count(&self, ranges: &[Range<Position>]) -> Result<u64, LakeError> {
        let mut tries = 0;
        loop {
            match self.count_in(&self.view().0, ranges) {
                // A data file was joined into another and deleted. Look again.
                Err(error) if tries < 3 && has_moved(&error) => tries += 1,
                counted => return counted,
            }
        }
    }

    fn count_in(&self, view: &View, ranges: &[Range<Position>]) -> Result<u64, LakeError> {
        let mut rows = view.tail.rows_within(view.table.committed, ranges);
        for file in &view.table.files {
            rows += rows_within(file, &self.reader, ranges)?;
        }
        Ok(rows)
    }
}
