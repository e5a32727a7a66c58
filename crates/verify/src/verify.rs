//! The whole of a verification: lists, walks chains, hashes log files, and looks for what nobody names.

use crate::chain::{Chain, Covered, Entry};
use crate::heads::Heads;
use crate::keys::{Head, KeysFile};
use crate::names::{ChainId, Named, What};
use crate::pool;
use crate::report::{ChainReport, Fault, Report};
use crate::source::{Place, Source, SourceError};
use crate::unnamed::find_unnamed;
use cairn_model::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard};

/// What is verified. Without any limit: all that is there.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Digests whose windows end by then are left out.
    pub from: Option<Timestamp>,
    /// Chains are followed up to the digest that covers this time.
    pub to: Option<Timestamp>,
    /// One account.
    pub account: Option<String>,
    /// One region covered.
    pub region: Option<String>,
    /// One trail, by name.
    pub trail: Option<String>,
    /// Log files that no digest names, at a time that digests cover, are no fault.
    pub allow_unnamed: bool,
}

/// How far a verification has come, for somebody who watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Log files and digests read.
    pub files: AtomicU64,
    /// Their bytes, as stored.
    pub bytes: AtomicU64,
}

/// What all threads share.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) keys: &'a KeysFile,
    pub(crate) scope: &'a Scope,
    pub(crate) progress: &'a Progress,
    pub(crate) report: Mutex<Report>,
    /// The heads of `keys`.
    pub(crate) heads: Heads<'a>,
    /// The start of SHA-256 of the place of each log file that a digest names: 16 bytes each, for there may
    /// be millions.
    pub(crate) named: Mutex<HashSet<[u8; 16]>>,
    /// The times that digests cover.
    pub(crate) covered: Mutex<Vec<Covered>>,
    /// The buckets that digests say they are in.
    pub(crate) buckets: Mutex<BTreeSet<String>>,
}

/// Verifies what `source` holds against `keys` with so many threads. Takes memory for a log file a thread, and
/// some bytes for each digest and log file. Fails only if the source cannot be listed; what cannot be read
/// else is a finding.
pub fn verify(
    source: &dyn Source,
    keys: &KeysFile,
    scope: &Scope,
    threads: usize,
    progress: &Progress,
) -> Result<Report, SourceError> {
    let chains = list_chains(source, scope)?;
    let reports = chains.keys().cloned().map(ChainReport::new).collect();
    let context = Context {
        source,
        keys,
        scope,
        progress,
        report: Mutex::new(Report { chains: reports, ..Report::default() }),
        heads: Heads::of(keys),
        named: Mutex::default(),
        covered: Mutex::default(),
        buckets: Mutex::default(),
    };
    let chains = chains.into_iter().enumerate();
    let chains = chains.map(|(index, (id, entries))| Chain::new(&context, index, id, entries)).collect();
    pool::run(&context, chains, threads);
    context.check_heads();
    find_unnamed(&context)?;
    Ok(context.finish())
}

/// The digests in scope by chain, oldest first.
fn list_chains(source: &dyn Source, scope: &Scope) -> Result<BTreeMap<ChainId, Vec<Entry>>, SourceError> {
    let mut chains: BTreeMap<ChainId, Vec<Entry>> = BTreeMap::new();
    source.list(&mut |place| {
        let named = Named::parse(&place.path).map(|named| named.what);
        if let Some(What::Digest { chain, end }) = named
            && scope.takes(&chain)
        {
            chains.entry(chain).or_default().push(Entry { place, end });
        }
    })?;
    for entries in chains.values_mut() {
        entries.sort_by(|one, other| (one.end, &one.place).cmp(&(other.end, &other.place)));
    }
    Ok(chains)
}

impl Scope {
    fn takes(&self, chain: &ChainId) -> bool {
        self.takes_place(&chain.account, &chain.region) && is_or_any(&self.trail, &chain.trail)
    }

    pub(crate) fn takes_place(&self, account: &str, region: &str) -> bool {
        is_or_any(&self.account, account) && is_or_any(&self.region, region)
    }

    /// Whether a digest that ends at this time is wanted, as far as the beginning goes.
    pub(crate) fn is_after_from(&self, end: Timestamp) -> bool {
        self.from.is_none_or(|from| end > from)
    }
}

fn is_or_any(wanted: &Option<String>, found: &str) -> bool {
    wanted.as_deref().is_none_or(|wanted| wanted == found)
}

impl Context<'_> {
    pub(crate) fn report(&self) -> MutexGuard<'_, Report> {
        lock(&self.report)
    }

    /// Counts a file that was read.
    pub(crate) fn passed(&self, bytes: u64) {
        self.progress.files.fetch_add(1, Relaxed);
        self.progress.bytes.fetch_add(bytes, Relaxed);
    }

    /// Remembers that a digest names the log file at this place.
    pub(crate) fn name(&self, place: &Place) {
        lock(&self.named).insert(place_hash(place));
    }

    /// The heads that were not found are where chains were cut, if their bucket is here.
    fn check_heads(&self) {
        let mut report = self.report();
        let buckets = lock(&self.buckets);
        let mut elsewhere = BTreeSet::new();
        let is_wanted = |head: &Head| self.scope.takes(&head.chain) && self.scope.is_after_from(head.end);
        for head in self.heads.missing(is_wanted) {
            // Of a copied folder only its digests tell which buckets it is of.
            let is_here = self.source.covers(&head.bucket, &head.key);
            if !is_here.unwrap_or(buckets.is_empty() || buckets.contains(&head.bucket)) {
                elsewhere.insert(head.bucket.clone());
                continue;
            }
            let index = report.chains.iter().position(|chain| chain.id == head.chain);
            let reached = index.and_then(|index| report.chains[index].to);
            if self.scope.to.is_some_and(|to| head.end > to && reached.is_some_and(|reached| reached >= to)) {
                continue;
            }
            if let Some(index) = index {
                report.chains[index].digests.missing += 1;
            }
            // Of an ended run in the middle of a chain: what is there after it says nothing of it.
            let reached = reached.filter(|reached| *reached < head.end);
            let object = Place { bucket: Some(head.bucket.clone()), path: head.key.clone() };
            report.find(index, object.to_string(), Fault::EndMissing { end: head.end, reached });
        }
        report.elsewhere = elsewhere.into_iter().collect();
    }

    fn finish(self) -> Report {
        let mut report = self.report.into_inner().expect(NO_PANIC);
        report.files = self.progress.files.load(Relaxed);
        report.bytes = self.progress.bytes.load(Relaxed);
        if report.chains.is_empty() && report.findings.is_empty() {
            report.find(None, "digests".to_owned(), Fault::NoDigests);
        }
        // Threads found them in any order.
        report.findings.sort_by(|one, other| one.object.cmp(&other.object));
        report
    }
}

/// What stands for a place in a set of many.
pub(crate) fn place_hash(place: &Place) -> [u8; 16] {
    let hash = crate::unpack::sha256(place.to_string().as_bytes());
    *hash.first_chunk().expect("32 bytes have 16")
}

const NO_PANIC: &str = "nothing under this lock panics";

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect(NO_PANIC)
}
