//! Statements over made-up events, with the rows that they must give.
#![allow(clippy::unwrap_used, reason = "tests")]

mod dialect;
mod errors;
mod events;
mod execution;
mod functions;
mod plans;
mod questions;
mod samples;
mod soup;

use super::{Engine, EngineOptions, Family, QueryError, Source, SqlError, Statement, Table};
use cairn_model::Timestamp;
use events::batch;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// The stores of the tests, by how statements write them.
const STORES: [(&str, &str, Family); 5] = [
    ("$E", "0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d", Family::Events),
    ("$I", "11111111-1e5f-4a6b-8c7d-9e0f1a2b3c4d", Family::Insights),
    ("$A", "22222222-1e5f-4a6b-8c7d-9e0f1a2b3c4d", Family::ActivityAuditLog),
    ("$C", "33333333-1e5f-4a6b-8c7d-9e0f1a2b3c4d", Family::ConfigurationItem),
    ("$V", "44444444-1e5f-4a6b-8c7d-9e0f1a2b3c4d", Family::Evidence),
];

pub(super) struct Rig {
    pub(super) engine: Engine,
    pub(super) tables: Vec<Table>,
    /// Goes with the thread of the test.
    _folder: TempDir,
}

impl Rig {
    fn new() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let options = EngineOptions {
            memory_bytes: 64 << 20,
            spill_folder: folder.path().to_owned(),
            spill_bytes: 1 << 30,
            threads: 2,
        };
        let tables = STORES.iter().map(|(_, id, family)| Table {
            store: Uuid::try_parse(id).unwrap(),
            family: *family,
            source: source(*family),
        });
        Rig { engine: Engine::new(&options).unwrap(), tables: tables.collect(), _folder: folder }
    }
}

thread_local! {
    static RIG: Rc<Rig> = Rc::new(Rig::new());
}

/// The engine of this test and its stores.
pub(super) fn rig() -> Rc<Rig> {
    RIG.with(Rc::clone)
}

fn source(family: Family) -> Source {
    let batch = batch(&events::of(family));
    let table = datafusion::datasource::MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    Source::of_provider(Arc::new(table))
}

/// A statement with its stores filled in.
fn filled(text: &str) -> String {
    STORES.iter().fold(text.to_owned(), |text, (mark, id, _)| text.replace(mark, id))
}

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-01-08T00:00:00Z").unwrap()
}

struct Answer {
    columns: Vec<String>,
    /// Cells of a row with ` | ` between them; nulls as `-`.
    rows: Vec<String>,
}

pub(super) fn prepare(text: &str) -> Result<super::Prepared, SqlError> {
    let statement = Statement::parse(&filled(text))?;
    rig().engine.prepare(&statement, &rig().tables, now())
}

fn run(text: &str) -> Result<Answer, QueryError> {
    let prepared = prepare(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut running = rig().engine.start(prepared, Duration::from_secs(60));
    let mut rows = Vec::new();
    while let Some(part) = futures::executor::block_on(running.next()) {
        let cells = |row: super::Row| {
            let cells: Vec<String> = row.into_iter().map(|cell| cell.unwrap_or_else(|| "-".into())).collect();
            cells.join(" | ")
        };
        rows.extend(part?.into_iter().map(cells));
    }
    Ok(Answer { columns: running.columns().to_vec(), rows })
}

fn ask(text: &str) -> Vec<String> {
    run(text).unwrap_or_else(|error| panic!("{text}: {error}")).rows
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(ask(text), expected, "{text}");
}

/// One value of an expression over no table.
fn value(expr: &str) -> String {
    ask(&format!("SELECT {expr}")).concat()
}

fn refused(text: &str) -> SqlError {
    match prepare(text) {
        Err(error) => error,
        Ok(prepared) => {
            let mut running = rig().engine.start(prepared, Duration::from_secs(60));
            let first = futures::executor::block_on(running.next());
            panic!("{text} was taken: {first:?}")
        }
    }
}
