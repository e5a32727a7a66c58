//! What a statement is, and what it is with its parameters put in.

use super::lexer::{Kind, Piece, pieces, words};

/// What a statement asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Events: the Lake answers.
    Events,
    /// What tools ask about the server, its tables and their columns.
    Catalog,
    /// `BEGIN` and its like, of which there is nothing to do.
    Begin,
    /// `COMMIT`, `ROLLBACK` and their like, by the name that they are confirmed with.
    End(&'static str),
    /// `SET`, `RESET`.
    Set,
    /// `SHOW`.
    Show,
    /// Something that changes nothing here, by the name that it is confirmed with.
    Nothing(&'static str),
    /// Something that would write.
    Writes,
}

/// What a statement asks for, by its words.
pub(super) fn asked(text: &str) -> Asked {
    let words = words(text);
    let Some(first) = words.iter().find(|piece| piece.text != "(") else { return Asked::Nothing("") };
    match first.value().as_str() {
        "select" | "with" | "values" | "table" if asks_catalog(&words) => Asked::Catalog,
        "select" | "with" | "explain" => Asked::Events,
        "begin" | "start" => Asked::Begin,
        "commit" | "end" => Asked::End("COMMIT"),
        // Behind it the transaction goes on.
        "rollback" if words.iter().any(|piece| piece.is_word("to")) => Asked::Nothing("ROLLBACK"),
        "rollback" | "abort" => Asked::End("ROLLBACK"),
        "set" | "reset" => Asked::Set,
        "show" => Asked::Show,
        "discard" => Asked::Nothing("DISCARD ALL"),
        "deallocate" => Asked::Nothing("DEALLOCATE"),
        "close" => Asked::Nothing("CLOSE CURSOR"),
        "unlisten" => Asked::Nothing("UNLISTEN"),
        "savepoint" => Asked::Nothing("SAVEPOINT"),
        "release" => Asked::Nothing("RELEASE"),
        _ => Asked::Writes,
    }
}

/// Catalogs by whose names a statement is known to ask them.
const CATALOGS: [&str; 22] = [
    "pg_catalog",
    "information_schema",
    "pg_class",
    "pg_namespace",
    "pg_attribute",
    "pg_attrdef",
    "pg_type",
    "pg_database",
    "pg_roles",
    "pg_user",
    "pg_authid",
    "pg_extension",
    "pg_settings",
    "pg_tables",
    "pg_views",
    "pg_index",
    "pg_indexes",
    "pg_constraint",
    "pg_proc",
    "pg_description",
    "pg_enum",
    "pg_range",
];

fn asks_catalog(words: &[Piece<'_>]) -> bool {
    let is_catalog = |piece: &Piece<'_>| {
        matches!(piece.kind, Kind::Word | Kind::Quoted) && CATALOGS.contains(&piece.value().as_str())
    };
    let has_table = words.iter().any(|piece| piece.is_word("from"));
    words.iter().any(is_catalog) || (!has_table && super::catalog::is_about_server(words))
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// As it stands in SQL.
    Literal(String),
    /// A text of unknown type; where a number must be it becomes one.
    Text(String),
    /// What is not there yet.
    Unknown,
}

/// A statement with its parameters put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) text: String,
    /// Where values were put in: at which letter of the new text, how long they are there, and how long their places were.
    moved: Vec<Moved>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Moved {
    at: usize,
    length: usize,
    was: usize,
}

/// How many parameters a statement has.
pub(super) fn parameters(text: &str) -> usize {
    let numbers = words(text).into_iter().filter_map(|piece| match piece.kind {
        Kind::Parameter(number) => Some(number),
        _ => None,
    });
    numbers.max().unwrap_or(0)
}

/// Puts values in the places of parameters; `None` if one is missing.
pub(super) fn fill(text: &str, values: &[Value]) -> Option<Filled> {
    let mut filled = Filled { text: String::with_capacity(text.len()), moved: Vec::new() };
    let mut letters = 0;
    let mut wants_number = false;
    for piece in pieces(text) {
        let written = match piece.kind {
            Kind::Parameter(number) => {
                let value = values.get(number.checked_sub(1)?)?.write(wants_number);
                filled.moved.push(Moved {
                    at: letters,
                    length: value.chars().count(),
                    was: piece.text.len(),
                });
                value
            }
            _ => piece.text.to_owned(),
        };
        if piece.kind != Kind::Space {
            wants_number = piece.is_word("limit") || piece.is_word("offset");
        }
        letters += written.chars().count();
        filled.text.push_str(&written);
    }
    Some(filled)
}

impl Filled {
    /// A statement without parameters.
    pub(super) fn of(text: &str) -> Filled {
        Filled { text: text.to_owned(), moved: Vec::new() }
    }

    /// A statement that is part of what was sent, whose other parts stand as spaces so that places stay.
    pub(super) fn within(sent: &str, statement: &str) -> Filled {
        let before = statement.as_ptr() as usize - sent.as_ptr() as usize;
        let blank = sent[..before].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' });
        Filled { text: blank.chain(statement.chars()).collect(), moved: Vec::new() }
    }

    /// Which letter of the statement as it was sent a place of the new one is, from 1.
    pub(super) fn position(&self, line: u64, column: u64) -> Option<usize> {
        let before = usize::try_from(line.checked_sub(1)?).ok()?;
        let lines = self.text.split_inclusive('\n').take(before);
        let start: usize = lines.map(|line| line.chars().count()).sum();
        let mut letter = start + usize::try_from(column.checked_sub(1)?).ok()?;
        for moved in self.moved.iter().rev() {
            if letter >= moved.at + moved.length {
                letter = letter - moved.length + moved.was;
            } else if letter > moved.at {
                letter = moved.at;
            }
        }
        Some(letter + 1)
    }
}

impl Value {
    fn write(&self, wants_number: bool) -> String {
        match self {
            Value::Literal(literal) => literal.clone(),
            Value::Text(text) if wants_number && is_digits(text) => text.clone(),
            Value::Text(text) => quoted(text),
            Value::Unknown if wants_number => "1".to_owned(),
            Value::Unknown => "NULL".to_owned(),
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a client's `options` set: `-c name=value`, a backslash in front of what is to be kept as it is.
pub(super) fn options(text: &str) -> Vec<(String, String)> {
    let mut words = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let last = words.len() - 1;
        match letter {
            '\\' => words[last].extend(letters.next()),
            letter if letter.is_whitespace() => words.push(String::new()),
            letter => words[last].push(letter),
        }
    }
    let settings =
        words.iter().map(|word| word.strip_prefix("-c").or(word.strip_prefix("--")).unwrap_or(word));
    settings
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests;
