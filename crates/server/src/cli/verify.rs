//! `cairn verify`: offline proof that nothing was changed and nothing is missing.

mod bucket;
mod shown;
mod store;

use super::counted::counted;
use super::times::{self, Edge, FORMS};
use super::{Failure, output::print};
use crate::clock;
use bucket::{Bucket, S3Flags};
use cairn_model::Timestamp;
use cairn_verify::{Folder, KeysFile, Progress, Report, Scope, Source, StoredBuckets, verify};
use clap::{Args, ValueEnum};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(200);
/// Log files that are read at the same time from a bucket: it takes a while to answer.
const BUCKET_THREADS: usize = 16;

/// Prove that delivered log files are whole, unchanged and all there
#[derive(Args)]
#[command(after_help = "Examples:
  cairn key export keys.json
  aws s3 sync s3://acme-trail ./copy && cairn verify ./copy --keys keys.json
  cairn verify s3://acme-trail --keys keys.json --from 30d
  cairn verify --store ./cairn-data")]
pub(super) struct Verify {
    /// A copy of a trail's bucket (the folder that holds AWSLogs), s3://bucket/prefix, or a data folder
    place: String,
    /// What `cairn key export` or `aws cloudtrail list-public-keys` wrote; may be given several times
    #[arg(long, value_name = "FILE", required_unless_present = "store")]
    keys: Vec<PathBuf>,
    /// Compare log, history and delivered files of a stopped data folder or a restored backup, event by event
    #[arg(long, conflicts_with_all = ["keys", "from", "to", "account", "region", "trail", "allow_unnamed"])]
    store: bool,
    /// With --store: the file of settings that the data folder is served with
    #[arg(long, value_name = "FILE", requires = "store")]
    config: Option<PathBuf>,
    /// Begin with the digests after this time: 10m, 2h or 7d ago, 2026-03-01T08:00:00Z, 2026-03-01; UTC
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End with the digest that covers this time, in the same forms
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Only this account
    #[arg(long)]
    account: Option<String>,
    /// Only digests that cover this region
    #[arg(long)]
    region: Option<String>,
    /// Only the trail of this name
    #[arg(long, value_name = "NAME")]
    trail: Option<String>,
    /// Log files that no digest names are no fault: a trail without validation delivers here too
    #[arg(long)]
    allow_unnamed: bool,
    /// The form of what is printed (default: table)
    #[arg(long, value_enum, default_value = "table")]
    output: Form,
    #[command(flatten)]
    s3: S3Flags,
}

/// The forms that a report has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Columns for people
    Table,
    /// JSON for programs
    Json,
}

impl Verify {
    pub(super) fn run(self) -> Result<(), Failure> {
        if self.store {
            return store::run(Path::new(&self.place), self.config.as_deref(), self.output == Form::Json);
        }
        let keys = read_keys(&self.keys)?;
        let scope = self.scope()?;
        let source = self.source()?;
        let began = Instant::now();
        let report = watched(&*source, &keys, &scope, self.threads())?;
        let took = began.elapsed();
        match self.output {
            Form::Table => print(&shown::table(&report, took)),
            Form::Json => print(&format!("{:#}\n", shown::json(&report, took))),
        }
        if report.is_intact() && report.is_complete() {
            return Ok(());
        }
        let faults = report.integrity_faults + report.completeness_faults;
        Err(Failure::Failed(format!("{}: not proven: {}", self.place, counted(faults, "finding"))))
    }

    fn scope(&self) -> Result<Scope, Failure> {
        let now = clock::now();
        Ok(Scope {
            from: time("--from", self.from.as_deref(), Edge::Start, now)?,
            to: time("--to", self.to.as_deref(), Edge::End, now)?,
            account: self.account.clone(),
            region: self.region.clone(),
            trail: self.trail.clone(),
            allow_unnamed: self.allow_unnamed,
        })
    }

    fn source(&self) -> Result<Box<dyn Source>, Failure> {
        if self.place.starts_with("s3://") {
            return Ok(Box::new(Bucket::open(&self.place, &self.s3)?));
        }
        let path = Path::new(&self.place);
        let usage = |error: cairn_verify::NotAFolder| Failure::Usage(error.to_string());
        if path.is_dir()
            && let Some(stored) = StoredBuckets::open(path).map_err(usage)?
        {
            return Ok(Box::new(stored));
        }
        Ok(Box::new(Folder::open(path).map_err(usage)?))
    }

    fn threads(&self) -> usize {
        match self.place.starts_with("s3://") {
            true => BUCKET_THREADS,
            false => thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

fn read_keys(files: &[PathBuf]) -> Result<KeysFile, Failure> {
    let mut keys = KeysFile::default();
    for file in files {
        let wrong = |error: &dyn std::fmt::Display| Failure::Usage(format!("{}: {error}", file.display()));
        let json = std::fs::read(file).map_err(|error| wrong(&error))?;
        keys.join(KeysFile::parse(&json).map_err(|error| wrong(&error))?);
    }
    Ok(keys)
}

fn time(flag: &str, text: Option<&str>, edge: Edge, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = text else { return Ok(None) };
    match times::parse(text, edge, now) {
        Some(time) => Ok(Some(time)),
        None => Err(Failure::Usage(format!("{flag}: {text:?} is no time; give {FORMS}"))),
    }
}

/// Verifies, and shows on a terminal how far it has come.
fn watched(source: &dyn Source, keys: &KeysFile, scope: &Scope, threads: usize) -> Result<Report, Failure> {
    let progress = Progress::default();
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg}  {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    thread::scope(|scoped| {
        let verifying = scoped.spawn(|| verify(source, keys, scope, threads, &progress));
        while !verifying.is_finished() {
            let bytes = HumanBytes(progress.bytes.load(Relaxed));
            bar.set_message(format!("{} files, {bytes}", progress.files.load(Relaxed)));
            bar.tick();
            thread::park_timeout(TICK);
        }
        bar.finish_and_clear();
        verifying.join().expect("verifying does not panic")
    })
    .map_err(|error| Failure::Failed(format!("the list of objects: {error}")))
}
