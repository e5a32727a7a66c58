//! `cairn-bench`: starts a fresh `cairn`, loads it, and says how fast it was beside how fast the machine is.
//!
//! docs/benchmarks.md says what is measured and how to run it.

mod arguments;
mod clock;
mod content;
mod error;
mod figures;
mod files;
mod gateway;
mod http1;
mod import;
mod ingest;
mod large;
mod lookups;
mod machine;
mod open_loop;
mod pool;
mod process;
mod quantiles;
mod report;
mod selectors;
mod server;
mod signing;
mod single;
mod standin;
mod stores;
mod visible;

use arguments::{Arguments, Groups, Settings};
use clap::Parser;
use error::BenchError;
use pool::Pool;
use report::{Measured, Report};
use std::io::Write;
use std::process::ExitCode;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.role {
        // As many threads as a server would take.
        Some(role) => on(Builder::new_multi_thread(), standin::play(role)),
        None => on(Builder::new_current_thread(), measure(&arguments)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cairn-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn on(mut runtime: Builder, work: impl Future<Output = Result<(), BenchError>>) -> Result<(), BenchError> {
    runtime.enable_all().build().map_err(BenchError::Runtime)?.block_on(work)
}

/// Measures, shows the results and writes them.
async fn measure(arguments: &Arguments) -> Result<(), BenchError> {
    let settings = arguments.settings()?;
    let report = measured(&settings).await?;
    let json = serde_json::to_vec_pretty(&report).expect("a report has string keys only");
    std::fs::write(&arguments.json, json).map_err(BenchError::file(&arguments.json))?;
    // The file has them too.
    let _ = write!(std::io::stdout(), "{report}");
    Ok(())
}

async fn measured(settings: &Settings) -> Result<Report, BenchError> {
    if cfg!(debug_assertions) {
        say("cairn-bench was built without --release: its figures are too low");
    }
    say("measuring the machine, preparing events");
    let mut pool = Pool::new(settings);
    let mut measured = Measured::new(machine::probe(&settings.work, pool.sample())?);
    for run in 1..=settings.runs {
        take(settings, run, &mut pool, &mut measured).await?;
    }
    if settings.groups == Groups::All {
        say("import, look-ups, compaction, start: some minutes");
        measured.large = Some(large::run(settings, &mut pool).await?);
    }
    if settings.groups == Groups::Lookups {
        say("look-ups");
        measured.lookups = large::look_up(settings).await?;
    }
    Ok(Report::new(settings, &measured))
}

/// Takes every measure once that is taken several times.
async fn take(
    settings: &Settings,
    run: u64,
    pool: &mut Pool,
    measured: &mut Measured,
) -> Result<(), BenchError> {
    let begin = |what: &str| say(&format!("run {run} of {}: {what}", settings.runs));
    if settings.groups.has_ingest() {
        begin("durable ingest");
        measured.ingest.push(ingest::run(settings, pool).await?);
        begin("single events");
        measured.single.push(single::run(settings, run).await?);
    }
    if settings.groups == Groups::All {
        begin("from acknowledged to visible");
        measured.visible.push(visible::run(settings, pool).await?);
    }
    if settings.groups.has_selectors() {
        begin("event selectors");
        measured.selectors.push(selectors::run(settings.seed));
    }
    if settings.groups.has_gateway() {
        begin("the recording gateway");
        measured.gateway.push(gateway::run(settings).await?);
    }
    if settings.groups == Groups::Stores {
        begin("event data stores");
        measured.stores.push(stores::run(settings).await?);
    }
    if settings.groups == Groups::Import {
        begin("import of gzip files");
        measured.import.push(import::run(settings).await?);
    }
    Ok(())
}

/// Progress is for people; nobody is left to tell that it could not be shown.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}
