//! What a verification found.

mod fault;

pub use fault::{Aspect, Fault};

use crate::names::ChainId;
use cairn_model::Timestamp;
use std::fmt;

/// Findings that are kept; beyond them they are only counted.
const FINDINGS_MAX: usize = 10_000;

/// What became of a kind of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was delivered, byte for byte.
    pub proven: u64,
    /// Not what was delivered.
    pub invalid: u64,
    /// Here, but a key or a signature is missing that would prove it.
    pub unproven: u64,
    /// Not here.
    pub missing: u64,
    /// Newer than the heads in the file of keys, and without a signature of its own: not judged.
    pub newer: u64,
}

impl Tally {
    /// All but what is missing.
    pub fn found(&self) -> u64 {
        self.proven + self.invalid + self.unproven + self.newer
    }

    fn add(&mut self, other: &Tally) {
        self.proven += other.proven;
        self.invalid += other.invalid;
        self.unproven += other.unproven;
        self.missing += other.missing;
        self.newer += other.newer;
    }
}

/// One chain of digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Which.
    pub id: ChainId,
    /// Its digests.
    pub digests: Tally,
    /// The log files that they name.
    pub log_files: Tally,
    /// Where the oldest window begins.
    pub from: Option<Timestamp>,
    /// Where the newest window ends.
    pub to: Option<Timestamp>,
    /// How often it begins anew, as it does when a trail or its validation is stopped and started.
    pub starts: u64,
    /// Findings about it.
    pub faults: u64,
}

/// Log files that no digest names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unnamed {
    /// At a time that digests cover: put there by somebody else, or by a trail without validation.
    pub inside: u64,
    /// At a time that no digest covers: nothing can be said about them.
    pub outside: u64,
    /// Newer than the newest digest: the next ones will name them.
    pub waiting: u64,
}

/// Something wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The object: `s3://bucket/key`, or its path in a copied folder.
    pub object: String,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.fault)
    }
}

/// The whole result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By account, trail and region.
    pub chains: Vec<ChainReport>,
    /// What is wrong, the first 10,000 findings.
    pub findings: Vec<Finding>,
    /// How many findings are about what is here.
    pub integrity_faults: u64,
    /// How many are about what is not here, or is here and should not be.
    pub completeness_faults: u64,
    /// Log files that no digest names.
    pub unnamed: Unnamed,
    /// Buckets that the file of keys has heads for and that are not here: nothing is said about them.
    pub elsewhere: Vec<String>,
    /// Log files and digests read.
    pub files: u64,
    /// Their bytes, as stored.
    pub bytes: u64,
}

impl Report {
    /// Whether everything here is what was delivered.
    pub fn is_intact(&self) -> bool {
        self.integrity_faults == 0
    }

    /// Whether everything is here that was delivered.
    pub fn is_complete(&self) -> bool {
        self.completeness_faults == 0
    }

    /// All chains together: digests, log files.
    pub fn totals(&self) -> (Tally, Tally) {
        let mut totals = (Tally::default(), Tally::default());
        for chain in &self.chains {
            totals.0.add(&chain.digests);
            totals.1.add(&chain.log_files);
        }
        totals
    }

    pub(crate) fn find(&mut self, chain: Option<usize>, object: String, fault: Fault) {
        match fault.aspect() {
            Aspect::Integrity => self.integrity_faults += 1,
            Aspect::Completeness => self.completeness_faults += 1,
        }
        if let Some(chain) = chain {
            self.chains[chain].faults += 1;
        }
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { object, fault });
        }
    }
}

impl ChainReport {
    pub(crate) fn new(id: ChainId) -> ChainReport {
        let (digests, log_files) = (Tally::default(), Tally::default());
        ChainReport { id, digests, log_files, from: None, to: None, starts: 0, faults: 0 }
    }

    pub(crate) fn covers(&mut self, start: Timestamp, end: Timestamp) {
        self.from = Some(self.from.map_or(start, |from| from.min(start)));
        self.to = self.to.max(Some(end));
    }
}
