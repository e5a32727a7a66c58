//! SQL over event data stores, in the dialect of CloudTrail Lake: Trino's SELECT, with times compared to texts, tables named
//! by bare UUIDs, and JSON as a type.
//!
//! A statement is read ([`Statement::parse`]), planned over the tables of the stores that it names ([`Engine::prepare`]), and
//! run ([`Engine::start`]). What it uses of the engine, whose planner and optimizer do most of the work:
//!
//! - `tokens` and `rewrite` turn the dialect's text into a tree that the engine's planner takes, places kept;
//! - `family` says what each kind of table looks like, as expressions over the columns on disk;
//! - `functions` has what the engine lacks or sees otherwise;
//! - accesses to members of structs and to keys of maps simplify to columns, or to the reading of one key of a JSON text,
//!   before the plan is made: so predicates reach the files, and only what is asked for is read.

mod coded;
mod deep;
mod diagnose;
mod engine;
mod error;
mod export;
mod family;
mod functions;
mod json;
mod late;
mod named;
mod planner;
mod rewrite;
mod running;
mod scanned;
mod spread;
mod statement;
mod tokens;
mod types;
mod values;
mod watch;

pub use engine::{Engine, EngineOptions, Prepared, Source, Table};
pub use error::{Place, SqlError, SqlErrorKind};
pub use export::{ArrowStream, Column, ColumnKind, ExportError, columns_of, once, parquet_of};
pub use family::Family;
pub use running::{QueryError, Row, Running};
pub use scanned::Scanned;
pub use statement::{STATEMENT_CHARACTERS, Statement};

#[cfg(test)]
mod tests;
