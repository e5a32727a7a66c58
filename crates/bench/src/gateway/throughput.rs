//! Calls a second, each connection with its next call as soon as the last is answered; answers wait for nothing.

use super::calls;
use super::{Record, Stage, send};
use crate::arguments::Settings;
use crate::error::BenchError;
use crate::http1::Connection;
use crate::quantiles::median;
use futures::future::try_join_all;
use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Connections at once.
const CONNECTIONS: usize = 64;
/// How often the two ways alternate in a run: what else the machine does falls on both.
const ROUNDS: u32 = 3;

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct Throughput {
    pub(crate) plain: Rounds,
    pub(crate) recorded: Rounds,
    /// Events that the gateway dropped because the log did not keep up.
    pub(crate) dropped: u64,
}

/// The rounds of one way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rounds {
    /// Calls a second, round by round.
    pub(crate) rates: Vec<f64>,
    /// Calls of all rounds.
    pub(crate) calls: u64,
    /// CPU seconds that they cost the process, with all that it did for them afterwards.
    pub(crate) cpu: f64,
}

impl Rounds {
    /// Calls a second: the median of the rounds.
    pub(crate) fn rate(&self) -> f64 {
        median(&self.rates)
    }

    /// Microseconds of CPU time that a call cost.
    pub(crate) fn call_cpu_us(&self) -> f64 {
        self.cpu * 1e6 / self.calls.max(1) as f64
    }

    async fn load(&mut self, way: SocketAddr, span: Duration) -> Result<(), BenchError> {
        let (calls, rate) = load(way, span).await?;
        self.rates.push(rate);
        self.calls += calls;
        Ok(())
    }
}

/// Loads the plain proxy and a fresh gateway by turns. The gateway's work for what it recorded in one round is done
/// before the next begins, else it would weigh on the plain proxy.
pub(super) async fn run(settings: &Settings) -> Result<Throughput, BenchError> {
    let stage = Stage::set(settings, Record::Async).await?;
    let [plain, gateway] = stage.ways();
    let span = Duration::from_secs(settings.seconds) / ROUNDS;
    let cpu_before = (stage.proxy.cpu_seconds()?, stage.gateway.cpu_seconds()?);
    let mut run = Throughput { plain: Rounds::default(), recorded: Rounds::default(), dropped: 0 };
    for _ in 0..ROUNDS {
        run.plain.load(plain, span).await?;
        run.recorded.load(gateway, span).await?;
        run.dropped = stage.gateway.figures().await?.value("cairn_gateway_dropped_total")? as u64;
        stage.check_recorded(run.recorded.calls.saturating_sub(run.dropped)).await?;
    }
    run.plain.cpu = stage.proxy.cpu_seconds()? - cpu_before.0;
    run.recorded.cpu = stage.gateway.cpu_seconds()? - cpu_before.1;
    Ok(run)
}

/// All connections at once, on this thread. Returns how many calls were made, and how many a second.
async fn load(way: SocketAddr, span: Duration) -> Result<(u64, f64), BenchError> {
    let mix = calls::mix(way)?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(way).await?);
    }
    let made = Cell::new(0);
    let start = Instant::now();
    let call = async |(client, mut connection): (usize, Connection)| {
        // Each begins elsewhere in the mix.
        for call in mix.iter().cycle().skip(client) {
            if start.elapsed() >= span {
                break;
            }
            send(&mut connection, call).await?;
            made.set(made.get() + 1);
        }
        Ok::<_, BenchError>(())
    };
    try_join_all(connections.into_iter().enumerate().map(call)).await?;
    Ok((made.get(), made.get() as f64 / start.elapsed().as_secs_f64()))
}
