//! Statements over a table, one line of JSON in and one out.

use crate::traffic::PassingLog;
use crate::{Failed, open, start};
use cairn_lake::History;
use cairn_lake::sql::{Engine, EngineOptions, Family, Row, Statement, Table};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const STORE: &str = "0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d";
/// As long as a query may take.
const LIMIT: Duration = Duration::from_secs(3600);
/// Of a result, so many rows are told.
const ROWS_TOLD: usize = 10_000;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The table's folder
    dir: PathBuf,
    /// Threads that run statements
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Memory of a statement, in MiB
    #[arg(long, default_value_t = 1024)]
    memory: usize,
    /// Where statements spill to
    #[arg(long)]
    spill: PathBuf,
}

/// Reads `{"text": .., "runs": ..}`; `$E` in the text is the store. Writes
/// `{"times": [ms], "cpu": [ms], "rows": [[..]], "count": .., "bytes": .., "peak": ..}` or `{"error": ..}`.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failed> {
    let options = EngineOptions {
        memory_bytes: arguments.memory << 20,
        spill_folder: arguments.spill.clone(),
        spill_bytes: 8 << 30,
        threads: arguments.threads,
    };
    let engine = Engine::new(&options)?;
    let history = open(&arguments.dir, Arc::new(PassingLog::default())).await?;
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let text = request["text"].as_str().unwrap_or("").replace("$E", STORE);
        let runs = request["runs"].as_u64().unwrap_or(1);
        let told = answer(&engine, &history, &text, runs).await;
        let told = told.unwrap_or_else(|message| json!({ "error": message }));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{told}")?;
        out.flush()?;
    }
    Ok(())
}

async fn answer(engine: &Engine, history: &History, text: &str, runs: u64) -> Result<Value, String> {
    let (mut times, mut cpus) = (Vec::new(), Vec::new());
    let mut told = json!({});
    reset_peak();
    for _ in 0..runs {
        let (since, cpu) = (Instant::now(), cpu());
        let (rows, bytes) = once(engine, history, text).await?;
        times.push(since.elapsed().as_secs_f64() * 1e3);
        cpus.push((self::cpu() - cpu) as f64);
        told = json!({ "count": rows.len(), "bytes": bytes, "rows": &rows[..rows.len().min(ROWS_TOLD)] });
    }
    told["times"] = json!(times);
    told["cpu"] = json!(cpus);
    told["peak"] = json!(peak_memory());
    Ok(told)
}

async fn once(engine: &Engine, history: &History, text: &str) -> Result<(Vec<Row>, u64), String> {
    let statement = Statement::parse(text).map_err(|error| error.to_string())?;
    let source = history.source().await.map_err(|error| error.to_string())?;
    let store = Uuid::try_parse(STORE).expect("an id");
    let table = Table { store, family: Family::Events, source };
    let now = start().plus(Duration::from_secs(40 * 86_400));
    let prepared = engine.prepare(&statement, &[table], now).map_err(|error| error.to_string())?;
    let mut running = engine.start(prepared, LIMIT);
    let mut rows = Vec::new();
    while let Some(part) = running.next().await {
        rows.extend(part.map_err(|error| error.to_string())?);
    }
    Ok((rows, running.scanned().bytes))
}

/// CPU time of this process, in milliseconds, to the clock tick of ten.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// From here on the peak counts anew.
fn reset_peak() {
    // Where it is not allowed, the peak is that of the process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most resident memory since the last [`reset_peak`], in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
