//! Event data stores: how much it costs that several take the same events.

use crate::arguments::Settings;
use crate::error::BenchError;
use crate::figures::Figures;
use crate::http1::Connection;
use crate::import;
use crate::server::{Server, call};
use serde_json::json;
use std::time::{Duration, Instant};

/// How many stores take all events, beside one.
const SEVERAL: usize = 3;
/// How long events wait for their table at most, so that the end of an import is not waited for much longer than it takes.
const COMMIT_EVERY: &str = "2s";
/// How often it is asked whether all events are in tables.
const POLL: Duration = Duration::from_millis(50);

/// What an import took with one store and with several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoresRun {
    pub(crate) one: Taken,
    pub(crate) several: Taken,
}

/// What an import took until all of it was in history and in the stores' tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Events that were imported.
    pub(crate) events: u64,
    /// Events that each store took.
    pub(crate) taken: f64,
    pub(crate) took: Duration,
    pub(crate) server_cpu: f64,
}

/// Imports the same events into a server with one store and into one with several.
pub(crate) async fn run(settings: &Settings) -> Result<StoresRun, BenchError> {
    Ok(StoresRun { one: take(settings, 1).await?, several: take(settings, SEVERAL).await? })
}

async fn take(settings: &Settings, stores: usize) -> Result<Taken, BenchError> {
    let server = Server::start_with(settings, &["--lake-commit-every", COMMIT_EVERY]).await?;
    let mut connection = Connection::open(server.address()).await?;
    for number in 0..stores {
        let store = json!({ "Name": format!("store{number}") });
        call(&mut connection, "CreateEventDataStore", &store).await?;
    }
    let cpu = server.cpu_seconds()?;
    let run = import::import(&server, settings).await?;
    let imported = Instant::now();
    let figures = loop {
        let figures = server.figures().await?;
        if has_all(&figures)? {
            break figures;
        }
        tokio::time::sleep(POLL).await;
    };
    // The files are written before the import begins.
    let took = run.took + imported.elapsed();
    Ok(Taken {
        events: run.files.events,
        taken: figures.value("cairn_stores_taken_total")? / stores as f64,
        took,
        server_cpu: server.cpu_seconds()? - cpu,
    })
}

/// Whether what is in the log is in the stores' tables.
fn has_all(figures: &Figures) -> Result<bool, BenchError> {
    let is_seen = figures.value("cairn_stores_visible_position")? >= figures.value("cairn_log_end")?;
    Ok(is_seen
        && figures.value("cairn_stores_behind")? == 0.0
        && figures.value("cairn_stores_tail_rows")? == 0.0)
}
