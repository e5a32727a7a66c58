//! Finding ASCII words in bytes, letter case ignored.

use memchr::{memchr, memchr2};

/// Letters and digits from frequent to rare in records.
const FREQUENT: &[u8] = b"eatsinorcludmpg0123456789bfhwyvkxjqz";

/// A word to find.
#[derive(Clone, Copy)]
pub(crate) struct Needle<'w> {
    /// In lower case.
    word: &'w [u8],
    /// Where its rarest byte stands: the one that is looked for.
    rarest: usize,
}

impl<'w> Needle<'w> {
    /// `word` is ASCII, in lower case and not empty.
    pub(super) fn new(word: &'w str) -> Needle<'w> {
        let rank = |byte: &u8| FREQUENT.iter().position(|frequent| frequent == byte);
        let word = word.as_bytes();
        let rarest = (0..word.len()).max_by_key(|index| rank(&word[*index])).unwrap_or(0);
        Needle { word, rarest }
    }

    /// Where the word stands first at or after `start`.
    pub(crate) fn find(&self, text: &[u8], start: usize) -> Option<usize> {
        let rarest = self.word[self.rarest];
        let mut at = start + self.rarest;
        loop {
            let rest = text.get(at..)?;
            let found = match rarest.is_ascii_alphabetic() {
                true => memchr2(rarest, rarest.to_ascii_uppercase(), rest)?,
                false => memchr(rarest, rest)?,
            };
            let first = at + found - self.rarest;
            let word = text.get(first..first + self.word.len())?;
            if word.eq_ignore_ascii_case(self.word) {
                return Some(first);
            }
            at += found + 1;
        }
    }

    /// Whether the word, or what it begins, may be a text that stands in no text column: part of a time
    /// or of a boolean.
    pub(crate) fn may_be_no_text(&self) -> bool {
        let time = self.word.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b't' | b'z'));
        time || b"true".starts_with(self.word) || b"false".starts_with(self.word)
    }
}
