//! Statements over histories in temporary folders.
#![allow(clippy::unwrap_used, reason = "tests")]

mod coded;
mod files;
mod filters;
mod words;

use crate::sql::{Engine, EngineOptions, Family, Row, Scanned, Source, Statement, Table};
use crate::testing::{ARRIVAL, Rig, event, everything, time};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const STORE: &str = "0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// A history, and an engine to ask it.
struct Asked {
    rig: Rig,
    engine: Engine,
}

impl Asked {
    async fn new() -> Asked {
        let rig = Rig::new().await;
        let options = EngineOptions {
            memory_bytes: 64 << 20,
            spill_folder: rig.folder.path().join("spill"),
            spill_bytes: 1 << 20,
            threads: 2,
        };
        Asked { rig, engine: Engine::new(&options).unwrap() }
    }

    /// One event of each of `seconds`, visible; its id tells the second.
    fn add(&self, seconds: impl IntoIterator<Item = u32>) {
        for second in seconds {
            self.rig.add(&event(second, "A", &format!(r#","eventID":"e{second}""#)));
        }
        self.rig.log.feed(&self.rig.history);
    }

    async fn commit(&self) {
        self.rig.history.commit().await.unwrap();
    }

    async fn ask(&self, text: &str) -> Vec<String> {
        self.ask_of(&self.rig.history.source().await.unwrap(), text).await.0
    }

    /// The rows, a text each, and what was read for them.
    async fn ask_of(&self, source: &Source, text: &str) -> (Vec<String>, Scanned) {
        let statement = Statement::parse(&text.replace("$E", STORE)).unwrap();
        let store = Uuid::try_parse(STORE).unwrap();
        let table = Table { store, family: Family::Events, source: source.clone() };
        let prepared = self.engine.prepare(&statement, &[table], time(ARRIVAL)).unwrap();
        let mut running = self.engine.start(prepared, Duration::from_secs(60));
        let cells = |row: Row| row.into_iter().map(|cell| cell.unwrap_or_else(|| "-".into()));
        let mut rows = Vec::new();
        while let Some(part) = running.next().await {
            rows.extend(part.unwrap().into_iter().map(|row| cells(row).collect::<Vec<_>>().join(" | ")));
        }
        (rows, running.scanned())
    }
}

const ALL: &str =
    "SELECT eventid, eventtime, eventname, eventsource, eventjson FROM $E ORDER BY eventtime DESC";

#[tokio::test]
async fn a_statement_gives_the_same_over_the_tail_the_table_and_both() {
    let asked = Asked::new().await;
    assert_eq!(asked.ask(ALL).await, Vec::<String>::new());
    asked.add((0..40).rev());
    let tail = asked.ask(ALL).await;
    asked.commit().await;
    assert_eq!(asked.ask(ALL).await, tail);
    asked.add(40..60);
    let both = asked.ask(ALL).await;
    asked.commit().await;
    let table = asked.ask(ALL).await;
    assert_eq!((table.len(), &table[20..]), (60, &tail[..]));
    assert_eq!(both, table);
    let found = asked.rig.all(everything()).await;
    let texts = table.iter().map(|row| row.rsplit_once(" | ").unwrap().1);
    assert!(texts.eq(found.iter().map(|found| &*found.text)));
    let asked = Asked { rig: asked.rig.reopen().await, engine: asked.engine };
    assert_eq!(asked.ask(ALL).await, table);
    let count = "SELECT count(*), min(eventtime), max(eventtime) FROM $E";
    assert_eq!(asked.ask(count).await, ["60 | 2026-03-01 00:00:00.000 | 2026-03-01 00:00:59.000"]);
}

#[tokio::test]
async fn an_event_that_came_again_after_a_commit_is_there_once() {
    let asked = Asked::new().await;
    asked.add([1, 2]);
    asked.commit().await;
    asked.add([2, 3]);
    let ids = "SELECT eventid FROM $E ORDER BY eventid";
    assert_eq!(asked.ask(ids).await, ["e1", "e2", "e3"]);
    asked.commit().await;
    assert_eq!(asked.ask(ids).await, ["e1", "e2", "e3"]);
}

#[tokio::test]
async fn a_source_stays_at_its_moment() {
    let asked = Asked::new().await;
    asked.add(0..5);
    let source = asked.rig.history.source().await.unwrap();
    asked.add(5..9);
    asked.commit().await;
    asked.rig.log.drop_below(asked.rig.history.committed());
    let count = "SELECT count(*) FROM $E";
    assert_eq!(asked.ask_of(&source, count).await.0, ["5"]);
    let joined = "SELECT count(*) FROM $E a JOIN $E b ON a.eventid = b.eventid";
    assert_eq!(asked.ask_of(&source, joined).await.0, ["5"]);
    assert_eq!(asked.ask(count).await, ["9"]);
}

#[tokio::test]
async fn statements_appends_commits_and_upkeep_at_once_see_every_event_once() {
    let asked = Arc::new(Asked::new().await);
    let writer = Arc::clone(&asked);
    let writing = tokio::spawn(async move {
        for number in 0..60 {
            writer.add([number]);
            if number % 3 == 0 {
                writer.commit().await;
                writer.rig.log.drop_below(writer.rig.history.committed());
            }
            if number % 10 == 0 {
                let now = everything().now.plus(Duration::from_secs(u64::from(number) * 10));
                writer.rig.history.maintain(now).await.unwrap();
            }
        }
    });
    loop {
        let is_last = writing.is_finished();
        let seen = asked.rig.history.seen();
        let ids = asked.ask("SELECT eventid FROM $E ORDER BY eventtime").await;
        let expected: Vec<String> = (0..ids.len()).map(|number| format!("e{number}")).collect();
        assert_eq!(ids, expected);
        assert!(ids.len() as u64 * crate::testing::STEP >= seen.get());
        if is_last {
            break;
        }
    }
    writing.await.unwrap();
}
