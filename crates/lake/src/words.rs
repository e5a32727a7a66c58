//! The word index of a data file: in which blocks of rows a word occurs.
//!
//! Whoever looks for a rare value, or for rare words, reads those blocks alone. The index may name too many blocks
//! and never too few: it has numbers of words in the place of words, and two words may have the same. FORMAT.md
//! ("Word index") has every bit of it.

use crate::columns::USERNAME;

mod bits;
mod build;
mod find;
mod rows;
mod word;

pub(crate) use find::{Blocks, WordIndex};
pub(crate) use rows::{Texts, WordsBuilder};
pub(crate) use word::{WordNumber, number_of, numbers_in, whole_number_of, whole_numbers_in};

/// Rows of a block: those that a look-up looks at together. Tests have many blocks of few rows.
pub(crate) const BLOCK_ROWS: u32 = if cfg!(test) { 16 } else { 2_048 };

/// The key of a data file's footer under which stands where the index is: its offset and its length in bytes, in
/// decimal digits, with a space between them.
pub(crate) const FOOTER_KEY: &str = "cairn.words.1";

/// Columns whose values are words as a whole, too: their words alone are everywhere, or are numbers that the index lacks.
pub(crate) const WHOLE_COLUMNS: [&str; 4] = ["source_ip", "user_arn", "user_name", USERNAME];

/// Words of a bucket, on average.
const BUCKET_WORDS: usize = 256;
/// Bits of a word's number within its bucket: an average gap of 128 between two numbers.
const NUMBER_BITS: u32 = 15;
/// Of gaps between numbers this many bits stand as they are.
const GAP_BITS: u32 = 6;
/// A word in more than one of so many blocks is everywhere.
const EVERYWHERE_SHARE: usize = 4;

#[cfg(test)]
mod tests;
