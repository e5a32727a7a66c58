//! Which words the index has, and their numbers.

use crate::text::runs;

/// The number of a word; different words have the same one very seldom.
pub(crate) type WordNumber = u64;

/// Shorter words are everywhere.
const BYTES_MIN: usize = 3;

/// ASCII letters and digits as lower case; 0 for all other bytes.
const LOWER: [u8; 256] = {
    let mut lower = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            lower[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    lower
};

/// The number of a word in lower case; `None` if the index does not have such words.
pub(crate) fn number_of(word: &str) -> Option<WordNumber> {
    is_kept(word.as_bytes()).then(|| number(word.as_bytes().iter().copied()))
}

/// The numbers of the words of a value that the index has; `None` for the others.
pub(crate) fn numbers_in(value: &str) -> Vec<WordNumber> {
    let mut numbers = Vec::new();
    each_number(value, |number| numbers.push(number));
    numbers
}

/// The number of a value of one of [`super::WHOLE_COLUMNS`] as one word; `None` if it is one.
pub(crate) fn whole_number_of(value: &str) -> Option<WordNumber> {
    let is_one_word = value.chars().all(char::is_alphanumeric);
    (!is_one_word).then(|| number(value.bytes()))
}

/// Likewise of the words of a pattern that stand whole in every text that it fits: not those beside one of `wildcards`.
pub(crate) fn whole_numbers_in(pattern: &str, wildcards: &[char]) -> Vec<WordNumber> {
    let is_whole = |start: usize, end: usize| {
        !pattern[..start].ends_with(wildcards) && !pattern[end..].starts_with(wildcards)
    };
    let whole = runs(pattern).filter(|(start, run)| is_whole(*start, start + run.len()));
    whole.filter_map(|(_, run)| number_of(&run.to_lowercase())).collect()
}

/// Gives `take` the numbers of the words in a text.
pub(super) fn each_number(text: &str, mut take: impl FnMut(WordNumber)) {
    if text.is_ascii() {
        return each_ascii_number(text.as_bytes(), take);
    }
    for (_, run) in runs(text) {
        if let Some(number) = number_of(&run.to_lowercase()) {
            take(number);
        }
    }
}

fn each_ascii_number(text: &[u8], mut take: impl FnMut(WordNumber)) {
    for run in text.split(|byte| LOWER[usize::from(*byte)] == 0) {
        if run.len() >= BYTES_MIN && is_kept(run) {
            take(number(run.iter().map(|byte| LOWER[usize::from(*byte)])));
        }
    }
}

/// Whether the index has a word, whatever the case of its ASCII letters.
///
/// It lacks the short parts of UUIDs, which would fill it and tell nothing, and what may stand in a record without
/// standing in a column of texts.
fn is_kept(word: &[u8]) -> bool {
    let is_part_of_uuid = || matches!(word.len(), 4 | 8) && word.iter().all(u8::is_ascii_hexdigit);
    word.len() >= BYTES_MIN && !is_part_of_uuid() && !is_of_time(word) && !is_of_flag(word)
}

/// Whether it may be a part of `YYYY-MM-DDTHH:MM:SSZ`.
fn is_of_time(word: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match word {
        [a, b, b'T' | b't', c, d] => digits(&[*a, *b, *c, *d]),
        [a, b, b'Z' | b'z'] => digits(&[*a, *b]),
        _ => word.len() <= 4 && digits(word),
    }
}

fn is_of_flag(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"true") || word.eq_ignore_ascii_case(b"false")
}

/// FNV-1a of 64 bits, and then the finalizer of MurmurHash3, as the upper bits are the ones used. Sources: Fowler,
/// Noll, Vo, draft-eastlake-fnv; Appleby, MurmurHash3.
fn number(word: impl Iterator<Item = u8>) -> WordNumber {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let hash = word.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    let hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}
