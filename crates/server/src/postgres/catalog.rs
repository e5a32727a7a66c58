//! What tools ask about the server, its tables and their columns, before a person has asked anything.
//!
//! Each tool has its own statements, over catalogs that are PostgreSQL's inner life. They are not run: what they select is
//! told by the names in their lists, from what table by the first one behind FROM, and which of it by the literals that names
//! are compared with. What is asked of a catalog that has nothing here is nothing.

mod filters;
mod items;
mod rows;

use super::lexer::{Kind, Piece, words};
use super::settings::Settings;
use cairn_lake::sql::{Column, ColumnKind};
use filters::Filters;
use items::Item;

/// A table as tools see it.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) oid: u32,
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// What answers are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(super) user: &'a str,
    pub(super) database: &'a str,
    pub(super) process: i32,
    pub(super) settings: &'a Settings,
    pub(super) relations: &'a [Relation],
}

/// An answer; all of it is text but what is said to be numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

/// The one schema that tables are in.
const SCHEMA: &str = "public";

/// What the rows of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Server,
    Relations,
    Columns,
    Schemas,
    Databases,
    Nothing,
}

/// Catalogs that have nothing here, so neither has what is joined with them.
const EMPTY: [&str; 25] = [
    "pg_inherits",
    "pg_index",
    "pg_indexes",
    "pg_constraint",
    "pg_trigger",
    "pg_policy",
    "pg_publication",
    "pg_publication_rel",
    "pg_publication_namespace",
    "pg_rewrite",
    "pg_depend",
    "pg_statistic_ext",
    "pg_foreign_table",
    "pg_partitioned_table",
    "pg_event_trigger",
    "pg_views",
    "pg_matviews",
    "pg_sequence",
    "pg_sequences",
    "pg_proc",
    "pg_enum",
    "pg_extension",
    "table_constraints",
    "key_column_usage",
    "views",
];

/// Whether a statement without tables asks about the server only.
pub(super) fn is_about_server(words: &[Piece<'_>]) -> bool {
    let items = items::of(words);
    !items.is_empty() && items.iter().all(|item| rows::is_about_server(item))
}

/// The columns of an answer.
pub(super) fn columns(statement: &str) -> Vec<Column> {
    let words = words(statement);
    items::of(&words).iter().map(column).collect()
}

/// Answers a statement.
pub(super) fn answer(statement: &str, facts: &Facts<'_>) -> Answer {
    let words = words(statement);
    let items = items::of(&words);
    let filters = Filters::of(items::behind_list(&words));
    let row = |value: &dyn Fn(&Item<'_>) -> Option<String>| items.iter().map(value).collect();
    let related = facts.relations.iter().filter(|relation| filters.take(relation));
    let rows = match subject(&words) {
        Subject::Server => vec![row(&|item| rows::server(item, facts))],
        Subject::Relations => related.map(|table| row(&|item| rows::relation(item, table, facts))).collect(),
        Subject::Columns => related
            .flat_map(|table| table.columns.iter().enumerate().map(move |column| (table, column)))
            .map(|(table, (index, column))| row(&|item| rows::column(item, table, index + 1, column)))
            .collect(),
        Subject::Schemas if filters.take_schema() => vec![row(&|item| rows::schema(item, facts))],
        Subject::Databases => vec![row(&|item| rows::database(item, facts))],
        Subject::Schemas | Subject::Nothing => Vec::new(),
    };
    Answer { columns: items.iter().map(column).collect(), rows }
}

fn column(item: &Item<'_>) -> Column {
    let kind = if rows::is_number(item) { ColumnKind::Integer } else { ColumnKind::Text };
    Column { name: item.name.clone(), kind, type_name: String::new() }
}

fn subject(words: &[Piece<'_>]) -> Subject {
    let from = items::behind_list(words);
    let is_name = |piece: &&Piece<'_>| matches!(piece.kind, Kind::Word | Kind::Quoted);
    let mut names = from.iter().filter(is_name).map(Piece::value);
    if from.is_empty() {
        return Subject::Server;
    }
    if names.clone().any(|name| EMPTY.contains(&name.as_str())) {
        return Subject::Nothing;
    }
    let table = names.find(|name| !["from", "pg_catalog", "information_schema"].contains(&name.as_str()));
    match table.as_deref() {
        Some("pg_class" | "pg_tables" | "tables") => Subject::Relations,
        Some("pg_attribute" | "columns") => Subject::Columns,
        Some("pg_namespace" | "schemata") => Subject::Schemas,
        Some("pg_database") => Subject::Databases,
        _ => Subject::Nothing,
    }
}

#[cfg(test)]
mod tests;
