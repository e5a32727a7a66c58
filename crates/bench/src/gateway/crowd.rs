//! Memory of the gateway while many calls are in flight at once.

use super::calls::{self, Call};
use super::{Record, Stage};
use crate::arguments::Settings;
use crate::error::BenchError;
use crate::http1::{Connection, drain};
use futures::future::try_join_all;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

/// Connections, each with a call in flight.
const CONNECTIONS: usize = 500;
/// How long the upstream, or the client, keeps every call waiting: longer than it takes to begin all of them.
const WAIT: Duration = Duration::from_secs(5);
/// Bytes of an object that is on its way.
const OBJECT_BYTES: u64 = 1 << 20;
const SAMPLE_EVERY: Duration = Duration::from_millis(50);

/// What one run measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    /// Resident memory before, in bytes.
    pub(crate) before: u64,
    /// The most resident memory while the calls were in flight, in bytes.
    pub(crate) most: u64,
}

/// What a call waits for.
#[derive(Clone, Copy)]
enum WaitsFor {
    /// The upstream answers late.
    Answer,
    /// The upstream reads an upload late.
    Upload,
    /// The client reads a download late.
    Download,
}

/// Crowds a fresh gateway.
pub(super) async fn run(settings: &Settings) -> Result<Crowd, BenchError> {
    let stage = Stage::set(settings, Record::BeforeResponse).await?;
    let [_, way] = stage.ways();
    let before = stage.gateway.resident_memory()?;
    let kinds = [WaitsFor::Answer, WaitsFor::Upload, WaitsFor::Download];
    let calls = kinds.into_iter().cycle().take(CONNECTIONS).map(|waits_for| waits_for.call(way));
    let mut calls = pin!(try_join_all(calls));
    let mut samples = tokio::time::interval(SAMPLE_EVERY);
    let mut most = before;
    loop {
        tokio::select! {
            done = &mut calls => {
                done?;
                return Ok(Crowd { before, most });
            }
            _ = samples.tick() => most = most.max(stage.gateway.resident_memory()?),
        }
    }
}

impl WaitsFor {
    async fn call(self, way: SocketAddr) -> Result<(), BenchError> {
        let mut connection = Connection::open(way).await?;
        let answer = connection.begin(self.request(way)?).await?;
        if let WaitsFor::Download = self {
            tokio::time::sleep(WAIT).await;
        }
        drain(calls::NAME, answer).await.map(drop)
    }

    fn request(self, way: SocketAddr) -> Result<Call, BenchError> {
        match self {
            WaitsFor::Answer => calls::waiting(way, WAIT),
            WaitsFor::Upload => calls::unread_upload(way, OBJECT_BYTES, WAIT),
            WaitsFor::Download => calls::download(way, OBJECT_BYTES),
        }
    }
}
