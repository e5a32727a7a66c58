//! What recording adds to the time of a call, at a fixed rate: no answer ends before its event is on disk.

use super::calls::{self, Call};
use super::{Record, Stage, send};
use crate::arguments::Settings;
use crate::error::BenchError;
use crate::http1::Connection;
use crate::machine::Disk;
use crate::open_loop::{OpenLoop, Times};
use std::net::SocketAddr;

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    /// Calls through the plain proxy.
    pub(crate) plain: Times,
    /// The same calls through the gateway.
    pub(crate) recorded: Times,
    /// The disk by itself, just before.
    pub(crate) disk: Disk,
}

impl Latency {
    /// By how many milliseconds the calls' percentile is higher through the gateway.
    pub(crate) fn added_ms(&self, percent: usize) -> f64 {
        self.recorded.answered.percentile_ms(percent) - self.plain.answered.percentile_ms(percent)
    }
}

/// Loads a fresh gateway, and the plain proxy before it.
pub(super) async fn run(settings: &Settings) -> Result<Latency, BenchError> {
    let stage = Stage::set(settings, Record::BeforeResponse).await?;
    let disk = Disk::measure(stage.gateway.folder())?;
    let [plain, gateway] = stage.ways();
    let plain = load(settings, plain)?;
    let recorded = load(settings, gateway)?;
    stage.check_recorded(settings.rate * settings.seconds).await?;
    Ok(Latency { plain, recorded, disk })
}

fn load(settings: &Settings, way: SocketAddr) -> Result<Times, BenchError> {
    let mix = calls::mix(way)?;
    let count = usize::try_from(settings.rate * settings.seconds).unwrap_or(usize::MAX);
    let calls: Vec<&Call> = mix.iter().cycle().take(count).collect();
    let open_loop = OpenLoop { address: way, clients: settings.single_connections, rate: settings.rate };
    open_loop.run(&calls, async |connection: &mut Connection, call: &&Call| send(connection, call).await)
}
