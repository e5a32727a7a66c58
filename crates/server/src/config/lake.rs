//! `[lake]`: what queries may take.

use super::{ConfigError, duration, parsed, refused};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// What queries may take.
#[derive(Clone, Debug)]
pub(crate) struct LakeSettings {
    /// How long events wait for their event data store's table at most.
    pub(crate) commit_every: Duration,
    /// Memory of all queries together, in bytes; beyond it they spill.
    pub(crate) query_memory: usize,
    /// Threads that run queries.
    pub(crate) query_threads: usize,
    /// How many queries of one account and region may be queued and running.
    pub(crate) queries_at_once: usize,
    /// How long one may run.
    pub(crate) query_limit: Duration,
    /// What queries may spill together, in bytes.
    pub(crate) spill_bytes: u64,
    /// What results may take together, in bytes.
    pub(crate) results_bytes: u64,
    /// Where PostgreSQL's protocol is spoken, if it is.
    pub(crate) postgres_listen: Option<SocketAddr>,
    /// Tags of principals and resources, for the context of events.
    pub(crate) tags_file: Option<PathBuf>,
    /// The bucket that tables are kept in; `None`: the data folder.
    pub(crate) location: Option<LakeLocation>,
    /// Bytes of data files that are kept in the data folder of each table in the bucket.
    pub(crate) copies_bytes: u64,
}

/// A place in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LakeLocation {
    pub(crate) bucket: String,
    /// Empty, or with a slash at its end.
    pub(crate) prefix: String,
}

/// The text is no place in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotALocation;

impl FromStr for LakeLocation {
    type Err = NotALocation;

    fn from_str(text: &str) -> Result<LakeLocation, NotALocation> {
        let rest = text.strip_prefix("s3://").ok_or(NotALocation)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        // What others write into URLs and paths has no need of escapes.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=".contains(c);
        if bucket.len() < 3 || !bucket.chars().all(is_plain) || !prefix.chars().all(is_plain) {
            return Err(NotALocation);
        }
        if prefix.split('/').any(|part| matches!(part, "." | "..")) || prefix.contains("//") {
            return Err(NotALocation);
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(LakeLocation { bucket: bucket.to_owned(), prefix })
    }
}

impl fmt::Display for LakeLocation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// Reads all of it. `text` gives a setting's value or its default.
pub(super) fn settings(text: &impl Fn(&'static str) -> String) -> Result<LakeSettings, ConfigError> {
    Ok(LakeSettings {
        commit_every: duration("lake.commit_every", &text("lake.commit_every"))?,
        query_memory: at_least("lake.query_memory", text, 32 << 20, "a number of bytes, 32 MiB or more")?,
        query_threads: match text("lake.query_threads").as_str() {
            "" => std::thread::available_parallelism().map_or(1, usize::from),
            _ => at_least("lake.query_threads", text, 1, "a number from 1 on")?,
        },
        queries_at_once: at_least("lake.queries_at_once", text, 1, "a number from 1 on")?,
        query_limit: duration("lake.query_limit", &text("lake.query_limit"))?,
        spill_bytes: parsed("lake.spill_bytes", &text("lake.spill_bytes"), "a number of bytes")?,
        results_bytes: parsed("lake.results_bytes", &text("lake.results_bytes"), "a number of bytes")?,
        postgres_listen: match text("lake.postgres_listen").as_str() {
            "" => None,
            address => Some(parsed("lake.postgres_listen", address, "an address like 127.0.0.1:5432")?),
        },
        tags_file: Some(text("lake.tags_file")).filter(|path| !path.is_empty()).map(PathBuf::from),
        location: match text("lake.location").as_str() {
            "" => None,
            given => Some(given.parse().map_err(|_| {
                let expected = "s3://bucket/prefix, of letters, digits and any of -_./=";
                refused("lake.location", given, expected)
            })?),
        },
        copies_bytes: parsed("lake.copies_bytes", &text("lake.copies_bytes"), "a number of bytes")?,
    })
}

fn at_least(
    name: &'static str,
    text: &impl Fn(&'static str) -> String,
    least: usize,
    expected: &'static str,
) -> Result<usize, ConfigError> {
    let value = text(name);
    let number: usize = parsed(name, &value, expected)?;
    if number < least { Err(refused(name, &value, expected)) } else { Ok(number) }
}
