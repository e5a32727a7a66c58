//! The recording gateway beside a plain proxy: the same calls go through both to the same upstream.

mod calls;
mod crowd;
mod latency;
mod throughput;
mod transfer;

pub(crate) use crowd::Crowd;
pub(crate) use latency::Latency;
pub(crate) use throughput::{Rounds, Throughput};
pub(crate) use transfer::{CpuSeconds, Transfer};

use crate::arguments::{GatewayPart, Settings};
use crate::error::BenchError;
use crate::http1::{Connection, drain};
use crate::ingest;
use crate::server::Server;
use crate::standin::StandIn;
use std::net::SocketAddr;

/// What one run measured: every part, or the one that was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct GatewayRun {
    pub(crate) latency: Option<Latency>,
    pub(crate) throughput: Option<Throughput>,
    pub(crate) transfer: Option<Transfer>,
    pub(crate) crowd: Option<Crowd>,
}

/// Takes the measures, each on a fresh stage.
pub(crate) async fn run(settings: &Settings) -> Result<GatewayRun, BenchError> {
    let mut run = GatewayRun::default();
    if settings.measures(GatewayPart::Latency) {
        run.latency = Some(latency::run(settings).await?);
    }
    if settings.measures(GatewayPart::Throughput) {
        run.throughput = Some(throughput::run(settings).await?);
    }
    if settings.measures(GatewayPart::Transfer) {
        run.transfer = Some(transfer::run(settings).await?);
    }
    if settings.measures(GatewayPart::Crowd) {
        run.crowd = Some(crowd::run(settings).await?);
    }
    Ok(run)
}

/// What answers wait for.
#[derive(Clone, Copy)]
enum Record {
    /// Their events are on disk.
    BeforeResponse,
    /// Nothing.
    Async,
}

/// An upstream, and the two ways to it.
struct Stage {
    // Dropped in this order: who forwards goes before whom it forwards to.
    gateway: Server,
    proxy: StandIn,
    _upstream: StandIn,
}

impl Stage {
    /// Starts all three; either way has forwarded every call of the mix, so that tables are loaded and connections open.
    async fn set(settings: &Settings, record: Record) -> Result<Stage, BenchError> {
        let upstream = StandIn::upstream()?;
        let proxy = StandIn::proxy(&upstream)?;
        let url = format!("http://{}", upstream.address());
        let record = match record {
            Record::BeforeResponse => "before-response",
            Record::Async => "async",
        };
        let flags = ["--upstream", &url, "--gateway-record", record];
        let gateway = Server::start_with(settings, &flags).await?;
        let stage = Stage { gateway, proxy, _upstream: upstream };
        for way in stage.ways() {
            warm(way).await?;
        }
        Ok(stage)
    }

    /// The plain proxy, then the gateway.
    fn ways(&self) -> [SocketAddr; 2] {
        [self.proxy.address(), self.gateway.address()]
    }

    /// Waits until nothing is left to do from what was recorded so far; an error if less than `calls` was.
    async fn check_recorded(&self, calls: u64) -> Result<(), BenchError> {
        ingest::caught_up(&self.gateway).await?;
        ingest::check_history(&self.gateway.figures().await?, calls)
    }
}

async fn warm(way: SocketAddr) -> Result<(), BenchError> {
    let mut connection = Connection::open(way).await?;
    for call in calls::mix(way)? {
        send(&mut connection, &call).await?;
    }
    Ok(())
}

/// Makes one call; what is no success is an error.
async fn send(connection: &mut Connection, call: &calls::Call) -> Result<(), BenchError> {
    let answer = connection.begin(call.clone()).await?;
    drain(calls::NAME, answer).await.map(drop)
}
