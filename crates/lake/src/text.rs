//! Free text: which records hold all of some words.
//!
//! Every word must occur in the record's values, letter case ignored; keys do not count. A word is a
//! run of letters and digits (Unicode alphanumeric); `word*` is a prefix. Numbers and `true` and
//! `false` are values, `null` is none.

use crate::words::{WordNumber, number_of};
use cairn_model::json::{string, value_end};
use memchr::{memchr, memmem};

mod needle;

pub(crate) use needle::Needle;

/// The most words one search may have.
const WORDS_MAX: usize = 64;

/// The words to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// In lower case.
    text: String,
    prefix: bool,
}

/// A search that cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotWords {
    None,
    TooMany,
}

impl Words {
    /// The words of what a user typed.
    pub(crate) fn parse(search: &str) -> Result<Words, NotWords> {
        let mut words = Vec::new();
        for (start, run) in runs(search) {
            words.push(Word {
                text: run.to_lowercase(),
                prefix: search[start + run.len()..].starts_with('*'),
            });
        }
        match words.len() {
            0 => Err(NotWords::None),
            count if count > WORDS_MAX => Err(NotWords::TooMany),
            _ => Ok(Words(words)),
        }
    }

    /// Whether all words occur in the values of a JSON text that the door has passed.
    pub(crate) fn match_record(&self, text: &str) -> bool {
        if is_plain(text) && self.needles().any(|needle| needle.find(text.as_bytes(), 0).is_none()) {
            return false;
        }
        let mut missing = u64::MAX >> (WORDS_MAX - self.0.len());
        for (raw, end) in scalars(text) {
            self.strike(raw, is_key(text.as_bytes(), end), &mut missing);
            if missing == 0 {
                return true;
            }
        }
        false
    }

    /// What the bytes of a plain text must contain, letter case ignored, for it to match; of no use for
    /// texts that are not [`is_plain`]. Words that are not ASCII have no needle.
    pub(crate) fn needles(&self) -> impl Iterator<Item = Needle<'_>> {
        let ascii = self.0.iter().filter(|word| word.text.is_ascii());
        ascii.map(|word| Needle::new(&word.text))
    }

    /// The numbers of those words that a word index has.
    pub(crate) fn numbers(&self) -> Vec<WordNumber> {
        let whole = self.0.iter().filter(|word| !word.prefix);
        whole.filter_map(|word| number_of(&word.text)).collect()
    }

    /// Strikes the words that occur in the scalar `raw` off `missing`.
    fn strike(&self, raw: &str, key: bool, missing: &mut u64) {
        if key || raw == "null" {
            return;
        }
        if memchr(b'\\', raw.as_bytes()).is_none() {
            self.strike_text(raw, missing);
        } else if let Some(text) = string(raw) {
            self.strike_text(&text, missing);
        }
    }

    fn strike_text(&self, text: &str, missing: &mut u64) {
        for (_, run) in runs(text) {
            for (index, word) in self.0.iter().enumerate() {
                if *missing & (1 << index) != 0 && word.fits(run) {
                    *missing &= !(1 << index);
                }
            }
        }
    }
}

/// Whether every ASCII letter and digit of a JSON text's values stands in its bytes as itself: no escape
/// hides one, and no letter outside ASCII becomes one in lower case.
pub(crate) fn is_plain(text: &str) -> bool {
    text.is_ascii() && memmem::find(text.as_bytes(), b"\\u").is_none()
}

/// Gives `take` every string, number and flag of a JSON text that the door has passed, keys too, without escapes.
pub(crate) fn each_scalar(text: &str, mut take: impl FnMut(&str)) {
    for (raw, _) in scalars(text) {
        match string(raw).filter(|_| raw.contains('\\')) {
            Some(text) => take(&text),
            None => take(raw),
        }
    }
}

/// The strings, numbers and flags of a JSON text, keys too, as they stand there; each with its end.
fn scalars(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let bytes = text.as_bytes();
    let between =
        |byte: &u8| matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r');
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|byte| !between(byte))?;
        at = value_end(bytes, start).unwrap_or(bytes.len());
        Some((&text[start..at], at))
    })
}

/// Whether what ends at `end` is followed by a colon, as keys are.
fn is_key(bytes: &[u8], end: usize) -> bool {
    let next = bytes[end..].iter().find(|byte| !byte.is_ascii_whitespace());
    next == Some(&b':')
}

impl Word {
    fn fits(&self, run: &str) -> bool {
        if run.is_ascii() && self.text.is_ascii() {
            return match self.prefix {
                true => run.get(..self.text.len()).is_some_and(|head| head.eq_ignore_ascii_case(&self.text)),
                false => run.eq_ignore_ascii_case(&self.text),
            };
        }
        let lower = run.to_lowercase();
        match self.prefix {
            true => lower.starts_with(&self.text),
            false => lower == self.text,
        }
    }
}

/// The runs of letters and digits in `text`, each with its start.
pub(crate) fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(char::is_alphanumeric)?;
        let length = text[start..].find(|c: char| !c.is_alphanumeric());
        let end = length.map_or(text.len(), |length| start + length);
        at = end;
        Some((start, &text[start..end]))
    })
}

#[cfg(test)]
mod tests;
