//! Data pages of Parquet files, read cell by cell.
//!
//! A look-up reads a few rows here and there of some forty columns. Arrow's reader decodes every page that it
//! touches, and every dictionary once for each batch; this reads what is asked for, from pages as they are.
//! Layout: "Parquet file format", data page v1, of the encodings that this crate writes (see `write`).

mod delta;
mod dictionary;
mod header;
mod hybrid;
mod rows;
mod texts;

pub(super) use dictionary::Dictionary;
pub(super) use hybrid::Hybrid;

use crate::error::LakeError;
use bytes::Bytes;
use datafusion::parquet::basic::Type;
use datafusion::parquet::errors::ParquetError;
use header::{DATA_PAGE, PageHeader};
use std::cell::RefCell;
use texts::Texts;
use zstd::bulk::Decompressor;

/// More than any page or dictionary of ours has: events of 1 MiB whose texts are the longest.
const PAGE_BYTES_MAX: usize = 64 << 20;

/// Numbers of encodings.
const PLAIN: u64 = 0;
const DELTA_BINARY_PACKED: u64 = 5;
const DELTA_LENGTH_BYTE_ARRAY: u64 = 6;
const RLE_DICTIONARY: u64 = 8;

/// The greatest levels of a column's values: how optional and how repeated they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct LevelsMax {
    pub(super) definition: u32,
    pub(super) repetition: u32,
}

/// A data page, decompressed.
pub(super) struct DataPage {
    bytes: Bytes,
    /// Number of values and nulls; of rows, where nothing is repeated.
    entries: usize,
    pub(super) repetition: Option<Hybrid>,
    pub(super) definition: Option<Hybrid>,
    definition_max: u32,
    pub(super) values: Values,
}

/// Values that are not null, one behind the other.
pub(super) enum Values {
    /// The page has nulls only.
    None,
    /// Numbers in the dictionary.
    Codes(Hybrid),
    Texts(Texts),
    /// Bits; where they start.
    Flags(usize),
    Numbers(Vec<i64>),
    /// Numbers of 32 bits.
    Hashes(Vec<i32>),
}

/// The page is not what this crate writes.
pub(super) fn malformed() -> LakeError {
    LakeError::File(ParquetError::General(String::from("a page that Cairn did not write")))
}

/// A page as it stands in its file, decompressed.
struct RawPage {
    header: PageHeader,
    bytes: Bytes,
}

impl RawPage {
    /// Reads a page, its header included; `is_compressed` with zstd.
    fn read(page: Bytes, is_compressed: bool) -> Result<RawPage, LakeError> {
        let mut at = 0;
        let header = PageHeader::read(&page, &mut at).ok_or_else(malformed)?;
        let stored = at..at.saturating_add(header.compressed_bytes);
        if stored.end > page.len() || header.uncompressed_bytes > PAGE_BYTES_MAX {
            return Err(malformed());
        }
        let bytes = match is_compressed {
            true => decompress(&page[stored], header.uncompressed_bytes)?.into(),
            false => page.slice(stored),
        };
        Ok(RawPage { header, bytes })
    }
}

fn decompress(bytes: &[u8], length: usize) -> Result<Vec<u8>, LakeError> {
    thread_local! {
        // Making one takes longer than most pages do.
        static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    DECOMPRESSOR.with_borrow_mut(|decompressor| {
        let decompressor = match decompressor {
            Some(decompressor) => decompressor,
            none => none.insert(Decompressor::new()?),
        };
        Ok(decompressor.decompress(bytes, length)?)
    })
}

impl DataPage {
    /// Reads a data page, its header included, of a column of this physical type.
    pub(super) fn read(
        page: Bytes,
        is_compressed: bool,
        levels: LevelsMax,
        kind: Type,
    ) -> Result<DataPage, LakeError> {
        let RawPage { header, bytes } = RawPage::read(page, is_compressed)?;
        if header.kind != DATA_PAGE {
            return Err(malformed());
        }
        let Levels { mut repetition, mut definition, at } = Levels::read(&bytes, levels)?;
        let values = match (header.encoding, kind) {
            _ if at >= bytes.len() => Values::None,
            (RLE_DICTIONARY, _) => {
                let width = u32::from(bytes[at]);
                Values::Codes(Hybrid::read(&bytes, at + 1..bytes.len(), width)?)
            }
            (DELTA_BINARY_PACKED, Type::INT32) => {
                Values::Hashes(hashes(&delta::decode(&bytes, &mut at.clone())?))
            }
            (DELTA_BINARY_PACKED, _) => Values::Numbers(delta::decode(&bytes, &mut at.clone())?),
            (PLAIN, Type::BYTE_ARRAY) => Values::Texts(Texts::Prefixed(at)),
            (DELTA_LENGTH_BYTE_ARRAY, Type::BYTE_ARRAY) => Values::Texts(Texts::adjoining(&bytes, at)?),
            (PLAIN, Type::BOOLEAN) => Values::Flags(at),
            _ => return Err(malformed()),
        };
        let mut bytes = bytes;
        if matches!(values, Values::Numbers(_) | Values::Hashes(_)) {
            // What was decoded is not kept twice.
            bytes = Bytes::copy_from_slice(&bytes[..at]);
            Levels { repetition, definition, .. } = Levels::read(&bytes, levels)?;
        }
        let definition_max = levels.definition;
        Ok(DataPage { bytes, entries: header.entries, repetition, definition, definition_max, values })
    }

    pub(super) fn entries(&self) -> usize {
        self.entries
    }

    /// Memory in bytes, roughly.
    pub(super) fn memory(&self) -> usize {
        let hybrid = |hybrid: &Hybrid| hybrid.memory();
        let numbers = match &self.values {
            Values::Numbers(numbers) => numbers.len() * 8,
            Values::Hashes(hashes) => hashes.len() * 4,
            Values::Codes(codes) => codes.memory(),
            Values::Texts(texts) => texts.memory(),
            Values::None | Values::Flags(_) => 0,
        };
        let levels = self.definition.as_ref().map_or(0, hybrid) + self.repetition.as_ref().map_or(0, hybrid);
        size_of::<DataPage>() + self.bytes.len() + numbers + levels
    }

    /// Which of the values the entry `entry` is; `None` if it is null.
    pub(super) fn value_of(&self, entry: usize) -> Option<usize> {
        match &self.definition {
            None => Some(entry),
            Some(levels) if self.definition_max == 1 => {
                (levels.get(entry)? == 1).then(|| levels.ones_below(entry))
            }
            // Lists are read from their start.
            Some(_) => None,
        }
    }

    /// The text of a value that stands in the page itself.
    pub(super) fn text(&self, texts: &Texts, value: usize) -> Option<Bytes> {
        texts.place(&self.bytes, value).map(|place| self.bytes.slice(place))
    }

    /// All texts that stand in the page itself.
    pub(super) fn texts(&self, texts: &Texts) -> impl Iterator<Item = &[u8]> {
        texts.places(&self.bytes).map(|place| &self.bytes[place])
    }

    pub(super) fn flag(&self, start: usize, value: usize) -> Option<bool> {
        Some(self.bytes.get(start + value / 8)? >> (value % 8) & 1 == 1)
    }
}

/// Numbers of 32 bits, whose differences are of 32 bits too.
fn hashes(numbers: &[i64]) -> Vec<i32> {
    numbers.iter().map(|number| *number as i32).collect()
}

fn text_length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(length.try_into().ok()?) as usize)
}

/// What stands before a page's values.
struct Levels {
    repetition: Option<Hybrid>,
    definition: Option<Hybrid>,
    /// Where the values start.
    at: usize,
}

impl Levels {
    fn read(bytes: &Bytes, max: LevelsMax) -> Result<Levels, LakeError> {
        let mut at = 0;
        let repetition = read_levels(bytes, &mut at, max.repetition)?;
        let definition = read_levels(bytes, &mut at, max.definition)?;
        Ok(Levels { repetition, definition, at })
    }
}

/// Levels stand behind their length; there are none where the greatest is 0.
fn read_levels(bytes: &Bytes, at: &mut usize, max: u32) -> Result<Option<Hybrid>, LakeError> {
    if max == 0 {
        return Ok(None);
    }
    let length = text_length(bytes, *at).ok_or_else(malformed)?;
    let range = *at + 4..*at + 4 + length;
    *at = range.end;
    Hybrid::read(bytes, range, u32::BITS - max.leading_zeros()).map(Some)
}
