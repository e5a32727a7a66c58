//! One chain of digests, from the newest to the oldest: each vouches for the one before it.

use crate::digest::{Digest, Link};
use crate::names::{ChainId, Named};
use crate::pool::Job;
use crate::report::{ChainReport, Fault};
use crate::source::{Opened, Place, SourceError};
use crate::unpack::{UnpackError, Unpacker};
use crate::verify::{Context, lock};
use cairn_model::Timestamp;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

mod proof;

/// The JSON of a digest is no larger: some hundred thousand log files in one window.
const JSON_BYTES_MAX: usize = 256 << 20;

/// A digest that was listed.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    /// The end of its window, by its name.
    pub(crate) end: Timestamp,
}

/// What a digest's word is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its signature holds.
    Proven,
    /// It is not what was delivered.
    Invalid,
    /// A key or a signature is missing.
    Unproven,
    /// Newer than the file of keys, without a signature of its own.
    Newer,
}

/// A time that digests cover without a gap. The first window of a run is not in it: log files that were
/// gathered before validation began may be delivered then.
#[derive(Debug)]
pub(crate) struct Covered {
    /// Where one of the digests is.
    pub(crate) place: Place,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Covered {
    /// Whether a digest at `place` that ends at `end` is the one before these, for the same log files.
    fn joins(&self, place: &Place, end: Timestamp) -> bool {
        let base =
            |path| Named::parse(path).map(|named| named.base.len()).and_then(|length| path.get(..length));
        self.from == end && self.place.bucket == place.bucket && base(&self.place.path) == base(&place.path)
    }
}

/// What a digest says of the one before it.
struct Successor {
    link: Link,
    /// Where its window begins.
    start: Timestamp,
    name: Arc<str>,
}

/// A chain to be walked.
pub(crate) struct Chain<'a> {
    context: &'a Context<'a>,
    /// Its place in the report.
    index: usize,
    entries: Vec<Entry>,
    visited: HashSet<Place>,
    /// The end of the newest head in the file of keys.
    newest_head: Option<Timestamp>,
    unpacker: Unpacker,
}

impl<'a> Chain<'a> {
    /// `entries` are its digests, oldest first.
    pub(crate) fn new(context: &'a Context<'a>, index: usize, id: ChainId, entries: Vec<Entry>) -> Chain<'a> {
        let heads = context.keys.heads().iter().filter(|head| head.chain == id);
        Chain {
            context,
            index,
            newest_head: heads.map(|head| head.end).max(),
            entries,
            visited: HashSet::new(),
            unpacker: Unpacker::new(),
        }
    }

    /// Judges all digests in scope, and hands over the log files that they name.
    pub(crate) fn walk(mut self, jobs: &SyncSender<Job>) {
        let range = self.in_scope();
        let mut successor = self.witness(&range);
        for at in range.clone().rev() {
            let place = self.entries[at].place.clone();
            if !self.visited.contains(&place) {
                self.walk_from(place, successor.take(), jobs);
            }
        }
        self.check_reach(&range);
    }

    /// From the first digest that ends in time to the first that covers the end.
    fn in_scope(&self) -> Range<usize> {
        let scope = self.context.scope;
        let first = self.entries.partition_point(|entry| !scope.is_after_from(entry.end));
        let last = scope.to.map_or(self.entries.len(), |to| {
            let covering = self.entries.partition_point(|entry| entry.end < to);
            (covering + 1).min(self.entries.len())
        });
        first..last.max(first)
    }

    /// What the digest right behind the scope says: in a copied folder nobody else knows the signature of the
    /// newest one inside.
    fn witness(&mut self, range: &Range<usize>) -> Option<Successor> {
        let place = self.entries.get(range.end)?.place.clone();
        let newest = self.entries[range.clone()].last()?.place.clone();
        let opened = self.context.source.open(&place).ok()?;
        let digest = self.read(opened).ok()?;
        let successor = successor(&digest, &place)?;
        let Link { bucket, key, .. } = &successor.link;
        self.context.source.places(bucket, key).contains(&newest).then_some(successor)
    }

    /// Follows the links from one digest back as far as they lead.
    fn walk_from(&mut self, tip: Place, mut successor: Option<Successor>, jobs: &SyncSender<Job>) {
        let mut covered: Vec<Covered> = Vec::new();
        let mut next = Some(tip);
        while let Some(place) = next.take() {
            self.visited.insert(place.clone());
            let judged = self.judge(&place, successor.as_ref());
            let Some((digest, standing)) = judged else { break };
            self.hand_over(&digest, &place, standing, jobs);
            self.chain(|chain| chain.covers(digest.start, digest.end));
            let Some(link) = digest.previous.clone() else {
                self.chain(|chain| chain.starts += 1);
                break;
            };
            match covered.last_mut().filter(|newer| newer.joins(&place, digest.end)) {
                Some(newer) => newer.from = digest.start,
                None => covered.push(Covered { place: place.clone(), from: digest.start, to: digest.end }),
            }
            successor = self::successor(&digest, &place);
            let is_wanted = self.context.scope.is_after_from(digest.start);
            next = if is_wanted { self.predecessor(&link, &digest, &place) } else { None };
        }
        lock(&self.context.covered).extend(covered);
    }

    /// Where the digest is that a link names, unless it was judged already. Tells if it is missing.
    fn predecessor(&self, link: &Link, digest: &Digest, place: &Place) -> Option<Place> {
        let places = self.context.source.places(&link.bucket, &link.key);
        let is_listed = |place: &&Place| {
            let same_time = self.entries.partition_point(|entry| entry.end < digest.start);
            let mut near = self.entries[same_time..].iter().take_while(|entry| entry.end == digest.start);
            near.any(|entry| entry.place == **place)
        };
        // Not among the listed ones if it is in another bucket, or outside of the prefix that was given.
        let is_there = |place: &&Place| is_listed(place) || self.context.source.open(place).is_ok();
        if let Some(found) = places.iter().find(is_there) {
            return (!self.visited.contains(found)).then(|| found.clone());
        }
        self.context.heads.find(&link.bucket, &link.key);
        let missing = Place { bucket: Some(link.bucket.clone()), path: link.key.clone() };
        let older = self.entries.partition_point(|entry| entry.end < digest.start);
        let after = older.checked_sub(1).map(|index| self.entries[index].end);
        self.chain(|chain| chain.digests.missing += 1);
        let fault = Fault::DigestMissing { successor: place.to_string(), before: digest.start, after };
        self.context.report().find(Some(self.index), missing.to_string(), fault);
        None
    }

    /// Gives the log files to those who hash them.
    fn hand_over(&self, digest: &Digest, place: &Place, standing: Standing, jobs: &SyncSender<Job>) {
        lock(&self.context.buckets).insert(digest.bucket.clone());
        let name: Arc<str> = place.to_string().into();
        for file in &digest.log_files {
            let job = Job { chain: self.index, file: file.clone(), digest: Arc::clone(&name), standing };
            jobs.send(job).expect("the hashers run until the last walker has ended");
        }
    }

    fn read(&mut self, mut opened: Opened) -> Result<Digest, Fault> {
        let read = self.unpacker.read(&mut opened.body, JSON_BYTES_MAX);
        let (json, unpacked) = read.map_err(|error| match error {
            UnpackError::Io(error) => Fault::Unreadable(SourceError::Io(error).to_string()),
            UnpackError::NotGzip | UnpackError::More => Fault::NotGzip(error.to_string()),
            UnpackError::TooLarge(_) => Fault::NotADigest(error.to_string()),
        })?;
        self.context.passed(unpacked.gzip_bytes);
        Digest::parse(&json, unpacked.sha256).map_err(|error| Fault::NotADigest(error.to_string()))
    }

    /// Tells if the chain ends before the time that was asked for. Where it ends by the file of keys is that
    /// file's to say.
    fn check_reach(&self, range: &Range<usize>) {
        let (Some(to), None) = (self.context.scope.to, self.newest_head) else { return };
        let Some(newest) = self.entries[range.clone()].last().filter(|entry| entry.end < to) else { return };
        let fault = Fault::NotReached { to, reached: newest.end };
        self.context.report().find(Some(self.index), newest.place.to_string(), fault);
    }

    fn chain(&self, change: impl FnOnce(&mut ChainReport)) {
        change(&mut self.context.report().chains[self.index]);
    }
}

fn successor(digest: &Digest, place: &Place) -> Option<Successor> {
    let link = digest.previous.clone()?;
    Some(Successor { link, start: digest.start, name: place.to_string().into() })
}
