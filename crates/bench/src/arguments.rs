//! The command line.

use crate::error::BenchError;
use crate::standin::Role;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Measures how fast a release build of `cairn` takes events, beside the machine's own limits.
#[derive(Clone, Debug, clap::Parser)]
#[command(after_help = "Example:\n  cargo run --release -p cairn-bench -- --quick")]
pub(crate) struct Arguments {
    /// The `cairn` binary to measure (default: the one beside this program)
    #[arg(long)]
    cairn: Option<PathBuf>,
    /// Where the results go as JSON
    #[arg(long, default_value = "bench-results.json")]
    pub(crate) json: PathBuf,
    /// The folder for data folders, on the disk to be measured (default: the folder of this program)
    #[arg(long)]
    work: Option<PathBuf>,
    /// How long each load lasts, in seconds (default: 15, or 3 with --quick)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: Option<u64>,
    /// How often each measure is taken; the median counts (default: 3, or 1 with --quick)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100))]
    runs: Option<u64>,
    /// Connections of the durable ingest
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1024))]
    connections: u64,
    /// Events a request of the durable ingest
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    batch: u64,
    /// Requests a second of the single events
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    rate: u64,
    /// Connections of the single events
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=256))]
    single_connections: u64,
    /// Events a second while events are looked for as soon as they are acknowledged
    #[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    visible_rate: u64,
    /// Events that are imported and looked up (default: 1000000, or 50000 with --quick)
    #[arg(long, value_parser = clap::value_parser!(u64).range(10_000..=1_000_000_000))]
    import_events: Option<u64>,
    /// Events of the server whose start is timed (default: 10000000, or 100000 with --quick)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    start_events: Option<u64>,
    /// Measure only durable ingest and single events
    #[arg(long)]
    only_ingest: bool,
    /// Measure only the recording gateway
    #[arg(long, conflicts_with = "only_ingest")]
    only_gateway: bool,
    /// Measure only the import of gzip files
    #[arg(long, conflicts_with_all = ["only_ingest", "only_gateway"])]
    only_import: bool,
    /// Measure only event data stores: several that take the same events, beside one
    #[arg(long, conflicts_with_all = ["only_ingest", "only_gateway", "only_import"])]
    only_stores: bool,
    /// Measure only how fast event selectors judge events
    #[arg(long, conflicts_with_all = ["only_ingest", "only_gateway", "only_import"])]
    only_selectors: bool,
    /// Measure only LookupEvents, on the server of this folder, which stays; made and filled if it is not there
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["only_ingest", "only_gateway", "only_import"])]
    only_lookups: Option<PathBuf>,
    /// Measure only this part of the recording gateway
    #[arg(long, conflicts_with_all = ["only_ingest", "only_import"])]
    only_gateway_part: Option<GatewayPart>,
    /// How often the default trail delivers
    #[arg(long, default_value = "5s")]
    deliver_every: String,
    /// Decides the events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One short run, to see that all works
    #[arg(long)]
    quick: bool,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Groups {
    All,
    /// Durable ingest and single events.
    Ingest,
    /// The recording gateway.
    Gateway,
    /// Importing gzip files.
    Import,
    /// Event data stores.
    Stores,
    /// Event selectors.
    Selectors,
    /// LookupEvents.
    Lookups,
}

/// A part of what is measured of the recording gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "camelCase")]
pub(crate) enum GatewayPart {
    /// What recording adds to a call
    Latency,
    /// Calls a second
    Throughput,
    /// A large object up and down
    Transfer,
    /// Memory with many calls in flight
    Crowd,
}

/// What a benchmark was taken with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    /// The binary that is measured.
    pub(crate) cairn: PathBuf,
    /// Holds the data folders.
    pub(crate) work: PathBuf,
    /// How long each load lasts.
    pub(crate) seconds: u64,
    /// How often each measure is taken.
    pub(crate) runs: u64,
    /// Connections of the durable ingest.
    pub(crate) connections: usize,
    /// Events a request of the durable ingest.
    pub(crate) batch: usize,
    /// Different events of the durable ingest, before they come again with new ids and times.
    pub(crate) pool_events: usize,
    /// Requests a second of the single events.
    pub(crate) rate: u64,
    /// Connections of the single events.
    pub(crate) single_connections: usize,
    /// Events a second while events are looked for.
    pub(crate) visible_rate: u64,
    /// Events that are imported and looked up.
    pub(crate) import_events: u64,
    /// Events of the server whose start is timed.
    pub(crate) start_events: u64,
    /// Bytes of the object that goes through the gateway.
    pub(crate) transfer_bytes: u64,
    /// What is measured.
    pub(crate) groups: Groups,
    /// The part of the gateway that is measured alone, if one is.
    pub(crate) gateway_part: Option<GatewayPart>,
    /// The folder of the server that stays, of a measure whose server does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<PathBuf>,
    /// How often the default trail delivers.
    pub(crate) deliver_every: String,
    /// Decides the events.
    pub(crate) seed: u64,
}

impl Arguments {
    /// The arguments with every default filled in.
    pub(crate) fn settings(&self) -> Result<Settings, BenchError> {
        let program = std::env::current_exe().map_err(BenchError::file(Path::new("this program")))?;
        let beside = program.parent().unwrap_or(Path::new(".")).to_owned();
        let cairn = self.cairn.clone().unwrap_or_else(|| beside.join("cairn"));
        // The server is started in another folder than this one.
        let cairn = cairn.canonicalize().map_err(BenchError::file(&cairn))?;
        Ok(Settings {
            cairn,
            work: self.work.clone().unwrap_or(beside),
            seconds: self.seconds.unwrap_or(if self.quick { 3 } else { 15 }),
            runs: self.runs.unwrap_or(if self.quick { 1 } else { 3 }),
            connections: self.connections as usize,
            batch: self.batch as usize,
            pool_events: if self.quick { 50_000 } else { 200_000 },
            rate: self.rate,
            single_connections: self.single_connections as usize,
            visible_rate: self.visible_rate,
            import_events: self.import_events.unwrap_or(if self.quick { 50_000 } else { 1_000_000 }),
            start_events: self.start_events.unwrap_or(if self.quick { 100_000 } else { 10_000_000 }),
            transfer_bytes: if self.quick { 100_000_000 } else { 1_000_000_000 },
            groups: self.groups(),
            gateway_part: self.only_gateway_part,
            kept: self.only_lookups.clone(),
            deliver_every: self.deliver_every.clone(),
            seed: self.seed,
        })
    }

    fn groups(&self) -> Groups {
        if self.only_import {
            return Groups::Import;
        }
        if self.only_stores {
            return Groups::Stores;
        }
        if self.only_selectors {
            return Groups::Selectors;
        }
        if self.only_lookups.is_some() {
            return Groups::Lookups;
        }
        match (self.only_ingest, self.only_gateway || self.only_gateway_part.is_some()) {
            (true, _) => Groups::Ingest,
            (_, true) => Groups::Gateway,
            _ => Groups::All,
        }
    }
}

impl Groups {
    /// Whether durable ingest and single events are measured.
    pub(crate) fn has_ingest(self) -> bool {
        matches!(self, Groups::All | Groups::Ingest)
    }

    /// Whether event selectors are measured.
    pub(crate) fn has_selectors(self) -> bool {
        matches!(self, Groups::All | Groups::Selectors)
    }

    /// Whether the recording gateway is measured.
    pub(crate) fn has_gateway(self) -> bool {
        matches!(self, Groups::All | Groups::Gateway)
    }
}

impl Settings {
    /// Whether a part of the recording gateway is measured, if that is at all.
    pub(crate) fn measures(&self, part: GatewayPart) -> bool {
        self.gateway_part.is_none_or(|only| only == part)
    }
}

#[cfg(test)]
mod tests;
