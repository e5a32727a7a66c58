//! Texts with wildcards, as policies and CORS rules have them.

/// A text in which `*` stands for any characters, none included, and `?` for exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(text: impl Into<String>) -> Pattern {
        Pattern(text.into())
    }

    pub(crate) fn has_wildcard(&self) -> bool {
        self.0.contains(['*', '?'])
    }

    /// Whether all of `text` matches. Takes at most the product of both lengths.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut at, mut seen) = (0, 0);
        // Where to go on if the latest `*` has to stand for one byte more.
        let mut retry: Option<(usize, usize)> = None;
        while seen < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    retry = Some((at + 1, seen));
                    at += 1;
                }
                Some(b'?') => {
                    at += 1;
                    seen += character_bytes(text[seen]);
                }
                Some(byte) if *byte == text[seen] => {
                    at += 1;
                    seen += 1;
                }
                _ => {
                    let Some((after_star, from)) = retry else { return false };
                    retry = Some((after_star, from + 1));
                    (at, seen) = (after_star, from + 1);
                }
            }
        }
        pattern[at..].iter().all(|byte| *byte == b'*')
    }
}

/// Bytes of the UTF-8 character that begins with `first`; 1 in the middle of one.
fn character_bytes(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}
