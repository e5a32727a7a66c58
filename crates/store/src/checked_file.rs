//! Small files that say what they are, in which version, and whether they are whole.
//!
//! ```text
//! cairn <kind> <version> <CRC-32C of what follows the line, 8 hex digits>\n
//! <bytes>
//! ```

use crate::disk::{Disk, read_onto};
use crate::durable_file::write_durably;
use std::io;
use std::path::Path;

#[cfg(test)]
mod tests;

/// The longest first line.
const LINE_BYTES_MAX: usize = 100;

/// What a checked file is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// A word.
    pub name: &'static str,
    /// Which version of it is written; no other is read.
    pub version: u32,
}

/// Why a checked file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckedError {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is of another version.
    #[error("it is of version {0}, which this Cairn does not know")]
    Version(String),
    /// It is not such a file, or not whole.
    #[error("it is damaged")]
    Damaged,
}

/// Puts a file at `path`, over what was there; see [`write_durably`].
pub fn write_checked(disk: &dyn Disk, path: &Path, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let Kind { name, version } = kind;
    let mut whole = format!("cairn {name} {version} {:08x}\n", crc32c::crc32c(bytes)).into_bytes();
    whole.extend_from_slice(bytes);
    write_durably(disk, path, &whole)
}

/// The bytes of a file of this kind.
pub fn read_checked(disk: &dyn Disk, path: &Path, kind: Kind) -> Result<Vec<u8>, CheckedError> {
    let file = disk.open(path)?;
    let length = usize::try_from(file.len()?).map_err(|_| CheckedError::Damaged)?;
    let mut whole = Vec::new();
    read_onto(&*file, &mut whole, length, 0)?;
    let start = checked_start(&whole, kind)?;
    Ok(whole.split_off(start))
}

/// Where the bytes begin, if they are what the first line says.
fn checked_start(whole: &[u8], kind: Kind) -> Result<usize, CheckedError> {
    let head = &whole[..whole.len().min(LINE_BYTES_MAX)];
    let end = head.iter().position(|byte| *byte == b'\n').ok_or(CheckedError::Damaged)?;
    let line = std::str::from_utf8(&head[..end]).map_err(|_| CheckedError::Damaged)?;
    let parts: Vec<&str> = line.split(' ').collect();
    let ["cairn", name, version, checksum] = parts[..] else { return Err(CheckedError::Damaged) };
    if name != kind.name {
        return Err(CheckedError::Damaged);
    }
    if version != kind.version.to_string() {
        return Err(CheckedError::Version(version.to_owned()));
    }
    match u32::from_str_radix(checksum, 16) {
        Ok(checksum) if checksum == crc32c::crc32c(&whole[end + 1..]) => Ok(end + 1),
        _ => Err(CheckedError::Damaged),
    }
}
