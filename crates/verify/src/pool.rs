//! The threads: some walk chains, the others hash the log files that those name.

use crate::chain::{Chain, Standing};
use crate::digest::NamedFile;
use crate::report::{Fault, Tally};
use crate::source::{Opened, Place, SourceError};
use crate::unpack::{UnpackError, Unpacker};
use crate::verify::{Context, lock};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Chains walked at the same time. Walking one is a chain of reads; hashing what it names is the work.
const WALKERS_MAX: usize = 4;
/// Log files that wait to be hashed: names only.
const QUEUE: usize = 1024;

/// A log file to be hashed.
pub(crate) struct Job {
    /// The chain's place in the report.
    pub(crate) chain: usize,
    pub(crate) file: NamedFile,
    /// The digest that names it.
    pub(crate) digest: Arc<str>,
    /// What that digest's word is worth.
    pub(crate) standing: Standing,
}

/// Walks all chains and hashes all that they name; returns when all is done.
pub(crate) fn run(context: &Context<'_>, chains: Vec<Chain<'_>>, threads: usize) {
    let (jobs, queue) = sync_channel(QUEUE);
    let queue = Mutex::new(queue);
    let walkers = chains.len().min(WALKERS_MAX);
    let chains = Mutex::new(chains);
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| hash_all(context, &queue));
        }
        for _ in 0..walkers {
            let jobs = jobs.clone();
            scope.spawn(|| walk_all(&chains, jobs));
        }
        // The hashers end when the last walker's sender is gone.
        drop(jobs);
    });
}

fn walk_all(chains: &Mutex<Vec<Chain<'_>>>, jobs: SyncSender<Job>) {
    loop {
        let Some(chain) = lock(chains).pop() else { return };
        chain.walk(&jobs);
    }
}

fn hash_all(context: &Context<'_>, queue: &Mutex<Receiver<Job>>) {
    let mut unpacker = Unpacker::new();
    loop {
        let job = lock(queue).recv();
        let Ok(job) = job else { return };
        hash_one(context, &mut unpacker, &job);
    }
}

fn hash_one(context: &Context<'_>, unpacker: &mut Unpacker, job: &Job) {
    let (place, fault) = match open(context, job) {
        Ok((place, mut opened)) => {
            context.name(&place);
            let fault = match unpacker.hash(&mut opened.body) {
                Ok(unpacked) => {
                    context.passed(unpacked.gzip_bytes);
                    let is_same = unpacked.sha256 == job.file.sha256;
                    (!is_same).then(|| Fault::OtherHash { digest: job.digest.to_string() })
                }
                Err(UnpackError::Io(error)) => Some(Fault::Unreadable(SourceError::Io(error).to_string())),
                Err(error) => Some(Fault::NotGzip(error.to_string())),
            };
            (place, fault)
        }
        Err((place, fault)) => (place, Some(fault)),
    };
    let mut report = context.report();
    count(&mut report.chains[job.chain].log_files, job.standing, fault.as_ref());
    if let Some(fault) = fault {
        report.find(Some(job.chain), place.to_string(), fault);
    }
}

/// Opens the log file wherever the source has it.
fn open(context: &Context<'_>, job: &Job) -> Result<(Place, Opened), (Place, Fault)> {
    let NamedFile { bucket, key, .. } = &job.file;
    for place in context.source.places(bucket, key) {
        match context.source.open(&place) {
            Ok(opened) => return Ok((place, opened)),
            Err(SourceError::NotFound) => {}
            Err(error) => {
                context.name(&place);
                return Err((place, Fault::Unreadable(error.to_string())));
            }
        }
    }
    let place = Place { bucket: Some(bucket.clone()), path: key.clone() };
    Err((place, Fault::LogFileMissing { digest: job.digest.to_string() }))
}

fn count(tally: &mut Tally, standing: Standing, fault: Option<&Fault>) {
    let counter = match (fault, standing) {
        (Some(Fault::LogFileMissing { .. }), _) => &mut tally.missing,
        (Some(Fault::Unreadable(_)), _) => &mut tally.unproven,
        (Some(_), _) => &mut tally.invalid,
        (None, Standing::Proven) => &mut tally.proven,
        (None, Standing::Invalid | Standing::Unproven) => &mut tally.unproven,
        (None, Standing::Newer) => &mut tally.newer,
    };
    *counter += 1;
}
