//! `cairn import`: files of CloudTrail into event history, through the server.

mod batches;
mod bucket;
mod journal;
mod progress;
mod run;
mod sender;
mod source;
mod survey;
mod tally;
mod transfer;

use super::client::{Client, Connection};
use super::counted::counted;
use super::output::{Format as Output, Rows};
use super::times::{self, Edge};
use super::{Failure, client_runtime, output};
use crate::clock;
use crate::ingest::Format;
use bucket::BucketArgs;
use cairn_decide::imports::Wanted;
use cairn_model::{AccountId, Timestamp};
use clap::Args;
use journal::{Header, Journal, Known};
use progress::Progress;
use run::{Counts, Run};
use sender::Sender;
use serde_json::{Value, json};
use source::Source;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Instant;
use tally::Totals;

/// Ranges of the log that the server counts at once.
const RANGES_AT_ONCE: usize = 20_000;

const EXAMPLES: &str = "Examples:
  cairn import ./CloudTrail/
  cairn import s3://my-trail-bucket/AWSLogs/ --s3-profile audit --since 2026-01-01
  aws cloudtrail lookup-events > events.json && cairn import events.json

An import that was cut off goes on where it was when the same command is run again. Exit codes: 0, 1 (a file
could not be read; the rest is in), 2 (wrong use).";

/// Bring CloudTrail files into event history.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    /// Files, folders with all below them, or s3://bucket/prefix: log files of trails and organizations,
    /// plain or packed by gzip or zstd; JSON and NDJSON; what `aws cloudtrail lookup-events` prints; events
    /// of EventBridge; exports of CloudWatch Logs
    #[arg(required = true, value_name = "PATH|s3://BUCKET/PREFIX")]
    sources: Vec<PathBuf>,
    /// The form of all files: auto, cloudtrail, lookup-events, eventbridge or ndjson
    #[arg(long, default_value = "auto", value_parser = format, value_name = "FORM")]
    format: (&'static str, Format),
    /// Have trails deliver the events too, as if they were posted
    #[arg(long)]
    to_trails: bool,
    /// Only files delivered then or later, as their names tell: a date, a time, 30d (ago)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only files delivered then or before, as their names tell
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only files of this account, as their names tell; may be given several times
    #[arg(long, value_name = "ID")]
    account: Vec<AccountId>,
    /// Only files of this region, as their names tell; may be given several times
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Count files and bytes, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Where it is noted what is in [default: in ~/.local/state/cairn/imports]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Forget what is in, and send everything again
    #[arg(long)]
    restart: bool,
    /// Print the counts on standard output, in this form
    #[arg(long, value_enum)]
    output: Option<Output>,
    #[command(flatten)]
    bucket: BucketArgs,
    #[command(flatten)]
    connection: Connection,
}

fn format(name: &str) -> Result<(&'static str, Format), String> {
    let known = Format::NAMES.iter().find(|(known, _)| *known == name).copied();
    known.ok_or_else(|| format!("one of {}", Format::NAMES.map(|(name, _)| name).join(", ")))
}

/// What the server says when an import begins.
#[derive(serde::Deserialize)]
struct Beginning {
    server: String,
    end: u64,
}

impl Import {
    pub(super) fn run(self) -> Result<(), Failure> {
        let wanted = self.wanted()?;
        let sources = self.sources()?;
        if self.dry_run {
            let survey = client_runtime()?.block_on(survey::survey(&sources, &wanted));
            return survey.tell(self.output);
        }
        let client = Client::new(&self.connection)?;
        client_runtime()?.block_on(self.import(client, &sources, wanted))
    }

    async fn import(self, client: Client, sources: &[Source], wanted: Wanted) -> Result<(), Failure> {
        let began = Instant::now();
        let origin = if self.to_trails { "posted" } else { "imported" };
        let target = format!("/_cairn/events?origin={origin}&positions=true&format={}", self.format.0);
        let sender = Sender::new(client, target);
        let beginning: Beginning = sender
            .call("/_cairn/imports/begin", &json!({ "sources": self.shown(), "toTrails": self.to_trails }))
            .await
            .map_err(Failure::failed)?;
        sender.reached(beginning.end);
        let journal = self.journal(&beginning)?;
        // Whoever does not see it need not wait for all folders to be walked twice.
        let bytes = if std::io::stderr().is_terminal() { survey::local_bytes(sources) } else { None };
        let progress = Progress::new(bytes);
        let run = Run::new(sender, self.format.1, wanted, journal, progress);
        run.import(sources).await.map_err(Failure::failed)?;
        self.finish(&run, began).await
    }

    /// Counts what is in history, tells it, and puts it on the server's record.
    async fn finish(&self, run: &Run, began: Instant) -> Result<(), Failure> {
        let Counts { files, events } = run.counts.take();
        run.progress.say("waiting until event history has it all");
        let mut in_history = 0;
        for ranges in events.ranges.joined().chunks(RANGES_AT_ONCE) {
            let counted: Result<Value, _> =
                run.sender.call("/_cairn/imports/count", &json!({ "ranges": ranges })).await;
            in_history += counted.map_err(Failure::failed)?["inHistory"].as_u64().unwrap_or(0);
        }
        let totals =
            Totals { files: &files, events: &events, in_history, seconds: began.elapsed().as_secs_f64() };
        let found_none = files.took() + files.before + files.digests + files.failed + files.unwanted == 0;
        if !found_none {
            self.record(run, &totals).await?;
        }
        run.progress.end();
        output::tell(&totals.line());
        if let Some(form) = self.output {
            totals.rows().print(form, &totals.json());
        }
        // Only now: whoever is cut off before it has not seen the counts, and gets them by the next run.
        if let Some(journal) = run.journal.borrow_mut().as_mut() {
            journal.complete().map_err(Failure::failed)?;
        }
        match files.failed {
            0 if found_none => Err(Failure::failed("no files of CloudTrail there")),
            0 => Ok(()),
            failed => {
                let failed = counted(failed, "file");
                Err(Failure::Failed(format!("{failed} could not be imported; the rest is in")))
            }
        }
    }

    /// Puts the counts on the server's record.
    async fn record(&self, run: &Run, totals: &Totals<'_>) -> Result<(), Failure> {
        let mut counts = totals.json();
        // Lists of names can be long; the record has the numbers.
        for list in ["failed", "notCloudTrail"] {
            counts.as_object_mut().and_then(|counts| counts.remove(list));
        }
        let ended = json!({ "sources": self.shown(), "toTrails": self.to_trails, "counts": counts });
        let recorded: Result<Value, _> = run.sender.call("/_cairn/imports", &ended).await;
        recorded.map(drop).map_err(Failure::failed)
    }

    fn journal(&self, beginning: &Beginning) -> Result<Option<(Journal, Known)>, Failure> {
        let what = [self.identity(), vec![self.format.0.to_owned(), self.to_trails.to_string()]].concat();
        let header = Header::new(&beginning.server, &what);
        let Some(path) = self.journal.clone().or_else(|| header.usual_path()) else {
            output::complain("no home folder and no --journal: an import that is cut off will start over");
            return Ok(None);
        };
        let journal = Journal::open(&path, &header, beginning.end, self.restart);
        journal.map(Some).map_err(Failure::failed)
    }

    /// What the sources are, wherever the command is run.
    fn identity(&self) -> Vec<String> {
        let absolute = |path: &PathBuf| match path.to_string_lossy() {
            url if url.starts_with(bucket::SCHEME) => format!("{url} {}", self.bucket.endpoint()),
            _ => std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()).display().to_string(),
        };
        self.sources.iter().map(absolute).collect()
    }

    fn shown(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.display().to_string()).collect()
    }

    fn sources(&self) -> Result<Vec<Source>, Failure> {
        let source = |path: &PathBuf| match path.to_str().and_then(|text| text.strip_prefix(bucket::SCHEME)) {
            Some(place) => self.bucket.source(place),
            None => match std::fs::metadata(path) {
                Ok(_) => Ok(Source::Path(path.clone())),
                Err(error) => Err(Failure::Failed(format!("{}: {error}", path.display()))),
            },
        };
        self.sources.iter().map(source).collect()
    }

    fn wanted(&self) -> Result<Wanted, Failure> {
        let now = clock::now();
        let time = |flag: &str, text: &Option<String>, edge: Edge| -> Result<Option<Timestamp>, Failure> {
            let wrong = |text| Failure::Usage(format!("{flag}: {text:?} is not a time: {}", times::FORMS));
            text.as_ref().map(|text| times::parse(text, edge, now).ok_or_else(|| wrong(text))).transpose()
        };
        Ok(Wanted {
            accounts: self.account.clone(),
            regions: self.region.clone(),
            since: time("--since", &self.since, Edge::Start)?,
            until: time("--until", &self.until, Edge::End)?,
        })
    }
}

impl Totals<'_> {
    fn rows(&self) -> Rows {
        let Value::Object(groups) = self.json() else {
            return Rows { head: &["count", "value"], rows: Vec::new() };
        };
        let mut rows = Vec::new();
        for group in ["files", "events"] {
            let counts = groups[group].as_object().into_iter().flatten();
            let counts = counts.filter(|(_, count)| count.is_u64());
            rows.extend(counts.map(|(name, count)| vec![format!("{group}.{name}"), count.to_string()]));
        }
        Rows { head: &["count", "value"], rows }
    }
}
