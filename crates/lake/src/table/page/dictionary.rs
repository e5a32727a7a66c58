//! Dictionaries: the values that a column's pages have the numbers of.

use super::header::DICTIONARY_PAGE;
use super::{RawPage, malformed, text_length};
use crate::error::LakeError;
use bytes::Bytes;
use datafusion::parquet::basic::Type;

/// The values that a column's pages have the numbers of.
pub(in crate::table) enum Dictionary {
    Texts { bytes: Bytes, ends: Vec<u32> },
    Numbers(Vec<i64>),
}

impl Dictionary {
    /// Reads a dictionary page, its header included, of a column of this physical type.
    pub(in crate::table) fn read(
        page: Bytes,
        is_compressed: bool,
        kind: Type,
    ) -> Result<Dictionary, LakeError> {
        let RawPage { header, bytes } = RawPage::read(page, is_compressed)?;
        if header.kind != DICTIONARY_PAGE {
            return Err(malformed());
        }
        if kind == Type::INT64 {
            let (numbers, _) = bytes.as_chunks::<8>();
            return Ok(Dictionary::Numbers(numbers.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect()));
        }
        let mut ends = Vec::new();
        let mut at = 0;
        for _ in 0..header.entries {
            at += 4 + text_length(&bytes, at).ok_or_else(malformed)?;
            ends.push(at as u32);
        }
        match at <= bytes.len() {
            true => Ok(Dictionary::Texts { bytes, ends }),
            false => Err(malformed()),
        }
    }

    /// Memory in bytes, roughly.
    pub(in crate::table) fn memory(&self) -> usize {
        match self {
            Dictionary::Texts { bytes, ends } => bytes.len() + ends.len() * 4,
            Dictionary::Numbers(numbers) => numbers.len() * 8,
        }
    }

    pub(in crate::table) fn text(&self, code: u32) -> Option<Bytes> {
        let Dictionary::Texts { bytes, ends } = self else { return None };
        let end = *ends.get(code as usize)?;
        let start = (code as usize).checked_sub(1).map_or(0, |before| ends[before]) + 4;
        Some(bytes.slice(start as usize..end as usize))
    }

    /// All texts, in the order of their numbers.
    pub(in crate::table) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let (bytes, ends): (&[u8], &[u32]) = match self {
            Dictionary::Texts { bytes, ends } => (bytes, ends),
            Dictionary::Numbers(_) => (&[], &[]),
        };
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| &bytes[start as usize + 4..*end as usize])
    }

    /// The number of a text; `None` if it does not stand here.
    pub(in crate::table) fn code_of(&self, wanted: &[u8]) -> Option<u32> {
        self.texts().position(|text| text == wanted).map(|code| code as u32)
    }

    pub(in crate::table) fn number(&self, code: u32) -> Option<i64> {
        match self {
            Dictionary::Numbers(numbers) => numbers.get(code as usize).copied(),
            Dictionary::Texts { .. } => None,
        }
    }
}
