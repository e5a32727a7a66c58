//! Page headers: Thrift structs in the compact protocol ("Parquet file format", parquet.thrift, PageHeader).

use super::hybrid::varint;

/// What stands before a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) uncompressed_bytes: usize,
    pub(super) compressed_bytes: usize,
    /// Values and nulls.
    pub(super) entries: usize,
    pub(super) encoding: u64,
    pub(super) kind: u64,
}

/// Kinds of pages.
pub(super) const DATA_PAGE: u64 = 0;
pub(super) const DICTIONARY_PAGE: u64 = 2;

/// Types of fields.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const STRUCT: u8 = 12;

/// Structs within structs, at most; ours have two.
const DEPTH_MAX: usize = 4;

impl PageHeader {
    /// Reads a header; `at` is behind it then. `None` if it is not one that this crate writes.
    pub(super) fn read(bytes: &[u8], at: &mut usize) -> Option<PageHeader> {
        let mut header = PageHeader::default();
        read_struct(bytes, at, 0, &mut |path, number| match path {
            [1] => header.kind = number,
            [2] => header.uncompressed_bytes = number as usize,
            [3] => header.compressed_bytes = number as usize,
            [5 | 7, 1] => header.entries = number as usize,
            [5 | 7, 2] => header.encoding = number,
            _ => {}
        })?;
        Some(header)
    }
}

/// Gives `take` every number that is not negative, with the numbers of the fields that lead to it.
fn read_struct(bytes: &[u8], at: &mut usize, depth: usize, take: &mut dyn FnMut(&[u64], u64)) -> Option<()> {
    if depth == DEPTH_MAX {
        return None;
    }
    let mut field = 0;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if byte == 0 {
            return Some(());
        }
        field = match byte >> 4 {
            0 => zigzag(varint(bytes, at)?)?,
            delta => field + u64::from(delta),
        };
        match byte & 0xf {
            TRUE | FALSE => {}
            I16 | I32 | I64 => {
                if let Some(number) = zigzag(varint(bytes, at)?) {
                    take(&[field], number);
                }
            }
            BINARY => *at = at.checked_add(varint(bytes, at)? as usize)?,
            STRUCT => read_struct(bytes, at, depth + 1, &mut |path, number| {
                if let [inner] = path {
                    take(&[field, *inner], number);
                }
            })?,
            _ => return None,
        }
    }
}

/// `None` for negative numbers.
fn zigzag(number: u64) -> Option<u64> {
    (number & 1 == 0).then_some(number >> 1)
}
