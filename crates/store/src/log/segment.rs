//! Segment files: their names, their header, and how one is made.
//!
//! The layout is in FORMAT.md, "Segment".

use super::frame::{self, u32_at, u64_at};
use crate::disk::{Disk, DiskFile, read_up_to, write_all_at};
use crate::durable_file::aside_of;
use cairn_model::Position;
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes before the first frame.
pub(super) const HEADER_BYTES: u64 = 64;

/// The newest format that this version reads, and the one it writes.
pub(super) const FORMAT_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"CAIRNLOG";
const VERSION_AT: usize = 8;
const HEADER_LENGTH_AT: usize = 12;
const START_AT: usize = 16;
const SALT_AT: usize = 24;
const CREATED_AT: usize = 32;
const CHECKSUM_AT: usize = 60;

/// Digits in a segment's name: enough for every `u64`, so that names sort as positions do.
const NAME_DIGITS: usize = 20;
const EXTENSION: &str = ".seg";

/// A segment of the log, from `start` to where the next one starts.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) start: Position,
    pub(super) path: PathBuf,
    /// What its header checksums start from.
    pub(super) seed: u32,
    /// The file's length, for the metrics.
    file_bytes: AtomicU64,
}

impl Segment {
    pub(super) fn new(start: Position, path: PathBuf, salt: u64, file_bytes: u64) -> Segment {
        Segment { start, path, seed: frame::seed(salt), file_bytes: AtomicU64::new(file_bytes) }
    }

    /// Where in the file the byte at this position stands.
    pub(super) fn offset_of(&self, at: Position) -> u64 {
        HEADER_BYTES + (at.get() - self.start.get())
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.file_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn set_file_bytes(&self, bytes: u64) {
        self.file_bytes.store(bytes, Ordering::Relaxed);
    }
}

/// What a segment's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) start: Position,
    pub(super) salt: u64,
    /// Milliseconds since 1970, for people who look at the file; nothing depends on it.
    pub(super) created_ms: u64,
}

/// Why a header could not be read.
#[derive(Debug)]
pub(super) enum HeaderError {
    Io(io::Error),
    /// Its checksum does not fit, or it is no header at all.
    Damaged,
    /// A newer version of Cairn wrote it.
    Newer(u32),
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..VERSION_AT].copy_from_slice(&MAGIC);
        bytes[VERSION_AT..HEADER_LENGTH_AT].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[HEADER_LENGTH_AT..START_AT].copy_from_slice(&(HEADER_BYTES as u32).to_le_bytes());
        bytes[START_AT..SALT_AT].copy_from_slice(&self.start.get().to_le_bytes());
        bytes[SALT_AT..CREATED_AT].copy_from_slice(&self.salt.to_le_bytes());
        bytes[CREATED_AT..CREATED_AT + 8].copy_from_slice(&self.created_ms.to_le_bytes());
        let checksum = crc32c::crc32c(&bytes[..CHECKSUM_AT]);
        bytes[CHECKSUM_AT..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    pub(super) fn read(file: &dyn DiskFile) -> Result<Header, HeaderError> {
        let mut bytes = [0; HEADER_BYTES as usize];
        let count = read_up_to(file, &mut bytes, 0).map_err(HeaderError::Io)?;
        let whole = count == bytes.len()
            && bytes[..VERSION_AT] == MAGIC
            && u32_at(&bytes, CHECKSUM_AT) == crc32c::crc32c(&bytes[..CHECKSUM_AT]);
        if !whole {
            return Err(HeaderError::Damaged);
        }
        // The checksum comes first: it stands at the same place in every version, so that a
        // flipped bit is not taken for a newer format.
        let version = u32_at(&bytes, VERSION_AT);
        if version > FORMAT_VERSION {
            return Err(HeaderError::Newer(version));
        }
        Ok(Header {
            start: Position::new(u64_at(&bytes, START_AT)),
            salt: u64_at(&bytes, SALT_AT),
            created_ms: u64_at(&bytes, CREATED_AT),
        })
    }
}

/// The path of the segment that starts here.
pub(super) fn path_of(folder: &Path, start: Position) -> PathBuf {
    folder.join(format!("{:0NAME_DIGITS$}{EXTENSION}", start.get()))
}

/// Where the segment of this file name starts; `None` if it is not a segment's name.
pub(super) fn start_of(name: &str) -> Option<Position> {
    let digits = name.strip_suffix(EXTENSION)?;
    let plain = digits.len() == NAME_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok().map(Position::new))?
}

/// A segment file that is whole and durable but does not have its name yet.
pub(super) struct Prepared {
    pub(super) file: Arc<dyn DiskFile>,
    pub(super) aside: PathBuf,
    pub(super) path: PathBuf,
}

/// At which step making a segment failed.
pub(super) enum PrepareError {
    /// Nothing depends on the file: it may be made again.
    Retryable(io::Error),
    /// The disk did not keep what it was told to keep.
    Sync(io::Error),
}

/// Writes a segment file of `file_bytes` bytes aside. A crash in here leaves a file that the next
/// start removes.
pub(super) fn prepare(
    disk: &dyn Disk,
    folder: &Path,
    header: Header,
    file_bytes: u64,
) -> Result<Prepared, PrepareError> {
    let path = path_of(folder, header.start);
    let aside = aside_of(&path);
    let file = write_aside(disk, &aside, header, file_bytes).map_err(|error| {
        // What is left takes space until the next try overwrites it.
        let _ = disk.remove(&aside);
        PrepareError::Retryable(error)
    })?;
    file.sync_data().map_err(PrepareError::Sync)?;
    Ok(Prepared { file, aside, path })
}

fn write_aside(
    disk: &dyn Disk,
    aside: &Path,
    header: Header,
    file_bytes: u64,
) -> io::Result<Arc<dyn DiskFile>> {
    let file = disk.create(aside)?;
    file.allocate(file_bytes)?;
    write_all_at(&*file, &mut [IoSlice::new(&header.to_bytes())], 0)?;
    Ok(file)
}
