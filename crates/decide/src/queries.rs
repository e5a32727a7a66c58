//! Queries: what can be said of one without running it, and what becomes of it.

mod list;
mod location;
mod parameters;
mod query;

pub use list::{Filter, Key, list};
pub use location::{Location, LocationError};
pub use parameters::fill;
pub use query::{Delivery, DeliveryStatus, Ending, KEPT_FOR, Query, State, Statistics, Status};

use crate::stores::{self, Facts, StoreError};

/// Why a statement is no query of Cairn's. All are `InvalidQueryStatementException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Something else than a query.
    #[error("The statement is not a SELECT statement.")]
    NotSelect,
    /// Nothing to ask.
    #[error("The statement has no event data store's ID in FROM or JOIN.")]
    NoStore,
    /// More parameters than places for them.
    #[error("The statement has {places} placeholders, and there are {parameters} parameters.")]
    TooManyParameters {
        /// How many `?` it has.
        places: usize,
        /// How many parameters are given.
        parameters: usize,
    },
    /// Fewer parameters than places for them, but some.
    #[error("The statement has {places} placeholders, and there are only {parameters} parameters.")]
    TooFewParameters {
        /// How many `?` it has.
        places: usize,
        /// How many parameters are given.
        parameters: usize,
    },
}

/// Why a query cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// `InvalidQueryStatementException`.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A store that the query asks cannot be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Refuses what is no query, and a query of stores that are not there or are pending deletion.
pub fn check(facts: &Facts<'_>, statement: &str, parameters: usize) -> Result<(), QueryError> {
    let words = words(statement);
    let is_query =
        words.iter().find(|word| **word != "(").is_some_and(|word| is_any(word, &["select", "with"]));
    if !is_query {
        return Err(StatementError::NotSelect.into());
    }
    let stores = stores_asked(&words);
    if stores.is_empty() {
        return Err(StatementError::NoStore.into());
    }
    let places = parameters::places(statement).len();
    if parameters > places {
        return Err(StatementError::TooManyParameters { places, parameters }.into());
    }
    for id in stores {
        stores::asked(facts, id)?;
    }
    Ok(())
}

/// The ids that stand where a table stands: behind FROM or JOIN, or behind the comma after another one.
fn stores_asked<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let is_id = |word: &str| word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
    let is_table =
        |place: usize| place > 0 && is_any(words[place - 1], &["from", "join", ","]) && is_id(words[place]);
    (0..words.len()).filter(|place| is_table(*place)).map(|place| words[place]).collect()
}

fn is_any(word: &str, expected: &[&str]) -> bool {
    expected.iter().any(|expected| word.eq_ignore_ascii_case(expected))
}

/// The statement's words, among them commas, parentheses and other signs of one character; without texts, quoted names
/// and comments.
fn words(statement: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let (length, is_word) = match first {
            '\'' | '"' => (quoted(rest, first), false),
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), false),
            '/' if rest.starts_with("/*") => (rest[2..].find("*/").map_or(rest.len(), |end| end + 4), false),
            first if first.is_whitespace() => (first.len_utf8(), false),
            first if is_inside(first) => (rest.find(|c| !is_inside(c)).unwrap_or(rest.len()), true),
            first => (first.len_utf8(), true),
        };
        words.extend(is_word.then(|| &rest[..length]));
        rest = &rest[length..];
    }
    words
}

/// Ids of stores stand in statements without quotes, so `-` is part of a word.
fn is_inside(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '$')
}

/// How long the text at the start is, its quotes included.
fn quoted(rest: &str, quote: char) -> usize {
    rest[1..].find(quote).map_or(rest.len(), |end| end + 2)
}

#[cfg(test)]
mod tests;
