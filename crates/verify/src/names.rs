//! What the keys of log files and digests say.
//!
//! `[prefix/]AWSLogs/[<organization>/]<account>/<kind>/<region>/<YYYY>/<MM>/<DD>/<file>`, source: AWS
//! CloudTrail User Guide, "Finding your CloudTrail log files".

use cairn_model::{Timestamp, TrailArn};
use serde::Serialize;
use std::fmt;

const DIGEST: &str = "CloudTrail-Digest";
/// Kinds of log files. Other folders, saved query results say, are nobody's to prove here.
const LOG_KINDS: [&str; 4] =
    ["CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"];

/// A series of digests: those of one trail for one account and region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ChainId {
    /// The organization, of an organization's trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The account whose events it covers.
    pub account: String,
    /// The trail's name.
    pub trail: String,
    /// The trail's home region.
    pub home: String,
    /// The region that it covers.
    pub region: String,
    /// Whether it is the separate chain of digests that were made up for later.
    pub backfill: bool,
}

impl ChainId {
    /// The chain of an account's own trail for a region.
    pub fn of(trail: &TrailArn, region: &str) -> ChainId {
        ChainId {
            organization: None,
            account: trail.account.to_string(),
            trail: trail.name.clone(),
            home: trail.region.clone(),
            region: region.to_owned(),
            backfill: false,
        }
    }
}

/// `111122223333 default (us-east-1) eu-west-1`: account, behind its organization if the trail is that's, trail with its
/// home region, region covered.
impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChainId { organization, account, trail, home, region, .. } = self;
        if let Some(organization) = organization {
            write!(f, "{organization} ")?;
        }
        write!(f, "{account} {trail} ({home}) {region}")?;
        if self.backfill { f.write_str(" backfill") } else { Ok(()) }
    }
}

/// The minute in which the log file with this key was delivered; nothing if it is none.
pub fn delivered_at(key: &str) -> Option<Timestamp> {
    match Named::parse(key)?.what {
        What::LogFile { minute, .. } => Some(minute),
        What::Digest { .. } => None,
    }
}

/// What the path of an object says. It may be a whole key or what of one a copy kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// What stands before `AWSLogs/`, with its slash.
    pub(crate) base: &'a str,
    pub(crate) organization: Option<&'a str>,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) what: What,
}

/// What an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Digest {
        chain: ChainId,
        end: Timestamp,
    },
    LogFile {
        /// The minute of its delivery.
        minute: Timestamp,
        /// Whether it holds management and data events, which every digest covers.
        is_plain: bool,
    },
}

impl Named<'_> {
    /// Nothing if the path is that of neither a log file nor a digest.
    pub(crate) fn parse(path: &str) -> Option<Named<'_>> {
        let (base, rest) = split_base(path)?;
        let parts: Vec<&str> = rest.split('/').collect();
        let (organization, parts) = match parts.len() {
            7 => (None, &parts[..]),
            8 => (Some(parts[0]), &parts[1..]),
            _ => return None,
        };
        let [account, kind, region, _year, _month, _day, file] = parts else { return None };
        let start = format!("{account}_{kind}_{region}_");
        let name = file.strip_prefix(&start)?.strip_suffix(".json.gz")?;
        let what = if *kind == DIGEST {
            digest(name, organization, account, region)?
        } else {
            LOG_KINDS.contains(kind).then_some(())?;
            log_file(name, *kind == LOG_KINDS[0])?
        };
        Some(Named { base, organization, account, region, what })
    }
}

/// Splits behind the last folder `AWSLogs`: prefixes are anyone's choice and may hold one too.
fn split_base(path: &str) -> Option<(&str, &str)> {
    const ROOT: &str = "AWSLogs/";
    let at = path.rfind("/AWSLogs/").map(|slash| slash + 1);
    let at = at.or_else(|| path.starts_with(ROOT).then_some(0))?;
    Some((&path[..at], &path[at + ROOT.len()..]))
}

/// `<trail>_<home region>_<YYYYMMDDTHHMMSSZ>[_backfill]`; a trail's name may hold underscores.
fn digest(name: &str, organization: Option<&str>, account: &str, region: &str) -> Option<What> {
    let (name, backfill) = match name.strip_suffix("_backfill") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (name, end) = name.rsplit_once('_')?;
    let (trail, home) = name.rsplit_once('_')?;
    let chain = ChainId {
        organization: organization.map(str::to_owned),
        account: account.to_owned(),
        trail: trail.to_owned(),
        home: home.to_owned(),
        region: region.to_owned(),
        backfill,
    };
    Some(What::Digest { chain, end: compact_time(end)? })
}

/// `<YYYYMMDDTHHMMZ>_<random>`.
fn log_file(name: &str, is_plain: bool) -> Option<What> {
    let (minute, _random) = name.split_once('_')?;
    let minute = compact_time(&format!("{}00Z", minute.strip_suffix('Z')?))?;
    Some(What::LogFile { minute, is_plain })
}

/// Reads `YYYYMMDDTHHMMSSZ`.
fn compact_time(text: &str) -> Option<Timestamp> {
    let is_compact = text.len() == 16 && text.is_ascii();
    let part = |range: std::ops::Range<usize>| &text[range];
    is_compact.then(|| {
        let date = [part(0..4), part(4..6), part(6..8)].join("-");
        let time = [part(9..11), part(11..13), part(13..16)].join(":");
        Timestamp::parse(&format!("{date}{}{time}", part(8..9)))
    })?
}

#[cfg(test)]
mod tests;
