//! From rows to words and their blocks.

use super::build::{BLOCK_BITS, Pair, index};
use super::word::{each_number, whole_number_of};
use super::{BLOCK_ROWS, WordNumber};
use crate::hashing::{AsItIs, keyed};
use crate::text::each_scalar;
use ahash::RandomState;
use datafusion::arrow::array::{Array, StringArray};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Words and blocks of a file, at most; with more it has no index. Bounds memory: eight bytes each.
const PAIRS_MAX: usize = 16 << 20;

/// Two hashes of a value: no two values are taken for one.
#[derive(PartialEq, Eq)]
struct Print([u64; 2]);

impl Hash for Print {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

/// What the texts of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Texts {
    /// Of the record, as they are.
    Plain,
    /// Likewise; each is a word as a whole, too.
    Whole,
    /// JSON of the record.
    Json,
}

/// Makes the index of a file, from its first row on.
pub(crate) struct WordsBuilder {
    rows: u32,
    /// `None` when there are too many.
    pairs: Option<Vec<Pair>>,
    hashers: [RandomState; 2],
    /// Of the current block: the values that were seen, and the words. Most of them come again and again.
    values: HashSet<Print, BuildHasherDefault<AsItIs>>,
    words: HashSet<WordNumber, BuildHasherDefault<AsItIs>>,
}

impl WordsBuilder {
    pub(crate) fn new() -> WordsBuilder {
        WordsBuilder {
            rows: 0,
            pairs: Some(Vec::new()),
            hashers: [keyed(), keyed()],
            values: HashSet::default(),
            words: HashSet::default(),
        }
    }

    /// Adds the next rows: all columns that hold texts of the record.
    pub(crate) fn add(&mut self, columns: &[(&StringArray, Texts)]) {
        let rows = columns.first().map_or(0, |(column, _)| column.len());
        let mut at = 0;
        while at < rows {
            let block_left = (BLOCK_ROWS - self.rows % BLOCK_ROWS) as usize;
            let behind = rows.min(at + block_left);
            for (column, texts) in columns {
                for row in at..behind {
                    self.add_value(column, row, *texts);
                }
            }
            self.rows += (behind - at) as u32;
            if self.rows.is_multiple_of(BLOCK_ROWS) {
                self.end_block();
            }
            at = behind;
        }
    }

    fn add_value(&mut self, column: &StringArray, row: usize, texts: Texts) {
        let value = column.value(row);
        if column.is_null(row) || !self.is_new(value, texts) {
            return;
        }
        let mut take = |number| {
            self.words.insert(number);
        };
        if texts == Texts::Whole {
            whole_number_of(value).into_iter().for_each(&mut take);
        }
        // Escapes hide where words begin and end.
        match texts == Texts::Json && value.contains('\\') {
            true => each_scalar(value, |text| each_number(text, &mut take)),
            false => each_number(value, take),
        }
    }

    fn is_new(&mut self, value: &str, texts: Texts) -> bool {
        let print = self.hashers.each_ref().map(|hasher| hasher.hash_one((value, texts)));
        self.values.insert(Print(print))
    }

    fn end_block(&mut self) {
        let block = (self.rows - 1) / BLOCK_ROWS;
        if let Some(pairs) = &mut self.pairs {
            pairs.extend(self.words.iter().map(|word| Pair::new(*word, block)));
            if pairs.len() > PAIRS_MAX || block >> BLOCK_BITS != 0 {
                self.pairs = None;
            }
        }
        self.words.clear();
        self.values.clear();
    }

    /// The index of the rows added; `None` if there are too many words, or no rows.
    pub(crate) fn finish(mut self) -> Option<Vec<u8>> {
        if !self.rows.is_multiple_of(BLOCK_ROWS) {
            self.end_block();
        }
        let pairs = self.pairs.filter(|_| self.rows > 0)?;
        Some(index(pairs, self.rows.div_ceil(BLOCK_ROWS)))
    }
}
