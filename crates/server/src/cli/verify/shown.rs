//! A report as people and programs read it.

use crate::cli::counted::counted;
use crate::cli::output::Columns;
use cairn_model::Timestamp;
use cairn_verify::{Aspect, ChainReport, Finding, Report, Tally};
use indicatif::HumanBytes;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// Findings that people are shown; programs are given all that there are.
const SHOWN_MAX: usize = 50;

const HEAD: &[&str] =
    &["ACCOUNT", "TRAIL", "HOME", "REGION", "FROM", "TO", "DIGESTS", "LOG FILES", "MISSING", "FINDINGS"];

/// Chains, findings and both verdicts, with a line each.
pub(super) fn table(report: &Report, took: Duration) -> String {
    let mut text = match report.chains.is_empty() {
        true => String::new(),
        false => Columns::new(HEAD).lines(report.chains.iter().map(row).collect()) + "\n",
    };
    for finding in report.findings.iter().take(SHOWN_MAX) {
        let aspect = match finding.fault.aspect() {
            Aspect::Integrity => "integrity",
            Aspect::Completeness => "completeness",
        };
        line(&mut text, format_args!("{aspect}: {}", printable(&finding.to_string())));
    }
    let all = report.integrity_faults + report.completeness_faults;
    let left_out = all.saturating_sub(report.findings.len().min(SHOWN_MAX) as u64);
    if left_out > 0 {
        line(&mut text, format_args!("... and {left_out} more; --output json lists them"));
    }
    if all > 0 {
        text.push('\n');
    }
    verdicts(&mut text, report);
    beside(&mut text, report);
    let rate = HumanBytes((report.bytes as f64 / took.as_secs_f64().max(1e-9)) as u64);
    let (files, bytes) = (counted(report.files, "file"), HumanBytes(report.bytes));
    line(&mut text, format_args!("{files}, {bytes} in {:.1} s: {rate}/s", took.as_secs_f64()));
    text
}

fn row(chain: &ChainReport) -> Vec<String> {
    let ChainReport { id, digests, log_files, .. } = chain;
    let ratio = |tally: &Tally| format!("{}/{}", tally.proven, tally.found());
    let region = if id.backfill { format!("{} (backfill)", id.region) } else { id.region.clone() };
    vec![
        id.account.clone(),
        id.trail.clone(),
        id.home.clone(),
        region,
        time(chain.from).unwrap_or_default(),
        time(chain.to).unwrap_or_default(),
        ratio(digests),
        ratio(log_files),
        (digests.missing + log_files.missing).to_string(),
        chain.faults.to_string(),
    ]
}

fn verdicts(text: &mut String, report: &Report) {
    let (digests, files) = report.totals();
    let verdict = |good| if good { "good" } else { "BAD " };
    let integrity = verdict(report.is_intact());
    line(
        text,
        format_args!(
            "integrity     {integrity}  {} of {} digests and {} of {} log files are what was delivered",
            digests.proven,
            digests.found(),
            files.proven,
            files.found()
        ),
    );
    let completeness = verdict(report.is_complete());
    let (digests, files) = (counted(digests.missing, "digest"), counted(files.missing, "log file"));
    let findings = counted(report.completeness_faults, "finding");
    line(text, format_args!("completeness  {completeness}  {digests} and {files} are missing, {findings}"));
}

/// What is no fault, and not proven either.
fn beside(text: &mut String, report: &Report) {
    let (digests, files) = report.totals();
    let unnamed = &report.unnamed;
    if digests.newer > 0 {
        let (digests, files) = (counted(digests.newer, "digest"), counted(files.newer, "log file"));
        line(text, format_args!("newer than the file of keys, not judged: {digests}, {files}"));
    }
    if unnamed.waiting > 0 {
        line(text, format_args!("not in a digest yet: {}", counted(unnamed.waiting, "log file")));
    }
    if unnamed.outside > 0 {
        let outside = counted(unnamed.outside, "log file");
        line(text, format_args!("at a time or of a kind that no digest covers: {outside}"));
    }
    if unnamed.inside > 0 {
        let inside = counted(unnamed.inside, "log file");
        line(text, format_args!("in no digest, at a time that digests cover: {inside}"));
    }
    for bucket in &report.elsewhere {
        let bucket = printable(bucket);
        line(
            text,
            format_args!("the file of keys also has chains of the bucket {bucket}, which is not here"),
        );
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a String takes all that is written");
}

/// Control characters would reach the terminal: a key must not move the cursor.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn time(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

/// The whole report.
pub(super) fn json(report: &Report, took: Duration) -> Value {
    let verdict = |good, faults: u64| json!({ "good": good, "findings": faults });
    let unnamed = &report.unnamed;
    json!({
        "good": report.is_intact() && report.is_complete(),
        "integrity": verdict(report.is_intact(), report.integrity_faults),
        "completeness": verdict(report.is_complete(), report.completeness_faults),
        "chains": report.chains.iter().map(chain).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "unnamed": { "inside": unnamed.inside, "outside": unnamed.outside, "waiting": unnamed.waiting },
        "elsewhere": report.elsewhere,
        "files": report.files, "bytes": report.bytes, "seconds": took.as_secs_f64(),
    })
}

fn chain(chain: &ChainReport) -> Value {
    let ChainReport { id, .. } = chain;
    json!({
        "organization": id.organization, "account": id.account, "trail": id.trail, "homeRegion": id.home,
        "region": id.region, "backfill": id.backfill, "from": time(chain.from), "to": time(chain.to),
        "starts": chain.starts, "digests": tally(&chain.digests), "logFiles": tally(&chain.log_files),
        "findings": chain.faults,
    })
}

fn tally(tally: &Tally) -> Value {
    let Tally { proven, invalid, unproven, missing, newer } = tally;
    json!({
        "proven": proven, "invalid": invalid, "unproven": unproven, "missing": missing, "newer": newer,
    })
}

fn finding(finding: &Finding) -> Value {
    let aspect = match finding.fault.aspect() {
        Aspect::Integrity => "integrity",
        Aspect::Completeness => "completeness",
    };
    json!({
        "aspect": aspect, "code": finding.fault.code(), "object": finding.object, "message": finding.fault.to_string(),
    })
}
