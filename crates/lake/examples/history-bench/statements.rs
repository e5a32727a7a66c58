//! How long statements of SQL take.

use crate::{Failed, say};
use cairn_lake::History;
use cairn_lake::sql::{Engine, EngineOptions, Family, Running, Statement, Table};
use cairn_model::Timestamp;
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often each statement is run; the median is told.
const RUNS: usize = 5;
const STORE: &str = "0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// What is asked; `$E` is the store, `$ID` the id of some event.
const STATEMENTS: [(&str, &str); 9] = [
    ("count", "SELECT count(*) FROM $E"),
    ("newest 50", "SELECT eventjson FROM $E ORDER BY eventTime DESC LIMIT 50"),
    (
        "newest 50 of a kind",
        "SELECT eventjson FROM $E WHERE errorcode IS NOT NULL ORDER BY eventTime DESC LIMIT 50",
    ),
    ("event id", "SELECT eventjson FROM $E WHERE eventid = '$ID'"),
    (
        "top callers",
        "SELECT userIdentity.arn, count(*) c FROM $E GROUP BY userIdentity.arn ORDER BY c DESC LIMIT 10",
    ),
    (
        "errors by service",
        "SELECT eventsource, errorcode, count(*) c FROM $E WHERE errorcode IS NOT NULL GROUP BY 1, 2 ORDER BY c DESC",
    ),
    ("key", "SELECT eventname, count(*) FROM $E WHERE userIdentity.accessKeyId = 'none' GROUP BY eventname"),
    (
        "word in parameters",
        "SELECT count(*) FROM $E WHERE element_at(requestParameters, 'bucketName') = 'none'",
    ),
    ("distinct ids", "SELECT count(DISTINCT eventid) FROM $E"),
];

pub(crate) async fn run(history: &History, now: Timestamp, spill_folder: &Path) -> Result<(), Failed> {
    let engine = engine(spill_folder)?;
    let some = "SELECT eventid FROM $E WHERE eventid IS NOT NULL LIMIT 1";
    let id = first_cell(&mut start(&engine, history, some, now).await?).await;
    for (name, text) in STATEMENTS {
        let text = text.replace("$ID", &id);
        let mut times = Vec::new();
        let mut scanned = None;
        for _ in 0..RUNS {
            let since = Instant::now();
            let mut running = start(&engine, history, &text, now).await?;
            while let Some(rows) = running.next().await {
                rows.expect("the statement runs");
            }
            times.push(since.elapsed());
            scanned = Some(running.scanned());
        }
        times.sort_unstable();
        let median = times[RUNS / 2].as_secs_f64() * 1000.0;
        let megabytes = scanned.unwrap_or_default().bytes as f64 / 1e6;
        say(&format!("statement, {name}: {median:.1} ms, {megabytes:.1} MB read"));
    }
    Ok(())
}

/// As a server has it.
pub(crate) fn engine(spill_folder: &Path) -> Result<Engine, Failed> {
    let options = EngineOptions {
        memory_bytes: 1 << 30,
        spill_folder: spill_folder.to_owned(),
        spill_bytes: 4 << 30,
        threads: 2,
    };
    Ok(Engine::new(&options)?)
}

async fn start(engine: &Engine, history: &History, text: &str, now: Timestamp) -> Result<Running, Failed> {
    let statement = Statement::parse(&text.replace("$E", STORE)).expect("a statement");
    let store = Uuid::try_parse(STORE).expect("an id");
    let table = Table { store, family: Family::Events, source: history.source().await? };
    let prepared = engine.prepare(&statement, &[table], now).expect("a statement that can be run");
    Ok(engine.start(prepared, Duration::from_secs(600)))
}

/// All rows of an answer.
pub(crate) async fn rows_of(
    engine: &Engine,
    history: &History,
    text: &str,
    now: Timestamp,
) -> Result<Vec<Vec<Option<String>>>, Failed> {
    let mut running = start(engine, history, text, now).await?;
    let mut all = Vec::new();
    while let Some(rows) = running.next().await {
        all.extend(rows.expect("the statement runs"));
    }
    Ok(all)
}

async fn first_cell(running: &mut Running) -> String {
    let rows = running.next().await.expect("a row").expect("the statement runs");
    rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()).unwrap_or_default()
}
