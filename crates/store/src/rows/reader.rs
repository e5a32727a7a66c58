//! Reading a file of rows.

use super::footer::{Footer, TAIL_BYTES};
use super::{MAGIC, Row, RowsError, block};
use crate::disk::{Disk, DiskFile, read_up_to};
use std::path::Path;
use std::sync::Arc;

/// A file of rows.
pub struct RowsReader {
    file: Arc<dyn DiskFile>,
    footer: Footer,
    /// Where the blocks end.
    end: u64,
}

/// Rows that follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// The row behind them, if there is one.
    pub next: Option<u64>,
}

impl std::fmt::Debug for RowsReader {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RowsReader").field("rows", &self.footer.rows).finish_non_exhaustive()
    }
}

impl RowsReader {
    /// Opens a file that was finished.
    pub fn open(disk: &dyn Disk, path: &Path) -> Result<RowsReader, RowsError> {
        let file = disk.open(path)?;
        let mut magic = [0; MAGIC.len()];
        read_whole(&*file, &mut magic, 0)?;
        let tail_at = file.len()?.checked_sub(TAIL_BYTES as u64).ok_or(RowsError::Damaged)?;
        let mut tail = [0; TAIL_BYTES];
        read_whole(&*file, &mut tail, tail_at)?;
        let length = Footer::length(&tail)?;
        let end = tail_at.checked_sub(length as u64).ok_or(RowsError::Damaged)?;
        let mut bytes = vec![0; length];
        read_whole(&*file, &mut bytes, end)?;
        match magic == MAGIC {
            true => Ok(RowsReader { footer: Footer::read(&bytes, &tail)?, file, end }),
            false => Err(RowsError::Damaged),
        }
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.footer.columns
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.footer.rows
    }

    /// The rows from `from` on: `rows_max` at most, and no more than come to `bytes_max`, but one.
    pub fn page(&self, from: u64, rows_max: usize, bytes_max: usize) -> Result<Page, RowsError> {
        let mut page = Page::default();
        let (mut at, mut bytes) = (from, 0);
        while at < self.footer.rows && page.rows.len() < rows_max {
            let index = self.footer.blocks.partition_point(|(_, first)| *first <= at);
            let (found, first) = self.block(index.checked_sub(1).ok_or(RowsError::Damaged)?)?;
            let before = at;
            for row in found.into_iter().skip(usize::try_from(at - first).unwrap_or(usize::MAX)) {
                bytes += row.iter().flatten().map(String::len).sum::<usize>();
                let is_full = page.rows.len() == rows_max || (bytes > bytes_max && !page.rows.is_empty());
                if is_full {
                    return Ok(Page { next: Some(at), ..page });
                }
                page.rows.push(row);
                at += 1;
            }
            if at == before {
                return Err(RowsError::Damaged);
            }
        }
        Ok(Page { next: (at < self.footer.rows).then_some(at), ..page })
    }

    /// The rows of a block, and how many come before.
    fn block(&self, index: usize) -> Result<(Vec<Row>, u64), RowsError> {
        let (start, first) = *self.footer.blocks.get(index).ok_or(RowsError::Damaged)?;
        let end = self.footer.blocks.get(index + 1).map_or(self.end, |(start, _)| *start);
        let length = end.checked_sub(start).and_then(|length| usize::try_from(length).ok());
        let mut bytes = vec![0; length.ok_or(RowsError::Damaged)?];
        read_whole(&*self.file, &mut bytes, start)?;
        Ok((block::rows(&bytes, self.footer.columns.len())?, first))
    }
}

fn read_whole(file: &dyn DiskFile, into: &mut [u8], offset: u64) -> Result<(), RowsError> {
    match read_up_to(file, into, offset)? == into.len() {
        true => Ok(()),
        false => Err(RowsError::Damaged),
    }
}
