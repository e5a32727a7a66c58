//! Where trails deliver to, as far as the keys of log files tell.

use cairn_model::{AccountId, Trail, TrailArn};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A place for log files: keys name account and prefix, not the trail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Destination {
    pub(super) bucket: String,
    /// What stands before `AWSLogs/`, without its slash.
    pub(super) prefix: Option<String>,
    pub(super) account: AccountId,
}

impl Destination {
    pub(super) fn of(trail: &Trail) -> Destination {
        let Trail { arn, bucket, prefix, .. } = trail;
        let prefix = prefix.clone().filter(|prefix| !prefix.is_empty());
        Destination { bucket: bucket.clone(), prefix, account: arn.account }
    }

    /// Of a log file's key.
    pub(super) fn of_key(bucket: &str, key: &str) -> Option<Destination> {
        const ROOT: &str = "AWSLogs/";
        let (prefix, rest) = match key.rfind("/AWSLogs/") {
            Some(slash) => (Some(key[..slash].to_owned()), &key[slash + 1 + ROOT.len()..]),
            None => (None, key.strip_prefix(ROOT)?),
        };
        let (account, rest) = rest.split_once('/')?;
        let (kind, _) = rest.split_once('/')?;
        if !kind.starts_with("CloudTrail") || kind == "CloudTrail-Digest" {
            return None;
        }
        Some(Destination { bucket: bucket.to_owned(), prefix, account: account.parse().ok()? })
    }
}

/// `s3://bucket/prefix/AWSLogs/account/`.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Destination { bucket, prefix, account } = self;
        let prefix = prefix.as_ref().map_or_else(String::new, |prefix| format!("{prefix}/"));
        write!(f, "s3://{bucket}/{prefix}AWSLogs/{account}/")
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

    /// The number of a trail's destination.
    pub(super) fn number_of(&mut self, trail: &Trail) -> u32 {
        let number = self.number(Destination::of(trail));
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
