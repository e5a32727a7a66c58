//! `lake-bench`: the Cairn side of scripts/bench_lake.py, which asks the same of DuckDB. Fills tables and answers statements, in
//! one process, without the log and the HTTP server around it.

mod answer;
mod traffic;

use cairn_lake::{Bodies, History, HistoryOptions, LakeError, TailFull};
use cairn_model::Timestamp;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use traffic::{Events, PassingLog};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Events appended at once: about what one chunk of the log holds.
const CHUNK_EVENTS: usize = 500;
/// Events committed at once: about what 64 MiB of text hold.
const COMMIT_EVENTS: usize = 40_000;
/// So long without events is quiet.
const QUIET: Duration = Duration::from_secs(60);
/// The time of the first event, in seconds since 1970: 2026-02-25.
const START: i64 = 1_772_000_000;

/// Fills tables of events and runs statements over them.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Makes a table of generated events, with its files joined as upkeep leaves them
    Fill {
        /// The table's folder
        dir: PathBuf,
        #[command(flatten)]
        events: Amount,
    },
    /// Writes the same events as JSON in the way of CloudTrail's files
    Files {
        /// Where the files go
        dir: PathBuf,
        #[command(flatten)]
        events: Amount,
        /// Events of one file
        #[arg(long, default_value_t = 500)]
        each: usize,
    },
    /// Answers the statements that come on standard input, a JSON object a line each
    Answer(answer::Arguments),
}

#[derive(clap::Args)]
struct Amount {
    /// How many events
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Over how many days their times are spread
    #[arg(long, default_value_t = 30)]
    days: u64,
    /// Decides the events
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Amount {
    fn events(&self) -> Events {
        Events::new(self.seed, self.events, start(), Duration::from_secs(self.days * 86_400))
    }
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Full(#[from] TailFull),
    #[error("a request is no JSON object: {0}")]
    Request(#[from] serde_json::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Fill { dir, events } => fill(&dir, &events).await,
        Task::Files { dir, events, each } => write_files(&dir, &events, each),
        Task::Answer(arguments) => answer::run(&arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "lake-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Timestamp {
    Timestamp::from_seconds(START)
}

async fn open(dir: &Path, bodies: Arc<dyn Bodies>) -> Result<History, LakeError> {
    History::open(HistoryOptions::new(dir.to_owned(), "us-east-1".to_owned()), bodies).await
}

/// Appends, commits and joins as a server does.
async fn fill(dir: &Path, amount: &Amount) -> Result<(), Failed> {
    let log = Arc::new(PassingLog::default());
    let history = open(dir, log.clone()).await?;
    let mut events = amount.events();
    let mut now = start();
    while let Some((positions, end, last)) = log.advance(&mut events, COMMIT_EVENTS) {
        for chunk in positions.chunks(CHUNK_EVENTS) {
            let next = log.behind(*chunk.last().expect("chunks are not empty"));
            log.read_events(chunk, |events| history.append(events, next))?;
        }
        while history.committed() < end {
            history.commit().await?;
        }
        now = last;
        join(&history, now).await?;
    }
    for after in [QUIET, QUIET * 3, Duration::from_secs(2 * 86_400)] {
        join(&history, now.plus(after)).await?;
    }
    let stats = history.stats();
    let line = format!("{} rows, {} files, {} bytes", stats.table_rows, stats.table_files, stats.table_bytes);
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

async fn join(history: &History, now: Timestamp) -> Result<(), LakeError> {
    while history.maintain(now).await?.has_more {}
    Ok(())
}

/// Writes `{"Records":[..]}`, one file for every `each` events.
fn write_files(dir: &Path, amount: &Amount, each: usize) -> Result<(), Failed> {
    std::fs::create_dir_all(dir)?;
    let mut events = amount.events();
    for number in 0.. {
        let mut text = br#"{"Records":["#.to_vec();
        let empty = text.len();
        for event in 0..each {
            let before = text.len();
            text.extend((event > 0).then_some(b','));
            if events.next(&mut text).is_none() {
                text.truncate(before);
                break;
            }
        }
        if text.len() == empty {
            break;
        }
        text.extend_from_slice(b"]}");
        std::fs::write(dir.join(format!("{number:05}.json")), text)?;
    }
    Ok(())
}
