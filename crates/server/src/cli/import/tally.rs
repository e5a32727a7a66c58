//! Counts that add up.

use crate::cli::counted::counted;
use cairn_decide::imports::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Files that are listed by name, of each sort.
const LISTED_MAX: usize = 1000;

/// Ranges of the server's log, `[from, to)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ranges(Vec<[u64; 2]>);

impl Ranges {
    pub(super) fn add(&mut self, [from, to]: [u64; 2]) {
        match self.0.last_mut() {
            Some(last) if last[1] == from => last[1] = to,
            _ => self.0.push([from, to]),
        }
    }

    pub(super) fn extend(&mut self, other: &Ranges) {
        other.0.iter().for_each(|range| self.add(*range));
    }

    /// Where the last of them ends; 0 if there are none.
    pub(super) fn end(&self) -> u64 {
        self.0.iter().map(|range| range[1]).max().unwrap_or(0)
    }

    /// Ascending, with those joined that touch or overlap.
    pub(super) fn joined(&self) -> Vec<[u64; 2]> {
        let mut all = self.0.clone();
        all.sort_unstable();
        let mut joined: Vec<[u64; 2]> = Vec::with_capacity(all.len());
        for [from, to] in all {
            match joined.last_mut() {
                Some(last) if last[1] >= from => last[1] = last[1].max(to),
                _ => joined.push([from, to]),
            }
        }
        joined
    }
}

/// What became of events: of one file, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// In the server's log.
    pub(super) accepted: u64,
    /// Not taken.
    pub(super) refused: u64,
    /// Of the accepted, those of the future, which history leaves out.
    pub(super) future: u64,
    /// Where the accepted stand.
    pub(super) ranges: Ranges,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Tally) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.future += other.future;
        self.ranges.extend(&other.ranges);
    }

    /// Events read.
    pub(super) fn read(&self) -> u64 {
        self.accepted + self.refused
    }
}

/// What became of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    /// Imported, by kind.
    pub(super) imported: BTreeMap<Kind, u64>,
    /// Of these, the ones that were imported before this run, and whose events count too: it goes on with an
    /// import that was cut off.
    pub(super) resumed: u64,
    /// Imported by an import that had come to its end: nothing of theirs counts.
    pub(super) before: u64,
    pub(super) digests: u64,
    /// Left out by --since, --until, --account or --region.
    pub(super) unwanted: u64,
    /// Held no events of CloudTrail.
    pub(super) other: u64,
    /// Their names; not all if there are many.
    pub(super) others: Vec<String>,
    pub(super) failed: u64,
    /// Their names and why; not all if there are many.
    pub(super) failures: Vec<(String, String)>,
    /// Bytes of the files that were imported in this run, as they are.
    pub(super) bytes: u64,
}

impl Files {
    pub(super) fn pass_other(&mut self, name: &str) {
        self.other += 1;
        if self.others.len() < LISTED_MAX {
            self.others.push(name.to_owned());
        }
    }

    pub(super) fn fail(&mut self, name: &str, why: &str) {
        self.failed += 1;
        if self.failures.len() < LISTED_MAX {
            self.failures.push((name.to_owned(), why.to_owned()));
        }
    }

    pub(super) fn took(&self) -> u64 {
        self.imported.values().sum()
    }
}

/// All counts of an import. `in_history` is what history has of the accepted events.
pub(super) struct Totals<'t> {
    pub(super) files: &'t Files,
    pub(super) events: &'t Tally,
    pub(super) in_history: u64,
    pub(super) seconds: f64,
}

impl Totals<'_> {
    fn duplicates(&self) -> u64 {
        self.events.accepted.saturating_sub(self.events.future + self.in_history)
    }

    /// For people.
    pub(super) fn line(&self) -> String {
        let Totals { files, events, in_history, .. } = self;
        let mut parts = vec![
            format!("{} imported", counted(*in_history, "event")),
            format!("{} refused", events.refused),
        ];
        parts.push(counted(self.duplicates(), "duplicate"));
        if events.future > 0 {
            parts.push(format!("{} of the future kept out of history", events.future));
        }
        let skipped = [
            (files.before, "imported before"),
            (files.digests, "digests"),
            (files.unwanted, "not asked for"),
            (files.other, "not CloudTrail's"),
        ];
        let skipped = skipped.iter().filter(|(count, _)| *count > 0);
        let skipped: String =
            skipped.map(|(count, what)| format!("; {} passed: {what}", counted(*count, "file"))).collect();
        let (tried, failed) = (files.took() + files.failed, counted(files.failed, "file"));
        format!("{}: {}; {failed} failed{skipped}", counted(tried, "file"), parts.join(", "))
    }

    /// For programs: `read` = `new` + `duplicates` + `refused` + `future`.
    pub(super) fn json(&self) -> Value {
        let Totals { files, events, in_history, seconds } = self;
        let by_kind: BTreeMap<&str, u64> =
            files.imported.iter().map(|(kind, count)| (kind.name(), *count)).collect();
        let failures = files.failures.iter().map(|(file, reason)| json!({ "file": file, "reason": reason }));
        json!({
            "files": {
                "imported": files.took(),
                "byKind": by_kind,
                "resumed": files.resumed,
                "importedBefore": files.before,
                "digests": files.digests,
                "notAskedFor": files.unwanted,
                "notCloudTrail": files.other,
                "failed": files.failed,
            },
            "events": {
                "read": events.read(),
                "new": in_history,
                "duplicates": self.duplicates(),
                "refused": events.refused,
                "future": events.future,
            },
            "bytes": files.bytes,
            "seconds": seconds,
            "failed": failures.collect::<Vec<_>>(),
            "notCloudTrail": files.others,
        })
    }
}

#[cfg(test)]
mod tests;
