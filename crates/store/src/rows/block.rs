//! A block of rows.

use super::{Row, RowsError};

/// Rows, bytes packed, bytes unpacked, checksum of these three and of the packed bytes; all little-endian.
pub(super) const HEADER_BYTES: usize = 16;

/// The level at which results pack to about a fifth at 300 MB a second.
const LEVEL: i32 = 1;

/// A block that is being filled.
#[derive(Debug, Default)]
pub(super) struct Block {
    rows: u32,
    plain: Vec<u8>,
}

impl Block {
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Bytes before they are packed.
    pub(super) fn plain_bytes(&self) -> usize {
        self.plain.len()
    }

    /// Adds a row: for each column the length of its text and one, as LEB128, then the text; for null 0.
    pub(super) fn push(&mut self, row: &Row) {
        for value in row {
            write_number(value.as_ref().map_or(0, |text| text.len() as u64 + 1), &mut self.plain);
            self.plain.extend_from_slice(value.as_deref().unwrap_or_default().as_bytes());
        }
        self.rows += 1;
    }

    /// The block as it stands in the file; it is empty then.
    pub(super) fn take(&mut self) -> std::io::Result<Vec<u8>> {
        let packed = zstd::bulk::compress(&self.plain, LEVEL)?;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + packed.len());
        for number in [self.rows, packed.len() as u32, self.plain.len() as u32] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&bytes), &packed);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes.extend_from_slice(&packed);
        self.rows = 0;
        self.plain.clear();
        Ok(bytes)
    }
}

/// The rows of a block, header included.
pub(super) fn rows(bytes: &[u8], columns: usize) -> Result<Vec<Row>, RowsError> {
    let (header, packed) = bytes.split_at_checked(HEADER_BYTES).ok_or(RowsError::Damaged)?;
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (rows, packed_bytes, plain_bytes) = (number(0) as usize, number(4) as usize, number(8) as usize);
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&header[..12]), packed);
    if checksum != number(12) || packed_bytes != packed.len() {
        return Err(RowsError::Damaged);
    }
    let plain = zstd::bulk::decompress(packed, plain_bytes).map_err(|_| RowsError::Damaged)?;
    let mut rest = plain.as_slice();
    let found: Vec<Row> =
        (0..rows).map(|_| row(&mut rest, columns)).collect::<Option<_>>().ok_or(RowsError::Damaged)?;
    if rest.is_empty() { Ok(found) } else { Err(RowsError::Damaged) }
}

fn row(rest: &mut &[u8], columns: usize) -> Option<Row> {
    (0..columns).map(|_| value(rest)).collect()
}

fn value(rest: &mut &[u8]) -> Option<Option<String>> {
    let Some(length) = read_number(rest)?.checked_sub(1) else { return Some(None) };
    let (text, behind) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = behind;
    std::str::from_utf8(text).ok().map(|text| Some(text.to_owned()))
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
