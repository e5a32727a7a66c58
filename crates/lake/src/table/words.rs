//! The word index of a data file, as far as it has one.

use super::page::malformed;
use super::read::OpenFile;
use crate::error::LakeError;
use crate::words::{BLOCK_ROWS, Blocks, FOOTER_KEY, WordIndex, WordNumber};
use std::sync::Arc;

/// So much of an index is read at first: its directory, unless the file is very large.
const HEAD_BYTES: usize = 16 << 10;

impl OpenFile {
    /// The blocks of a row group that may have rows with all of these words in their values; [`Blocks::All`] if
    /// nothing is known. A block is [`BLOCK_ROWS`] rows from the group's first on.
    pub(crate) fn blocks_with(&self, group: usize, words: &[WordNumber]) -> Result<Blocks, LakeError> {
        let first_row: u64 = (0..group).map(|before| self.group_rows(before) as u64).sum();
        if words.is_empty() || !first_row.is_multiple_of(BLOCK_ROWS.into()) {
            return Ok(Blocks::All);
        }
        let index = self.word_index()?;
        let Some(index) = index.as_ref() else { return Ok(Blocks::All) };
        let mut blocks = Blocks::All;
        for word in words {
            let bucket = index.bucket(*word);
            let bytes = self.read(bucket.start, (bucket.end - bucket.start) as usize)?;
            blocks = blocks.and(index.blocks(*word, &bytes).ok_or_else(malformed)?);
            if blocks.is_none() {
                break;
            }
        }
        let first_block = first_row / u64::from(BLOCK_ROWS);
        Ok(blocks.within(first_block as u32, self.group_rows(group).div_ceil(BLOCK_ROWS as usize) as u32))
    }

    fn word_index(&self) -> Result<Arc<Option<WordIndex>>, LakeError> {
        let place = self.place(0, 0, 0);
        if let Some(index) = self.caches().words.get(&place) {
            return Ok(index);
        }
        let index = Arc::new(self.read_word_index()?);
        let memory = index.as_ref().as_ref().map_or(0, WordIndex::memory) + size_of::<WordIndex>();
        self.caches().words.insert(place, Arc::clone(&index), memory);
        Ok(index)
    }

    fn read_word_index(&self) -> Result<Option<WordIndex>, LakeError> {
        let Some((offset, length)) = self.index_place() else { return Ok(None) };
        let mut head = self.read(offset, length.min(HEAD_BYTES))?;
        let directory_bytes = WordIndex::directory_bytes(&head).filter(|bytes| *bytes <= length);
        let directory_bytes = directory_bytes.ok_or_else(malformed)?;
        if head.len() < directory_bytes {
            head = self.read(offset, directory_bytes)?;
        }
        WordIndex::read(offset, &head[..directory_bytes]).ok_or_else(malformed).map(Some)
    }

    /// Where the index is, by the footer.
    fn index_place(&self) -> Option<(u64, usize)> {
        let texts = self.footer().file_metadata().key_value_metadata()?;
        let place = texts.iter().find(|text| text.key == FOOTER_KEY)?.value.as_deref()?;
        let (offset, length) = place.split_once(' ')?;
        Some((offset.parse().ok()?, length.parse().ok()?))
    }

    /// Whether the file has an index.
    pub(crate) fn has_word_index(&self) -> bool {
        self.index_place().is_some()
    }
}
