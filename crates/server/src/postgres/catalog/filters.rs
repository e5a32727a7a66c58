//! Which tables a statement about tables means.

use super::super::lexer::{Kind, Piece};
use super::{Relation, SCHEMA};

/// Names and the literals that they are compared with.
#[derive(Debug, Default)]
pub(super) struct Filters(Vec<(String, Vec<String>)>);

/// Stand between a name and what it is compared with, and mean nothing here.
const BETWEEN: [&str; 8] = ["operator", "pg_catalog", "in", "any", "array", "lower", "cast", "e"];

impl Filters {
    /// Reads what stands behind a list. What excludes is passed over: tables are in one schema, which nobody excludes.
    pub(super) fn of(words: &[Piece<'_>]) -> Filters {
        let mut filters = Filters::default();
        for (at, literal) in words.iter().enumerate() {
            if matches!(literal.kind, Kind::Text | Kind::Number)
                && let Some(name) = compared(&words[..at])
            {
                filters.add(name, literal.value());
            }
        }
        filters
    }

    fn add(&mut self, name: String, value: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name, vec![value])),
        }
    }

    /// Whether a table passes.
    pub(super) fn take(&self, relation: &Relation) -> bool {
        self.0.iter().all(|(name, values)| {
            let any = |is_right: &dyn Fn(&str) -> bool| values.iter().any(|value| is_right(value));
            match name.as_str() {
                "relname" | "table_name" | "tablename" => any(&|value| matches(value, &relation.name)),
                "oid" | "attrelid" => any(&|value| is_oid(value, relation)),
                "relkind" => any(&|value| value == "r"),
                "table_type" => any(&|value| value.eq_ignore_ascii_case("base table")),
                _ => self.takes_schema(name, values),
            }
        })
    }

    /// Whether the schema of tables passes.
    pub(super) fn take_schema(&self) -> bool {
        self.0.iter().all(|(name, values)| self.takes_schema(name, values))
    }

    fn takes_schema(&self, name: &str, values: &[String]) -> bool {
        let is_schema = ["nspname", "table_schema", "schemaname", "schema_name"].contains(&name);
        !is_schema || values.iter().any(|value| matches(value, SCHEMA))
    }
}

/// The name that a literal behind `words` is compared with, unless that excludes it.
fn compared(words: &[Piece<'_>]) -> Option<String> {
    let mut compares = false;
    for piece in words.iter().rev() {
        match (piece.kind, piece.text) {
            (_, "!" | "<" | ">") => return None,
            (_, "=" | "~") => compares = true,
            (Kind::Sign | Kind::Text | Kind::Number, _) => {}
            (Kind::Word, word) if word.eq_ignore_ascii_case("not") => return None,
            (Kind::Word, word) if BETWEEN.iter().any(|between| word.eq_ignore_ascii_case(between)) => {
                compares |= word.eq_ignore_ascii_case("in");
            }
            _ => return compares.then(|| piece.value()),
        }
    }
    None
}

/// Whether a name is this one, or fits the pattern that psql makes of one: `^(his.*)$`.
fn matches(value: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let Some(pattern) = value.strip_prefix("^(").and_then(|value| value.strip_suffix(")$")) else {
        return value.trim_matches('"').to_lowercase() == name;
    };
    let pattern = pattern.to_lowercase();
    let mut parts = pattern.split(".*");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut ends_open = false;
    for part in parts {
        let Some(at) = rest.rfind(part) else { return false };
        ends_open = part.is_empty();
        rest = if ends_open { rest } else { &rest[at + part.len()..] };
    }
    rest.is_empty() || ends_open
}

/// An oid, or the name of a table that is made into one.
fn is_oid(value: &str, relation: &Relation) -> bool {
    let bare = value.strip_prefix("public.").or_else(|| value.strip_prefix("\"public\".")).unwrap_or(value);
    value == relation.oid.to_string() || bare.trim_matches('"') == relation.name
}
