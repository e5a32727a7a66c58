//! The pieces that SQL's text is made of, as far as those must be told apart who look into it without understanding it.

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A number.
    Number,
    /// `$1`, counted from 1.
    Parameter(usize),
    /// Any other letter.
    Sign,
    /// White space and comments.
    Space,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Where it begins, in bytes.
    pub(super) at: usize,
}

impl Piece<'_> {
    /// Whether it is this word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// The value of a text or of a name, without its quotes.
    pub(super) fn value(&self) -> String {
        let inside = |quote: &str| {
            let text = self.text.strip_prefix(quote).unwrap_or(self.text);
            text.strip_suffix(quote).unwrap_or(text).replace(&quote.repeat(2), quote)
        };
        match self.kind {
            Kind::Text => inside("'"),
            Kind::Quoted => inside("\""),
            _ => self.text.to_lowercase(),
        }
    }
}

/// All pieces of a text: put together again they are the text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let (kind, length) = piece(&text[at..], first);
        pieces.push(Piece { kind, text: &text[at..at + length], at });
        at += length;
    }
    pieces
}

/// The pieces that mean something.
pub(super) fn words(text: &str) -> Vec<Piece<'_>> {
    pieces(text).into_iter().filter(|piece| piece.kind != Kind::Space).collect()
}

/// The statements of a text: what semicolons part, if it is more than space.
pub(super) fn statements(text: &str) -> Vec<&str> {
    let ends = pieces(text).into_iter().filter(|piece| piece.kind == Kind::Sign && piece.text == ";");
    let ends: Vec<usize> = ends.map(|piece| piece.at).chain([text.len()]).collect();
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let parts = starts.zip(&ends).map(|(start, end)| &text[start..*end]);
    parts.filter(|part| !words(part).is_empty()).collect()
}

fn piece(rest: &str, first: char) -> (Kind, usize) {
    let until = |is_inside: fn(char) -> bool| rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
    match first {
        '\'' => (Kind::Text, quoted(rest, '\'')),
        '"' => (Kind::Quoted, quoted(rest, '"')),
        '-' if rest.starts_with("--") => (Kind::Space, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (Kind::Space, rest.find("*/").map_or(rest.len(), |end| end + 2)),
        '$' => match rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1) {
            0 => (Kind::Sign, 1),
            digits => match rest[1..=digits].parse() {
                Ok(number) => (Kind::Parameter(number), digits + 1),
                Err(_) => (Kind::Sign, 1),
            },
        },
        first if first.is_whitespace() => (Kind::Space, until(char::is_whitespace)),
        first if first.is_ascii_digit() => (Kind::Number, until(|c| c.is_ascii_alphanumeric() || c == '.')),
        first if is_part(first) => (Kind::Word, until(is_part)),
        first => (Kind::Sign, first.len_utf8()),
    }
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// How long the quoted text at the start is; a doubled quote is part of it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = rest[at..].find(quote) {
        at += end + 1;
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

#[cfg(test)]
mod tests;
