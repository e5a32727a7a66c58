//! The hot tail as the rows that a commit would make of it.

use crate::columns::ColumnsBuilder;
use crate::duplicates::Verdict;
use crate::error::LakeError;
use crate::history::Shared;
use crate::history::encode::records;
use crate::lookup::View;
use datafusion::arrow::array::RecordBatch;
use std::cmp::Reverse;

/// Rows of one batch.
const BATCH_ROWS: usize = 8_192;

/// The rows of a view that its table does not have, newest first. Events that the table has already are left out, as a
/// commit would. Blocks.
pub(super) fn read(history: &Shared, view: &View) -> Result<Vec<RecordBatch>, LakeError> {
    let (taken, _) = view.tail.take(view.table.committed, u64::MAX);
    let mut candidates = records(&*history.bodies, &taken.rows)?;
    history.duplicates.judge(&mut candidates, &view.table.files, &history.reader)?;
    let is_kept = |index: &usize| candidates[*index].verdict != Verdict::Duplicate;
    let mut order: Vec<usize> = (0..candidates.len()).filter(is_kept).collect();
    order.sort_unstable_by_key(|index| Reverse(candidates[*index].key));
    let mut columns = ColumnsBuilder::new();
    let batch = |rows: &[usize]| {
        for index in rows {
            let candidate = &candidates[*index];
            let conflict = taken.rows[*index].conflict() || candidate.verdict == Verdict::Conflict;
            taken.append_to(&mut columns, *index, &candidate.event()?, conflict);
        }
        Ok(columns.finish()?)
    };
    order.chunks(BATCH_ROWS).map(batch).collect()
}
