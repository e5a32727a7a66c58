//! From the text of a statement to tokens that the parser takes.
//!
//! Three things of the Lake's dialect are settled here, so that no place in the text moves: a UUID names a
//! table without quotes, names are the same in any case, and types have parentheses where the parser wants
//! angle brackets.

use super::error::{Place, SqlError, SqlErrorKind};
use datafusion::sql::sqlparser::ast::Expr;
use datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};
use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// In front of the hex digits of a store's name: together as long as the UUID, so that places stay.
const STORE_PREFIX: &str = "eds_";
const UUID_LENGTH: usize = 36;

/// The dialect of the Lake: Trino's, as far as the parser lets us.
#[derive(Debug)]
pub(super) struct LakeDialect;

impl Dialect for LakeDialect {
    /// Where the parser asks for names of dialects, the generic one lets most through.
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    /// The parser would take all that is behind `IS DISTINCT FROM` for what is compared, `AND` and what follows too.
    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        expr: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        let is_distinct = parser.parse_keywords(&[Keyword::IS, Keyword::DISTINCT, Keyword::FROM]);
        if !is_distinct
            && !parser.parse_keywords(&[Keyword::IS, Keyword::NOT, Keyword::DISTINCT, Keyword::FROM])
        {
            return None;
        }
        let one = Box::new(expr.clone());
        Some(parser.parse_subexpr(precedence).map(|other| match is_distinct {
            true => Expr::IsDistinctFrom(one, Box::new(other)),
            false => Expr::IsNotDistinctFrom(one, Box::new(other)),
        }))
    }

    /// What begins an expression of its own is no column's name, unless it is quoted. The parser would read what is behind
    /// each of them twice where something is wrong in it: a few dozen of them in each other would keep it for ever.
    fn is_reserved_for_identifier(&self, word: Keyword) -> bool {
        matches!(
            word,
            Keyword::ARRAY
                | Keyword::CASE
                | Keyword::CAST
                | Keyword::CEIL
                | Keyword::CONVERT
                | Keyword::EXISTS
                | Keyword::EXTRACT
                | Keyword::FLOOR
                | Keyword::INTERVAL
                | Keyword::LAMBDA
                | Keyword::NOT
                | Keyword::OVERLAY
                | Keyword::POSITION
                | Keyword::SAFE_CAST
                | Keyword::STRUCT
                | Keyword::SUBSTR
                | Keyword::SUBSTRING
                | Keyword::TRIM
                | Keyword::TRY_CAST
                | Keyword::TRY_CONVERT
        )
    }

    fn is_delimited_identifier_start(&self, letter: char) -> bool {
        letter == '"'
    }

    fn is_identifier_start(&self, letter: char) -> bool {
        letter.is_alphabetic() || letter == '_'
    }

    fn is_identifier_part(&self, letter: char) -> bool {
        letter.is_alphanumeric() || letter == '_'
    }

    fn supports_lambda_functions(&self) -> bool {
        true
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_window_clause_named_window_reference(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }

    fn supports_within_after_array_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_values_as_table_factor(&self) -> bool {
        true
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }
}

/// The tokens of a statement and how its names were written.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<TokenWithSpan>,
    pub(super) names: Names,
}

/// How the names of a statement were written, by where they start.
#[derive(Debug, Default)]
pub(super) struct Names {
    written: HashMap<Location, String>,
    /// Names, functions and string literals in lower case, in the order of the text.
    places: Vec<(String, Place)>,
    /// Where names stand that have another one in front of them.
    qualified: HashSet<(u64, u64)>,
}

impl Names {
    /// The name at a place as it was written.
    pub(super) fn written(&self, at: Location) -> Option<&str> {
        self.written.get(&at).map(String::as_str)
    }

    /// Where a name or literal stands for the first time.
    pub(super) fn place_of(&self, text: &str) -> Option<Place> {
        let text = text.to_lowercase();
        self.places.iter().find(|(name, _)| *name == text).map(|(_, place)| *place)
    }

    /// Likewise, but without a table's name or another one in front of it.
    pub(super) fn place_alone(&self, text: &str) -> Option<Place> {
        let is_alone = |place: &Place| !self.qualified.contains(&(place.line, place.column));
        self.places.iter().find(|(name, place)| name == text && is_alone(place)).map(|(_, place)| *place)
    }

    fn add(&mut self, token: &TokenWithSpan, name: &str, place: Place) {
        self.places.push((name.to_lowercase(), place));
        if matches!(token.token, Token::Word(_)) {
            self.written.insert(token.span.start, name.to_owned());
        }
    }
}

/// A place of the parser's, if it is one.
pub(super) fn place(at: Location) -> Option<Place> {
    (at.line > 0).then_some(Place { line: at.line, column: at.column })
}

/// The store that a table of a statement names.
pub(super) fn store(table: &str) -> Option<Uuid> {
    let digits = table.strip_prefix(STORE_PREFIX)?;
    (digits.len() == 32).then(|| Uuid::try_parse(digits).ok()).flatten()
}

/// The name under which a statement knows a store.
pub(super) fn table_name(store: Uuid) -> String {
    format!("{STORE_PREFIX}{}", store.as_simple())
}

pub(super) fn tokens(text: &str) -> Result<Tokens, SqlError> {
    let masked = mask_stores(text);
    let tokens = Tokenizer::new(&LakeDialect, &masked).tokenize_with_location();
    let mut tokens = tokens.map_err(|error| {
        SqlError::new(SqlErrorKind::Syntax, place(error.location), error.message.to_lowercase())
    })?;
    let mut names = Names::default();
    let mut behind_period = false;
    for token in &mut tokens {
        if behind_period {
            names.qualified.insert((token.span.start.line, token.span.start.column));
        }
        behind_period = token.token == Token::Period;
        settle(token, &mut names);
    }
    bracket_types(&mut tokens);
    Ok(Tokens { tokens, names })
}

/// Notes how a name was written, and puts it into lower case.
fn settle(token: &mut TokenWithSpan, names: &mut Names) {
    let Some(at) = place(token.span.start) else { return };
    match &token.token {
        Token::SingleQuotedString(text) => {
            let text = text.clone();
            names.add(token, &text, at);
        }
        Token::Word(word) => {
            let mut word = word.clone();
            // As a result's column a store's name is shown the way it was given.
            let written = match store(&word.value) {
                Some(store) => store.to_string(),
                None => word.value.clone(),
            };
            names.add(token, &written, at);
            word.value = match quoted_store(&word.value, word.quote_style) {
                Some(store) => table_name(store),
                None => word.value.to_lowercase(),
            };
            token.token = Token::Word(word);
        }
        _ => {}
    }
}

fn quoted_store(value: &str, quote: Option<char>) -> Option<Uuid> {
    quote.filter(|_| value.len() == UUID_LENGTH)?;
    Uuid::try_parse(value).ok()
}

/// Makes `array(T)` into `array<T>`.
fn bracket_types(tokens: &mut [TokenWithSpan]) {
    let mut open = Vec::new();
    let mut after_array = false;
    for token in tokens {
        match &token.token {
            Token::Whitespace(_) => continue,
            Token::LParen => {
                open.push(after_array);
                if after_array {
                    token.token = Token::Lt;
                }
            }
            Token::RParen if open.pop() == Some(true) => token.token = Token::Gt,
            _ => {}
        }
        after_array =
            matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value == "array");
    }
}

/// The text with each UUID that stands outside of quotes and comments made into a word of the same length.
fn mask_stores(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = match (&bytes[at], bytes.get(at + 1)) {
            (b'\'' | b'"', _) => end_of(bytes, at + 1, &bytes[at..=at]),
            (b'-', Some(b'-')) => end_of(bytes, at + 2, b"\n"),
            (b'/', Some(b'*')) => end_of(bytes, at + 2, b"*/"),
            (byte, _) if is_word(*byte) => {
                let end = word_end(bytes, at);
                if let Some(store) = uuid_at(text, at) {
                    out.push_str(&table_name(store));
                    at += UUID_LENGTH;
                    continue;
                }
                end
            }
            _ => at + 1,
        };
        out.push_str(&text[at..end]);
        at = end;
    }
    out
}

/// Behind the next `mark`.
fn end_of(bytes: &[u8], from: usize, mark: &[u8]) -> usize {
    let found = memchr::memmem::find(bytes.get(from..).unwrap_or_default(), mark);
    found.map_or(bytes.len(), |at| from + at + mark.len())
}

/// Letters beyond ASCII count as parts of words.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..].iter().position(|byte| !is_word(*byte));
    length.map_or(bytes.len(), |length| at + length)
}

fn uuid_at(text: &str, at: usize) -> Option<Uuid> {
    let candidate = text.get(at..at + UUID_LENGTH)?;
    let behind = text.as_bytes().get(at + UUID_LENGTH);
    let ends = behind.is_none_or(|byte| !is_word(*byte) && *byte != b'-');
    ends.then(|| Uuid::try_parse(candidate).ok()).flatten()
}

#[cfg(test)]
mod tests;
