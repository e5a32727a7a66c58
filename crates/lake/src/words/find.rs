//! Finding a word's blocks.

use super::bits::BitReader;
use super::build::{BLOCK_BITS, block_bits, gap_bits};
use super::{GAP_BITS, NUMBER_BITS, WordNumber};
use std::ops::Range;

/// Blocks of rows that may hold what is looked for, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blocks {
    /// All of them, as far as is known.
    All,
    /// These, sorted.
    Some(Vec<u32>),
}

/// Where the buckets of an index stand. Each is read when it is needed.
pub(crate) struct WordIndex {
    /// Of the file.
    blocks: u32,
    /// The first byte of the buckets in the file.
    start: u64,
    /// Where each bucket ends, counted from there.
    ends: Vec<u32>,
}

const HEAD_BYTES: usize = 8;

impl WordIndex {
    /// How many bytes the directory takes that `head`, the first bytes of an index, begins.
    pub(crate) fn directory_bytes(head: &[u8]) -> Option<usize> {
        let buckets = head.get(4..HEAD_BYTES)?.try_into().ok().map(u32::from_le_bytes)?;
        (buckets as usize).checked_mul(4)?.checked_add(HEAD_BYTES)
    }

    /// Reads the directory, which begins the index at `offset` in the file.
    pub(crate) fn read(offset: u64, directory: &[u8]) -> Option<WordIndex> {
        let numbers: Vec<u32> =
            directory.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let (&blocks, ends) = (numbers.first()?, numbers.get(2..)?);
        let is_whole = !ends.is_empty() && ends.is_sorted();
        is_whole.then(|| WordIndex { blocks, start: offset + directory.len() as u64, ends: ends.to_vec() })
    }

    /// Where in the file the bucket of a word stands.
    pub(crate) fn bucket(&self, word: WordNumber) -> Range<u64> {
        let (bucket, _) = place(word, self.ends.len() as u32);
        let end = |bucket: usize| u64::from(self.ends[bucket]);
        let first = (bucket as usize).checked_sub(1).map_or(0, end);
        self.start + first..self.start + end(bucket as usize)
    }

    /// The blocks of a word, whose bucket has these bytes; `None` if they are damaged.
    pub(crate) fn blocks(&self, word: WordNumber, bucket: &[u8]) -> Option<Blocks> {
        let (_, wanted) = place(word, self.ends.len() as u32);
        let mut bits = BitReader::new(bucket);
        let mut next = 0u32;
        for _ in 0..bits.take(32)? {
            let number = next.checked_add(bits.take_rice(GAP_BITS)?)?;
            if number > wanted {
                break;
            }
            let blocks = self.read_blocks(&mut bits)?;
            if number == wanted {
                return Some(blocks);
            }
            next = number + 1;
        }
        Some(Blocks::Some(Vec::new()))
    }

    fn read_blocks(&self, bits: &mut BitReader<'_>) -> Option<Blocks> {
        if bits.take(1)? == 0 {
            return Some(Blocks::Some(vec![bits.take(block_bits(self.blocks))?]));
        }
        if bits.take(1)? == 1 {
            return Some(Blocks::All);
        }
        let count = bits.take(BLOCK_BITS)?;
        let low = gap_bits(self.blocks, count);
        let mut next = 0u32;
        let mut blocks = Vec::with_capacity(count.min(self.blocks) as usize);
        for _ in 0..count {
            let block = next.checked_add(bits.take_rice(low)?)?;
            blocks.push(block);
            next = block + 1;
        }
        Some(Blocks::Some(blocks))
    }

    /// Memory in bytes.
    pub(crate) fn memory(&self) -> usize {
        size_of::<WordIndex>() + self.ends.len() * 4
    }
}

impl Blocks {
    /// Those that are in both.
    pub(crate) fn and(self, other: Blocks) -> Blocks {
        match (self, other) {
            (Blocks::All, blocks) | (blocks, Blocks::All) => blocks,
            (Blocks::Some(mut one), Blocks::Some(other)) => {
                one.retain(|block| other.binary_search(block).is_ok());
                Blocks::Some(one)
            }
        }
    }

    /// Those that are in either.
    pub(crate) fn or(self, other: Blocks) -> Blocks {
        match (self, other) {
            (Blocks::All, _) | (_, Blocks::All) => Blocks::All,
            (Blocks::Some(mut one), Blocks::Some(other)) => {
                one.extend(other);
                one.sort_unstable();
                one.dedup();
                Blocks::Some(one)
            }
        }
    }

    /// Those of `count` blocks from `first` on, counted from there.
    pub(crate) fn within(self, first: u32, count: u32) -> Blocks {
        match self {
            Blocks::All => Blocks::All,
            Blocks::Some(blocks) => {
                let shifted = blocks.into_iter().filter_map(|block| block.checked_sub(first));
                Blocks::Some(shifted.filter(|block| *block < count).collect())
            }
        }
    }

    /// Whether there is none.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Blocks::Some(blocks) if blocks.is_empty())
    }
}

/// The bucket of a word, and its number there.
pub(super) fn place(word: WordNumber, buckets: u32) -> (u32, u32) {
    // The upper half as a fraction of one, times the number of buckets.
    let product = (word >> 32) * u64::from(buckets);
    ((product >> 32) as u32, product as u32 >> (32 - NUMBER_BITS))
}
