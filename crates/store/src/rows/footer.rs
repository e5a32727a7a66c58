//! What stands behind the blocks: the names of the columns, and where each block begins.

use super::{MAGIC, RowsError};
use serde::{Deserialize, Serialize};

/// Bytes of the footer, its checksum, and what the file begins with once more.
pub(super) const TAIL_BYTES: usize = 16;

/// The footer, as JSON: of a thousand blocks it has some ten kilobytes.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Footer {
    pub(super) columns: Vec<String>,
    pub(super) rows: u64,
    /// For each block where it begins in the file, and how many rows come before.
    pub(super) blocks: Vec<(u64, u64)>,
}

impl Footer {
    /// The footer as it stands at the end of a file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("it has string keys only");
        let checksum = crc32c::crc32c(&bytes);
        let length = bytes.len() as u32;
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes.extend_from_slice(&MAGIC);
        bytes
    }

    /// How long the footer is whose tail this is, without the tail.
    pub(super) fn length(tail: &[u8; TAIL_BYTES]) -> Result<usize, RowsError> {
        if tail[8..] != MAGIC {
            return Err(RowsError::Damaged);
        }
        Ok(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]) as usize)
    }

    /// The footer that is in these bytes, its tail behind it.
    pub(super) fn read(bytes: &[u8], tail: &[u8; TAIL_BYTES]) -> Result<Footer, RowsError> {
        let checksum = u32::from_le_bytes([tail[4], tail[5], tail[6], tail[7]]);
        if crc32c::crc32c(bytes) != checksum {
            return Err(RowsError::Damaged);
        }
        serde_json::from_slice(bytes).map_err(|_| RowsError::Damaged)
    }
}
