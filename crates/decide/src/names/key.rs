//! The keys of delivered objects:
//! `[prefix/]AWSLogs/[<organization>/]<account>/<kind>/<region>/<YYYY>/<MM>/<DD>/<file>`.

use cairn_model::{AccountId, Category, Timestamp, Trail};
use std::fmt;

/// A folder of log files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogKind {
    /// Management and data events.
    CloudTrail,
    /// Insights events.
    Insight,
    /// Network activity events.
    NetworkActivity,
    /// Aggregated data events.
    Aggregated,
}

impl LogKind {
    /// The folder of events of this category; those that Cairn does not know go with the management events, as those
    /// would that no trail takes.
    pub fn of(category: Category) -> LogKind {
        match category {
            Category::Management
            | Category::Data
            | Category::ActivityAuditLog
            | Category::ConfigurationItem
            | Category::Evidence
            | Category::Other => LogKind::CloudTrail,
            Category::Insight => LogKind::Insight,
            Category::NetworkActivity => LogKind::NetworkActivity,
            Category::Aggregated => LogKind::Aggregated,
        }
    }

    /// The folder's name, which file names carry too.
    pub fn folder(self) -> &'static str {
        match self {
            LogKind::CloudTrail => "CloudTrail",
            LogKind::Insight => "CloudTrail-Insight",
            LogKind::NetworkActivity => "CloudTrail-NetworkActivity",
            LogKind::Aggregated => "CloudTrail-Aggregated",
        }
    }
}

/// The key of a log file of events of `account` in `region`, cut at `cut`; `random` is 16 letters and digits,
/// see [`random_part`].
pub fn log_file_key(
    trail: &Trail,
    kind: LogKind,
    account: AccountId,
    region: &str,
    cut: Timestamp,
    random: &str,
) -> String {
    let kind = kind.folder();
    let (year, month, day, hour, minute, _) = cut.civil();
    let folder = Folder { trail, kind, account, region, time: cut };
    format!(
        "{folder}{account}_{kind}_{region}_{year:04}{month:02}{day:02}T{hour:02}{minute:02}Z_{random}.json.gz"
    )
}

/// The key of the digest of `account` in `region` whose window ends at `end`.
pub fn digest_key(trail: &Trail, account: AccountId, region: &str, end: Timestamp) -> String {
    let kind = "CloudTrail-Digest";
    let folder = Folder { trail, kind, account, region, time: end };
    let (name, home, time) = (&trail.arn.name, &trail.arn.region, end.compact());
    format!("{folder}{account}_{kind}_{region}_{name}_{home}_{time}.json.gz")
}

struct Folder<'a> {
    trail: &'a Trail,
    kind: &'static str,
    account: AccountId,
    region: &'a str,
    time: Timestamp,
}

impl fmt::Display for Folder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.trail.prefix {
            write!(f, "{prefix}/")?;
        }
        f.write_str("AWSLogs/")?;
        if let Some(organization) = &self.trail.organization {
            write!(f, "{organization}/")?;
        }
        let (year, month, day, ..) = self.time.civil();
        let Folder { kind, account, region, .. } = self;
        write!(f, "{account}/{kind}/{region}/{year:04}/{month:02}/{day:02}/")
    }
}

/// The stream of the trail's log group that events of `account` go to.
pub fn log_stream_name(trail: &Trail, account: AccountId) -> String {
    let home = &trail.arn.region;
    match &trail.organization {
        Some(organization) => format!("{organization}_{account}_CloudTrail_{home}"),
        None => format!("{account}_CloudTrail_{home}"),
    }
}

/// The 16 letters and digits that end a log file's name, made of random bits.
pub fn random_part(bits: u128) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut rest = bits;
    (0..16)
        .map(|_| {
            let letter = LETTERS[(rest % 62) as usize];
            rest /= 62;
            char::from(letter)
        })
        .collect()
}
