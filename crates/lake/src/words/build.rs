//! From words and their blocks to the bytes of an index.

use super::bits::BitWriter;
use super::find::place;
use super::{BUCKET_WORDS, EVERYWHERE_SHARE, GAP_BITS, NUMBER_BITS};

/// Bits of a pair that hold its block.
pub(super) const BLOCK_BITS: u32 = 20;

/// A word's number without its lowest bits, and one of the blocks that it stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair(u64);

impl Pair {
    pub(super) fn new(number: u64, block: u32) -> Pair {
        Pair(number >> BLOCK_BITS << BLOCK_BITS | u64::from(block))
    }

    fn block(self) -> u32 {
        self.0 as u32 & ((1 << BLOCK_BITS) - 1)
    }

    fn is_of_same_word(&self, other: &Pair) -> bool {
        self.0 >> BLOCK_BITS == other.0 >> BLOCK_BITS
    }
}

/// The index of a file of so many blocks.
pub(super) fn index(mut pairs: Vec<Pair>, blocks: u32) -> Vec<u8> {
    pairs.sort_unstable();
    pairs.dedup();
    let words = pairs.chunk_by(Pair::is_of_same_word).count();
    let buckets = words.div_ceil(BUCKET_WORDS).max(1) as u32;
    let (mut bits, mut ends) = (BitWriter::default(), Vec::with_capacity(buckets as usize));
    let mut rest = &pairs[..];
    for bucket in 0..buckets {
        let (of_bucket, behind) =
            rest.split_at(rest.partition_point(|pair| place(pair.0, buckets).0 <= bucket));
        write_bucket(of_bucket, blocks, buckets, &mut bits);
        ends.push(bits.pad() as u32);
        rest = behind;
    }
    let head = [blocks, buckets].into_iter().chain(ends);
    let mut bytes: Vec<u8> = head.flat_map(u32::to_le_bytes).collect();
    bytes.extend(bits.into_bytes());
    bytes
}

fn write_bucket(pairs: &[Pair], blocks: u32, buckets: u32, bits: &mut BitWriter) {
    let number = |pair: &Pair| place(pair.0, buckets).1;
    let same = |one: &Pair, other: &Pair| number(one) == number(other);
    bits.put(pairs.chunk_by(same).count() as u32, 32);
    let mut next = 0;
    for of_number in pairs.chunk_by(same) {
        let number = number(&of_number[0]);
        bits.put_rice(number - next, GAP_BITS);
        next = number + 1;
        let mut of_blocks: Vec<u32> = of_number.iter().map(|pair| pair.block()).collect();
        of_blocks.sort_unstable();
        of_blocks.dedup();
        write_blocks(&of_blocks, blocks, bits);
    }
    debug_assert!(next <= 1 << NUMBER_BITS);
}

/// A zero and the block; or two ones; or a one, a zero, how many, and the gaps between them.
fn write_blocks(of_word: &[u32], blocks: u32, bits: &mut BitWriter) {
    match of_word {
        [block] => {
            bits.put(0, 1);
            bits.put(*block, block_bits(blocks));
        }
        many if many.len() * EVERYWHERE_SHARE > blocks as usize => bits.put(0b11, 2),
        many => {
            bits.put(0b01, 2);
            bits.put(many.len() as u32, BLOCK_BITS);
            let low = gap_bits(blocks, many.len() as u32);
            let mut next = 0;
            for block in many {
                bits.put_rice(block - next, low);
                next = block + 1;
            }
        }
    }
}

/// Bits that a block's number needs.
pub(super) fn block_bits(blocks: u32) -> u32 {
    u32::BITS - blocks.saturating_sub(1).leading_zeros()
}

/// Bits of the gaps between the blocks of a word that stand as they are.
pub(super) fn gap_bits(blocks: u32, of_word: u32) -> u32 {
    (blocks / of_word.max(1)).max(1).ilog2()
}
