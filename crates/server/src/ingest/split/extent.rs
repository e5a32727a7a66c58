//! How far a JSON value reaches, found in pieces: a value may be longer than the window that moves over it.

use memchr::memchr2;

/// A scan of one value, by its brackets and quotes alone; what is between them is the door's to judge.
#[derive(Clone, Debug, Default)]
pub(super) struct Extent {
    kind: Kind,
    depth: usize,
    /// Inside of a string.
    quoted: bool,
    /// Behind a backslash.
    escaped: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Nothing was seen yet.
    #[default]
    Fresh,
    /// An object, an array or a string: it ends by itself.
    Closed,
    /// A number, a word or nonsense: it ends where something else begins.
    Open,
}

/// What ends a value that has no end of its own.
fn ends_open(byte: u8) -> bool {
    matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')
}

/// The bytes that the scan stops at outside of strings.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut index = 0;
    while index < 5 {
        stops[b"\"{}[]"[index] as usize] = true;
        index += 1;
    }
    stops
};

impl Extent {
    /// Scans on through `bytes`, which follow those of the call before. Returns where the value ends: the
    /// number of bytes that still belong to it. `None` if it goes on behind them.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        let first = *bytes.first()?;
        if self.kind == Kind::Fresh {
            self.kind = if matches!(first, b'"' | b'{' | b'[') { Kind::Closed } else { Kind::Open };
        }
        match self.kind {
            Kind::Open => bytes.iter().position(|byte| ends_open(*byte)),
            Kind::Closed | Kind::Fresh => self.advance_closed(bytes),
        }
    }

    /// Whether the value ends where the text does, if it does so here.
    pub(super) fn may_end_here(&self) -> bool {
        self.kind == Kind::Open
    }

    fn advance_closed(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            if self.quoted {
                at = self.string_end(bytes, at)?;
                self.quoted = false;
                if self.depth == 0 {
                    return Some(at);
                }
            }
            at += bytes[at..].iter().position(|byte| STOPS[usize::from(*byte)])?;
            match bytes[at] {
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                _ => self.depth -= 1,
            }
            at += 1;
            if self.depth == 0 && !self.quoted {
                return Some(at);
            }
        }
    }

    /// The place behind the quote that ends the string which `bytes[at..]` is in.
    fn string_end(&mut self, bytes: &[u8], mut at: usize) -> Option<usize> {
        loop {
            if self.escaped {
                bytes.get(at)?;
                self.escaped = false;
                at += 1;
            }
            at += memchr2(b'"', b'\\', &bytes[at..])? + 1;
            if bytes[at - 1] == b'"' {
                return Some(at);
            }
            self.escaped = true;
        }
    }
}

/// Where the value at the start of `bytes` ends, if it ends there.
pub(super) fn value_end(bytes: &[u8]) -> Option<usize> {
    Extent::default().advance(bytes)
}

/// The number of white space bytes that `bytes` begin with.
pub(super) fn space(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    end.unwrap_or(bytes.len())
}
