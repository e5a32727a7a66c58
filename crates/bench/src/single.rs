//! Single events at a fixed rate: how long until each is acknowledged.

use crate::arguments::Settings;
use crate::clock;
use crate::error::BenchError;
use crate::figures::LogFigures;
use crate::http1::Connection;
use crate::machine::Disk;
use crate::open_loop::{OpenLoop, Times};
use crate::server::Server;
use bytes::Bytes;
use cairn_testkit::Traffic;

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct SingleRun {
    /// How long acknowledgements took.
    pub(crate) times: Times,
    /// What the log did under the load.
    pub(crate) log: LogFigures,
    /// The disk by itself, just before.
    pub(crate) disk: Disk,
}

/// Loads a fresh server with events that are of no other run.
pub(crate) async fn run(settings: &Settings, run: u64) -> Result<SingleRun, BenchError> {
    let server = Server::start(settings).await?;
    let disk = Disk::measure(server.folder())?;
    let bodies = bodies(settings, run);
    let log_before = server.figures().await?.log()?;
    let load =
        OpenLoop { address: server.address(), clients: settings.single_connections, rate: settings.rate };
    let times = load.run(&bodies, async |connection: &mut Connection, body: &Bytes| {
        connection.post_events(server.token(), body.clone()).await?.all_taken(1).map(drop)
    })?;
    let log = server.figures().await?.log()?.since(log_before);
    Ok(SingleRun { times, log, disk })
}

fn bodies(settings: &Settings, run: u64) -> Vec<Bytes> {
    let mut traffic = Traffic::new(settings.seed.wrapping_add(run));
    let now = clock::now();
    let body = |_| {
        let mut text = Vec::new();
        traffic.next_event(now, &mut text);
        Bytes::from(text)
    };
    (0..settings.rate * settings.seconds).map(body).collect()
}
