//! Writing a file of rows.

use super::block::Block;
use super::footer::Footer;
use super::{MAGIC, Row, RowsError};
use crate::disk::{Disk, DiskFile, write_all_at};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest row, in bytes: a page holds one at least.
pub const ROW_BYTES_MAX: usize = 16 << 20;
/// A block is full with so many rows, or so many bytes before they are packed.
const BLOCK_ROWS: u32 = 1_000;
const BLOCK_BYTES: usize = 1 << 20;

/// A file of rows that is being written. One that is not finished is none.
pub struct RowsWriter {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    offset: u64,
    block: Block,
    footer: Footer,
}

impl std::fmt::Debug for RowsWriter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RowsWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl RowsWriter {
    /// Begins a file, over what was at its path.
    pub fn create(disk: Arc<dyn Disk>, path: &Path, columns: &[String]) -> Result<RowsWriter, RowsError> {
        let file = disk.create(path)?;
        write_all_at(&*file, &mut [IoSlice::new(&MAGIC)], 0)?;
        Ok(RowsWriter {
            disk,
            path: path.to_owned(),
            file,
            offset: MAGIC.len() as u64,
            block: Block::default(),
            footer: Footer { columns: columns.to_vec(), ..Footer::default() },
        })
    }

    /// Adds a row, which has a value or null for each column.
    pub fn push(&mut self, row: &Row) -> Result<(), RowsError> {
        debug_assert_eq!(row.len(), self.footer.columns.len());
        if row.iter().flatten().map(String::len).sum::<usize>() > ROW_BYTES_MAX {
            return Err(RowsError::RowTooLarge);
        }
        self.block.push(row);
        self.footer.rows += 1;
        match self.block.rows() == BLOCK_ROWS || self.block.plain_bytes() >= BLOCK_BYTES {
            true => self.write_block(),
            false => Ok(()),
        }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.footer.rows
    }

    /// Bytes that it takes on disk so far.
    pub fn bytes(&self) -> u64 {
        self.offset
    }

    /// Ends the file. When this returns well, all rows survive power loss.
    pub fn finish(mut self) -> Result<(), RowsError> {
        self.write_block()?;
        let footer = self.footer.to_bytes();
        self.write(&footer)?;
        self.file.sync_data()?;
        let folder = self.path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.disk.sync_folder(folder)?)
    }

    fn write_block(&mut self) -> Result<(), RowsError> {
        let rows = self.block.rows();
        if rows == 0 {
            return Ok(());
        }
        self.footer.blocks.push((self.offset, self.footer.rows - u64::from(rows)));
        let bytes = self.block.take()?;
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RowsError> {
        write_all_at(&*self.file, &mut [IoSlice::new(bytes)], self.offset)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}
