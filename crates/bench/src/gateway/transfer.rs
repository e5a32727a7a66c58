//! What a large object costs on its way up and down.

use super::calls::{self, Call};
use super::{Record, Stage};
use crate::arguments::Settings;
use crate::error::BenchError;
use crate::http1::{Connection, drain};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    /// Of the plain proxy.
    pub(crate) plain: CpuSeconds,
    /// Of the gateway.
    pub(crate) recorded: CpuSeconds,
    /// How long up and down took through the gateway, together.
    pub(crate) took: Duration,
}

/// CPU seconds of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuSeconds {
    pub(crate) upload: f64,
    pub(crate) download: f64,
}

impl CpuSeconds {
    /// Both ways.
    pub(crate) fn total(self) -> f64 {
        self.upload + self.download
    }
}

/// Sends an object up and down through the plain proxy, then through a fresh gateway.
pub(super) async fn run(settings: &Settings) -> Result<Transfer, BenchError> {
    let stage = Stage::set(settings, Record::BeforeResponse).await?;
    let [plain, gateway] = stage.ways();
    let bytes = settings.transfer_bytes;
    let plain = up_and_down(plain, bytes, || stage.proxy.cpu_seconds()).await?;
    let start = Instant::now();
    let recorded = up_and_down(gateway, bytes, || stage.gateway.cpu_seconds()).await?;
    Ok(Transfer { plain, recorded, took: start.elapsed() })
}

async fn up_and_down(
    way: SocketAddr,
    bytes: u64,
    cpu_seconds: impl Fn() -> Result<f64, BenchError>,
) -> Result<CpuSeconds, BenchError> {
    let mut connection = Connection::open(way).await?;
    let before = cpu_seconds()?;
    transfer(&mut connection, calls::upload(way, bytes)?).await?;
    let between = cpu_seconds()?;
    let got = transfer(&mut connection, calls::download(way, bytes)?).await?;
    let after = cpu_seconds()?;
    match got == bytes {
        true => Ok(CpuSeconds { upload: between - before, download: after - between }),
        false => {
            let body = format!("{got} bytes instead of {bytes}");
            Err(BenchError::Unexpected { path: calls::NAME, body })
        }
    }
}

/// Returns the length of the answer.
async fn transfer(connection: &mut Connection, call: Call) -> Result<u64, BenchError> {
    let answer = connection.begin(call).await?;
    drain(calls::NAME, answer).await
}
