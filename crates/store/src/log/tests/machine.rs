//! A log on a failing disk beside a model of it: a map of what was acknowledged.
//!
//! The log's thread is replaced by turns that the test takes, so that a seed says it all.

use super::super::error::{AppendError, OpenError};
use super::super::queue::Queued;
use super::super::reader::Reader;
use super::super::worker::Worker;
use super::super::{Appended, Batch, LogOptions, RecordOffset, Recovery, Shared, Verify, assemble};
use crate::disk::faulty::{FaultyDisk, Random};
use cairn_model::Position;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// What the log must hold, over all restarts.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// Acknowledged, or found after a crash: must stay.
    kept: BTreeMap<Position, Vec<u8>>,
    /// Neither acknowledged nor refused: may be there after the next start, or gone for good.
    unknown: BTreeSet<Vec<u8>>,
    /// Positions below it may be gone.
    released: Position,
    next_id: u64,
}

/// A batch on its way, and what became of it.
struct Sent {
    records: Vec<(RecordOffset, Vec<u8>)>,
    answer: Arc<Mutex<Option<Result<Appended, AppendError>>>>,
}

/// A running log and its model.
pub(super) struct Machine {
    pub(super) disk: FaultyDisk,
    pub(super) model: Model,
    pub(super) shared: Arc<Shared>,
    worker: Worker,
}

impl Model {
    /// Where the last record that must be there begins.
    pub(super) fn last(&self) -> Position {
        self.kept.last_key_value().map_or(Position::ZERO, |(at, _)| *at)
    }

    /// A payload unlike all others, of `len` bytes but for its number.
    pub(super) fn payload(&mut self, len: usize) -> Vec<u8> {
        self.next_id += 1;
        let mut payload = self.next_id.to_le_bytes().to_vec();
        payload.extend((0..len).map(|index| (index as u64 ^ self.next_id) as u8));
        payload
    }

    /// Compares all the log holds with what it must; then knows what became of the unknown.
    fn check_start(&mut self, shared: &Arc<Shared>, recovery: &Recovery, verify: Verify) {
        assert!(recovery.first <= self.released, "more gone than released");
        self.kept = self.kept.split_off(&recovery.first);
        let found = read_all(shared, recovery.first);
        match verify {
            Verify::All => assert_eq!(recovery.records, found.len() as u64),
            Verify::Newest => assert!(recovery.records <= found.len() as u64),
        }
        let last = self.last();
        for (at, payload) in found.iter().filter(|(at, _)| !self.kept.contains_key(at)) {
            assert!(*at >= last, "a record came in between, at {at}");
            assert!(self.unknown.contains(payload), "a record came back, at {at}");
        }
        for (at, payload) in &self.kept {
            assert_eq!(found.get(at), Some(payload), "acknowledged at {at}");
        }
        self.kept = found;
        self.unknown.clear();
    }

    fn settle(&mut self, sent: Sent) {
        let answer = sent.answer.lock().unwrap().take();
        match answer {
            Some(Ok(appended)) => {
                for (offset, payload) in sent.records {
                    self.kept.insert(appended.position(offset), payload);
                }
            }
            Some(Err(AppendError::Fatal(_))) | None => {
                let payloads = sent.records.into_iter().map(|(_, payload)| payload);
                self.unknown.extend(payloads);
            }
            // Refused: it must never be seen.
            Some(Err(_)) => {}
        }
    }
}

impl Machine {
    /// Opens the log on this disk and checks that it holds what it must.
    pub(super) fn start(
        disk: FaultyDisk,
        options: &LogOptions,
        mut model: Model,
    ) -> Result<Machine, (OpenError, Model)> {
        let (shared, worker, recovery) = match assemble(Arc::new(disk.clone()), options) {
            Ok(parts) => parts,
            Err(error) => return Err((error, model)),
        };
        // Reading may meet the faults that are meant for later.
        disk.pause_faults(true);
        model.check_start(&shared, &recovery, options.verify);
        disk.pause_faults(false);
        Ok(Machine { disk, model, shared, worker })
    }

    /// Sends batches of records of these lengths, has them committed, and takes the answers into
    /// the model. Returns what became of the last.
    pub(super) fn append(&mut self, batches: &[&[usize]]) -> Result<Appended, AppendError> {
        let mut all_sent = Vec::new();
        for lens in batches {
            let (batch, sent) = self.prepare(lens);
            let answer = Arc::clone(&sent.answer);
            let done = Box::new(move |result| *answer.lock().unwrap() = Some(result));
            self.shared.queue.push(Queued { batch, done })?;
            all_sent.push(sent);
        }
        self.worker.turn();
        let last = all_sent.last().map(|sent| Arc::clone(&sent.answer));
        let last = last.unwrap().lock().unwrap().clone();
        for sent in all_sent {
            self.model.settle(sent);
        }
        last.unwrap()
    }

    /// Appends batches of sizes left to chance.
    pub(super) fn append_some(&mut self, random: &mut Random) -> Result<Appended, AppendError> {
        let lens: Vec<Vec<usize>> =
            (0..=random.below(4)).map(|_| (0..=random.below(4)).map(|_| length(random)).collect()).collect();
        let lens: Vec<&[usize]> = lens.iter().map(Vec::as_slice).collect();
        self.append(&lens)
    }

    /// Releases everything below this position.
    pub(super) fn release(&mut self, below: Position) {
        self.model.released = self.model.released.max(below);
        // A failure leaves the rest for the next time.
        let _ = self.shared.segments.release(below);
    }

    /// Checks that a reader sees what was acknowledged, and nothing else.
    pub(super) fn check_reading(&self) {
        let first = self.shared.first();
        let mut kept = self.model.kept.clone();
        assert_eq!(read_all(&self.shared, first), kept.split_off(&first));
    }

    fn prepare(&mut self, lens: &[usize]) -> (Batch, Sent) {
        let mut batch = Batch::default();
        let mut records = Vec::new();
        for len in lens {
            let payload = self.model.payload(*len);
            records.push((batch.push_payload(&payload), payload));
        }
        let answer = Arc::default();
        (batch, Sent { records, answer })
    }
}

/// Mostly short, now and then longer than a page or a segment.
fn length(random: &mut Random) -> usize {
    let limit = match random.below(12) {
        0 => 6000,
        1..4 => 1500,
        _ => 60,
    };
    random.below(limit) as usize
}

/// All records from this position on, read in pieces of different sizes, and each again alone.
fn read_all(shared: &Arc<Shared>, from: Position) -> BTreeMap<Position, Vec<u8>> {
    let mut reader = Reader::new(Arc::clone(shared), from).unwrap();
    let mut records = BTreeMap::new();
    let mut max_bytes = 1;
    while let Some(chunk) = reader.next(max_bytes).unwrap() {
        for (at, payload) in &chunk {
            records.insert(at, payload.to_vec());
        }
        assert_eq!(reader.position(), chunk.next());
        max_bytes = max_bytes * 3 % 10_007;
    }
    assert_eq!(reader.position(), shared.committed());
    if let Some((at, payload)) = records.last_key_value() {
        let alone = super::super::reader::read_at(shared, *at).unwrap();
        assert_eq!(alone, payload);
    }
    records
}
