//! `cairn verify --store`: whether log, history, delivered files and digests of a stopped data folder hold exactly the
//! same events.
//!
//! Every event that is seen anywhere becomes a fixed-size [`sighting::Sighting`] in one of some files by the hash of what it
//! is told apart by, so that all sightings of one event are judged together and memory does not grow with their number.

mod delivered;
mod destinations;
mod event_data_stores;
mod gaps;
mod history;
mod judge;
mod organizations;
mod report;
mod retained;
mod sighting;
mod takers;

use crate::cli::Failure;
use crate::cli::output;
use crate::config::{Config, SETTINGS};
use crate::imports;
use crate::location;
use crate::own::proof_file;
use crate::{clock, setup};
use cairn_delivery::{StoredOutbox, WaitingObject};
use cairn_lake::StoredHistory;
use cairn_model::{Organization, Position, SigningKey, Trail};
use cairn_store::catalog::Catalog;
use cairn_store::disk::LocalDisk;
use cairn_store::imports::ImportsError;
use cairn_store::log::{Log, LogOptions, Verify};
use cairn_verify::{KeysFile, Progress, Scope, StoredBuckets, verify};
use gaps::Gap;
use report::StoreReport;
use sighting::Spill;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The parts of a stopped data folder.
pub(super) struct Parts {
    log: Log,
    history: StoredHistory,
    outbox: StoredOutbox,
    /// Gaps that no event tells of yet.
    gaps: Vec<Gap>,
    /// What is not in its bucket yet.
    waiting: Vec<WaitingObject>,
    buckets: Option<StoredBuckets>,
    signing_keys: Vec<SigningKey>,
    /// What trails had cut, and how they were there.
    delivered: Position,
    trails: Vec<Trail>,
    organizations: Vec<Organization>,
    config: Config,
}

/// Checks the data folder, which nobody may serve meanwhile, and prints what was found. `config` is the file of settings
/// that it was served with: how long history keeps events, and the home region.
pub(super) fn run(data: &Path, config: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    if !data.join("log").is_dir() {
        let message = format!("{} is not a data folder: it has no log", data.display());
        return Err(Failure::Usage(message));
    }
    let config = settings(config)?;
    let _lock = setup::lock(data).map_err(Failure::failed)?;
    let began = Instant::now();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::failed)?;
    let parts = runtime.block_on(open(data, config))?;
    let mut report = compare(&parts)?;
    event_data_stores::check(data, &parts.log, &parts.config.region, &runtime, &mut report)?;
    let proving = Instant::now();
    report.chains = prove(&parts, &runtime)?.map(|chains| (chains, proving.elapsed()));
    match as_json {
        true => output::print(&format!("{:#}\n", report.json(began.elapsed()))),
        false => output::print(&report.table(began.elapsed())),
    }
    match report.faults() {
        0 => Ok(()),
        faults => Err(Failure::Failed(format!("{}: {faults} differences", data.display()))),
    }
}

/// The settings that matter here, as `cairn serve` reads them.
fn settings(file: Option<&Path>) -> Result<Config, Failure> {
    let mut variables = BTreeMap::new();
    for setting in SETTINGS.iter().filter(|setting| ["history.days", "server.region"].contains(&setting.key))
    {
        let value = setting.variables.iter().find_map(|variable| std::env::var(variable).ok());
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            variables.insert(setting.key, value);
        }
    }
    Config::load(file, &BTreeMap::new(), &variables).map_err(|error| Failure::Usage(error.to_string()))
}

/// Opens the parts. Opening the log recovers it, as the next start would; nothing else is changed.
async fn open(data: &Path, config: Config) -> Result<Parts, Failure> {
    let missing = |what: &str| Failure::Failed(format!("{}: {what} is missing", data.display()));
    if data.join(location::MARKER).exists() {
        let why = "the tables of this data folder are in a bucket: restore a backup of it, and verify that";
        return Err(Failure::Failed(why.to_owned()));
    }
    let history = StoredHistory::open(&data.join("history")).await.map_err(Failure::failed)?;
    let history = history.ok_or_else(|| missing("history"))?;
    let outbox = StoredOutbox::open(&data.join("delivery")).await.map_err(Failure::failed)?;
    let outbox = outbox.ok_or_else(|| missing("delivery/outbox.db"))?;
    let (delivered, trails) = outbox.trails().await.map_err(Failure::failed)?;
    let organizations = outbox.organizations().await.map_err(Failure::failed)?;
    let waiting = outbox.waiting().await.map_err(Failure::failed)?;
    let gaps = outbox.untold_gaps().await.map_err(Failure::failed)?;
    let gaps =
        gaps.into_iter().map(|(trail, from, to)| Gap { trail, from: from.get(), to: to.get() }).collect();
    if !data.join("catalog.db").is_file() {
        return Err(missing("catalog.db"));
    }
    let catalog = Catalog::open(&data.join("catalog.db")).await.map_err(Failure::failed)?;
    let state = catalog.state();
    let signing_keys = state.signing_keys.values().map(|key| SigningKey::clone(key)).collect();
    catalog.close().await;
    verify_imports(data).await.map_err(Failure::failed)?;
    let must_reach = state.position.max(delivered).max(history.committed());
    let options = LogOptions { must_reach, verify: Verify::All, ..LogOptions::new(data.join("log")) };
    let (log, recovery) = Log::open(Arc::new(LocalDisk), options).map_err(Failure::failed)?;
    if let Some(cut) = &recovery.cut {
        output::tell(&format!("a torn tail of the log was cut, {} bytes that nobody was told of", cut.bytes));
    }
    let buckets = match data.join("buckets").is_dir() {
        true => StoredBuckets::open(&data.join("buckets")).map_err(Failure::failed)?,
        false => None,
    };
    Ok(Parts {
        log,
        history,
        outbox,
        gaps,
        waiting,
        buckets,
        signing_keys,
        delivered,
        trails,
        organizations,
        config,
    })
}

/// What imports did is nobody's proof; but it has to be readable.
async fn verify_imports(data: &Path) -> Result<(), ImportsError> {
    let database = data.join(imports::FOLDER).join(imports::DATABASE);
    if !database.is_file() {
        return Ok(());
    }
    let imports = cairn_store::imports::Imports::open(&database).await?;
    let verified = imports.verify().await;
    imports.close().await;
    verified
}

/// Compares what is where, event by event.
fn compare(parts: &Parts) -> Result<StoreReport, Failure> {
    let mut spill =
        Spill::new().map_err(|error| Failure::Failed(format!("the folder for scratch files: {error}")))?;
    let mut report = StoreReport::default();
    let mut judged = retained::walk(parts, &mut spill, &mut report)?;
    history::scan(parts, &mut judged, &mut spill, &mut report)?;
    delivered::read(parts, &mut judged, &mut spill, &mut report)?;
    judge::all(&judged, spill, &mut report)?;
    Ok(report)
}

/// Proves the digests in the embedded buckets by the keys and heads that the data folder itself has. They do not stand
/// apart from it, so this finds damage, not somebody who could write all of it.
fn prove(parts: &Parts, runtime: &tokio::runtime::Runtime) -> Result<Option<cairn_verify::Report>, Failure> {
    let Some(buckets) = &parts.buckets else { return Ok(None) };
    let heads = runtime.block_on(parts.outbox.heads()).map_err(Failure::failed)?;
    let json = proof_file(&parts.signing_keys, &heads, clock::now()).to_string();
    let keys = KeysFile::parse(json.as_bytes()).map_err(Failure::failed)?;
    // The files of a trail without validation are in no digest; keys do not say whose they are.
    let allow_unnamed = parts.trails.iter().any(|trail| !trail.log_file_validation);
    let scope = Scope { allow_unnamed, ..Scope::default() };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let report = verify(buckets, &keys, &scope, threads, &Progress::default());
    let report = report.map_err(|error| Failure::Failed(format!("the list of objects: {error}")))?;
    // Without any trail that validates there is nothing to prove.
    Ok((!report.chains.is_empty() || !heads.is_empty()).then_some(report))
}
