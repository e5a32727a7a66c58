//! Importing gzip files: events are written as a trail would deliver them, and `cairn import` takes them.

use crate::arguments::Settings;
use crate::clock;
use crate::error::BenchError;
use crate::files::{self, Files};
use crate::ingest;
use crate::process;
use crate::server::Server;
use std::time::{Duration, Instant};

/// What importing took, once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportRun {
    /// The files and their events.
    pub(crate) files: Files,
    /// How long `cairn import` ran, until all were durable and in the history table.
    pub(crate) took: Duration,
    /// CPU seconds of the server for it.
    pub(crate) server_cpu: f64,
    /// CPU seconds of `cairn import`.
    pub(crate) client_cpu: f64,
}

/// Imports into a server of its own.
pub(crate) async fn run(settings: &Settings) -> Result<ImportRun, BenchError> {
    import(&Server::start(settings).await?, settings).await
}

/// Imports into a server that has no events yet.
pub(crate) async fn import(server: &Server, settings: &Settings) -> Result<ImportRun, BenchError> {
    let folder = server.folder().join("import");
    let files = files::write(&folder, settings.seed, settings.import_events, clock::now())?;
    let cpu = || Ok::<_, BenchError>((server.cpu_seconds()?, process::children_cpu_seconds()?));
    let before = cpu()?;
    let start = Instant::now();
    server.client(settings, &["import", &folder.to_string_lossy()])?;
    let took = start.elapsed();
    let after = cpu()?;
    ingest::check_history(&server.figures().await?, files.events)?;
    Ok(ImportRun { files, took, server_cpu: after.0 - before.0, client_cpu: after.1 - before.1 })
}
