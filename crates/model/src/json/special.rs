//! Finding what ends a run of plain characters in a string.
//!
//! Strings of events are short, twenty bytes or so, and there are fifty of them in each; a call of a general
//! search costs more than it finds.

/// Bytes of a string that are looked at word by word before it counts as long.
const SHORT: usize = 32;
/// Bytes of long strings that are looked at together; the compiler makes a few vector instructions of it.
const BLOCK: usize = 64;
const WORD: usize = 8;

const ONES: u64 = u64::MAX / 0xff;
const HIGH_BITS: u64 = ONES << 7;

/// Where the first quote, backslash or control character (below 0x20) stands.
pub(super) fn find_special(text: &[u8]) -> Option<usize> {
    let Some((short, long)) = text.split_first_chunk::<SHORT>() else { return find_by_words(text) };
    find_by_words(short).or_else(|| Some(SHORT + find_in_long(long)?))
}

fn find_in_long(text: &[u8]) -> Option<usize> {
    let (blocks, _) = text.as_chunks::<BLOCK>();
    let is_plain = |block: &&[u8; BLOCK]| !block.iter().fold(false, |found, byte| found | is_special(*byte));
    let start = blocks.iter().take_while(is_plain).count() * BLOCK;
    Some(start + find_by_words(&text[start..])?)
}

fn find_by_words(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<WORD>();
    for (number, word) in words.iter().enumerate() {
        let specials = specials_of(u64::from_le_bytes(*word));
        if specials != 0 {
            return Some(number * WORD + specials.trailing_zeros() as usize / 8);
        }
    }
    let found = rest.iter().position(|byte| is_special(*byte))?;
    Some(words.len() * WORD + found)
}

fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// Has the high bit of every byte that is special. Bytes above the lowest such one may be marked wrongly.
/// Source: Sean Anderson, "Bit Twiddling Hacks", haszero and hasless.
fn specials_of(word: u64) -> u64 {
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (equal(b'"') | equal(b'\\') | below(word, 0x20)) & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::{find_special, is_special};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_special_byte_is_found(
            text in prop::collection::vec(prop_oneof![60 => 0x20u8..=255, 1 => any::<u8>()], 0..150),
        ) {
            let expected = text.iter().position(|byte| is_special(*byte));
            prop_assert_eq!(find_special(&text), expected);
        }
    }
}
