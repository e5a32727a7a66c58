//! Durable ingest: many events a request, some connections, each with its next request as soon as the last
//! is answered.

use crate::arguments::Settings;
use crate::error::BenchError;
use crate::figures::{Figures, LogFigures};
use crate::http1::Connection;
use crate::machine::Disk;
use crate::pool::Pool;
use crate::process;
use crate::quantiles::Quantiles;
use crate::server::Server;
use futures::future::try_join_all;
use http::StatusCode;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// How long a client waits that the server was too busy for.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
/// How often the readers are looked after.
const READERS_POLL: Duration = Duration::from_millis(50);
/// How long after the load the readers may take before the benchmark is given up.
const READERS_TIMEOUT: Duration = Duration::from_secs(300);

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct IngestRun {
    /// Events acknowledged.
    pub(crate) events: u64,
    /// Their text, in bytes.
    pub(crate) bytes: u64,
    /// From the first request to the last acknowledgement.
    pub(crate) load: Duration,
    /// How long requests took.
    pub(crate) requests: Quantiles,
    /// Requests that the server was too busy for.
    pub(crate) busy: u64,
    /// From the last acknowledgement until history was durable in its table.
    pub(crate) history_after: Duration,
    /// From the last acknowledgement until the trail's log files were in the bucket.
    pub(crate) trail_after: Duration,
    /// CPU seconds of the server, until its readers had caught up.
    pub(crate) server_cpu: f64,
    /// CPU seconds of this program during the load.
    pub(crate) client_cpu: f64,
    /// The most memory that the server had, in bytes.
    pub(crate) peak_memory: u64,
    /// What the log did under the load.
    pub(crate) log: LogFigures,
    /// The disk by itself, just before.
    pub(crate) disk: Disk,
}

/// What the connections did, together.
#[derive(Default)]
struct Tally {
    events: u64,
    bytes: u64,
    busy: u64,
    times: Vec<Duration>,
}

/// Loads a fresh server and waits until its readers have caught up.
pub(crate) async fn run(settings: &Settings, pool: &mut Pool) -> Result<IngestRun, BenchError> {
    let server = Server::start(settings).await?;
    let disk = Disk::measure(server.folder())?;
    let mut connections = Vec::new();
    for _ in 0..settings.connections {
        connections.push(Connection::open(server.address()).await?);
    }
    let log_before = server.figures().await?.log()?;
    let (server_before, client_before) = (server.cpu_seconds()?, process::cpu_seconds(std::process::id())?);
    let start = Instant::now();
    let end = End::At(start + Duration::from_secs(settings.seconds));
    let tally = load(settings, &server, connections, pool, end).await?;
    let load = start.elapsed();
    let client_cpu = process::cpu_seconds(std::process::id())? - client_before;
    let log = server.figures().await?.log()?.since(log_before);
    let (history_after, trail_after) = caught_up(&server).await?;
    check(&server.figures().await?, tally.events)?;
    Ok(IngestRun {
        events: tally.events,
        bytes: tally.bytes,
        load,
        requests: Quantiles::of(tally.times),
        busy: tally.busy,
        history_after,
        trail_after,
        server_cpu: server.cpu_seconds()? - server_before,
        client_cpu,
        peak_memory: server.peak_memory()?,
        log,
        disk,
    })
}

/// Posts `events` events, or a few more, as fast as they are taken, and waits until history has them. Returns how many.
pub(crate) async fn fill(
    settings: &Settings,
    server: &Server,
    pool: &mut Pool,
    events: u64,
) -> Result<u64, BenchError> {
    let mut connections = Vec::new();
    for _ in 0..settings.connections {
        connections.push(Connection::open(server.address()).await?);
    }
    let end = End::Events(events);
    let tally = load(settings, server, connections, pool, end).await?;
    caught_up(server).await?;
    Ok(tally.events)
}

/// When a load is over.
#[derive(Clone, Copy)]
enum End {
    At(Instant),
    /// When so many events were acknowledged.
    Events(u64),
}

/// All connections at once, on this thread.
async fn load(
    settings: &Settings,
    server: &Server,
    connections: Vec<Connection>,
    pool: &mut Pool,
    end: End,
) -> Result<Tally, BenchError> {
    let shared = Shared {
        token: server.token(),
        batch: settings.batch,
        end,
        work: RefCell::new((pool, Tally::default())),
    };
    try_join_all(connections.into_iter().map(|connection| shared.post(connection))).await?;
    Ok(shared.work.into_inner().1)
}

/// What the connections share.
struct Shared<'a> {
    token: &'a str,
    batch: usize,
    end: End,
    work: RefCell<(&'a mut Pool, Tally)>,
}

impl Shared<'_> {
    /// Posts over one connection until the end. What is under way then is waited for, and counts.
    async fn post(&self, mut connection: Connection) -> Result<(), BenchError> {
        while !self.is_over() {
            let body = self.work.borrow_mut().0.next_body();
            let bytes = body.len() as u64;
            let sent = Instant::now();
            let answer = connection.post_events(self.token, body).await?;
            let took = sent.elapsed();
            if answer.status == StatusCode::SERVICE_UNAVAILABLE {
                self.work.borrow_mut().1.busy += 1;
                tokio::time::sleep(BUSY_PAUSE).await;
                continue;
            }
            let events = answer.all_taken(self.batch)?;
            let tally = &mut self.work.borrow_mut().1;
            tally.events += events;
            tally.bytes += bytes;
            tally.times.push(took);
        }
        Ok(())
    }
}

impl Shared<'_> {
    fn is_over(&self) -> bool {
        match self.end {
            End::At(end) => Instant::now() >= end,
            End::Events(events) => self.work.borrow().1.events >= events,
        }
    }
}

/// How long from now until history is in its table, and until the trail's files are delivered.
pub(crate) async fn caught_up(server: &Server) -> Result<(Duration, Duration), BenchError> {
    let start = Instant::now();
    let (mut history, mut trail) = (None, None);
    while start.elapsed() < READERS_TIMEOUT {
        let figures = server.figures().await?;
        if is_history_done(&figures)? {
            history.get_or_insert(start.elapsed());
        }
        if is_trail_done(&figures)? {
            trail.get_or_insert(start.elapsed());
        }
        if let (Some(history), Some(trail)) = (history, trail) {
            return Ok((history, trail));
        }
        tokio::time::sleep(READERS_POLL).await;
    }
    Err(BenchError::Behind(READERS_TIMEOUT))
}

fn is_history_done(figures: &Figures) -> Result<bool, BenchError> {
    Ok(figures.value(r#"cairn_reader_lag_bytes{reader="history"}"#)? == 0.0)
}

fn is_trail_done(figures: &Figures) -> Result<bool, BenchError> {
    let lag = figures.value(r#"cairn_reader_lag_bytes{reader="delivery"}"#)?;
    Ok(lag == 0.0 && figures.value("cairn_outbox_objects")? == 0.0)
}

/// A figure counts only if nothing was lost on the way.
fn check(figures: &Figures, acknowledged: u64) -> Result<(), BenchError> {
    let accepted = figures.value("cairn_events_accepted_total")? as u64;
    if accepted != acknowledged {
        return Err(BenchError::Lost { acknowledged, what: "the server's count", found: accepted });
    }
    check_history(figures, acknowledged)
}

/// History has every event that was acknowledged, and those of Cairn's own calls.
pub(crate) fn check_history(figures: &Figures, acknowledged: u64) -> Result<(), BenchError> {
    let rows = figures.value("cairn_history_table_rows")? + figures.value("cairn_history_tail_rows")?;
    match rows as u64 {
        found if found < acknowledged => Err(BenchError::Lost { acknowledged, what: "event history", found }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
