//! `history-bench`: how fast event history takes, keeps, joins and finds events, in one process, without
//! the log and the HTTP server around it.

mod log;
mod lookups;
mod measure;
mod needles;
mod statements;

use cairn_lake::{Bodies, History, HistoryOptions, LakeError, LookupError, TailFull};
use cairn_model::{Record, Timestamp};
use clap::Parser;
use log::{MemoryLog, Plan, Source};
use measure::{Cost, Share};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Events appended at once: about what one chunk of the log holds.
const CHUNK_EVENTS: usize = 500;

/// So many events are compressed as one text.
const ZSTD_EVENTS: usize = 500_000;

/// So long without events is quiet.
const QUIET: Duration = Duration::from_secs(60);

/// Measures event history by itself.
#[derive(Debug, clap::Parser)]
struct Arguments {
    /// How many events
    #[arg(long, default_value_t = 1_000_000)]
    events: usize,
    /// Over how many seconds their times are spread
    #[arg(long, default_value_t = 86_400)]
    span: u64,
    /// Where the table goes (default: a folder that is removed at the end)
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Decides the events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many pages are looked up for each measure
    #[arg(long, default_value_t = 40)]
    pages: usize,
    /// Commits whenever so many events have come, as a server with little to do (default: 64 MiB of text)
    #[arg(long)]
    commit_events: Option<usize>,
    /// Compresses the first 500,000 events as NDJSON with zstd of this level, too
    #[arg(long)]
    zstd: Option<i32>,
    /// Leaves out the look-ups
    #[arg(long)]
    no_lookups: bool,
    /// Runs statements of SQL, too
    #[arg(long)]
    sql: bool,
    /// Leaves out the joining of files
    #[arg(long)]
    no_joins: bool,
    /// Looks for rare values, by SQL and by look-ups
    #[arg(long)]
    needles: bool,
    /// Asks this, too; `$E` is the store
    #[arg(long)]
    ask: Vec<String>,
    /// Looks for events by these words, too
    #[arg(long)]
    words: Vec<String>,
    /// Appends nothing: measures the table that `--dir` has already, made with the same numbers
    #[arg(long, requires = "dir")]
    as_it_is: bool,
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Lookup(#[from] LookupError),
    #[error(transparent)]
    Full(#[from] TailFull),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "history-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A line of the report.
fn say(line: &str) {
    // Nobody is left to tell that it could not be shown.
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn run(arguments: &Arguments) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let dir = arguments.dir.clone().unwrap_or_else(|| folder.path().join("history"));
    let start = Timestamp::from_seconds(1_772_000_000);
    let options = HistoryOptions::new(dir, "us-east-1".to_owned());
    let Arguments { seed, events, span, .. } = *arguments;
    let plan = Plan { seed, events, start, span };
    if let Some(level) = arguments.zstd {
        let count = events.min(ZSTD_EVENTS);
        let bytes = Source::zstd_bytes(plan, count, level)?;
        say(&format!("zstd -{level}: {:.1} bytes an event", bytes as f64 / count as f64));
    }
    let log = Arc::new(MemoryLog::default());
    let bodies: Arc<dyn Bodies> = log.clone();
    let history = History::open(options, bodies).await?;
    if !arguments.as_it_is {
        fill(&history, &log, Source::new(plan), arguments).await?;
    }
    report_size(&history, "as committed", events);
    let now = start.plus(Duration::from_secs(span + 3600));
    let spill_folder = folder.path().join("spill");
    ask(&history, now, &spill_folder, arguments).await?;
    if !arguments.no_joins {
        join(&history, now, events).await?;
        report_size(&history, "joined", events);
        ask(&history, now, &spill_folder, arguments).await?;
    }
    say(&format!("memory at most: {} MiB", measure::peak_memory() >> 20));
    Ok(())
}

/// All that is asked of a table.
async fn ask(
    history: &History,
    now: Timestamp,
    spill_folder: &Path,
    arguments: &Arguments,
) -> Result<(), Failed> {
    for question in &arguments.ask {
        needles::ask(&statements::engine(spill_folder)?, history, question, now).await?;
    }
    for words in &arguments.words {
        needles::find(history, words, now).await?;
    }
    if arguments.needles {
        needles::run(history, now, spill_folder).await?;
    }
    if !arguments.no_lookups {
        lookups::run(history, now, arguments.pages).await?;
    }
    if arguments.sql {
        statements::run(history, now, spill_folder).await?;
    }
    Ok(())
}

/// Appends and commits everything.
async fn fill(
    history: &History,
    log: &MemoryLog,
    mut source: Source,
    arguments: &Arguments,
) -> Result<(), Failed> {
    let (mut appends, mut commits, mut text_bytes) = (Cost::default(), Cost::default(), 0);
    let mut share = Share::default();
    while let Some(segment) = log.grow(&mut source) {
        text_bytes += segment.text_bytes;
        for chunk in segment.positions.chunks(CHUNK_EVENTS) {
            appends
                .measure(async || {
                    let records = chunk.iter().map(|at| {
                        let record = Record::decode(segment.payload(*at)).expect("made by the door");
                        (*at, record.event())
                    });
                    let last = chunk.last().expect("chunks are not empty");
                    history.append(&mut records.into_iter(), segment.behind(*last))
                })
                .await?;
            // As in a server: a commit when 64 MiB of text have gathered.
            share.add(chunk.iter().map(|at| segment.payload(*at).len() as u64).sum(), chunk.len());
            if share.is_reached(arguments.commit_events) {
                commits.measure(async || history.commit().await).await?;
                log.release(history.committed());
            }
        }
    }
    while history.committed() < log.end() {
        commits.measure(async || history.commit().await).await?;
    }
    let events = arguments.events;
    say(&format!("events {events}, {} bytes of text each", text_bytes / events as u64));
    say(&format!("append: {}", appends.show(events)));
    say(&format!("commit: {}", commits.show(events)));
    Ok(())
}

/// Joins until the files are as they should be, first those of which there are enough, then the rest.
async fn join(history: &History, now: Timestamp, events: usize) -> Result<(), Failed> {
    let mut joins = Cost::default();
    for after in [Duration::ZERO, QUIET, QUIET * 3] {
        while joins.measure(async || history.maintain(now.plus(after)).await).await?.has_more {}
    }
    say(&format!("joining: {}", joins.show(events)));
    Ok(())
}

fn report_size(history: &History, when: &str, events: usize) {
    let stats = history.stats();
    say(&format!(
        "{when}: {} files, {:.1} bytes an event, {} rows",
        stats.table_files,
        stats.table_bytes as f64 / events as f64,
        stats.table_rows
    ));
}
