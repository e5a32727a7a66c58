//! Texts with wildcards.

mod steady;

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

    /// Whether all of `text` has this form.
    pub fn matches(&self, text: &str) -> bool {
        fits(&self.0, text.as_bytes(), as_it_is)
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
        patterns.all(|pattern| parts.next().is_some_and(|part| fits(pattern, part.as_bytes(), as_it_is)))
    }

    /// The same whatever the case of ASCII letters, as actions are compared.
    pub fn matches_ignoring_case(&self, text: &str) -> bool {
        fits(&self.0, text.as_bytes(), |byte| byte.to_ascii_lowercase())
    }
}

/// How bytes are compared that differ in case.
fn as_it_is(byte: u8) -> u8 {
    byte
}

/// How often the quick way may go back. Policies that people write need a few dozen at most; who writes one to keep the
/// server busy would else get the product of both lengths.
const RETRIES_MAX: usize = 64;

fn fits(pattern: &[Token], text: &[u8], fold: impl Fn(u8) -> u8 + Copy) -> bool {
    quickly_fits(pattern, text, fold).unwrap_or_else(|| steady::fits(pattern, text, fold))
}

/// Goes back to the latest `*` only, which is enough: what an earlier one would take more, the latest can take as well.
/// `None` if that was too often.
fn quickly_fits(pattern: &[Token], text: &[u8], fold: impl Fn(u8) -> u8) -> Option<bool> {
    let (mut at, mut seen, mut retries) = (0, 0, 0);
    // Where to go on if the latest `*` has to stand for one character more.
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
            Some(Token::Byte(wanted)) if fold(*wanted) == fold(text[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after_run, from)) = retry else { return Some(false) };
                retries += 1;
                if retries > RETRIES_MAX {
                    return None;
                }
                let from = from + character_bytes(text[from]);
                retry = Some((after_run, from));
                (at, seen) = (after_run, from);
            }
        }
    }
    Some(pattern[at..].iter().all(|token| *token == Token::Run))
}

/// Bytes of the UTF-8 character that begins with `first`.
fn character_bytes(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
