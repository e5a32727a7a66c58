//! The scanner.

use super::special::find_special;
use super::{DEPTH_MAX, JsonError};
use std::borrow::Cow;
use std::ops::Range;

/// What a [`Scanner`] tells about the members it passes.
pub trait Visit {
    /// The object that members belong to.
    type Place: Copy;

    /// A member of `place` with this key (escapes resolved) and the byte range of its value's first
    /// byte onwards; returns the place of the value's own members, or `None` if nobody asks for them.
    fn enter(&mut self, place: Self::Place, key: &str, key_range: Range<usize>) -> Option<Self::Place>;

    /// The value of the member last entered at `place` and not left yet ended.
    fn leave(&mut self, place: Self::Place, key: &str, key_range: Range<usize>, value: Range<usize>);
}

/// Checks texts; reusable, so that its stack is allocated once.
#[derive(Debug, Default)]
pub struct Scanner {
    keys: Vec<Key>,
}

/// A key of an object that is still open.
#[derive(Clone, Copy, Debug)]
struct Key {
    /// Length and first bytes: differing prints mean differing keys.
    print: u64,
    start: u32,
    end: u32,
    escaped: bool,
}

/// Beyond this many keys an object's keys are sorted instead of compared pair by pair.
const PAIRWISE_MAX: usize = 32;

impl Scanner {
    /// Checks that `text` is one JSON value with nothing but white space around it, telling `visit` about
    /// members. Returns the range of the value. Texts of 4 GiB and more are refused as too long to be
    /// checked.
    pub fn scan<V: Visit>(
        &mut self,
        text: &str,
        root: V::Place,
        visit: &mut V,
    ) -> Result<Range<usize>, JsonError> {
        let value = self.scan_first(text, root, visit)?;
        match text.as_bytes()[value.end..].iter().position(|byte| !is_space(*byte)) {
            Some(behind) => Err(syntax(value.end + behind, "the end of the text")),
            None => Ok(value),
        }
    }

    /// Checks the JSON value that `text` begins with, as [`Scanner::scan`] does; what stands behind it is not
    /// looked at.
    pub fn scan_first<V: Visit>(
        &mut self,
        text: &str,
        root: V::Place,
        visit: &mut V,
    ) -> Result<Range<usize>, JsonError> {
        if u32::try_from(text.len()).is_err() {
            return Err(syntax(u32::MAX as usize, "the end of the text"));
        }
        self.keys.clear();
        let bytes = text.as_bytes();
        let mut pass = Pass { checked: text, text: bytes, at: 0, depth: 0, keys: &mut self.keys, visit };
        pass.space();
        let start = pass.at;
        pass.value(Some(root))?;
        Ok(start..pass.at)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn syntax(at: usize, expected: &'static str) -> JsonError {
    JsonError::Syntax { at, expected }
}

struct Pass<'a, V: Visit> {
    /// The same as `text`.
    checked: &'a str,
    text: &'a [u8],
    at: usize,
    depth: u32,
    keys: &'a mut Vec<Key>,
    visit: &'a mut V,
}

impl<V: Visit> Pass<'_, V> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn value(&mut self, place: Option<V::Place>) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.nested(|pass| pass.object(place)),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => Err(syntax(self.at, "a value")),
        }
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        if self.depth == DEPTH_MAX {
            return Err(JsonError::TooDeep { at: self.at });
        }
        self.depth += 1;
        self.at += 1;
        inner(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn word(&mut self, word: &'static [u8]) -> Result<(), JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(syntax(self.at, "a value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn array(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            self.value(None)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(syntax(self.at, "',' or ']'")),
            }
        }
    }

    fn object(&mut self, place: Option<V::Place>) -> Result<(), JsonError> {
        let first = self.keys.len();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            self.member(place)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    self.refuse_duplicates(first)?;
                    self.keys.truncate(first);
                    return Ok(());
                }
                _ => return Err(syntax(self.at, "',' or '}'")),
            }
        }
    }

    fn member(&mut self, place: Option<V::Place>) -> Result<(), JsonError> {
        if self.peek() != Some(b'"') {
            return Err(syntax(self.at, "a key"));
        }
        let key_start = self.at;
        let escaped = self.string()?;
        let key_range = key_start..self.at;
        self.keys.push(key_of(self.text, key_range.clone(), escaped));
        self.space();
        if self.peek() != Some(b':') {
            return Err(syntax(self.at, "':'"));
        }
        self.at += 1;
        self.space();
        let Some(place) = place else {
            return self.value(None);
        };
        let key = match escaped {
            false => Cow::Borrowed(&self.checked[key_start + 1..key_range.end - 1]),
            true => decoded(self.checked, &key_range),
        };
        let inner = self.visit.enter(place, &key, key_range.clone());
        let start = self.at;
        self.value(inner)?;
        self.visit.leave(place, &key, key_range, start..self.at);
        Ok(())
    }

    /// Passes a string; tells whether it has escapes.
    fn string(&mut self) -> Result<bool, JsonError> {
        self.at += 1;
        let mut escaped = false;
        loop {
            let rest = &self.text[self.at..];
            let plain = find_special(rest).ok_or_else(|| syntax(self.text.len(), "'\"'"))?;
            self.at += plain + 1;
            match rest[plain] {
                b'"' => return Ok(escaped),
                b'\\' => escaped = true,
                _ => return Err(syntax(self.at - 1, "a string without raw control characters")),
            }
            self.escape()?;
        }
    }

    /// Passes what follows a backslash.
    fn escape(&mut self) -> Result<(), JsonError> {
        let escape = self.peek();
        self.at += 1;
        match escape {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => self.unicode_escape(),
            _ => Err(syntax(self.at - 1, "an escape")),
        }
    }

    fn unicode_escape(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        match self.four_hex_digits()? {
            0xd800..0xdc00 => {
                if !self.text[self.at..].starts_with(b"\\u") {
                    return Err(syntax(self.at, "the second half of a surrogate pair"));
                }
                self.at += 2;
                match self.four_hex_digits()? {
                    0xdc00..0xe000 => Ok(()),
                    _ => Err(syntax(self.at, "the second half of a surrogate pair")),
                }
            }
            0xdc00..0xe000 => Err(syntax(start, "no lone surrogate")),
            _ => Ok(()),
        }
    }

    fn four_hex_digits(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4);
        let code = digits.and_then(|digits| {
            digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
        });
        let code = code.ok_or_else(|| syntax(self.at, "four hex digits"))?;
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return Err(syntax(start, "a digit"));
        }
        Ok(())
    }

    fn refuse_duplicates(&self, first: usize) -> Result<(), JsonError> {
        let keys = &self.keys[first..];
        let twice = if keys.len() <= PAIRWISE_MAX && !keys.iter().any(|key| key.escaped) {
            duplicate_pairwise(self.checked, keys)
        } else {
            duplicate_sorted(self.checked, keys)
        };
        match twice {
            None => Ok(()),
            Some(key) => Err(JsonError::DuplicateKey { at: self.at, key: key.chars().take(100).collect() }),
        }
    }
}

fn key_of(text: &[u8], range: Range<usize>, escaped: bool) -> Key {
    let inner = &text[range.start + 1..range.end - 1];
    let tail = inner.last().copied().unwrap_or(0);
    Key {
        print: head_of(text, &range) ^ (inner.len() as u64).rotate_right(8) ^ u64::from(tail) << 40,
        start: range.start as u32,
        end: range.end as u32,
        escaped,
    }
}

/// The first eight bytes of a key as a number, those that it has not being zero.
fn head_of(text: &[u8], range: &Range<usize>) -> u64 {
    let length = range.len() - 2;
    if let Some(head) = text[range.start + 1..].first_chunk() {
        let beyond = 64 - 8 * length.min(8) as u32;
        return u64::from_le_bytes(*head) & u64::MAX.checked_shr(beyond).unwrap_or(0);
    }
    // At the end of the text, where no eight bytes are left.
    let mut head = [0; 8];
    head[..length].copy_from_slice(&text[range.start + 1..range.end - 1]);
    u64::from_le_bytes(head)
}

fn raw_key<'a>(text: &'a str, key: &Key) -> &'a [u8] {
    &text.as_bytes()[key.start as usize..key.end as usize]
}

fn decoded<'a>(text: &'a str, range: &Range<usize>) -> Cow<'a, str> {
    super::string(&text[range.clone()]).expect("a string was just scanned here")
}

fn duplicate_pairwise(text: &str, keys: &[Key]) -> Option<String> {
    for (index, key) in keys.iter().enumerate() {
        for earlier in &keys[..index] {
            if earlier.print == key.print && raw_key(text, earlier) == raw_key(text, key) {
                return Some(decoded(text, &(key.start as usize..key.end as usize)).into_owned());
            }
        }
    }
    None
}

fn duplicate_sorted(text: &str, keys: &[Key]) -> Option<String> {
    let mut names: Vec<_> =
        keys.iter().map(|key| decoded(text, &(key.start as usize..key.end as usize))).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1])?;
    Some(twice[0].to_string())
}
