//! `cairn-bench`: starts a fresh `cairn`, loads it, and says how fast it was beside how fast the machine is.
//!
//! docs/benchmarks.md says what is measured and how to run it.

mod arguments;
mod clock;
mod error;
mod figures;
mod files;
mod http1;
mod ingest;
mod large;
mod lookups;
mod machine;
mod pool;
mod process;
mod quantiles;
mod report;
mod server;
mod single;
mod visible;

use arguments::Arguments;
use clap::Parser;
use error::BenchError;
use report::Report;
use std::io::Write;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(report) => {
            let _ = write!(std::io::stdout(), "{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cairn-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<Report, BenchError> {
    let settings = arguments.settings()?;
    let say = |what: &str| {
        // Progress is for people; nobody is left to tell that it could not be shown.
        let _ = writeln!(std::io::stderr(), "{what}");
    };
    if cfg!(debug_assertions) {
        say("cairn-bench was built without --release: its figures are too low");
    }
    say("measuring the machine, preparing events");
    let mut pool = pool::Pool::new(&settings);
    let probes = machine::probe(&settings.work, pool.sample())?;
    let (mut ingest_runs, mut single_runs, mut visible_runs) = (Vec::new(), Vec::new(), Vec::new());
    for run in 1..=settings.runs {
        say(&format!("run {run} of {}: durable ingest", settings.runs));
        ingest_runs.push(ingest::run(&settings, &mut pool).await?);
        say(&format!("run {run} of {}: single events", settings.runs));
        single_runs.push(single::run(&settings, run).await?);
        if !settings.only_ingest {
            say(&format!("run {run} of {}: from acknowledged to visible", settings.runs));
            visible_runs.push(visible::run(&settings, &mut pool).await?);
        }
    }
    let mut large = None;
    if !settings.only_ingest {
        say("import, look-ups, compaction, start: some minutes");
        large = Some(large::run(&settings, &mut pool).await?);
    }
    let measured = report::Measured {
        probes,
        ingest: &ingest_runs,
        single: &single_runs,
        visible: &visible_runs,
        large: large.as_ref(),
    };
    let report = Report::new(&settings, &measured);
    let json = serde_json::to_vec_pretty(&report).expect("a report has string keys only");
    std::fs::write(&arguments.json, json).map_err(BenchError::file(&arguments.json))?;
    Ok(report)
}
