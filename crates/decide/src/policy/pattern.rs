//! Texts with wildcards.

/// A text in which `*` stands for any run of characters, none included, and `?` for exactly one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(Vec<Token>);

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Run,
    One,
    Byte(u8),
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Pattern {
        let mut pattern = Pattern::default();
        pattern.push(text);
        pattern
    }

    /// Adds a text in which wildcards are wildcards.
    pub(super) fn push(&mut self, text: &str) {
        self.0.extend(text.bytes().map(|byte| match byte {
            b'*' => Token::Run,
            b'?' => Token::One,
            byte => Token::Byte(byte),
        }));
    }

    /// Adds a text in which nothing is a wildcard.
    pub(super) fn push_literal(&mut self, text: &str) {
        self.0.extend(text.bytes().map(Token::Byte));
    }

    /// Whether it has a wildcard.
    pub fn has_wildcard(&self) -> bool {
        self.0.iter().any(|token| !matches!(token, Token::Byte(_)))
    }

    /// Whether all of `text` has this form. Takes at most the product of both lengths.
    pub fn matches(&self, text: &str) -> bool {
        fits(&self.0, text.as_bytes(), is_same)
    }

    /// The same for ARNs: each of their six parts fits its own pattern, so that a wildcard passes no colon before the
    /// last part. A pattern of less parts is none of an ARN and matches as any text.
    pub(super) fn matches_arn(&self, text: &str) -> bool {
        let is_colon = |token: &Token| *token == Token::Byte(b':');
        if self.0.iter().filter(|token| is_colon(token)).count() < 5 {
            return self.matches(text);
        }
        let mut parts = text.splitn(6, ':');
        let mut patterns = self.0.splitn(6, is_colon);
        patterns.all(|pattern| parts.next().is_some_and(|part| fits(pattern, part.as_bytes(), is_same)))
    }

    /// The same whatever the case of ASCII letters, as actions are compared.
    pub fn matches_ignoring_case(&self, text: &str) -> bool {
        fits(&self.0, text.as_bytes(), |wanted, byte| wanted.eq_ignore_ascii_case(&byte))
    }
}

fn is_same(wanted: u8, byte: u8) -> bool {
    wanted == byte
}

/// Goes back to the latest `*` only, which is enough: what an earlier one would take more, the latest can take as well.
fn fits(pattern: &[Token], text: &[u8], is_same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where to go on if the latest `*` has to stand for one byte more.
    let mut retry: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(Token::Run) => {
                retry = Some((at + 1, seen));
                at += 1;
            }
            Some(Token::One) => {
                at += 1;
                seen += character_bytes(text[seen]);
            }
            Some(Token::Byte(wanted)) if is_same(*wanted, text[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after_run, from)) = retry else { return false };
                retry = Some((after_run, from + 1));
                (at, seen) = (after_run, from + 1);
            }
        }
    }
    pattern[at..].iter().all(|token| *token == Token::Run)
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
