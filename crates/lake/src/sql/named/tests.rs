#![allow(clippy::unwrap_used, reason = "tests")]

use super::super::tests::{now, rig};
use super::super::{SqlErrorKind, Statement};
use super::*;
use std::time::Duration;

const HISTORY: Uuid = Uuid::nil();

fn names(text: &str) -> Vec<String> {
    Statement::parse(text).unwrap().names().map(str::to_owned).collect()
}

/// The rows of a statement that calls the first table of the tests by a name.
fn named(text: &str) -> Vec<Vec<Option<String>>> {
    let mut statement = Statement::parse(text).unwrap();
    let mut table = rig().tables[0].clone();
    table.store = HISTORY;
    statement.name("history", HISTORY);
    assert_eq!(statement.stores(), [HISTORY]);
    let prepared = rig().engine.prepare(&statement, &[table], now()).unwrap();
    let mut running = rig().engine.start(prepared, Duration::from_secs(60));
    futures::executor::block_on(running.next()).unwrap().unwrap()
}

#[test]
fn names_are_found_once_in_lower_case_and_without_schema() {
    assert_eq!(names("SELECT * FROM History h JOIN \"History\" i ON h.eventID = i.eventID"), ["history"]);
    assert_eq!(names("SELECT 1 FROM public.history, (SELECT * FROM \"My Store\")"), ["history", "my store"]);
    assert_eq!(names("WITH history AS (SELECT 1 AS x) SELECT * FROM history"), Vec::<String>::new());
}

#[test]
fn a_named_table_is_read_and_its_columns_may_carry_its_name() {
    let all = named("SELECT count(*) FROM history");
    assert_eq!(named("SELECT count(history.eventName) FROM public.history"), all);
    assert_eq!(named("SELECT count(h.eventID) FROM History AS h"), all);
    assert_eq!(
        named("SELECT count(*) FROM (SELECT * FROM history WHERE eventID IN (SELECT eventID FROM history))"),
        all
    );
}

#[test]
fn a_name_that_means_nothing_is_refused_at_its_place() {
    let statement = Statement::parse("SELECT *\nFROM nowhere").unwrap();
    let error = rig().engine.prepare(&statement, &[], now()).unwrap_err();
    assert_eq!(error.kind, SqlErrorKind::UnknownTable);
    assert_eq!(error.place.map(|place| (place.line, place.column)), Some((2, 6)));
    assert!(Statement::parse("SELECT * FROM elsewhere.history").is_err());
}
