//! What is wrong with a statement, and where.

use std::fmt;
use thiserror::Error;

/// A place in the text of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
}

/// What kind of mistake a statement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlErrorKind {
    /// It has more than [`super::STATEMENT_CHARACTERS`].
    TooLong,
    /// It is not SQL.
    Syntax,
    /// It is SQL that is not taken here: anything but one SELECT, or a part of one that the Lake lacks.
    Unsupported,
    /// It names a table that is no event data store and nothing that the statement defines.
    UnknownTable,
    /// It names a column or a member that its tables lack.
    UnknownColumn,
    /// It calls a function that there is none of.
    UnknownFunction,
    /// Types or values do not fit.
    Invalid,
}

/// Why a statement cannot be run, in words for who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct SqlError {
    /// What kind of mistake it is.
    pub kind: SqlErrorKind,
    /// Where it is in the text that was given, if that is known.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
}

impl SqlError {
    pub(super) fn new(kind: SqlErrorKind, place: Option<Place>, message: impl Into<String>) -> SqlError {
        SqlError { kind, place, message: message.into() }
    }

    pub(super) fn unsupported(place: Option<Place>, message: impl Into<String>) -> SqlError {
        SqlError::new(SqlErrorKind::Unsupported, place, message)
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(out, "line {}:{}: {}", place.line, place.column, self.message),
            None => out.write_str(&self.message),
        }
    }
}

/// The name that `name` was most likely meant to be, if one of `names` is near enough.
pub(super) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let far = 1 + name.chars().count() / 3;
    let distances = names.into_iter().map(|candidate| (edits(name, candidate), candidate));
    distances.filter(|(distance, _)| *distance <= far).min().map(|(_, candidate)| candidate)
}

/// The end of a message that proposes another name.
pub(super) fn proposal<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(name, names).map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
}

/// How many letters must be put in, left out or changed to make `left` into `right` (Levenshtein).
fn edits(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (done, letter) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], done + 1);
        for (index, other) in right.chars().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[index + 1];
            row[index + 1] = changed.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("eventnme", "eventname"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
    }

    #[test]
    fn the_nearest_name_is_proposed_and_a_far_one_is_not() {
        let names = ["eventname", "eventtime", "awsregion"];
        assert_eq!(nearest("evntname", names), Some("eventname"));
        assert_eq!(nearest("colour", names), None);
    }
}
