//! Files of rows: the results of queries, written once and read by pages. FORMAT.md has their bytes ("Queries").
//!
//! Rows are packed in blocks of up to a thousand, each with a checksum. What is behind the last one says where each block
//! begins: a page costs the blocks that it is in, however many rows come before.

mod block;
mod footer;
mod reader;
mod writer;

pub use reader::{Page, RowsReader};
pub use writer::{ROW_BYTES_MAX, RowsWriter};

use std::io;

/// A row: the text of each column, `None` where it is null.
pub type Row = Vec<Option<String>>;

/// What a file of rows begins with: what it is, and its version.
const MAGIC: [u8; 8] = *b"cairnrw1";

/// Why rows cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A row is too large.
    #[error("a row of the result has more than {ROW_BYTES_MAX} bytes")]
    RowTooLarge,
    /// It is not a file of rows, of another version, or not whole.
    #[error("the file of rows is damaged, or of another version")]
    Damaged,
}

#[cfg(test)]
mod tests;
