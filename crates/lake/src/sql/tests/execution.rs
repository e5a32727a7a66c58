//! Limits of running queries.

use super::*;

/// A product of tables that nothing would come to the end of.
const ENDLESS: &str = "SELECT count(*) FROM $E a CROSS JOIN $E b CROSS JOIN $E c CROSS JOIN $E d CROSS JOIN $E e CROSS JOIN $E f WHERE length(a.eventid || b.eventid || c.eventid || d.eventid || e.eventid || f.eventid) = 7";

fn block<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}

#[test]
fn a_query_ends_at_its_limit() {
    let mut running = rig().engine.start(prepare(ENDLESS).unwrap(), Duration::from_millis(300));
    assert_eq!(block(running.next()), Some(Err(QueryError::TimedOut)));
    assert_eq!(block(running.next()), None);
}

#[test]
fn a_dropped_query_leaves_the_engine_to_others() {
    let running: Vec<_> =
        (0..4).map(|_| rig().engine.start(prepare(ENDLESS).unwrap(), Duration::from_secs(600))).collect();
    drop(running);
    check("SELECT count(*) FROM $E", &["50"]);
}

#[test]
fn rows_that_came_before_the_end_stay() {
    let text = "SELECT eventid FROM $E UNION ALL SELECT cast(count(*) AS varchar) FROM $E a CROSS JOIN $E b CROSS JOIN $E c CROSS JOIN $E d CROSS JOIN $E e CROSS JOIN $E f WHERE length(a.eventid || f.eventid) = 7";
    let mut running = rig().engine.start(prepare(text).unwrap(), Duration::from_secs(4));
    let mut rows = 0;
    let end = loop {
        match block(running.next()) {
            Some(Ok(part)) => rows += part.len(),
            end => break end,
        }
    };
    assert_eq!(end, Some(Err(QueryError::TimedOut)));
    assert_eq!(rows, 50);
}

#[test]
fn too_many_groups_spill_and_what_cannot_spill_is_refused() {
    let groups = "SELECT count(*) FROM (SELECT a.eventid x, b.eventid y, c.eventid z, d.readonly FROM $E a CROSS JOIN $E b CROSS JOIN $E c CROSS JOIN (VALUES (1), (2)) AS d(readonly) GROUP BY 1, 2, 3, 4) g";
    let folder = tempfile::tempdir().unwrap();
    let engine = |memory_bytes| {
        let spill_folder = folder.path().to_owned();
        Engine::new(&EngineOptions { memory_bytes, spill_folder, spill_bytes: 1 << 30, threads: 2 }).unwrap()
    };
    let first = |engine: &Engine, text: &str| {
        let statement = Statement::parse(&filled(text)).unwrap();
        let prepared = engine.prepare(&statement, &rig().tables, now()).unwrap();
        let mut running = engine.start(prepared, Duration::from_secs(60));
        block(running.next()).unwrap()
    };
    assert_eq!(first(&engine(12 << 20), groups), Ok(vec![vec![Some("250000".to_owned())]]));
    let list =
        "SELECT cardinality(array_agg(a.eventjson || b.eventid)) FROM $E a CROSS JOIN $E b CROSS JOIN $E c";
    assert_eq!(first(&engine(12 << 20), list), Err(QueryError::TooLarge));
}

#[test]
fn a_value_that_fails_a_function_fails_the_query() {
    for text in ["SELECT json_extract('{}', 'a')", "SELECT element_at(ARRAY[1], 0)"] {
        assert!(matches!(run(text), Err(QueryError::Failed { .. })), "{text}");
    }
    let Err(QueryError::Failed { message }) = run("SELECT cast(eventid AS bigint) FROM $E").map(|_| ())
    else {
        panic!("it ran")
    };
    assert!(message.contains("login-root"), "{message}");
    let Err(QueryError::Failed { message }) =
        run("SELECT regexp_like(eventid, '(' || eventname) FROM $E").map(|_| ())
    else {
        panic!("it ran")
    };
    assert!(message.contains("regular expression"), "{message}");
}

#[test]
fn bombs_of_patterns_meet_their_limit() {
    let bomb = "SELECT eventid FROM $E WHERE regexp_like('aaaa', '((a{100}){100}){100}')";
    let Err(QueryError::Failed { message }) = run(bomb).map(|_| ()) else { panic!("it ran") };
    assert!(message.contains("too large"), "{message}");
    check("SELECT regexp_like(lpad('', 5000, 'a'), '(a*)*b')", &["false"]);
}

#[test]
fn what_was_scanned_is_counted() {
    let mut running = rig().engine.start(prepare("SELECT eventid FROM $E").unwrap(), Duration::from_secs(60));
    while block(running.next()).is_some() {}
    assert_eq!(running.scanned().rows, 50);
}

#[test]
fn a_result_comes_in_parts() {
    let text = "SELECT a.eventid FROM $E a CROSS JOIN $E b";
    let mut running = rig().engine.start(prepare(text).unwrap(), Duration::from_secs(60));
    let mut rows = 0;
    while let Some(part) = block(running.next()) {
        let part = part.unwrap();
        assert!(part.len() <= 1_000);
        rows += part.len();
    }
    assert_eq!(rows, 2_500);
}
