//! Where trails deliver to, as far as the keys of log files tell.

use cairn_model::{AccountId, OrganizationId, Trail, TrailArn};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A place for log files: keys name account, organization and prefix, not the trail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Destination {
    pub(super) bucket: String,
    /// What stands before `AWSLogs/`, without its slash.
    pub(super) prefix: Option<String>,
    /// Of a trail that is an organization's.
    pub(super) organization: Option<OrganizationId>,
    pub(super) account: AccountId,
}

impl Destination {
    /// Where a trail delivers events of an account.
    pub(super) fn of(trail: &Trail, account: AccountId) -> Destination {
        let Trail { bucket, prefix, organization, .. } = trail;
        let prefix = prefix.clone().filter(|prefix| !prefix.is_empty());
        Destination { bucket: bucket.clone(), prefix, organization: organization.clone(), account }
    }

    /// Of the key of a log file that holds events of the log: aggregated events are counts of them.
    pub(super) fn of_key(bucket: &str, key: &str) -> Option<Destination> {
        const ROOT: &str = "AWSLogs/";
        let (prefix, rest) = match key.rfind("/AWSLogs/") {
            Some(slash) => (Some(key[..slash].to_owned()), &key[slash + 1 + ROOT.len()..]),
            None => (None, key.strip_prefix(ROOT)?),
        };
        let (first, after) = rest.split_once('/')?;
        let organization: Option<OrganizationId> = first.parse().ok();
        let rest = if organization.is_some() { after } else { rest };
        let (account, rest) = rest.split_once('/')?;
        let (kind, _) = rest.split_once('/')?;
        if !kind.starts_with("CloudTrail") || ["CloudTrail-Digest", "CloudTrail-Aggregated"].contains(&kind) {
            return None;
        }
        Some(Destination { bucket: bucket.to_owned(), prefix, organization, account: account.parse().ok()? })
    }
}

/// `s3://bucket/prefix/AWSLogs/organization/account/`.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Destination { bucket, prefix, organization, account } = self;
        let organization = organization.as_ref().map_or_else(String::new, |id| format!("{id}/"));
        let prefix = prefix.as_ref().map_or_else(String::new, |prefix| format!("{prefix}/"));
        write!(f, "s3://{bucket}/{prefix}AWSLogs/{organization}{account}/")
    }
}

/// Destinations by number.
#[derive(Debug, Default)]
pub(super) struct Destinations {
    numbers: HashMap<Destination, u32>,
    list: Vec<Destination>,
    /// Those that each trail has or had.
    of_trails: HashMap<TrailArn, HashSet<u32>>,
    /// The buckets that are here.
    here: HashSet<String>,
}

impl Destinations {
    pub(super) fn new(here: HashSet<String>) -> Destinations {
        Destinations { here, ..Destinations::default() }
    }

    /// The number of a trail's destination for events of an account.
    pub(super) fn number_of(&mut self, trail: &Trail, account: AccountId) -> u32 {
        let number = self.number(Destination::of(trail, account));
        self.of_trails.entry(trail.arn.clone()).or_default().insert(number);
        number
    }

    /// Whether the trail delivers there, or did.
    pub(super) fn is_of(&self, number: u32, trail: &TrailArn) -> bool {
        self.of_trails.get(trail).is_some_and(|numbers| numbers.contains(&number))
    }

    fn number(&mut self, destination: Destination) -> u32 {
        if let Some(number) = self.numbers.get(&destination) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).expect("there are not so many trails");
        self.list.push(destination.clone());
        self.numbers.insert(destination, number);
        number
    }

    /// The number of a destination that a trail has or had.
    pub(super) fn known(&self, destination: &Destination) -> Option<u32> {
        self.numbers.get(destination).copied()
    }

    pub(super) fn get(&self, number: u32) -> &Destination {
        &self.list[number as usize]
    }

    /// Whether its log files are here to be read.
    pub(super) fn is_here(&self, number: u32) -> bool {
        self.here.contains(&self.get(number).bucket)
    }
}
