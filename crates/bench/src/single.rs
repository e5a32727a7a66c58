//! Single events at a fixed rate, whether or not the server keeps up (an open loop): how long until each is
//! acknowledged.

use crate::arguments::Settings;
use crate::clock;
use crate::error::BenchError;
use crate::figures::LogFigures;
use crate::http1::Connection;
use crate::machine::Disk;
use crate::quantiles::Quantiles;
use crate::server::Server;
use bytes::Bytes;
use cairn_testkit::Traffic;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// From the making of the clients to the first request, so that all have connected by then.
const HEAD_START: Duration = Duration::from_millis(500);

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct SingleRun {
    /// From when a request was due to its acknowledgement: a request that had to wait for an earlier one
    /// counts from when it should have been sent.
    pub(crate) acknowledged: Quantiles,
    /// From when a request was due to when it was sent: what the clients add, if the server keeps up.
    pub(crate) late: Quantiles,
    /// What the log did under the load.
    pub(crate) log: LogFigures,
    /// The disk by itself, just before.
    pub(crate) disk: Disk,
}

/// Times of one request, from when it was due.
struct Times {
    late: Duration,
    acknowledged: Duration,
}

/// Loads a fresh server with events that are of no other run.
pub(crate) async fn run(settings: &Settings, run: u64) -> Result<SingleRun, BenchError> {
    let server = Server::start(settings).await?;
    let disk = Disk::measure(server.folder())?;
    let bodies = bodies(settings, run);
    let log_before = server.figures().await?.log()?;
    let times = load(settings, &server, &bodies)?;
    let log = server.figures().await?.log()?.since(log_before);
    Ok(SingleRun {
        acknowledged: Quantiles::of(times.iter().map(|times| times.acknowledged).collect()),
        late: Quantiles::of(times.iter().map(|times| times.late).collect()),
        log,
        disk,
    })
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

/// Every connection has a thread of its own: an async runtime's timers are too coarse for times below a
/// millisecond.
fn load(settings: &Settings, server: &Server, bodies: &[Bytes]) -> Result<Vec<Times>, BenchError> {
    let clients = settings.single_connections;
    let interval = Duration::from_secs(1) / u32::try_from(settings.rate).unwrap_or(u32::MAX);
    let schedule = Schedule { start: Instant::now() + HEAD_START, interval, clients, bodies };
    std::thread::scope(|scope| {
        let start = |client| {
            let schedule = &schedule;
            scope.spawn(move || schedule.keep(client, server.address(), server.token()))
        };
        let threads: Vec<_> = (0..clients).map(start).collect();
        let mut all = Vec::with_capacity(bodies.len());
        for thread in threads {
            all.extend(thread.join().expect("a client does not panic")?);
        }
        Ok(all)
    })
}

/// When which event is due.
struct Schedule<'a> {
    start: Instant,
    interval: Duration,
    clients: usize,
    bodies: &'a [Bytes],
}

impl Schedule<'_> {
    /// The events of one client, each with the time it is due. Clients take turns.
    fn turns(&self, client: usize) -> impl Iterator<Item = (Instant, &Bytes)> {
        let due = |index: usize| self.start + self.interval * u32::try_from(index).unwrap_or(u32::MAX);
        let turns = self.bodies.iter().enumerate().skip(client).step_by(self.clients);
        turns.map(move |(index, body)| (due(index), body))
    }

    /// Sends one client's events, each when it is due, or late if the one before was not acknowledged in
    /// time.
    fn keep(&self, client: usize, address: SocketAddr, token: &str) -> Result<Vec<Times>, BenchError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(BenchError::Runtime)?;
        let mut connection = runtime.block_on(Connection::open(address))?;
        let mut times = Vec::with_capacity(self.bodies.len() / self.clients + 1);
        for (due, body) in self.turns(client) {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let late = due.elapsed();
            let answer = runtime.block_on(connection.post_events(token, body.clone()))?;
            let acknowledged = due.elapsed();
            answer.all_taken(1)?;
            times.push(Times { late, acknowledged });
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests;
