//! `cairn import`: folders of CloudTrail files into event history, through the server.

use super::client::{Client, Connection, Refusal};
use super::{Failure, client_runtime, output};
use bytes::Bytes;
use clap::Args;
use futures::{StreamExt, stream};
use http::Method;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files that are on their way at once.
const PARALLEL: usize = 4;
/// The largest file that is sent, in bytes: what the server takes.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// How often a file is tried while the server is busy or gone, and how long between.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(500);
/// Refused records of one file that are listed.
const LISTED_MAX: usize = 5;

/// Bring CloudTrail files into event history.
#[derive(Args)]
#[command(after_help = "Example:\n  cairn import ./CloudTrail/")]
pub(super) struct Import {
    /// Files, or folders to look through, of CloudTrail's .json and .json.gz files
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// What became of all files.
#[derive(Default)]
struct Totals {
    files: u64,
    accepted: u64,
    refused: u64,
    noted: u64,
    failed: u64,
}

impl Import {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        let mut files = Vec::new();
        for path in &self.paths {
            find_files(path, &mut files)
                .map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
        }
        files.sort();
        if files.is_empty() {
            return Err(Failure::Failed("no .json or .json.gz files there".to_owned()));
        }
        let totals = client_runtime()?.block_on(import_all(&client, files));
        output::tell(&format!(
            "{} files: {} events imported, {} refused, {} noted; {} files failed",
            totals.files, totals.accepted, totals.refused, totals.noted, totals.failed
        ));
        match totals.failed {
            0 => Ok(()),
            failed => Err(Failure::Failed(format!("{failed} files could not be imported; the rest is in"))),
        }
    }
}

/// Digests carry no events; they stand beside the log files of a trail.
fn is_log_file(path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let has_events = [".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"];
    has_events.iter().any(|end| name.ends_with(end)) && !name.contains("_CloudTrail-Digest_")
}

fn find_files(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        std::fs::metadata(path)?;
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() {
            find_files(&entry, files)?;
        } else if is_log_file(&entry) {
            files.push(entry);
        }
    }
    Ok(())
}

async fn import_all(client: &Client, files: Vec<PathBuf>) -> Totals {
    let bar = ProgressBar::new(files.len() as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {msg}  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut totals = Totals::default();
    let mut answers = stream::iter(files.into_iter().map(|file| async {
        let answer = import_one(client, &file).await;
        (file, answer)
    }))
    .buffer_unordered(PARALLEL);
    while let Some((file, answer)) = answers.next().await {
        match answer {
            Ok(answer) => bar.suspend(|| totals.add(&file, &answer)),
            Err(why) => {
                totals.failed += 1;
                bar.suspend(|| output::complain(&format!("{}: {why}", file.display())));
            }
        }
        totals.files += 1;
        bar.inc(1);
        bar.set_message(format!("{} events", totals.accepted));
    }
    bar.finish_and_clear();
    totals
}

async fn import_one(client: &Client, file: &Path) -> Result<serde_json::Value, String> {
    let body = read(file)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let path = "/_cairn/events?origin=imported";
        let sent =
            client.call(Method::POST, path, &[("content-type", "application/json")], body.clone()).await;
        match sent {
            Ok(answer) => return Ok(answer),
            Err(Refusal::Retryable(_)) if tries < TRIES => tokio::time::sleep(PAUSE * tries).await,
            Err(refusal) => return Err(refusal.to_string()),
        }
    }
}

fn read(file: &Path) -> Result<Bytes, String> {
    let size = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("larger than {FILE_BYTES_MAX} bytes"));
    }
    std::fs::read(file).map(Bytes::from).map_err(|error| error.to_string())
}

impl Totals {
    fn add(&mut self, file: &Path, answer: &serde_json::Value) {
        let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
        let refused = list("refused");
        self.accepted += answer["accepted"].as_u64().unwrap_or(0);
        let listed = refused.len() as u64;
        self.refused += answer["refusedTotal"].as_u64().unwrap_or(listed);
        self.noted += list("noted").len() as u64;
        for line in refused.iter().take(LISTED_MAX) {
            let reason = line["reason"].as_str().unwrap_or_default();
            output::complain(&format!("{}: record {} refused: {reason}", file.display(), line["line"]));
        }
        if refused.len() > LISTED_MAX {
            output::complain(&format!(
                "{}: {} more records refused",
                file.display(),
                refused.len() - LISTED_MAX
            ));
        }
    }
}
