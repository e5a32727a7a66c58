//! From what the engine finds wrong to what a user can read, at its place in the statement.

use super::error::{Place, SqlError, SqlErrorKind, proposal};
use super::functions::NO_MEMBER;
use super::tokens::Names;
use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;

pub(super) fn diagnose(error: &DataFusionError, names: &Names) -> SqlError {
    match root(error) {
        DataFusionError::SchemaError(schema, _) => diagnose_schema(schema, names),
        root => {
            let message = plain(&root.message());
            let kind = match message.starts_with(NO_MEMBER) {
                true => SqlErrorKind::UnknownColumn,
                false => SqlErrorKind::Invalid,
            };
            let place = span(error).or_else(|| quoted(&message).find_map(|text| names.place_of(text)));
            SqlError::new(kind, place, message)
        }
    }
}

/// The error within the layers that the engine puts around one.
fn root(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => root(inner),
        DataFusionError::Shared(inner) => root(inner),
        DataFusionError::Collection(errors) if !errors.is_empty() => root(&errors[0]),
        error => error,
    }
}

fn span(error: &DataFusionError) -> Option<Place> {
    let start = error.diagnostic()?.span?.start;
    (start.line > 0).then_some(Place { line: start.line, column: start.column })
}

fn diagnose_schema(error: &SchemaError, names: &Names) -> SqlError {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => missing(field, valid_fields, names),
        SchemaError::AmbiguousReference { field } => {
            let message = format!(
                "column '{}' is in more than one table: write the table in front of it",
                field.name()
            );
            let place = names.place_alone(field.name()).or_else(|| place(field, names));
            SqlError::new(SqlErrorKind::Invalid, place, message)
        }
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => {
            let message = format!("column '{name}' is there twice: give one of them another name");
            SqlError::new(SqlErrorKind::Invalid, names.place_of(name), message)
        }
    }
}

fn place(column: &Column, names: &Names) -> Option<Place> {
    let span = column.spans().first().map(|span| Place { line: span.start.line, column: span.start.column });
    span.or_else(|| names.place_of(column.name()))
}

fn missing(column: &Column, valid: &[Column], names: &Names) -> SqlError {
    let name = column.name();
    let candidates = valid.iter().map(Column::name).filter(|name| !name.contains(super::rewrite::NUMBERED));
    let near = proposal(name, candidates);
    let message = match &column.relation {
        Some(table) if !valid.iter().any(|column| column.relation.as_ref() == Some(table)) => {
            format!("there is no table '{table}' in this part of the statement")
        }
        _ => format!("there is no column '{name}'{near}"),
    };
    SqlError::new(SqlErrorKind::UnknownColumn, place(column, names), message)
}

/// The message without what tells where in the engine it arose.
fn plain(message: &str) -> String {
    let mut plain = message;
    for prefix in
        ["Error during planning: ", "Execution error: ", "Arrow error: ", "Optimizer rule ", "Cast error: "]
    {
        plain = plain.strip_prefix(prefix).unwrap_or(plain);
    }
    plain.lines().next().unwrap_or("the statement cannot be run").to_owned()
}

/// The parts of a message in single quotes.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('\'').skip(1).step_by(2)
}
