//! What the name of a CloudTrail file tells: `AWSLogs/[<organization>/]<account>/<kind>/<region>/<Y>/<M>/<D>/
//! <account>_<kind>_<region>_<time>_<random>.json.gz`. The last part alone tells it all, and so do the
//! folders, so that flat folders and renamed files are understood too.

use cairn_model::{AccountId, Timestamp};
use std::time::Duration;

/// What CloudTrail puts into buckets, each in a folder of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Management and data events.
    CloudTrail,
    /// Insights events.
    Insight,
    /// Network activity events.
    NetworkActivity,
    /// Aggregated data events.
    Aggregated,
    /// Digests: they prove files, and hold no events.
    Digest,
    /// Results of Lake queries.
    Lake,
    /// The name tells nothing.
    Unknown,
}

impl Kind {
    /// Those that names tell.
    pub const ALL: [Kind; 6] =
        [Kind::CloudTrail, Kind::Insight, Kind::NetworkActivity, Kind::Aggregated, Kind::Digest, Kind::Lake];

    /// The name of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Kind::CloudTrail => "CloudTrail",
            Kind::Insight => "CloudTrail-Insight",
            Kind::NetworkActivity => "CloudTrail-NetworkActivity",
            Kind::Aggregated => "CloudTrail-Aggregated",
            Kind::Digest => "CloudTrail-Digest",
            Kind::Lake => "CloudTrail-Lake",
            Kind::Unknown => "other",
        }
    }

    /// What [`Kind::name`] gave.
    pub fn of_name(name: &str) -> Kind {
        Kind::named(name).unwrap_or(Kind::Unknown)
    }

    pub(super) fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What the file holds.
    pub kind: Kind,
    /// Whose events it holds.
    pub account: Option<AccountId>,
    /// The region of its events.
    pub region: Option<String>,
    /// The minute or the day of delivery: its first instant, and the first behind it.
    pub delivered: Option<(Timestamp, Timestamp)>,
}

impl Layout {
    /// Reads a name whose parts are divided by slashes.
    pub fn of(name: &str) -> Layout {
        let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
        let by_file = Layout::of_file(file);
        let by_folder = Layout::of_folders(folders);
        Layout {
            kind: if by_file.kind == Kind::Unknown { by_folder.kind } else { by_file.kind },
            account: by_file.account.or(by_folder.account),
            region: by_file.region.or(by_folder.region),
            delivered: by_file.delivered.or(by_folder.delivered),
        }
    }

    fn of_file(file: &str) -> Layout {
        let mut parts = file.split('_');
        let account = parts.next().and_then(|part| part.parse().ok());
        let kind = parts.next().and_then(Kind::named);
        let (Some(account), Some(kind)) = (account, kind) else { return Layout::unknown() };
        Layout {
            kind,
            account: Some(account),
            region: parts.next().map(str::to_owned),
            delivered: parts.find_map(minute),
        }
    }

    fn of_folders(folders: &str) -> Layout {
        let folders: Vec<&str> = folders.split('/').collect();
        let Some((at, kind)) =
            folders.iter().enumerate().rev().find_map(|(at, folder)| Some((at, Kind::named(folder)?)))
        else {
            return Layout::unknown();
        };
        let has_region = kind != Kind::Lake;
        Layout {
            kind,
            account: at.checked_sub(1).and_then(|before| folders[before].parse().ok()),
            region: folders.get(at + 1).filter(|_| has_region).map(|region| (*region).to_owned()),
            delivered: folders.get(at + 2..at + 5).and_then(day),
        }
    }

    fn unknown() -> Layout {
        Layout { kind: Kind::Unknown, account: None, region: None, delivered: None }
    }
}

/// Reads `20260301T0805Z`, or a digest's `20260301T080500Z`.
fn minute(text: &str) -> Option<(Timestamp, Timestamp)> {
    let text = text.split('.').next()?;
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let is_time = date.len() == 8 && matches!(time.len(), 4 | 6) && text.is_ascii();
    if !is_time {
        return None;
    }
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let start = Timestamp::parse(&format!("{year}-{month}-{day}T{}:{}:00Z", &time[..2], &time[2..4]))?;
    Some((start, start.plus(Duration::from_secs(60))))
}

fn day(folders: &[&str]) -> Option<(Timestamp, Timestamp)> {
    let [year, month, day] = folders else { return None };
    let start = Timestamp::parse(&format!("{year}-{month}-{day}T00:00:00Z"))?;
    Some((start, start.plus(Duration::from_secs(86_400))))
}

/// Which files are wanted, by what their names tell.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of these accounts; of all if there are none.
    pub accounts: Vec<AccountId>,
    /// Of these regions; of all if there are none.
    pub regions: Vec<String>,
    /// Delivered then or later.
    pub since: Option<Timestamp>,
    /// Delivered then or before.
    pub until: Option<Timestamp>,
}

impl Wanted {
    /// Whether a file is wanted. One whose name does not tell what is asked for is not.
    pub fn takes(&self, layout: &Layout) -> bool {
        let account = self.accounts.is_empty()
            || layout.account.is_some_and(|account| self.accounts.contains(&account));
        let region = self.regions.is_empty()
            || layout.region.as_ref().is_some_and(|region| self.regions.contains(region));
        account && region && self.takes_time(layout)
    }

    pub(super) fn takes_time(&self, layout: &Layout) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        layout.delivered.is_some_and(|(start, end)| {
            self.since.is_none_or(|since| end > since) && self.until.is_none_or(|until| start <= until)
        })
    }
}

#[cfg(test)]
mod tests;
