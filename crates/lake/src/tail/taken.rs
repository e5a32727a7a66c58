//! Rows on their way from the tail into the table.

use super::chunk::{Chunk, TailRow};
use super::read;
use crate::columns::ColumnsBuilder;
use cairn_model::Event;
use std::sync::{Arc, RwLock};

/// Rows in log order, with the chunks that hold their texts.
#[derive(Default)]
pub(crate) struct TakenRows {
    pub(crate) rows: Vec<TailRow>,
    /// Each with the number of its first row.
    chunks: Vec<(usize, Arc<RwLock<Chunk>>)>,
}

impl TakenRows {
    pub(super) fn push(&mut self, row: TailRow, chunk: &Arc<RwLock<Chunk>>) {
        if self.chunks.last().is_none_or(|(_, last)| !Arc::ptr_eq(last, chunk)) {
            self.chunks.push((self.rows.len(), Arc::clone(chunk)));
        }
        self.rows.push(row);
    }

    /// Adds a row, whose event is `event`, to `columns`. Appending to its chunk waits meanwhile.
    pub(crate) fn append_to(
        &self,
        columns: &mut ColumnsBuilder,
        row: usize,
        event: &Event<'_>,
        conflict: bool,
    ) {
        let behind = self.chunks.partition_point(|(first, _)| *first <= row);
        let (_, chunk) = &self.chunks[behind - 1];
        let (chunk, row) = (read(chunk), &self.rows[row]);
        columns.append(event, &chunk.column_keys(row), chunk.named_resources(row), conflict);
    }
}
