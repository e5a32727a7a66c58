//! What of a bucket is read: which folders are looked into, and which files are taken.

use super::layout::{Kind, Layout, Wanted};
use super::selection::Selection;
use cairn_model::Timestamp;
use std::time::Duration;

/// How long after its events a file may come: AWS delivers within minutes, but does not promise it.
const LATE: Duration = Duration::from_secs(86_400);

/// Which files an import reads, by what their names tell.
#[derive(Clone, Debug)]
pub struct Plan {
    kinds: Vec<Kind>,
    /// By when files were delivered.
    wanted: Wanted,
}

/// What is done about a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// Nothing in it is wanted.
    Skip,
    /// It is the folder of one day: all below it is read.
    Day,
    /// It is looked into.
    LookInto,
}

impl Plan {
    /// The files that may hold events of a selection. Files whose names tell nothing are among them.
    pub fn of(selection: &Selection) -> Plan {
        let mut kinds = vec![Kind::Unknown];
        for (categories, kind) in [
            (&["Management", "Data"][..], Kind::CloudTrail),
            (&["NetworkActivity"], Kind::NetworkActivity),
            (&["Insight"], Kind::Insight),
        ] {
            if categories.iter().any(|category| selection.takes_category(category)) {
                kinds.push(kind);
            }
        }
        Plan::new(kinds, selection.since, selection.until.map(|until| until.plus(LATE)))
    }

    /// Files of every kind that holds events, delivered at `since` or later.
    pub fn all(since: Timestamp) -> Plan {
        let kinds = [Kind::Unknown, Kind::CloudTrail, Kind::Insight, Kind::NetworkActivity, Kind::Aggregated];
        Plan::new(kinds.to_vec(), Some(since), None)
    }

    fn new(kinds: Vec<Kind>, since: Option<Timestamp>, until: Option<Timestamp>) -> Plan {
        Plan { kinds, wanted: Wanted { since, until, ..Wanted::default() } }
    }

    /// What is done about the folder of this path, which ends with a slash.
    pub fn folder(&self, path: &str) -> Folder {
        let folders: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let kind = folders.iter().enumerate().rev().find_map(|(at, name)| Some((at, Kind::named(name)?)));
        match kind {
            Some((_, kind)) if !self.kinds.contains(&kind) => Folder::Skip,
            Some((at, _)) => self.dated(folders.get(at + 2..).unwrap_or_default()),
            None if is_of_another_service(&folders) => Folder::Skip,
            None => Folder::LookInto,
        }
    }

    /// By the year, the month and the day that a folder is of, as far as it tells them.
    fn dated(&self, date: &[&str]) -> Folder {
        let Some((first, last)) = days_of(date) else { return Folder::LookInto };
        let is_late = self.wanted.until.is_some_and(|until| first > until);
        let is_early = self.wanted.since.is_some_and(|since| last < since);
        match date.len() {
            _ if is_late || is_early => Folder::Skip,
            0..3 => Folder::LookInto,
            _ => Folder::Day,
        }
    }

    /// Whether the file of this key is read. Only what is packed by gzip can be a log file.
    pub fn takes(&self, key: &str) -> bool {
        let layout = Layout::of(key);
        // What tells no time may be of any.
        let in_time = layout.delivered.is_none() || self.wanted.takes_time(&layout);
        key.ends_with(".gz") && self.kinds.contains(&layout.kind) && in_time && !self.is_elsewhere(key)
    }

    fn is_elsewhere(&self, key: &str) -> bool {
        let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.folder(folder) == Folder::Skip
    }
}

/// Other services keep their logs beside CloudTrail's: `AWSLogs/[<organization>/]<account>/<service>/`.
fn is_of_another_service(folders: &[&str]) -> bool {
    let mut below = folders.iter().skip_while(|folder| **folder != "AWSLogs").skip(1).peekable();
    if below.peek().is_some_and(|folder| folder.starts_with("o-")) {
        below.next();
    }
    let is_account =
        below.next().is_some_and(|folder| folder.len() == 12 && folder.bytes().all(|b| b.is_ascii_digit()));
    is_account && below.next().is_some()
}

/// The first and the last instant of a year, a month or a day; `None` if it is none.
fn days_of(date: &[&str]) -> Option<(Timestamp, Timestamp)> {
    let time =
        |year: &str, month: &str, day: &str| Timestamp::parse(&format!("{year}-{month}-{day}T00:00:00Z"));
    let day = Duration::from_secs(86_400);
    let (first, days) = match date {
        [year] => (time(year, "01", "01")?, 366),
        [year, month] => (time(year, month, "01")?, 31),
        [year, month, day, ..] => (time(year, month, day)?, 1),
        [] => return None,
    };
    Some((first, first.plus(day * days)))
}

#[cfg(test)]
mod tests;
