//! What is answered to who posts events.

use cairn_model::Position;
use serde::Serialize;
use std::ops::Range;

/// Refusals and notes that an answer lists at most; the totals count exactly.
const LISTED_MAX: usize = 10_000;

/// The answer: `{"accepted": N, "refused": [{"line", "reason"}], "noted": [{"line", "reason"}]}`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Receipt {
    /// How many events are in the log now.
    pub(crate) accepted: u64,
    /// What was not taken. Lines, or elements of an array, count from 1.
    pub(crate) refused: Vec<Line>,
    /// What was taken, but is treated otherwise than the caller may think.
    pub(crate) noted: Vec<Line>,
    /// How many records were refused, if not all of them are listed.
    #[serde(rename = "refusedTotal", skip_serializing_if = "Option::is_none")]
    pub(crate) refused_total: Option<u64>,
    /// How many were noted, if not all of them are listed.
    #[serde(rename = "notedTotal", skip_serializing_if = "Option::is_none")]
    pub(crate) noted_total: Option<u64>,
    /// Where the events stand in the log, as `[from, to)`, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) positions: Option<Vec<[Position; 2]>>,
    #[serde(skip)]
    totals: Totals,
}

/// Counts beyond what is listed.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    refused: u64,
    noted: u64,
}

/// One line and what is to be said of it.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) line: u64,
    pub(crate) reason: String,
}

impl Receipt {
    /// How many records were not taken.
    pub(crate) fn refused(&self) -> u64 {
        self.totals.refused
    }

    pub(super) fn refuse(&mut self, line: u64, reason: String) {
        list(&mut self.refused, line, reason);
        self.totals.refused += 1;
    }

    pub(super) fn note(&mut self, line: u64, reason: &str) {
        list(&mut self.noted, line, reason.to_owned());
        self.totals.noted += 1;
    }

    /// States the totals of lists that are cut short.
    pub(super) fn finish(&mut self) {
        let unless_listed = |total: u64, listed: &[Line]| (total != listed.len() as u64).then_some(total);
        self.refused_total = unless_listed(self.totals.refused, &self.refused);
        self.noted_total = unless_listed(self.totals.noted, &self.noted);
    }

    pub(super) fn stands_at(&mut self, ranges: impl IntoIterator<Item = Range<Position>>) {
        self.positions = Some(ranges.into_iter().map(|range| [range.start, range.end]).collect());
    }
}

fn list(lines: &mut Vec<Line>, line: u64, reason: String) {
    if lines.len() < LISTED_MAX {
        lines.push(Line { line, reason });
    }
}
