//! `[imports]`: buckets of live trails.

use super::{ConfigError, duration, refused};
use cairn_decide::imports::{Location, location};
use std::collections::HashSet;
use std::time::Duration;

const EXPECTED: &str = "a list of s3://BUCKET/PREFIX, each alone or as s3://BUCKET/PREFIX@https://QUEUE-URL";

/// Buckets that are imported from for ever.
#[derive(Clone, Debug)]
pub(crate) struct ImportSettings {
    /// The buckets.
    pub(crate) follow: Vec<FollowedSource>,
    /// How often those without a queue are looked through.
    pub(crate) every: Duration,
    /// How long after its day a file may come.
    pub(crate) look_back: Duration,
}

/// A bucket, or a part of one, that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FollowedSource {
    /// `s3://bucket/prefix`: its files are remembered under it.
    pub(crate) name: String,
    /// The same in parts.
    pub(crate) location: Location,
    /// The URL of the queue that tells of new files.
    pub(crate) queue: Option<String>,
}

/// Reads the table; `text` gives each setting's value.
pub(super) fn settings(text: &impl Fn(&'static str) -> String) -> Result<ImportSettings, ConfigError> {
    let follow = text("imports.follow");
    let sources = follow.split(',').map(str::trim).filter(|source| !source.is_empty());
    let sources: Vec<FollowedSource> = sources.map(source).collect::<Result<_, _>>()?;
    let mut queues = HashSet::new();
    if !sources.iter().filter_map(|source| source.queue.as_ref()).all(|queue| queues.insert(queue)) {
        // Whoever took a message about another's file would delete it.
        return Err(refused("imports.follow", &follow, "each queue for one source only"));
    }
    Ok(ImportSettings {
        follow: sources,
        every: duration("imports.every", &text("imports.every"))?,
        look_back: duration("imports.look_back", &text("imports.look_back"))?,
    })
}

fn source(text: &str) -> Result<FollowedSource, ConfigError> {
    let refused = || refused("imports.follow", text, EXPECTED);
    let (name, queue) = match text.split_once('@') {
        Some((name, queue)) => (name, Some(queue)),
        None => (text, None),
    };
    let is_url = |queue: &str| queue.starts_with("https://") || queue.starts_with("http://");
    if queue.is_some_and(|queue| !is_url(queue)) {
        return Err(refused());
    }
    let location = location(name).map_err(|_| refused())?;
    Ok(FollowedSource { name: name.to_owned(), location, queue: queue.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::settings;

    fn read(follow: &str) -> Option<Vec<(String, Option<String>)>> {
        let text = |key: &'static str| match key {
            "imports.follow" => follow.to_owned(),
            "imports.every" => "5m".to_owned(),
            _ => "7d".to_owned(),
        };
        let read = settings(&text).ok()?;
        Some(read.follow.into_iter().map(|source| (source.name, source.queue)).collect())
    }

    #[test]
    fn sources_stand_alone_or_with_their_queue() {
        assert_eq!(read(""), Some(Vec::new()));
        let queue = "https://sqs.us-east-1.amazonaws.com/111122223333/files";
        assert_eq!(
            read(&format!("s3://logs/AWSLogs/, s3://other@{queue}")),
            Some(vec![
                ("s3://logs/AWSLogs/".to_owned(), None),
                ("s3://other".to_owned(), Some(queue.to_owned()))
            ])
        );
        assert_eq!(read(&format!("s3://logs@{queue}, s3://other@{queue}")), None);
        for wrong in ["logs", "s3://", "s3://logs@files", "s3://logs/@"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
